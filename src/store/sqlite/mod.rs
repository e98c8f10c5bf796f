//! SQLite behind the storage trait: the protocol of reads and writes.
//!
//! A write holds the lock file, looks whether the files are still those it opened, runs in one BEGIN IMMEDIATE, and moves the
//! generation around its commit. A read is one snapshot on a connection of its own. `folder.rs` looks at the folder, `open.rs`
//! opens and creates.

mod adopt;
mod check;
mod connection;
mod copy;
mod folder;
mod key_file;
mod layout;
mod lock_file;
mod open;
mod tables;
mod watch;

use crate::crypto::keys::Keys;
use crate::model::Fault;
use crate::platform::{
    self, FileId,
    lock::{busy, patiently},
};
use crate::status::*;
use crate::store::records::{SessionRow, UserRow};
use crate::store::{Change, Effort, Stamp, Storage, View};
use crate::{Error, Result};
use connection::{sql, sql_of};
use lock_file::{Generation, LockFile};
use parking_lot::{Condvar, Mutex, MutexGuard};
use rusqlite::{Connection, TransactionBehavior};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};
use tables::{Tables, Writing};
use uuid::Uuid;
use watch::Watch;

pub use adopt::adopt;
pub use open::open;

/// For who waits but does not take its turn, because it was stopped, say. Several times the pause between two tries.
const GIVEN_WAY: Duration = Duration::from_millis(100);

/// Pages in the WAL at which a commit writes them back. SQLite's own number; and what a purge lets come together, so that
/// the next to write has less to bring to disk.
const CHECKPOINT_AT: u32 = 1000;
const CHECKPOINT_OF_STEPS_AT: u32 = 500;

pub struct SqliteStore {
    id: Uuid,
    keys: Arc<Keys>,
    writer: Mutex<Writer>,
    reader: Mutex<Connection>,
    generation: Generation,
    watch: Watch,
    /// Of the schema that was last compared.
    schema: AtomicI64,
    files: Files,
    turns: Turns,
    waits: Waits,
    _open: platform::OpenStore,
    // Last: closing it lets go of every lock, after the connections are closed.
    lock: LockFile,
}

struct Writer {
    conn: Connection,
    /// PRAGMA synchronous = FULL, or NORMAL for what may be lost.
    durable: bool,
    checkpoint_at: u32,
}

/// The database and its WAL as they were opened.
struct Files {
    database: PathBuf,
    database_id: FileId,
    wal: PathBuf,
    wal_id: FileId,
}

pub struct Waits {
    write: Duration,
    read: Duration,
}

impl Waits {
    /// 0: the defaults.
    fn of(busy_timeout_ms: u32) -> Waits {
        let wait = |default| Duration::from_millis(u64::from(if busy_timeout_ms == 0 { default } else { busy_timeout_ms }));
        Waits { write: wait(5000), read: wait(1000) }
    }
}

/// Whose turn it is among the threads of this handle.
#[derive(Default)]
struct Turns {
    taken: Mutex<HashSet<u16>>,
    freed: Condvar,
}

impl SqliteStore {
    /// Another store lies where this one was opened, or nothing does.
    fn in_place(&self) -> Result<()> {
        let same = platform::file_id(&self.files.database) == Some(self.files.database_id)
            && platform::file_id(&self.files.wal) == Some(self.files.wal_id)
            && self.lock.in_place();
        if same { Ok(()) } else { Err(replaced()) }
    }

    fn tables<'a>(&'a self, conn: &'a Connection) -> Tables<'a> {
        Tables { conn, keys: &self.keys }
    }

    /// A bad row may be a sign that the whole store was exchanged or adopted.
    fn explain(&self, conn: &Connection, error: Error) -> Error {
        if error.status() != SESSION_TAMPERED {
            return error;
        }
        match self.tables(conn).unverified_meta() {
            Ok(meta) if meta.store != self.id => replaced(),
            _ => error,
        }
    }

    fn transact(&self, writer: &mut Writer, tell: bool, work: &mut dyn FnMut(&mut dyn Change) -> Result<()>) -> Result<()> {
        let transaction = writer.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        let result = (|| {
            layout::check_version(&transaction)?;
            layout::check_unchanged(&transaction, &self.schema)?;
            let tables = self.tables(&transaction);
            if tables.unverified_meta()?.store != self.id {
                return Err(replaced());
            }
            let meta = tables.meta()?;
            let mut writing = Writing::new(tables, meta);
            work(&mut writing)?;
            writing.finish()?;
            self.in_place()
        })();
        result.map_err(|error| self.explain(&transaction, error))?;
        // A writer before us that was cut off left it odd: what it did is settled by our commit.
        let tell = tell || self.generation.unsettled();
        if tell {
            self.generation.begin();
        }
        // Where this fails, nobody knows what is on disk: the generation stays odd.
        let committed = transaction.commit();
        committed.map_err(|error| sql_of(&writer.conn, error))?;
        if tell {
            self.generation.settle();
        }
        self.in_place()
    }

    fn lock_writer(&self, deadline: Instant) -> Result<MutexGuard<'_, Writer>> {
        self.writer.try_lock_until(deadline).ok_or_else(busy)
    }

    /// At once where it is free: a deadline costs a look at the clock.
    fn lock_reader(&self) -> Result<MutexGuard<'_, Connection>> {
        self.reader.try_lock().or_else(|| self.reader.try_lock_for(self.waits.read)).ok_or_else(busy)
    }

    /// The keys, for what the engine makes with them.
    pub fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys)
    }

    pub fn folder(&self) -> PathBuf {
        self.files.database.parent().expect("a file in a folder").to_owned()
    }

    /// A connection for one long look, so that nobody waits for it.
    fn look_apart(&self) -> Result<Connection> {
        let deadline = Instant::now() + self.waits.write;
        let _writer = self.lock_writer(deadline)?;
        let _lock = self.lock.take(deadline)?;
        self.in_place()?;
        let conn = patiently(deadline, || connection::open(&self.files.database, self.waits.read))?;
        conn.execute_batch("PRAGMA query_only = ON").map_err(sql)?;
        conn.query_row("SELECT count(*) FROM meta", [], |_| Ok(())).map_err(|error| sql_of(&conn, error))?;
        Ok(conn)
    }

    fn close(&self) {
        let lock = self.lock.try_take();
        if matches!(lock, Ok(Some(_))) && self.in_place().is_ok() {
            connection::shrink_wal(&self.writer.lock().conn);
        }
    }
}

impl Writer {
    fn set_durable(&mut self, durable: bool) -> Result<()> {
        if self.durable != durable {
            let level = if durable { "FULL" } else { "NORMAL" };
            self.conn.pragma_update(None, "synchronous", level).map_err(sql)?;
            self.durable = durable;
        }
        Ok(())
    }

    fn set_checkpoint(&mut self, at: u32) -> Result<()> {
        if self.checkpoint_at != at {
            self.conn.pragma_update_and_check(None, "wal_autocheckpoint", at, |_| Ok(())).map_err(sql)?;
            self.checkpoint_at = at;
        }
        Ok(())
    }
}

impl Storage for SqliteStore {
    fn id(&self) -> Uuid {
        self.id
    }

    fn read(&self, look: &mut dyn FnMut(&dyn View) -> Result<()>) -> Result<()> {
        let conn = self.lock_reader()?;
        self.in_place()?;
        let snapshot = Snapshot::begin(&conn)?;
        layout::check_unchanged(&conn, &self.schema)?;
        look(&self.tables(&conn)).map_err(|error| self.explain(&conn, error))?;
        snapshot.end()
    }

    fn stamp(&self) -> Option<Stamp> {
        self.standing()
    }

    fn session_and_user(&self, session: Uuid) -> Result<Option<(SessionRow, Result<UserRow>)>> {
        let conn = self.lock_reader()?;
        self.tables(&conn).session_and_user(session).map_err(|error| self.explain(&conn, error))
    }

    fn write(&self, effort: Effort, work: &mut dyn FnMut(&mut dyn Change) -> Result<()>) -> Result<()> {
        let patient = matches!(effort, Effort::Promised | Effort::Reserved | Effort::Stepwise);
        let durable = matches!(effort, Effort::Promised | Effort::Reserved);
        let tell = matches!(effort, Effort::Promised | Effort::Stepwise | Effort::Noted);
        let deadline = Instant::now() + if patient { self.waits.write } else { Duration::ZERO };
        let mut writer = self.lock_writer(deadline)?;
        let _lock = if patient { self.lock.take(deadline)? } else { self.lock.try_take()?.ok_or_else(busy)? };
        self.in_place()?;
        self.lock.check_whole()?;
        // Only a writer that is not ours can make SQLite wait now.
        writer.conn.busy_timeout(deadline.saturating_duration_since(Instant::now())).map_err(sql)?;
        writer.set_durable(durable)?;
        writer.set_checkpoint(if effort == Effort::Stepwise { CHECKPOINT_OF_STEPS_AT } else { CHECKPOINT_AT })?;
        self.transact(&mut writer, tell, work)
    }

    fn give_way(&self) -> Result<()> {
        let deadline = Instant::now() + GIVEN_WAY;
        loop {
            // Who holds it is a thread of this handle, and it goes first.
            let Some(writer) = self.writer.try_lock() else { return Ok(()) };
            if !self.lock.awaited()? || Instant::now() >= deadline {
                return Ok(());
            }
            drop(writer);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn check_copy(&self, new_folder: &Path) -> Result<PathBuf> {
        copy::check_target(&self.folder(), new_folder)
    }

    fn copy(&self, new_folder: &Path) -> Result<()> {
        copy::copy(self, new_folder)
    }

    fn check(&self) -> Result<Vec<Fault>> {
        check::check(self)
    }

    fn in_turn(&self, account: u16, attempt: &mut dyn FnMut() -> Result<()>) -> Result<()> {
        let deadline = Instant::now() + self.waits.write;
        let mut taken = self.turns.taken.lock();
        while taken.contains(&account) {
            if self.turns.freed.wait_until(&mut taken, deadline).timed_out() {
                return Err(busy());
            }
        }
        taken.insert(account);
        drop(taken);
        let _mine = MyTurn { turns: &self.turns, account };
        let _turn = self.lock.turn(account, deadline)?;
        attempt()
    }
}

struct MyTurn<'a> {
    turns: &'a Turns,
    account: u16,
}

impl Drop for MyTurn<'_> {
    fn drop(&mut self) {
        self.turns.taken.lock().remove(&self.account);
        self.turns.freed.notify_all();
    }
}

/// A read transaction, ended also when the look fails.
struct Snapshot<'a>(&'a Connection);

impl<'a> Snapshot<'a> {
    fn begin(conn: &'a Connection) -> Result<Snapshot<'a>> {
        Self::run(conn, "BEGIN").map(|()| Snapshot(conn))
    }

    fn end(self) -> Result<()> {
        // Where it fails, dropping `self` rolls back.
        Self::run(self.0, "COMMIT")?;
        std::mem::forget(self);
        Ok(())
    }

    fn run(conn: &Connection, statement: &str) -> Result<()> {
        let done = conn.prepare_cached(statement).and_then(|mut prepared| prepared.execute([]));
        done.map(|_| ()).map_err(|error| sql_of(conn, error))
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // Nothing was written; a connection that cannot even end a read is refused at its next use.
        let _ = Self::run(self.0, "ROLLBACK");
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if !platform::forked() {
            self.close();
        }
    }
}

fn replaced() -> Error {
    Error::new(SESSION_STORE_REPLACED, "the store's files were moved, deleted or replaced; close it and open it again")
}
