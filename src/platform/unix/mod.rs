//! Linux and macOS. (macOS is written after its documentation and untested.)

mod access;
pub use access::*;

use crate::status::*;
use crate::{Error, Result};
use access::me;
use once_cell::sync::{Lazy, OnceCell};
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use zeroize::Zeroizing;

unsafe extern "C" {
    fn desksession_lock_byte(fd: i32, kind: i32, offset: i64) -> i32;
    fn desksession_close(fd: i32) -> i32;
    fn desksession_close_tracked();
}

// Clock

#[cfg(target_os = "macos")]
const SUSPEND_INCLUSIVE: libc::clockid_t = libc::CLOCK_MONOTONIC; // counts asleep time on Darwin, as mach_continuous_time
#[cfg(not(target_os = "macos"))]
const SUSPEND_INCLUSIVE: libc::clockid_t = libc::CLOCK_BOOTTIME;

/// Milliseconds since boot, asleep or awake.
pub fn elapsed_ms() -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec that lives for the call.
    let failed = unsafe { libc::clock_gettime(SUSPEND_INCLUSIVE, &mut time) };
    if failed != 0 { 0 } else { time.tv_sec * 1000 + time.tv_nsec / 1_000_000 }
}

/// Which boot this is; all zero where it cannot be told. It does not change while a process lives.
pub fn boot_id() -> [u8; 16] {
    static BOOT: Lazy<[u8; 16]> = Lazy::new(|| {
        boot_text().and_then(|text| uuid::Uuid::parse_str(text.trim()).ok()).map_or([0; 16], |id| id.into_bytes())
    });
    *BOOT
}

#[cfg(target_os = "macos")]
fn boot_text() -> Option<String> {
    let mut text = [0_u8; 64];
    let mut length = text.len();
    // SAFETY: the name is NUL-terminated, the buffer and its length live for the call.
    let failed = unsafe {
        libc::sysctlbyname(c"kern.bootsessionuuid".as_ptr(), text.as_mut_ptr().cast(), &mut length, std::ptr::null_mut(), 0)
    };
    (failed == 0).then(|| String::from_utf8_lossy(&text[..length]).trim_end_matches('\0').to_owned())
}

#[cfg(not(target_os = "macos"))]
fn boot_text() -> Option<String> {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()
}

// Locks

// Shorts on macOS, ints on Linux.
#[allow(clippy::unnecessary_cast)]
mod kind {
    pub const READ: i32 = libc::F_RDLCK as i32;
    pub const WRITE: i32 = libc::F_WRLCK as i32;
    pub const NONE: i32 = libc::F_UNLCK as i32;
}

/// Takes a lock on one byte: `Ok(false)` where somebody else holds it.
pub fn try_lock_byte(file: &File, offset: u64, exclusive: bool) -> io::Result<bool> {
    let kind = if exclusive { kind::WRITE } else { kind::READ };
    match lock_byte(file, kind, offset) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => Ok(false),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            Err(io::Error::new(ErrorKind::Unsupported, "this system has no open file description locks"))
        }
        Err(error) => Err(error),
    }
}

pub fn unlock_byte(file: &File, offset: u64) -> io::Result<()> {
    lock_byte(file, kind::NONE, offset)
}

fn lock_byte(file: &File, kind: i32, offset: u64) -> io::Result<()> {
    // SAFETY: the descriptor is open for as long as `file` is borrowed.
    match unsafe { desksession_lock_byte(file.as_raw_fd(), kind, offset as i64) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Closes a file that locks were taken on.
pub fn close_locked(file: File) {
    // SAFETY: the descriptor is ours and nobody uses it afterwards.
    unsafe { desksession_close(file.into_raw_fd()) };
}

// Fork

static OPEN_STORES: AtomicUsize = AtomicUsize::new(0);
static FORKED: AtomicBool = AtomicBool::new(false);

/// This process is the child of a fork that inherited an open store.
pub fn forked() -> bool {
    FORKED.load(Ordering::Relaxed)
}

extern "C" fn in_child() {
    if OPEN_STORES.load(Ordering::Relaxed) > 0 {
        FORKED.store(true, Ordering::Relaxed);
        // SAFETY: only closes descriptors and touches atomics, which a forked child may do.
        unsafe { desksession_close_tracked() };
    }
}

/// Counts an open store for as long as it lives.
pub struct OpenStore(());

impl OpenStore {
    pub fn new() -> Result<OpenStore> {
        static WATCHING: OnceCell<()> = OnceCell::new();
        WATCHING.get_or_try_init(|| {
            // SAFETY: the handler is a plain function of this library, which is never unloaded.
            match unsafe { libc::pthread_atfork(None, None, Some(in_child)) } {
                0 => Ok(()),
                _ => Err(Error::new(SESSION_NO_MEMORY, "pthread_atfork")),
            }
        })?;
        OPEN_STORES.fetch_add(1, Ordering::Relaxed);
        Ok(OpenStore(()))
    }
}

impl Drop for OpenStore {
    fn drop(&mut self) {
        OPEN_STORES.fetch_sub(1, Ordering::Relaxed);
    }
}

// Files

/// Which file a path leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileId(u64, u64);

pub fn file_id(path: &Path) -> Option<FileId> {
    std::fs::symlink_metadata(path).ok().map(|data| FileId(data.dev(), data.ino()))
}

pub fn file_id_of(file: &File) -> io::Result<FileId> {
    file.metadata().map(|data| FileId(data.dev(), data.ino()))
}

/// Nobody can keep others from opening a file.
pub fn held_by_another(_: &io::Error) -> bool {
    false
}

/// Nobody who looks at a file keeps it from being renamed.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// Makes the names in a folder durable.
pub fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(|error| Error::io("syncing", path, &error))
}

// Places

/// Where a path leads from here.
pub fn whole_path(path: &Path) -> Result<PathBuf> {
    if path.as_os_str().is_empty() {
        return Err(Error::new(SESSION_BAD_ARGUMENT, "an empty path"));
    }
    std::path::absolute(path).map_err(|error| Error::io("resolving", path, &error))
}

/// The same place without symbolic links.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// A name in a folder, as this system tells names apart.
pub fn same_name(found: &OsStr, name: &str) -> bool {
    found == name
}

/// The folder of this account for programs' data: $XDG_DATA_HOME or $HOME where they are absolute and this account's own,
/// else what the password database says. None: SESSION_NO_KEY.
pub fn data_home() -> Result<PathBuf> {
    let mine =
        |path: &PathBuf| path.is_absolute() && std::fs::metadata(path).is_ok_and(|data| data.is_dir() && data.uid() == me());
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    if let Some(path) = variable("XDG_DATA_HOME").filter(|path| path.is_absolute()) {
        // The folder itself may not be there yet; then its parent has to be ours.
        let there = if path.exists() { Some(path.clone()) } else { path.parent().map(Path::to_owned) };
        if there.as_ref().is_some_and(mine) {
            return Ok(path);
        }
    }
    let below = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".local/share" };
    variable("HOME").filter(mine).or_else(|| home_of_record().filter(mine)).map(|home| home.join(below)).ok_or_else(|| {
        Error::new(
            SESSION_NO_KEY,
            "this account has no folder of its own ($XDG_DATA_HOME, $HOME, password database): use SESSION_KEY_STORE or SESSION_KEY_CALLER",
        )
    })
}

/// The folder for data of programs that several accounts share.
pub fn machine_data() -> Result<PathBuf> {
    Ok(PathBuf::from(if cfg!(target_os = "macos") { "/Library/Application Support" } else { "/var/lib" }))
}

fn home_of_record() -> Option<PathBuf> {
    of_record(|entry| entry.pw_dir).map(|home| PathBuf::from(std::ffi::OsString::from_vec(home)))
}

/// The name of this account, for the audit trail, as it was when it was first asked for.
pub fn account() -> &'static str {
    static ACCOUNT: Lazy<String> = Lazy::new(|| {
        let name = of_record(|entry| entry.pw_name).and_then(|name| String::from_utf8(name).ok());
        super::account_text(name, || format!("uid {}", me()))
    });
    &ACCOUNT
}

/// A text about this account in the password database.
fn of_record(text: impl Fn(&libc::passwd) -> *mut libc::c_char) -> Option<Vec<u8>> {
    let mut buffer = vec![0_u8; 16 * 1024];
    // SAFETY: passwd is a C struct of integers and pointers, for which all zero is a value.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    let mut found = std::ptr::null_mut();
    // SAFETY: all four point to what lives for the call, the length is the buffer's.
    let failed = unsafe { libc::getpwuid_r(me(), &mut entry, buffer.as_mut_ptr().cast(), buffer.len(), &mut found) };
    if failed != 0 || found.is_null() || text(&entry).is_null() {
        return None;
    }
    // SAFETY: on success the texts of an entry are NUL-terminated strings inside `buffer`.
    let text = unsafe { std::ffi::CStr::from_ptr(text(&entry)) };
    Some(text.to_bytes().to_vec())
}

/// Whether a store can lie there, or in the nearest folder above that exists: not where other machines share files, since SQLite's
/// WAL and our mapping need one machine.
pub fn check_volume(path: &Path) -> Result<()> {
    let there = path.ancestors().find(|folder| folder.exists()).unwrap_or(path);
    if network_file_system(there)? {
        return Err(Error::new(SESSION_UNSUPPORTED, format!("{} is on a network file system", path.display())));
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn network_file_system(path: &Path) -> Result<bool> {
    // linux/magic.h: NFS, SMB, CIFS, SMB2, 9P, AFS, Coda, NCP, Ceph, GFS2, OCFS2, Lustre.
    const SHARED: [u32; 13] = [
        0x6969,
        0x517B,
        0xFF53_4D42,
        0xFE53_4D42,
        0x0102_1997,
        0x5346_414F,
        0x6B41_4653,
        0x7375_7245,
        0x564C,
        0x00C3_6400,
        0x0116_1970,
        0x7461_636F,
        0x0BD0_0BD0,
    ];
    Ok(SHARED.contains(&(statfs(path)?.f_type as u32)))
}

#[cfg(target_os = "macos")]
fn network_file_system(path: &Path) -> Result<bool> {
    Ok(statfs(path)?.f_flags & libc::MNT_LOCAL as u32 == 0)
}

fn statfs(path: &Path) -> Result<libc::statfs> {
    let text = CString::new(path.as_os_str().as_bytes()).map_err(|_| Error::new(SESSION_BAD_ARGUMENT, "a NUL in a path"))?;
    // SAFETY: statfs is a C struct of integers, for which all zero is a value.
    let mut data: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: the path is NUL-terminated, the struct lives for the call.
    match unsafe { libc::statfs(text.as_ptr(), &mut data) } {
        0 => Ok(data),
        _ => Err(Error::io("looking at the file system of", path, &io::Error::last_os_error())),
    }
}

// Keys

/// The rights of its file are all that keeps a key here.
pub fn seal(key: &[u8; 32], _: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    Ok(Zeroizing::new(key.to_vec()))
}

/// What `seal` made; `Err` says why it is no key.
pub fn unseal(sealed: &[u8], _: &[u8], key: &mut [u8; 32]) -> std::result::Result<(), String> {
    if sealed.len() != key.len() {
        return Err("is damaged".to_owned());
    }
    key.copy_from_slice(sealed);
    Ok(())
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
        // SAFETY: a fresh mapping of an open file; nothing else refers to the address.
        let page = unsafe {
            libc::mmap(std::ptr::null_mut(), MAPPED, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if page == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(Mapping { page: page.cast() }) }
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
        // SAFETY: mapped in `new` with this length, and no reference outlives `self`.
        unsafe { libc::munmap(self.page.cast(), MAPPED) };
    }
}
