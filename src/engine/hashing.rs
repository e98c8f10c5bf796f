//! Password hashes in this process: at most so many at once, and how long they take.

use crate::crypto::kdf::{Cost, Stored};
use crate::crypto::{code, mac};
use crate::policy::items::{Item, Policy};
use crate::status::{SESSION_BAD_ARGUMENT, SESSION_LIMIT};
use crate::{Error, Result, policy};
use once_cell::sync::Lazy;
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Each takes up to 256 MiB, and more at once than cores only makes all of them late.
const AT_ONCE: usize = 2;
const WAIT: Duration = Duration::from_secs(10);
const REMEMBERED: usize = 8;

static FREE: Lazy<(Mutex<usize>, Condvar)> = Lazy::new(|| (Mutex::new(AT_ONCE), Condvar::new()));
static RECENT: Mutex<VecDeque<Duration>> = Mutex::new(VecDeque::new());

/// The right to hash; given back when dropped.
pub struct Permit(());

impl Permit {
    pub fn take() -> Result<Permit> {
        let (free, given_back) = &*FREE;
        let deadline = Instant::now() + WAIT;
        let mut free = free.lock();
        while *free == 0 {
            if given_back.wait_until(&mut free, deadline).timed_out() {
                return Err(Error::new(SESSION_LIMIT, "too many password hashes at once in this process; try again"));
            }
        }
        *free -= 1;
        Ok(Permit(()))
    }

    pub fn matches(&self, stored: &Stored, password: &Password) -> Result<bool> {
        timed(|| stored.matches(password.bytes())).map(|matches| matches && !password.too_long)
    }

    pub fn create(&self, password: &Password, cost: Cost) -> Result<Stored> {
        timed(|| Stored::create(password.bytes(), cost))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let (free, given_back) = &*FREE;
        *free.lock() += 1;
        given_back.notify_one();
    }
}

fn timed<T>(hash: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let result = hash()?;
    let mut recent = RECENT.lock();
    if recent.len() == REMEMBERED {
        recent.pop_front();
    }
    recent.push_back(begun.elapsed());
    Ok(result)
}

/// No failed attempt is answered sooner: 1.25 times the slowest recent hash hides which work was done.
pub fn failure_floor() -> Duration {
    RECENT.lock().iter().max().copied().unwrap_or_default() * 5 / 4
}

pub fn cost(policy: &Policy) -> Cost {
    Cost { memory_kib: policy.get(Item::KdfMemoryKib) as u32, passes: policy.get(Item::KdfPasses) as u32 }
}

/// A password as it came in: UTF-8, to be hashed in NFC. An over-long one is never read, costs the same work, and fits nothing.
pub struct Password {
    text: Zeroizing<String>,
    too_long: bool,
}

impl Password {
    pub fn new(bytes: &[u8]) -> Result<Password> {
        if bytes.len() > policy::password::MAX_BYTES {
            return Ok(Password { text: Zeroizing::new("over-long".to_owned()), too_long: true });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Error::new(SESSION_BAD_ARGUMENT, "a password that is not UTF-8"))?;
        Ok(Password { text: policy::password::normalized(text), too_long: false })
    }

    /// The same text, as it would be hashed.
    pub fn is(&self, other: &Password) -> bool {
        !self.too_long && !other.too_long && mac::equal(self.bytes(), other.bytes())
    }

    /// As somebody typed a one-time code.
    pub fn as_code(&self) -> Password {
        Password { text: code::canonical(&self.text), too_long: self.too_long }
    }

    fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}
