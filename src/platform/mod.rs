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

use crate::model::Scope;
use crate::policy::names;
use crate::status::*;
use std::io::{Error, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Who may open what lies in a folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// This account alone.
    Own,
    /// The members of this group.
    Shared(u32),
}

impl Access {
    pub fn scope(self) -> Scope {
        match self {
            Access::Own => Scope::User,
            Access::Shared(_) => Scope::Machine,
        }
    }
}

/// A value with its cache lines to itself (two, since processors fetch them in pairs).
#[derive(Default)]
#[repr(align(128))]
pub struct Apart<T>(pub T);

/// Of so many places the one that this thread uses: threads that each keep to their own do not wait for one another's memory.
pub fn place_of_thread(places: usize) -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static THIS: usize = THREADS.fetch_add(1, Ordering::Relaxed);
    }
    // A thread that is ending has lost its number.
    THIS.try_with(|this| *this).unwrap_or_default() % places
}

/// A text as short as the header says, without anything that could make up a line of a log.
fn account_text(name: Option<String>, otherwise: impl FnOnce() -> String) -> String {
    const MOST: usize = 63;
    name.filter(|name| !name.is_empty() && names::plain_text(name, MOST)).unwrap_or_else(otherwise)
}

/// The status of a failed system call.
pub fn status_of(error: &Error) -> i32 {
    if held_by_another(error) {
        return SESSION_BUSY;
    }
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => SESSION_DISK_FULL,
        ErrorKind::ReadOnlyFilesystem => SESSION_READ_ONLY,
        ErrorKind::PermissionDenied => SESSION_PERMISSION,
        ErrorKind::OutOfMemory => SESSION_NO_MEMORY,
        ErrorKind::Unsupported => SESSION_UNSUPPORTED,
        ErrorKind::InvalidFilename => SESSION_BAD_ARGUMENT,
        _ => SESSION_IO,
    }
}
