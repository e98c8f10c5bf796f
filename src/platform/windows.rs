//! Windows 10 and later. (Written after its documentation; tried under Wine only.)
//!
//! Private means: owned by this account and a DACL that lets in nobody but it, SYSTEM and the administrators, who may do
//! everything anyway. What we make has a protected DACL with this account alone. The account is the process's; a thread that
//! impersonates another is not looked at.

use super::Access;
use crate::model::Scope;
use crate::status::*;
use crate::{Error, Result};
use once_cell::sync::{Lazy, OnceCell};
use std::ffi::{OsString, c_void};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::mem::size_of;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::{Component, Path, PathBuf, Prefix};
use std::ptr::{null, null_mut};
use std::sync::atomic::AtomicU64;
use windows_sys::Win32::Foundation::*;
use windows_sys::Win32::Security::{Authorization::*, *};
use windows_sys::Win32::Storage::FileSystem::*;
use windows_sys::Win32::System::{
    Com::CoTaskMemFree,
    SystemInformation::GetTickCount64,
    WindowsProgramming::{DRIVE_REMOTE, GetUserNameW},
};
use windows_sys::Win32::System::{IO::*, Memory::*, Registry::*, SystemServices::*, Threading::*};
use windows_sys::Win32::UI::Shell::{FOLDERID_LocalAppData, SHGetKnownFolderPath};
use windows_sys::core::{BOOL, w};

/// What a function says that answers with a BOOL.
fn done(answer: BOOL) -> io::Result<()> {
    if answer == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// What a function says that answers with an error code.
fn code(answer: WIN32_ERROR) -> io::Result<()> {
    if answer == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(answer as i32)) }
}

fn wide(path: &Path) -> io::Result<Vec<u16>> {
    let text: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let whole = text.iter().position(|unit| *unit == 0) == Some(text.len() - 1);
    whole.then_some(text).ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "a NUL in a path"))
}

/// # Safety
/// `text` is NUL-terminated.
unsafe fn owned(text: *const u16) -> OsString {
    // SAFETY: everything up to the NUL can be read, by the contract above.
    unsafe {
        let length = (0..).take_while(|at| *text.add(*at) != 0).count();
        OsString::from_wide(std::slice::from_raw_parts(text, length))
    }
}

/// What a function allocated for us.
struct Local(*mut c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: allocated for us with LocalAlloc, and nobody else frees it.
        unsafe { LocalFree(self.0) };
    }
}

// Clock

/// Milliseconds since boot, asleep or awake. (QueryInterruptTime counts finer, but Wine 8 has no such function.)
pub fn elapsed_ms() -> i64 {
    // SAFETY: cannot fail.
    unsafe { GetTickCount64() as i64 }
}

/// Which boot this is; all zero where it cannot be told. It does not change while a process lives.
///
/// Windows documents no name for a boot, so we take the time at which a volatile registry key of this account was made
/// (RegCreateKeyEx, REG_OPTION_VOLATILE): it lies in memory only and ends with the boot, or sooner, when the account has
/// logged off. An account that comes back, or another account, counts as another boot, which costs no more than not knowing
/// the boot. Nor does a key that a program of this account forges: it can only claim less time than really passed.
pub fn boot_id() -> [u8; 16] {
    static BOOT: Lazy<[u8; 16]> = Lazy::new(|| u128::from(boot_key_made().unwrap_or(0)).to_be_bytes());
    *BOOT
}

/// Nothing is ever written into the key, so its last write is its making.
fn boot_key_made() -> io::Result<u64> {
    let (name, mut key, mut made) = (w!("Software\\desksession-boot"), null_mut(), FILETIME::default());
    let (options, access) = (REG_OPTION_VOLATILE, KEY_QUERY_VALUE);
    let no = null_mut();
    // SAFETY: the name is NUL-terminated, what is asked for lives for the calls, and the key is closed once.
    let asked = unsafe {
        code(RegCreateKeyExW(HKEY_CURRENT_USER, name, 0, null(), options, access, null(), &mut key, null_mut()))?;
        let asked = RegQueryInfoKeyW(key, null_mut(), no, null(), no, no, no, no, no, no, no, &mut made);
        RegCloseKey(key);
        asked
    };
    code(asked).map(|()| u64::from(made.dwHighDateTime) << 32 | u64::from(made.dwLowDateTime))
}

// Locks

fn at(offset: u64) -> OVERLAPPED {
    let place = OVERLAPPED_0_0 { Offset: offset as u32, OffsetHigh: (offset >> 32) as u32 };
    OVERLAPPED { Anonymous: OVERLAPPED_0 { Anonymous: place }, ..Default::default() }
}

/// Takes a lock on one byte: `Ok(false)` where somebody else holds it.
pub fn try_lock_byte(file: &File, offset: u64, exclusive: bool) -> io::Result<bool> {
    let flags = LOCKFILE_FAIL_IMMEDIATELY | if exclusive { LOCKFILE_EXCLUSIVE_LOCK } else { 0 };
    // SAFETY: the handle is open and synchronous, so that the place is not used after the call.
    match done(unsafe { LockFileEx(file.as_raw_handle(), flags, 0, 1, 0, &mut at(offset)) }) {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == Some(ERROR_LOCK_VIOLATION as i32) => Ok(false),
        Err(error) => Err(error),
    }
}

pub fn unlock_byte(file: &File, offset: u64) -> io::Result<()> {
    // SAFETY: as above.
    done(unsafe { UnlockFileEx(file.as_raw_handle(), 0, 1, 0, &mut at(offset)) })
}

/// Closes a file that locks were taken on.
pub fn close_locked(file: File) {
    drop(file);
}

// Fork

/// There is no fork.
pub fn forked() -> bool {
    false
}

/// Counts an open store for as long as it lives; nobody asks here.
pub struct OpenStore(());

impl OpenStore {
    pub fn new() -> Result<OpenStore> {
        Ok(OpenStore(()))
    }
}

// Rights

/// The SID of this process's account, as text.
fn me() -> io::Result<&'static str> {
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

/// Calls `make` with the rights of what is ours alone; `inherited` is how they go on to what a folder holds.
fn privately<T>(inherited: &str, make: impl FnOnce(&SECURITY_ATTRIBUTES) -> io::Result<T>) -> io::Result<T> {
    use ConvertStringSecurityDescriptorToSecurityDescriptorW as convert;
    let me = me()?;
    let text = wide(Path::new(&format!("O:{me}D:P(A;{inherited};FA;;;{me})")))?;
    let mut rights = null_mut();
    // SAFETY: the text is NUL-terminated, and `rights` lives for the call.
    done(unsafe { convert(text.as_ptr(), SDDL_REVISION_1, &mut rights, null_mut()) })?;
    let rights = Local(rights);
    let length = size_of::<SECURITY_ATTRIBUTES>() as u32;
    make(&SECURITY_ATTRIBUTES { nLength: length, lpSecurityDescriptor: rights.0, bInheritHandle: 0 })
}

/// SYSTEM; who stands for the owner of what is made in a folder, and of the thing itself.
const FINE: [&str; 3] = ["S-1-5-18", "S-1-3-0", "S-1-3-4"];
const ADMINISTRATORS: &str = "S-1-5-32-544";

/// The owner, and whom else the DACL lets in, as far as that matters.
fn owner_and_other(file: &File) -> io::Result<(String, Option<String>)> {
    let (mut owner, mut dacl, mut rights) = (null_mut(), null_mut(), null_mut());
    let (handle, asked) = (file.as_raw_handle(), OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION);
    // SAFETY: the handle is open with READ_CONTROL; owner and DACL, if there is one, lie in `rights`.
    unsafe {
        code(GetSecurityInfo(handle, SE_FILE_OBJECT, asked, &mut owner, null_mut(), &mut dacl, null_mut(), &mut rights))?;
        let _rights = Local(rights);
        Ok((sid_text(owner)?, other_in(dacl)?))
    }
}

/// # Safety
/// `dacl` is null, which lets everybody in, or an ACL.
unsafe fn other_in(dacl: *const ACL) -> io::Result<Option<String>> {
    // SAFETY: an ACL or null, by the contract above.
    let Some(acl) = (unsafe { dacl.as_ref() }) else { return Ok(Some("everybody".to_owned())) };
    for index in 0..u32::from(acl.AceCount) {
        let mut entry = null_mut();
        // SAFETY: the index is within the ACL; an entry begins with its kind, and one of this kind holds a SID at its end.
        let who = unsafe {
            done(GetAce(dacl, index, &mut entry))?;
            match u32::from((*entry.cast::<ACE_HEADER>()).AceType) {
                ACCESS_DENIED_ACE_TYPE => continue,
                ACCESS_ALLOWED_ACE_TYPE => sid_text((&raw mut (*entry.cast::<ACCESS_ALLOWED_ACE>()).SidStart).cast())?,
                kind => format!("by an entry of kind {kind}"),
            }
        };
        if who != me()? && who != ADMINISTRATORS && !FINE.contains(&&*who) {
            return Ok(Some(who));
        }
    }
    Ok(None)
}

fn only_mine(path: &Path, file: &File) -> Result<()> {
    let looked = me().and_then(|me| Ok((me, owner_and_other(file)?)));
    let (me, (owner, other)) = looked.map_err(|error| Error::io("looking at the rights of", path, &error))?;
    let path = path.display();
    // What an elevated installer makes belongs to the administrators.
    let refusal = if owner != me && owner != ADMINISTRATORS {
        format!("{path} belongs to {owner}, not {me}; take ownership of it, or choose another folder")
    } else if let Some(who) = other {
        format!("{path} is open to other accounts ({who}); icacls it with /inheritance:r /grant:r *{me}:F, and remove others")
    } else {
        return Ok(());
    };
    Err(Error::new(SESSION_PERMISSION, refusal))
}

// Files

const ALL_SHARED: u32 = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

/// Which file a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileId(u64, [u8; 16]);

pub fn file_id(path: &Path) -> Option<FileId> {
    open_itself(path, FILE_READ_ATTRIBUTES).and_then(|file| file_id_of(&file)).ok()
}

pub fn file_id_of(file: &File) -> io::Result<FileId> {
    // SAFETY: this class of information is a FILE_ID_INFO.
    let info: FILE_ID_INFO = unsafe { information(file, FileIdInfo) }?;
    Ok(FileId(info.VolumeSerialNumber, info.FileId.Identifier))
}

/// # Safety
/// `T` is the struct of integers that `class` stands for.
unsafe fn information<T: Default>(file: &File, class: FILE_INFO_BY_HANDLE_CLASS) -> io::Result<T> {
    let mut info = T::default();
    // SAFETY: the handle is open, and the struct is as long as said and lives for the call.
    done(unsafe { GetFileInformationByHandleEx(file.as_raw_handle(), class, (&raw mut info).cast(), size_of::<T>() as u32) })?;
    Ok(info)
}

/// A file or folder for looking at; of a link, the link itself.
fn open_itself(path: &Path, access: u32) -> io::Result<File> {
    let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
    OpenOptions::new().access_mode(access).share_mode(ALL_SHARED).custom_flags(flags).open(path)
}

fn is_link(file: &File) -> io::Result<bool> {
    file.metadata().map(|data| data.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0)
}

/// Who may enter a store's folder: this account; everything else is refused.
pub fn folder_access(path: &Path) -> Result<Access> {
    let looked = open_itself(path, FILE_READ_ATTRIBUTES | READ_CONTROL)
        .and_then(|folder| Ok((folder.metadata()?.is_dir() && !is_link(&folder)?, folder)));
    match looked.map_err(|error| Error::io("looking at", path, &error))? {
        (true, folder) => only_mine(path, &folder).map(|()| Access::Own),
        (false, _) => Err(Error::new(SESSION_NOT_A_STORE, format!("{} is not a folder", path.display()))),
    }
}

/// A plain file of this account, with one name, that nobody else may open. `Ok(None)`: no such file.
pub fn check_file(path: &Path, _: Access) -> Result<Option<FileId>> {
    let looked = open_itself(path, FILE_READ_ATTRIBUTES | READ_CONTROL).and_then(|file| {
        // SAFETY: this class of information is a FILE_STANDARD_INFO.
        let info: FILE_STANDARD_INFO = unsafe { information(&file, FileStandardInfo) }?;
        Ok((info.NumberOfLinks == 1 && !info.Directory && !is_link(&file)?, file_id_of(&file)?, file))
    });
    match looked {
        Ok((true, id, file)) => only_mine(path, &file).map(|()| Some(id)),
        Ok(_) => Err(Error::new(SESSION_PERMISSION, format!("{} is a link or no plain file; remove it", path.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("looking at", path, &error)),
    }
}

/// Makes a folder and its missing parents, for this account only.
pub fn create_folder(path: &Path, scope: Scope) -> Result<()> {
    if scope == Scope::Machine {
        return Err(not_shared());
    }
    make_folder(path).map_err(|error| Error::io("making the folder", path, &error))
}

fn make_folder(path: &Path) -> io::Result<()> {
    let text = wide(path)?;
    // SAFETY: the path is NUL-terminated, and the rights live for the call.
    let make = || privately("OICI", |rights| done(unsafe { CreateDirectoryW(text.as_ptr(), rights) }));
    let made = match (make(), path.parent()) {
        (Err(error), Some(parent)) if error.kind() == ErrorKind::NotFound => make_folder(parent).and_then(|()| make()),
        (made, _) => made,
    };
    match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// What is made gets its rights with its name, and no other account can exchange it.
pub fn check_parent(_: &Path) -> Result<()> {
    Ok(())
}

/// Files have their rights before their names.
pub fn remove_unfinished(_: &Path, _: Access) -> Result<()> {
    Ok(())
}

/// Nothing is shared yet.
pub fn trusted_owner(_: &Path) -> bool {
    true
}

/// Opens for reading and writing, and creates if asked to.
pub fn open_file(path: &Path, _: Access, create: bool) -> io::Result<File> {
    let how = if create { OPEN_ALWAYS } else { OPEN_EXISTING };
    let (text, access) = (wide(path)?, GENERIC_READ | GENERIC_WRITE);
    let flags = FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT;
    let file = privately("", |rights| {
        // SAFETY: the path is NUL-terminated, and the rights live for the call.
        match unsafe { CreateFileW(text.as_ptr(), access, ALL_SHARED, rights, how, flags, null_mut()) } {
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

/// Makes the names in a folder durable.
pub fn sync_folder(path: &Path) -> Result<()> {
    // Not every file system flushes folders. NTFS does, and a file's own flush takes along what its log holds of names.
    const CANNOT: [u32; 4] = [ERROR_INVALID_FUNCTION, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE, ERROR_NOT_SUPPORTED];
    match open_itself(path, GENERIC_WRITE).and_then(|folder| folder.sync_all()) {
        Err(error) if !error.raw_os_error().is_some_and(|code| CANNOT.contains(&(code as u32))) => {
            Err(Error::io("syncing", path, &error))
        }
        _ => Ok(()),
    }
}

// Places

/// The folder of this account for programs' data on this machine: AppData\Local. None: SESSION_NO_KEY.
pub fn data_home() -> Result<PathBuf> {
    let mut text = null_mut();
    // SAFETY: `text` lives for the call; it is NUL-terminated on success and freed once, as documented for either outcome.
    let found = unsafe {
        let failed = SHGetKnownFolderPath(&FOLDERID_LocalAppData, 0, null_mut(), &mut text);
        let found = (failed == S_OK).then(|| PathBuf::from(owned(text)));
        CoTaskMemFree(text.cast());
        found
    };
    found.filter(|path| path.is_absolute()).ok_or_else(|| {
        Error::new(
            SESSION_NO_KEY,
            "this account has no folder of its own (AppData\\Local): use SESSION_KEY_STORE or SESSION_KEY_CALLER",
        )
    })
}

/// The name of this account, for the audit trail.
pub fn account() -> &'static str {
    static ACCOUNT: Lazy<String> = Lazy::new(|| {
        let mut text = [0_u16; 257];
        let mut length = text.len() as u32;
        // SAFETY: the buffer is as long as said, and both live for the call.
        let found = unsafe { GetUserNameW(text.as_mut_ptr(), &mut length) } != 0;
        // With its NUL.
        let name = found.then(|| String::from_utf16_lossy(&text[..(length as usize).saturating_sub(1)]));
        super::account_text(name, || me().map_or_else(|_| "unknown".to_owned(), ToString::to_string))
    });
    &ACCOUNT
}

/// The folder for data of programs that several accounts share.
pub fn machine_data() -> Result<PathBuf> {
    Err(not_shared())
}

fn not_shared() -> Error {
    Error::new(SESSION_UNSUPPORTED, "SESSION_SCOPE_MACHINE is not built on Windows yet")
}

/// File systems that other machines share: SQLite's WAL and our mapping need one machine.
pub fn network_file_system(path: &Path) -> Result<bool> {
    if let Some(Component::Prefix(prefix)) = path.components().next()
        && matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
    {
        return Ok(true);
    }
    let mut volume = [0_u16; 1024];
    let found = wide(path).and_then(|text| {
        // SAFETY: the path is NUL-terminated, and the buffer is as long as said.
        done(unsafe { GetVolumePathNameW(text.as_ptr(), volume.as_mut_ptr(), volume.len() as u32) })
    });
    found.map_err(|error| Error::io("looking at the file system of", path, &error))?;
    // SAFETY: on success NUL-terminated.
    Ok(unsafe { GetDriveTypeW(volume.as_ptr()) } == DRIVE_REMOTE)
}

// The mapped page of the lock file

/// One page of a file, shared with every process that maps it.
pub struct Mapping {
    page: *mut u8,
}

pub const MAPPED: usize = 4096;

// SAFETY: the page is plain memory, touched through atomics only.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// The file must be MAPPED bytes long and never truncated.
    pub fn new(file: &File) -> io::Result<Mapping> {
        // SAFETY: a fresh mapping of an open file, which nothing else refers to; it outlives the handle it was made through.
        let page = unsafe {
            let section = CreateFileMappingW(file.as_raw_handle(), null(), PAGE_READWRITE, 0, MAPPED as u32, null());
            if section.is_null() {
                return Err(io::Error::last_os_error());
            }
            let _section = OwnedHandle::from_raw_handle(section);
            MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, MAPPED).Value
        };
        if page.is_null() { Err(io::Error::last_os_error()) } else { Ok(Mapping { page: page.cast() }) }
    }

    /// The u64 at a multiple of eight within the page.
    pub fn number(&self, offset: usize) -> &AtomicU64 {
        assert!(offset.is_multiple_of(8) && offset + 8 <= MAPPED);
        // SAFETY: aligned, inside the page, and the page lives as long as `self`.
        unsafe { AtomicU64::from_ptr(self.page.add(offset).cast()) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: mapped in `new`, and no reference outlives `self`.
        unsafe { UnmapViewOfFile(MEMORY_MAPPED_VIEW_ADDRESS { Value: self.page.cast() }) };
    }
}
