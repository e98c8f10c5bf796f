//! Byte-range locks with a time-out. They belong to the open file, not to the process: two handles in one process exclude
//! each other, and the kernel frees them when a process is killed.

use super::{try_lock_byte, unlock_byte};
use crate::status::SESSION_BUSY;
use crate::{Error, Result};
use std::fs::File;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Tries again, with growing pauses, while somebody is in the way. At the deadline what is in the way is told: SESSION_BUSY.
pub fn patiently<T>(deadline: Instant, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let mut pause = Duration::from_micros(200);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match attempt() {
            Err(error) if error.status() == SESSION_BUSY && !left.is_zero() => sleep(pause.min(left)),
            done => return done,
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// A lock on one byte of a file, held until dropped.
pub struct ByteLock<'a> {
    file: &'a File,
    offset: u64,
}

impl<'a> ByteLock<'a> {
    /// `None`: somebody else holds it. The same open file takes it twice without noticing, so callers keep threads apart.
    pub fn try_take(file: &'a File, offset: u64, exclusive: bool) -> Result<Option<ByteLock<'a>>> {
        match try_lock_byte(file, offset, exclusive) {
            Ok(taken) => Ok(taken.then_some(ByteLock { file, offset })),
            Err(error) => Err(Error::new(super::status_of(&error), format!("locking the store: {error}"))),
        }
    }

    /// Waits, with growing pauses, until the deadline: SESSION_BUSY.
    pub fn take(file: &'a File, offset: u64, exclusive: bool, deadline: Instant) -> Result<ByteLock<'a>> {
        patiently(deadline, || Self::try_take(file, offset, exclusive)?.ok_or_else(busy))
    }
}

pub fn busy() -> Error {
    Error::new(SESSION_BUSY, "another process or thread holds the store; try again")
}

impl Drop for ByteLock<'_> {
    fn drop(&mut self) {
        // Cannot fail on an open file; were it to, closing the file frees the lock.
        let _ = unlock_byte(self.file, self.offset);
    }
}
