//! Windows 10 (version 1607), Windows Server 2016 and later: older ones lack what Rust's runtime imports. Tested under Wine.

mod access;
mod sealed;
mod volume;
pub use access::*;
pub use sealed::*;
pub use volume::*;

use crate::policy::file_names;
use crate::status::*;
use crate::{Error, Result};
use access::{me, open_itself};
use once_cell::sync::Lazy;
use std::ffi::{OsStr, OsString, c_void};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::mem::size_of;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::{Component, Path, PathBuf, Prefix};
use std::ptr::{null, null_mut};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use windows_sys::Wdk::System::SystemInformation::{NtQuerySystemInformation, SystemTimeOfDayInformation};
use windows_sys::Win32::Foundation::*;
use windows_sys::Win32::Storage::FileSystem::*;
use windows_sys::Win32::System::{
    Com::CoTaskMemFree, IO::*, Memory::*, SystemInformation::GetTickCount64, WindowsProgramming::GetUserNameW,
};
use windows_sys::Win32::UI::Shell::{FOLDERID_LocalAppData, FOLDERID_ProgramData, KF_FLAG_CREATE, SHGetKnownFolderPath};
use windows_sys::core::{BOOL, GUID};

/// What a function says that answers with a BOOL.
fn done(answer: BOOL) -> io::Result<()> {
    if answer == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// What a function says that answers with an error code.
fn code(answer: WIN32_ERROR) -> io::Result<()> {
    if answer == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(answer as i32)) }
}

/// NUL-terminated.
fn wide(text: &OsStr) -> io::Result<Vec<u16>> {
    let text: Vec<u16> = text.encode_wide().chain([0]).collect();
    let whole = text.iter().position(|unit| *unit == 0) == Some(text.len() - 1);
    whole.then_some(text).ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "a NUL in a text"))
}

/// A path, a long one in the form that has no limit.
fn wide_path(path: &Path) -> io::Result<Vec<u16>> {
    const LONG: usize = 240;
    let disk = matches!(path.components().next(), Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::Disk(_)));
    if !disk || !path.is_absolute() || path.as_os_str().len() < LONG {
        return wide(path.as_os_str());
    }
    let mut whole = OsString::from(r"\\?\");
    whole.push(path);
    wide(&whole)
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

/// Milliseconds since boot, asleep or awake: GetTickCount64 "includes time the system spends in sleep or hibernation" (Microsoft,
/// "Windows Time").
pub fn elapsed_ms() -> i64 {
    // SAFETY: cannot fail.
    unsafe { GetTickCount64() as i64 }
}

/// Which boot this is; all zero where it cannot be told. It does not change while a process lives.
pub fn boot_id() -> [u8; 16] {
    static BOOT: Lazy<[u8; 16]> =
        Lazy::new(|| TimeOfDay::ask().and_then(|told| told.boot_id(elapsed_ms())).unwrap_or_default());
    *BOOT
}

/// SYSTEM_TIMEOFDAY_INFORMATION, in 100 ns. Microsoft calls it opaque; its members have been the same since Windows 2000.
#[repr(C)]
#[derive(Default)]
struct TimeOfDay {
    boot: i64,
    now: i64,
    zone_bias: i64,
    zone: u32,
    _reserved: u32,
    /// How far `boot` was moved whenever somebody set the clock.
    boot_bias: i64,
    sleep_bias: i64,
}

impl TimeOfDay {
    fn ask() -> Option<TimeOfDay> {
        let (mut told, length) = (TimeOfDay::default(), size_of::<TimeOfDay>() as u32);
        let mut written = 0;
        // SAFETY: the struct is as long as said, and both live for the call.
        let status =
            unsafe { NtQuerySystemInformation(SystemTimeOfDayInformation, (&raw mut told).cast(), length, &mut written) };
        (status >= 0 && written == length).then_some(told)
    }

    /// The time of booting as the clock showed it then: `boot` moves with a clock that is set, and `boot_bias` says how far. `None`
    /// where `boot` is not the boot that `elapsed_ms` counts from (under Wine it is the start of Wine's server).
    fn boot_id(&self, elapsed_ms: i64) -> Option<[u8; 16]> {
        const TICKS_OF_MS: i64 = 10_000;
        // The wall clock may be corrected slowly, by seconds a day.
        let tolerance = 60_000 + elapsed_ms / 100;
        let apart = (self.now - self.boot) / TICKS_OF_MS - elapsed_ms;
        // Whether time asleep moves `boot` is written nowhere.
        let fits = [apart, apart + self.sleep_bias / TICKS_OF_MS].iter().any(|apart| apart.abs() <= tolerance);
        fits.then(|| i128::from(self.boot.wrapping_sub(self.boot_bias)).to_be_bytes()).filter(|id| *id != [0; 16])
    }
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

// Files

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

/// Somebody has it open and lets nobody else in, as a virus scanner or a backup does for a while.
pub fn held_by_another(error: &io::Error) -> bool {
    const HELD: [u32; 2] = [ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION];
    error.raw_os_error().is_some_and(|code| HELD.contains(&(code as u32)))
}

/// Something in the way that goes away by itself looks like a missing right here: it is tried for as long as SQLite tries.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let deadline = Instant::now() + Duration::from_millis(1500);
    loop {
        match std::fs::rename(from, to) {
            Err(error)
                if (held_by_another(&error) || error.kind() == ErrorKind::PermissionDenied) && Instant::now() < deadline =>
            {
                std::thread::sleep(Duration::from_millis(25));
            }
            done => return done,
        }
    }
}

/// Makes the names in a folder durable.
pub fn sync_folder(path: &Path) -> Result<()> {
    flush_folder(path).map_err(|error| Error::io("syncing", path, &error))
}

fn flush_folder(path: &Path) -> io::Result<()> {
    // Not every file system flushes folders. NTFS does, and a file's own flush takes along what its log holds of names.
    const CANNOT: [u32; 4] = [ERROR_INVALID_FUNCTION, ERROR_ACCESS_DENIED, ERROR_INVALID_HANDLE, ERROR_NOT_SUPPORTED];
    match open_itself(path, GENERIC_WRITE).and_then(|folder| folder.sync_all()) {
        Err(error) if !error.raw_os_error().is_some_and(|code| CANNOT.contains(&(code as u32))) => Err(error),
        _ => Ok(()),
    }
}

// Places

/// Where a path leads from here, if it says what it means: Windows would take some names for devices or streams, and drop the end
/// of others.
pub fn whole_path(path: &Path) -> Result<PathBuf> {
    let bad = |why: &str| Error::new(SESSION_BAD_ARGUMENT, format!("the path {} {why}", path.display()));
    if path.as_os_str().is_empty() {
        return Err(Error::new(SESSION_BAD_ARGUMENT, "an empty path"));
    }
    if path.to_str().is_none() {
        return Err(bad("is not Unicode (an unpaired surrogate)"));
    }
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Prefix(prefix) => match prefix.kind() {
                Prefix::Disk(_) if !path.has_root() => {
                    return Err(bad("depends on that drive's current folder; write it whole"));
                }
                Prefix::VerbatimDisk(drive) => plain.push(format!("{}:", char::from(drive))),
                Prefix::Verbatim(_) | Prefix::DeviceNS(_) => return Err(bad("names a device; use a drive letter")),
                Prefix::Disk(_) | Prefix::UNC(..) | Prefix::VerbatimUNC(..) => plain.push(component),
            },
            Component::Normal(name) => {
                let name = name.to_str().unwrap_or_default();
                if let Some(why) = file_names::refusal(name) {
                    return Err(bad(&format!("has a part, {name:?}, that {why}")));
                }
                plain.push(name);
            }
            part => plain.push(part),
        }
    }
    std::path::absolute(&plain).map_err(|error| Error::io("resolving", path, &error))
}

/// The same place without links.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    match dunce::canonicalize(path) {
        // Wine 8 cannot tell long ones.
        Err(error) if error.raw_os_error() == Some(ERROR_MORE_DATA as i32) => Ok(path.to_owned()),
        found => found,
    }
}

/// A name in a folder, as this system tells names apart.
pub fn same_name(found: &OsStr, name: &str) -> bool {
    found.eq_ignore_ascii_case(name)
}

/// The folder of this account for programs' data on this machine, which does not roam: AppData\Local. None: SESSION_NO_KEY.
pub fn data_home() -> Result<PathBuf> {
    known_folder(&FOLDERID_LocalAppData).ok_or_else(|| {
        Error::new(
            SESSION_NO_KEY,
            "this account has no folder of its own (AppData\\Local): use SESSION_KEY_STORE or SESSION_KEY_CALLER",
        )
    })
}

/// The folder for data of programs that several accounts share: C:\ProgramData.
pub fn machine_data() -> Result<PathBuf> {
    let missing = || Error::new(SESSION_UNSUPPORTED, "this system has no folder for shared data (ProgramData)");
    known_folder(&FOLDERID_ProgramData).ok_or_else(missing)
}

fn known_folder(id: &GUID) -> Option<PathBuf> {
    let mut text = null_mut();
    // SAFETY: `text` lives for the call; it is NUL-terminated on success and freed once, as documented for either outcome.
    let found = unsafe {
        let failed = SHGetKnownFolderPath(id, KF_FLAG_CREATE as u32, null_mut(), &mut text);
        let found = (failed == S_OK).then(|| PathBuf::from(owned(text)));
        CoTaskMemFree(text.cast());
        found
    };
    found.filter(|path| path.is_absolute())
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

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const TICKS_OF_HOUR: i64 = HOUR * 10_000;

    fn told(boot: i64, up: i64) -> TimeOfDay {
        TimeOfDay { boot: boot * TICKS_OF_HOUR, now: (boot + up) * TICKS_OF_HOUR, ..TimeOfDay::default() }
    }

    #[test]
    fn a_boot_is_the_same_all_along() {
        let first = told(3000, 1).boot_id(HOUR).unwrap();
        assert_eq!(told(3000, 700).boot_id(700 * HOUR), Some(first));
        // The clock lost three hours in a month.
        let slow = TimeOfDay { now: 3697 * TICKS_OF_HOUR, ..told(3000, 0) };
        assert_eq!(slow.boot_id(700 * HOUR), Some(first));
        // Somebody set it, forwards and back.
        for hours in [5, -5] {
            let mut set = told(3000 + hours, 8);
            set.boot_bias = hours * TICKS_OF_HOUR;
            assert_eq!(set.boot_id(8 * HOUR), Some(first));
        }
        // It slept for six hours of eight, which `boot` may show or not.
        let mut slept = told(3000, 8);
        slept.sleep_bias = 6 * TICKS_OF_HOUR;
        assert_eq!(slept.boot_id(8 * HOUR), Some(first));
        let mut slept = told(3006, 2);
        (slept.boot_bias, slept.sleep_bias) = (6 * TICKS_OF_HOUR, 6 * TICKS_OF_HOUR);
        assert_eq!(slept.boot_id(8 * HOUR), Some(first));
    }

    #[test]
    fn another_boot_is_another() {
        assert_ne!(told(3000, 1).boot_id(HOUR), told(3002, 1).boot_id(HOUR));
    }

    #[test]
    fn what_is_no_boot_is_none() {
        // Wine's server has run for an hour, the machine for ten.
        assert_eq!(told(3000, 1).boot_id(10 * HOUR), None);
        assert_eq!(TimeOfDay::default().boot_id(0), None);
    }

    #[test]
    fn the_system_answers_and_sticks_to_it() {
        assert!(TimeOfDay::ask().is_some());
        assert_eq!(boot_id(), boot_id());
        let before = elapsed_ms();
        assert!(before > 0 && elapsed_ms() >= before);
    }

    #[test]
    fn paths_that_say_what_they_mean() {
        for fine in [r"C:\a\b", r"C:/a/b", r"a\b", r"..\a", r"\a", r"\\server\share\a", r"\\?\C:\a\b", "名前 é"] {
            assert!(whole_path(Path::new(fine)).unwrap().is_absolute(), "{fine}");
        }
        assert_eq!(whole_path(Path::new(r"\\?\C:\a\b")).unwrap(), Path::new(r"C:\a\b"));
        for bad in [
            "C:a",
            r"C:\a.",
            r"C:\a \b",
            r"C:\a:stream",
            r"C:\a\store:x:$DATA",
            r"C:\con",
            r"C:\NUL.db\x",
            r"C:\a?b",
            r"C:\a\tb\<",
            r"\\.\C:",
            r"\\.\pipe\a",
            r"\\?\Volume{1}\a",
            r"\\?\C:\a.\b",
            r"\\?\C:\a/b",
        ] {
            let status = whole_path(Path::new(bad)).err().map(|error| error.status());
            assert_eq!(status, Some(SESSION_BAD_ARGUMENT), "{bad}");
        }
        let surrogate = OsString::from_wide(&[u16::from(b'C'), u16::from(b':'), u16::from(b'\\'), 0xD800]);
        assert_eq!(whole_path(Path::new(&surrogate)).unwrap_err().status(), SESSION_BAD_ARGUMENT);
    }
}
