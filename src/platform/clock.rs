//! The only place that reads a clock.

use crate::policy::time::Reading;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where time comes from; tests drive their own.
pub trait Clock: Send + Sync {
    fn read(&self) -> Reading;
}

/// The operating system's clocks.
pub struct SystemClock;

impl Clock for SystemClock {
    fn read(&self) -> Reading {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        Reading { wall, elapsed: super::elapsed_ms(), boot: super::boot_id() }
    }
}
