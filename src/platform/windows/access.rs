//! Who may open what lies in a store: one account alone, or the Users of this PC.
//!
//! Private means: owned by this account or the administrators, and a DACL that lets in nobody but this account, SYSTEM and the
//! administrators, who may do everything anyway. Shared means: the DACL lets in Users as well, and lets them write. What we make
//! has a protected DACL. The account is the process's; a thread that impersonates another is not looked at.

use super::volume::volume_flags;
use super::{FileId, Local, code, done, file_id_of, flush_folder, information, owned, wide, wide_path};
use crate::model::Scope;
use crate::platform::Access;
use crate::status::*;
use crate::{Error, Result};
use once_cell::sync::OnceCell;
use std::ffi::{OsStr, c_void};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::mem::size_of;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::Path;
use std::ptr::null_mut;
use windows_sys::Win32::Foundation::*;
use windows_sys::Win32::Security::{Authorization::*, *};
use windows_sys::Win32::Storage::FileSystem::*;
use windows_sys::Win32::System::{SystemServices::*, Threading::*};

/// What makes a store one account's.
pub const HOW_TO_KEEP: &str = "icacls it with /inheritance:r /grant:r ACCOUNT:(OI)(CI)F, and remove others; its files too";
/// What makes a store that of all Users.
pub const HOW_TO_SHARE: &str =
    "icacls it with /inheritance:r /grant:r *S-1-5-32-545:(OI)(CI)M *S-1-5-32-544:(OI)(CI)F, and remove others; its files too";

/// "Well-known SIDs" (Microsoft): Users, and the end of their SID, which stands for the group that shares a store.
const USERS: &str = "S-1-5-32-545";
const USERS_ID: u32 = 545;
const ADMINISTRATORS: &str = "S-1-5-32-544";
const SYSTEM: &str = "S-1-5-18";
const TRUSTED_INSTALLER: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
/// Who may do everything anyway.
const ALMIGHTY: [&str; 3] = [ADMINISTRATORS, SYSTEM, TRUSTED_INSTALLER];
/// Who stand for the owner: of what is made in a folder, of the thing itself.
const OWNERS: [&str; 2] = ["S-1-3-0", "S-1-3-4"];

const ANYTHING: u32 = u32::MAX;
/// Read, write, execute, delete: what icacls calls M.
const MODIFY: u32 = FILE_GENERIC_READ | FILE_GENERIC_WRITE | FILE_GENERIC_EXECUTE | DELETE;

/// The SID of this process's account, as text.
pub(super) fn me() -> io::Result<&'static str> {
    static ME: OnceCell<String> = OnceCell::new();
    ME.get_or_try_init(|| {
        // Room for a TOKEN_USER and the longest SID, aligned for both.
        let (mut buffer, mut length, mut token) = ([0_u64; 32], 0, null_mut());
        // SAFETY: the buffer is as long as said and the handle is closed once; the SID lies in the buffer.
        unsafe {
            done(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &mut token))?;
            let _token = OwnedHandle::from_raw_handle(token);
            done(GetTokenInformation(token, TokenUser, buffer.as_mut_ptr().cast(), size_of_val(&buffer) as u32, &mut length))?;
            sid_text((*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid)
        }
    })
    .map(String::as_str)
}

/// # Safety
/// `sid` is a SID.
unsafe fn sid_text(sid: PSID) -> io::Result<String> {
    let mut text = null_mut();
    // SAFETY: a SID by the contract above, and `text` lives for the call.
    done(unsafe { ConvertSidToStringSidW(sid, &mut text) })?;
    let text = Local(text.cast());
    // SAFETY: on success it is NUL-terminated, and it is freed after this.
    Ok(unsafe { owned(text.0.cast()) }.to_string_lossy().into_owned())
}

// What we make

/// The rights of what we make, in the security descriptor definition language. `inherited`: how they go on to what a folder holds.
fn rights(access: Access, inherited: &str) -> io::Result<String> {
    match access {
        Access::Own => me().map(|me| format!("O:{me}D:P(A;{inherited};FA;;;{me})")),
        Access::Shared(_) => Ok(format!(
            "D:P(A;{inherited};FA;;;{SYSTEM})(A;{inherited};FA;;;{ADMINISTRATORS})(A;{inherited};{MODIFY:#x};;;{USERS})"
        )),
    }
}

/// Calls `make` with such rights.
fn with_rights<T>(text: &str, make: impl FnOnce(&SECURITY_ATTRIBUTES) -> io::Result<T>) -> io::Result<T> {
    let rights = descriptor(text)?;
    let length = size_of::<SECURITY_ATTRIBUTES>() as u32;
    make(&SECURITY_ATTRIBUTES { nLength: length, lpSecurityDescriptor: rights.0, bInheritHandle: 0 })
}

fn descriptor(text: &str) -> io::Result<Local> {
    use ConvertStringSecurityDescriptorToSecurityDescriptorW as convert;
    let text = wide(OsStr::new(text))?;
    let mut rights = null_mut();
    // SAFETY: the text is NUL-terminated, and `rights` lives for the call.
    done(unsafe { convert(text.as_ptr(), SDDL_REVISION_1, &mut rights, null_mut()) })?;
    Ok(Local(rights))
}

/// Makes a folder: for this account with its missing parents, or for all Users in parents with the rights of their place.
pub fn create_folder(path: &Path, scope: Scope) -> Result<()> {
    let made = match (scope, path.parent()) {
        (Scope::User, _) => make_folder(path, Some(Access::Own)),
        (Scope::Machine, Some(parent)) => {
            make_folder(parent, None).and_then(|()| make_folder(path, Some(Access::Shared(USERS_ID))))
        }
        (Scope::Machine, None) => Err(ErrorKind::InvalidFilename.into()),
    };
    made.map_err(|error| Error::io("making the folder", path, &error))
}

/// `None`: with the rights that its parent hands on.
fn make_folder(path: &Path, access: Option<Access>) -> io::Result<()> {
    let text = wide_path(path)?;
    let make = || {
        // SAFETY: the path is NUL-terminated, and the rights live for the call.
        let make = |rights: *const SECURITY_ATTRIBUTES| done(unsafe { CreateDirectoryW(text.as_ptr(), rights) });
        match access {
            Some(access) => with_rights(&rights(access, "OICI")?, |rights| make(rights)),
            None => make(std::ptr::null()),
        }
    };
    let made = match (make(), path.parent()) {
        (Err(error), Some(parent)) if error.kind() == ErrorKind::NotFound => make_folder(parent, access).and_then(|()| make()),
        (made, _) => made,
    };
    match made {
        Err(_) if path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => path.parent().map_or(Ok(()), flush_folder),
    }
}

/// Opens for reading and writing, and creates with the rights of its folder if asked to.
pub fn open_file(path: &Path, access: Access, create: bool) -> io::Result<File> {
    let how = if create { OPEN_ALWAYS } else { OPEN_EXISTING };
    let (text, wanted) = (wide_path(path)?, GENERIC_READ | GENERIC_WRITE);
    let flags = FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT;
    let file = with_rights(&rights(access, "")?, |rights| {
        // SAFETY: the path is NUL-terminated, and the rights live for the call.
        match unsafe { CreateFileW(text.as_ptr(), wanted, ALL_SHARED, rights, how, flags, null_mut()) } {
            INVALID_HANDLE_VALUE => Err(io::Error::last_os_error()),
            // SAFETY: a handle that is ours from here on.
            handle => Ok(unsafe { File::from_raw_handle(handle) }),
        }
    })?;
    if is_link(&file)? {
        return Err(io::Error::new(ErrorKind::PermissionDenied, "a link where a file should be"));
    }
    Ok(file)
}

/// SQLite gives what lies beside a database no rights of its own, and not every folder hands its on.
pub fn make_beside(path: &Path, access: Access) -> Result<()> {
    open_file(path, access, true).map(drop).map_err(|error| Error::io("making", path, &error))
}

// What we find

const ALL_SHARED: u32 = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

/// A file or folder for looking at; of a link, the link itself.
pub(super) fn open_itself(path: &Path, access: u32) -> io::Result<File> {
    let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
    OpenOptions::new().access_mode(access).share_mode(ALL_SHARED).custom_flags(flags).open(path)
}

/// A name that stands for another place. (Other reparse points are ways of keeping a file's content.)
fn is_link(file: &File) -> io::Result<bool> {
    const SURROGATE: u32 = 0x2000_0000; // IsReparseTagNameSurrogate in winnt.h
    // SAFETY: this class of information is a FILE_ATTRIBUTE_TAG_INFO.
    let info: FILE_ATTRIBUTE_TAG_INFO = unsafe { information(file, FileAttributeTagInfo) }?;
    Ok(info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT != 0 && info.ReparseTag & SURROGATE != 0)
}

/// What a security descriptor says: whose it is, and whom it lets in to do what.
struct Rights {
    owner: String,
    entries: Vec<(String, u32)>,
}

impl Rights {
    fn of(file: &File) -> io::Result<Rights> {
        let (mut owner, mut dacl, mut rights) = (null_mut(), null_mut(), null_mut());
        let (handle, asked) = (file.as_raw_handle(), OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION);
        // SAFETY: the handle is open with READ_CONTROL; owner and DACL, if there is one, lie in `rights`.
        unsafe {
            code(GetSecurityInfo(handle, SE_FILE_OBJECT, asked, &mut owner, null_mut(), &mut dacl, null_mut(), &mut rights))?;
            let _rights = Local(rights);
            Rights::told(sid_text(owner)?, dacl)
        }
    }

    /// # Safety
    /// `dacl` is null, which lets everybody in, or an ACL.
    unsafe fn told(owner: String, dacl: *const ACL) -> io::Result<Rights> {
        // SAFETY: an ACL or null, by the contract above.
        let Some(acl) = (unsafe { dacl.as_ref() }) else {
            return Ok(Rights { owner, entries: vec![("everybody".to_owned(), ANYTHING)] });
        };
        let mut entries = Vec::new();
        for index in 0..u32::from(acl.AceCount) {
            let mut entry = null_mut();
            // SAFETY: the index is within the ACL, and what is found there an entry of it.
            entries.extend(unsafe {
                done(GetAce(dacl, index, &mut entry))?;
                allowed(entry)?
            });
        }
        Ok(Rights { owner, entries })
    }

    /// All Users may write.
    fn shared(&self) -> bool {
        self.entries.iter().any(|(who, mask)| who == USERS && mask & MODIFY == MODIFY)
    }

    /// Who else may do any of this: not this fellow, and not who may do everything anyway.
    fn other(&self, wanted: u32, fellow: &str) -> Option<&str> {
        let known = |who: &str| who == fellow || ALMIGHTY.contains(&who) || OWNERS.contains(&who);
        let other = self.entries.iter().find(|(who, mask)| mask & wanted != 0 && !known(who));
        other.map(|(who, _)| who.as_str())
    }

    fn trusted_owner(&self) -> io::Result<bool> {
        Ok(self.owner == me()? || ALMIGHTY.contains(&self.owner.as_str()))
    }

    /// What is wrong with it, and what to do.
    fn refusal(&self, access: Access) -> io::Result<Option<String>> {
        let (fellow, remedy) = match access {
            Access::Own => (me()?, HOW_TO_KEEP),
            Access::Shared(_) => (USERS, HOW_TO_SHARE),
        };
        Ok(if let Some(who) = self.other(ANYTHING, fellow) {
            Some(format!("is open to other accounts ({who}); {remedy}"))
        } else if access == Access::Own && !self.trusted_owner()? {
            Some(format!("belongs to {}, not {}; take ownership of it, or choose another folder", self.owner, me()?))
        } else if access != Access::Own && !self.shared() {
            Some(format!("is not open to all Users; {remedy}"))
        } else {
            None
        })
    }

    fn check(&self, access: Access, path: &Path) -> Result<()> {
        match self.refusal(access).map_err(|error| Error::io("looking at the rights of", path, &error))? {
            Some(why) => Err(Error::new(SESSION_PERMISSION, format!("{} {why}", path.display()))),
            None => Ok(()),
        }
    }
}

/// Whom an entry lets in, and to do what; `None` where it only denies.
///
/// # Safety
/// `entry` is an entry of an ACL.
unsafe fn allowed(entry: *mut c_void) -> io::Result<Option<(String, u32)>> {
    // SAFETY: an entry begins with its kind, and one that allows holds a mask and a SID.
    unsafe {
        match u32::from((*entry.cast::<ACE_HEADER>()).AceType) {
            ACCESS_DENIED_ACE_TYPE => Ok(None),
            ACCESS_ALLOWED_ACE_TYPE => {
                let entry = entry.cast::<ACCESS_ALLOWED_ACE>();
                Ok(Some((sid_text((&raw mut (*entry).SidStart).cast())?, (*entry).Mask)))
            }
            kind => Ok(Some((format!("by an entry of kind {kind}"), ANYTHING))),
        }
    }
}

/// Who may enter a store's folder; anybody else's, and one that is open to others, is refused.
pub fn folder_access(path: &Path) -> Result<Access> {
    let looked = open_itself(path, FILE_READ_ATTRIBUTES | READ_CONTROL).and_then(|folder| {
        let rights = Rights::of(&folder)?;
        Ok((folder.metadata()?.is_dir() && !is_link(&folder)?, rights))
    });
    let (folder, rights) = looked.map_err(|error| Error::io("looking at", path, &error))?;
    if !folder {
        return Err(Error::new(SESSION_NOT_A_STORE, format!("{} is not a folder", path.display())));
    }
    let access = if rights.shared() { Access::Shared(USERS_ID) } else { Access::Own };
    rights.check(access, path).map(|()| access)
}

/// A plain file with one name that nobody may open but those who may enter its folder. `Ok(None)`: no such file.
pub fn check_file(path: &Path, access: Access) -> Result<Option<FileId>> {
    let looked = open_itself(path, FILE_READ_ATTRIBUTES | READ_CONTROL).and_then(|file| {
        // SAFETY: this class of information is a FILE_STANDARD_INFO.
        let info: FILE_STANDARD_INFO = unsafe { information(&file, FileStandardInfo) }?;
        let plain = info.NumberOfLinks == 1 && !info.Directory && !is_link(&file)?;
        Ok((plain, Rights::of(&file)?, file_id_of(&file)?))
    });
    match looked {
        Ok((true, rights, id)) => rights.check(access, path).map(|()| Some(id)),
        Ok(_) => Err(Error::new(SESSION_PERMISSION, format!("{} is a link or no plain file; remove it", path.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("looking at", path, &error)),
    }
}

/// Before something private is made under a name in it: nobody else may be able to exchange it. (What is made gets its own rights
/// with its name; only who may do everything to the folder can exchange it all the same.)
pub fn check_parent(parent: &Path) -> Result<()> {
    let looked = open_itself(parent, READ_CONTROL).and_then(|folder| {
        let keeps_rights = volume_flags(&folder)? & FILE_PERSISTENT_ACLS != 0;
        let rights = Rights::of(&folder)?;
        Ok(rights.other(FILE_DELETE_CHILD | WRITE_DAC | WRITE_OWNER, me()?).filter(|_| keeps_rights).map(str::to_owned))
    });
    match looked.map_err(|error| Error::io("looking at", parent, &error))? {
        None => Ok(()),
        Some(who) => {
            let parent = parent.display();
            let refusal = format!("{parent} can be changed by other accounts ({who}); choose a folder of this account");
            Err(Error::new(SESSION_PERMISSION, refusal))
        }
    }
}

/// Files have their rights before their names.
pub fn remove_unfinished(_: &Path, _: Access) -> Result<()> {
    Ok(())
}

/// Whether a folder is this account's or the administrators' own, whoever else may enter it.
pub fn trusted_owner(path: &Path) -> bool {
    open_itself(path, READ_CONTROL).and_then(|folder| Rights::of(&folder)?.trusted_owner()).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made of a descriptor in the system's own language.
    fn judged(access: Access, text: &str) -> Option<String> {
        let descriptor = descriptor(text).unwrap();
        let (mut dacl, mut owner, mut present, mut by_default) = (null_mut(), null_mut(), 0, 0);
        // SAFETY: the descriptor lives for all of it, and what is asked for lives for the calls.
        let rights = unsafe {
            done(GetSecurityDescriptorDacl(descriptor.0, &mut present, &mut dacl, &mut by_default)).unwrap();
            done(GetSecurityDescriptorOwner(descriptor.0, &mut owner, &mut by_default)).unwrap();
            let owner = if owner.is_null() { me().unwrap().to_owned() } else { sid_text(owner).unwrap() };
            Rights::told(owner, if present == 0 { null_mut() } else { dacl }).unwrap()
        };
        rights.refusal(access).unwrap()
    }

    #[test]
    fn what_we_make_is_what_we_take() {
        let shared = Access::Shared(USERS_ID);
        for inherited in ["", "OICI"] {
            for access in [Access::Own, shared] {
                let made = rights(access, inherited).unwrap();
                for asked in [Access::Own, shared] {
                    assert_eq!(judged(asked, &made).is_none(), asked == access, "{made} as {asked:?}");
                }
            }
        }
    }

    #[test]
    fn ones_own() {
        let me = me().unwrap();
        for fine in [
            // What %LOCALAPPDATA% hands on; what an elevated installer makes there; what SYSTEM makes.
            format!("O:{me}D:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{me})"),
            format!("O:BAD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;{me})"),
            format!("O:SYD:P(A;;FA;;;{me})"),
            format!("O:{me}D:P(D;;FA;;;WD)(A;;FA;;;{me})(A;OICIIO;FA;;;CO)(A;;RC;;;OW)"),
        ] {
            assert_eq!(judged(Access::Own, &fine), None, "{fine}");
        }
        for open in [
            // Everybody; Users who read; Authenticated Users; another account; nobody's DACL; another owner.
            format!("O:{me}D:P(A;;FA;;;{me})(A;;FR;;;WD)"),
            format!("O:{me}D:P(A;;FA;;;{me})(A;;0x1200a9;;;BU)"),
            format!("O:{me}D:P(A;;FA;;;{me})(A;OICIIO;FA;;;AU)"),
            format!("O:{me}D:P(A;;FA;;;{me})(A;;FR;;;S-1-5-21-1-2-3-1001)"),
            format!("O:{me}"),
            format!("O:S-1-5-21-1-2-3-1001D:P(A;;FA;;;{me})"),
        ] {
            assert!(judged(Access::Own, &open).is_some(), "{open}");
        }
    }

    #[test]
    fn everybodys_of_this_pc() {
        let shared = |text: &str| judged(Access::Shared(USERS_ID), text);
        let other = "S-1-5-21-1-2-3-1001";
        // Whoever made it.
        assert_eq!(shared(&format!("O:{other}D:P(A;;FA;;;BA)(A;;0x1301bf;;;BU)")), None);
        assert_eq!(shared("O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;BU)"), None);
        // Users who only read are kept out at their first write; and nobody else belongs to it.
        assert!(shared("O:BAD:P(A;;FA;;;BA)(A;;0x1200a9;;;BU)").is_some());
        assert!(shared("O:BAD:P(A;;FA;;;BA)(A;;0x1301bf;;;BU)(A;;FR;;;WD)").is_some());
        assert!(shared(&format!("O:BAD:P(A;;FA;;;BA)(A;;0x1301bf;;;BU)(A;;FR;;;{other})")).is_some());
    }
}
