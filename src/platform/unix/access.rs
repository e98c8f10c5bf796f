//! Who may open what lies in a store: one account alone, or the members of a group.

use super::{FileId, sync_folder};
use crate::model::Scope;
use crate::platform::Access;
use crate::status::*;
use crate::{Error, Result};
use std::ffi::{CStr, CString};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

/// Set-group-id, so that what is made in a shared folder is the group's.
const SHARED_FOLDER: u32 = 0o2770;
const SHARED_FILE: u32 = 0o660;
/// Of a mode: what concerns the group and all others.
const BEYOND_OWNER: u32 = 0o2077;

pub(super) fn me() -> u32 {
    // SAFETY: cannot fail.
    unsafe { libc::geteuid() }
}

/// What makes a store one account's.
pub const HOW_TO_KEEP: &str = "chmod 700 it and 600 its files";
/// What makes a store a group's.
pub const HOW_TO_SHARE: &str = "chgrp GROUP, chmod 2770 it and 660 its files";

fn refused(path: &Path, what: &str, remedy: &str) -> Error {
    Error::new(SESSION_PERMISSION, format!("{} {what}; {remedy}", path.display()))
}

fn only_mine(path: &Path, data: &Metadata, remedy: &str) -> Result<()> {
    if data.uid() != me() {
        let (owner, me) = (data.uid(), me());
        return Err(refused(
            path,
            &format!("belongs to uid {owner}, not {me}"),
            &format!("chown {me} it, or choose another folder"),
        ));
    }
    if data.mode() & 0o077 != 0 {
        let what = format!("is open to other accounts (mode {:o})", data.mode() & 0o7777);
        return Err(refused(path, &what, remedy));
    }
    Ok(())
}

/// Who may enter a store's folder; anybody else's, and one that is open to everybody, is refused.
pub fn folder_access(path: &Path) -> Result<Access> {
    let data = fs::symlink_metadata(path).map_err(|error| Error::io("looking at", path, &error))?;
    if !data.is_dir() {
        return Err(Error::new(SESSION_NOT_A_STORE, format!("{} is not a folder", path.display())));
    }
    if data.mode() & BEYOND_OWNER == SHARED_FOLDER & BEYOND_OWNER {
        in_group(path, data.gid())?;
        return Ok(Access::Shared(data.gid()));
    }
    only_mine(path, &data, "chmod 700 it, or for the group that shares it chmod 2770")?;
    Ok(Access::Own)
}

/// Root gets in anyway.
fn in_group(path: &Path, group: u32) -> Result<()> {
    if me() == 0 || groups()?.contains(&group) {
        return Ok(());
    }
    let (what, name) = (format!("is for group {}", named(group)), super::account());
    let remedy = format!("an administrator can add this account to it (usermod -aG {group} {name}; then log in anew)");
    Err(refused(path, &what, &remedy))
}

/// The effective group and the supplementary ones.
fn groups() -> Result<Vec<u32>> {
    // SAFETY: with size 0 only the number is asked for.
    let count = unsafe { libc::getgroups(0, std::ptr::null_mut()) };
    let mut groups = vec![0; usize::try_from(count).unwrap_or(0)];
    // SAFETY: the buffer has as many places as said.
    let found = unsafe { libc::getgroups(count, groups.as_mut_ptr()) };
    if found < 0 {
        return Err(Error::new(SESSION_IO, format!("this account's groups: {}", io::Error::last_os_error())));
    }
    groups.truncate(found as usize);
    // SAFETY: cannot fail.
    groups.push(unsafe { libc::getegid() });
    Ok(groups)
}

/// "1234 (lab)"
fn named(group: u32) -> String {
    let mut buffer = vec![0_u8; 16 * 1024];
    // SAFETY: group is a C struct of integers and pointers, for which all zero is a value.
    let mut entry: libc::group = unsafe { std::mem::zeroed() };
    let mut found = std::ptr::null_mut();
    // SAFETY: all four point to what lives for the call, the length is the buffer's.
    let failed = unsafe { libc::getgrgid_r(group, &mut entry, buffer.as_mut_ptr().cast(), buffer.len(), &mut found) };
    if failed != 0 || found.is_null() || entry.gr_name.is_null() {
        return group.to_string();
    }
    // SAFETY: on success gr_name is a NUL-terminated string inside `buffer`.
    format!("{group} ({})", unsafe { CStr::from_ptr(entry.gr_name) }.to_string_lossy())
}

/// A plain file with one name that nobody may open but those who may enter its folder. `Ok(None)`: no such file.
pub fn check_file(path: &Path, access: Access) -> Result<Option<FileId>> {
    let data = match fs::symlink_metadata(path) {
        Ok(data) => data,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("looking at", path, &error)),
    };
    if !data.is_file() || data.nlink() != 1 {
        return Err(refused(path, "is a link or no plain file", "remove it"));
    }
    match access {
        Access::Own => only_mine(path, &data, "chmod 600 it")?,
        Access::Shared(group) => {
            if data.gid() != group || data.mode() & BEYOND_OWNER != SHARED_FILE & BEYOND_OWNER {
                let what = format!("has group {} and mode {:o}", data.gid(), data.mode() & 0o7777);
                let remedy = format!("chgrp {group} and chmod 660 it, or make its folder one account's with chmod 700");
                return Err(refused(path, &what, &remedy));
            }
        }
    }
    Ok(Some(FileId(data.dev(), data.ino())))
}

/// Makes a folder, durably, if it is not there: for this account with its missing parents, or for the group that owns the
/// folder above it.
pub fn create_folder(path: &Path, scope: Scope) -> Result<()> {
    match scope {
        Scope::User => create_own_folder(path),
        Scope::Machine if path.exists() => Ok(()),
        Scope::Machine => create_shared_folder(path),
    }
}

fn create_own_folder(path: &Path) -> Result<()> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => folder.parent().map_or(Ok(()), sync_folder)?,
            // Somebody else makes the same one.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("making the folder", folder, &error)),
        }
    }
    Ok(())
}

/// Under another name until its rights are right: other members may be about to open it.
fn create_shared_folder(path: &Path) -> Result<()> {
    let parent = path.parent().filter(|parent| parent.is_dir()).ok_or_else(|| {
        let remedy =
            "an administrator has to make the folder above it, or this one for the group (install -d -m 2770 -g GROUP)";
        refused(path, "cannot be made", remedy)
    })?;
    let group = fs::metadata(parent).map_err(|error| Error::io("looking at", parent, &error))?.gid();
    let mut random = [0; 8];
    crate::crypto::random(&mut random)?;
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".new-{:016x}", u64::from_ne_bytes(random)));
    let draft = Path::new(&draft);
    let made = DirBuilder::new().mode(0o700).create(draft).and_then(|()| share(draft, group)).and_then(|()| {
        // Somebody else's, if it is still empty, makes way.
        fs::rename(draft, path)
    });
    if let Err(error) = made {
        let _ = fs::remove_dir(draft);
        return match error.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => Ok(()),
            ErrorKind::PermissionDenied => {
                let remedy = "an administrator has to open the folder above it to the group, or make it with install -d -m 2770 -g GROUP";
                Err(refused(path, &format!("cannot be made for group {}: {error}", named(group)), remedy))
            }
            _ => Err(Error::io("making the folder", path, &error)),
        };
    }
    sync_folder(parent)
}

/// By its descriptor: who may write the folder above could have put a link to something of ours in its place.
fn share(draft: &Path, group: u32) -> io::Result<()> {
    let flags = libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;
    let folder = OpenOptions::new().read(true).custom_flags(flags).open(draft)?;
    let data = folder.metadata()?;
    if data.uid() != me() || data.mode() & 0o7077 & !0o2000 != 0 || fs::read_dir(draft)?.next().is_some() {
        return Err(io::Error::new(ErrorKind::PermissionDenied, "something else was put in its place"));
    }
    fchown(&folder, None, Some(group))?;
    folder.set_permissions(Permissions::from_mode(SHARED_FOLDER))
}

/// Before something private is made under a name in it: nobody else may be able to exchange it.
pub fn check_parent(parent: &Path) -> Result<()> {
    const STICKY: u32 = 0o1000;
    let data = fs::metadata(parent).map_err(|error| Error::io("looking at", parent, &error))?;
    let open = data.mode() & 0o022 != 0 && data.mode() & STICKY == 0;
    if open || (data.uid() != me() && data.uid() != 0) {
        let what = format!("can be changed by other accounts (owner {}, mode {:o})", data.uid(), data.mode() & 0o7777);
        return Err(refused(parent, &what, "choose a folder of this account"));
    }
    Ok(())
}

/// A member who was killed while SQLite made a file leaves it empty, with the rights of a umask, for ever in everybody's way.
pub fn remove_unfinished(path: &Path, access: Access) -> Result<()> {
    let Access::Shared(group) = access else { return Ok(()) };
    let unfinished = fs::symlink_metadata(path).is_ok_and(|data| {
        let rights = data.mode() & BEYOND_OWNER & !(SHARED_FILE & BEYOND_OWNER);
        data.is_file() && data.len() == 0 && data.nlink() == 1 && data.gid() == group && rights == 0
    });
    if unfinished && check_file(path, access).is_err() {
        fs::remove_file(path).map_err(|error| Error::io("removing", path, &error))?;
    }
    Ok(())
}

/// SQLite gives what lies beside a database the database's rights.
pub fn make_beside(_: &Path, _: Access) -> Result<()> {
    Ok(())
}

/// Whether a folder is this account's or the administrator's own, whoever else may enter it.
pub fn trusted_owner(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| data.uid() == me() || data.uid() == 0)
}

/// Opens for reading and writing, and creates with the rights of its folder if asked to.
pub fn open_file(path: &Path, access: Access, create: bool) -> io::Result<File> {
    let mut how = OpenOptions::new();
    how.read(true).write(true).mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC);
    match how.open(path) {
        Err(error) if create && error.kind() == ErrorKind::NotFound => {}
        opened => return opened,
    }
    match access {
        Access::Own => how.create(true).open(path),
        Access::Shared(_) => match appear(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => how.open(path),
            appeared => appeared,
        },
    }
}

/// A new file that has its rights before it has its name, whatever the umask: other members may be about to open it.
#[cfg(target_os = "linux")]
fn appear(path: &Path) -> io::Result<File> {
    use std::os::fd::AsRawFd;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let nameless =
        OpenOptions::new().read(true).write(true).mode(0o600).custom_flags(libc::O_TMPFILE | libc::O_CLOEXEC).open(folder);
    let file = match nameless {
        Err(error) if matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::EISDIR)) => return appear_plainly(path),
        file => file?,
    };
    file.set_permissions(Permissions::from_mode(SHARED_FILE))?;
    let from = CString::new(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    let to = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: both paths are NUL-terminated.
    match unsafe { libc::linkat(libc::AT_FDCWD, from.as_ptr(), libc::AT_FDCWD, to.as_ptr(), libc::AT_SYMLINK_FOLLOW) } {
        0 => Ok(file),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(not(target_os = "linux"))]
fn appear(path: &Path) -> io::Result<File> {
    appear_plainly(path)
}

/// Where a file cannot be made without a name, another member may come upon it a moment too early, and try again.
fn appear_plainly(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(SHARED_FILE))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a member of the group may do to a folder that is being made in a folder of the group.
    #[test]
    fn nothing_else_is_shared_in_place_of_a_draft() {
        let home = tempfile::tempdir().unwrap();
        let (mine, draft) = (home.path().join("mine"), home.path().join("draft"));
        fs::create_dir(&mine).unwrap();
        fs::set_permissions(&mine, Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::symlink(&mine, &draft).unwrap();
        let group = fs::metadata(&mine).unwrap().gid();
        assert!(share(&draft, group).is_err());
        fs::remove_file(&draft).unwrap();
        fs::rename(&mine, &draft).unwrap();
        fs::write(draft.join("letter"), b"Dear Anna").unwrap();
        assert!(share(&draft, group).is_err());
        assert_eq!(fs::metadata(&draft).unwrap().mode() & 0o7777, 0o700);
        fs::remove_file(draft.join("letter")).unwrap();
        share(&draft, group).unwrap();
        assert_eq!(fs::metadata(&draft).unwrap().mode() & 0o7777, SHARED_FOLDER);
    }
}
