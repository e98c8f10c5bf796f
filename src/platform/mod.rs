//! What differs by operating system, behind one set of names: clock, places, access rights, byte-range locks, fork.

pub mod clock;
pub mod lock;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;

use crate::status::*;
use std::io::{Error, ErrorKind};

/// The status of a failed system call.
pub fn status_of(error: &Error) -> i32 {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => SESSION_DISK_FULL,
        ErrorKind::ReadOnlyFilesystem => SESSION_READ_ONLY,
        ErrorKind::PermissionDenied => SESSION_PERMISSION,
        ErrorKind::OutOfMemory => SESSION_NO_MEMORY,
        ErrorKind::Unsupported => SESSION_UNSUPPORTED,
        _ => SESSION_IO,
    }
}
