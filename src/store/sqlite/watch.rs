//! Whether anything has changed, told without a look at the database: by the generation for writers of this library, and by a
//! glance every now and then for all others, who do not move it.

use super::SqliteStore;
use super::connection::sql;
use crate::Result;
use crate::store::Stamp;
use rusqlite::Connection;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

/// How long a change by a writer of another kind, or an exchange of the files, may go unnoticed.
const GLANCE_MS: u64 = 100;

/// Where processes share the mapping of the lock file for certain.
const TRUSTED: bool = cfg!(any(target_os = "linux", windows));

/// What the last glance saw.
pub struct Watch {
    begun: Instant,
    /// Milliseconds after `begun`; before the first glance it is long ago.
    glanced: AtomicU64,
    /// SQLite's data_version on the writing connection, and how often it was seen to have moved.
    version: AtomicI64,
    moved: AtomicU64,
}

impl Watch {
    pub fn new() -> Watch {
        let (version, moved) = (AtomicI64::new(-1), AtomicU64::new(0));
        Watch { begun: Instant::now(), glanced: AtomicU64::new(u64::MAX), version, moved }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }
}

/// Moves whenever another connection has committed, whoever it belongs to. What this handle writes itself does not move it.
fn data_version(conn: &Connection) -> Result<i64> {
    let version = conn.prepare_cached("PRAGMA data_version").and_then(|mut ask| ask.query_row([], |row| row.get(0)));
    version.map_err(sql)
}

impl SqliteStore {
    /// `None` also while a commit is under way, and after one that was cut off.
    pub(super) fn standing(&self) -> Option<Stamp> {
        // Where a mapped file can be cut short, a look at the mapping could kill the host.
        if !TRUSTED || (cfg!(unix) && !self.lock.looks_whole()) {
            return None;
        }
        let generation = self.generation.get();
        if generation & 1 == 1 {
            return None;
        }
        let (now, glanced) = (self.watch.now(), self.watch.glanced.load(Ordering::Acquire));
        if glanced == u64::MAX || now.saturating_sub(glanced) >= GLANCE_MS {
            self.glance(now)?;
        }
        Some(Stamp(generation, self.watch.moved.load(Ordering::Acquire)))
    }

    /// Waits for nobody: who looks at the rows sees all there is.
    fn glance(&self, now: u64) -> Option<()> {
        let writer = self.writer.try_lock()?;
        self.in_place().ok()?;
        let version = data_version(&writer.conn).ok()?;
        if self.watch.version.swap(version, Ordering::AcqRel) != version {
            self.watch.moved.fetch_add(1, Ordering::AcqRel);
        }
        self.watch.glanced.store(now, Ordering::Release);
        Some(())
    }
}
