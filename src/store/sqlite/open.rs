//! Opening a store, and creating one in steps that a kill may cut off anywhere: CREATING, key, database, READY. Each step finds
//! what the one before left. All of it, and every open, happens under the store's lock.

use super::folder::{self, DATABASE, Entered, JOURNAL, SHM, WAL};
use super::key_file::{self, Place};
use super::lock_file::{LockFile, State};
use super::tables::{Tables, Writing};
use super::watch::Watch;
use super::{Files, SqliteStore, Turns, Waits, Writer, connection, layout};
use crate::crypto::keys::{Keys, blank_root};
use crate::model::{OpenMode, OpenOptions, Scope};
use crate::platform::{self, FileId, lock::patiently};
use crate::policy::items::Policy;
use crate::policy::time::{Anchor, Reading};
use crate::status::*;
use crate::store::records::{Meta, NewEvent, OWN, PolicyRow, SHARED};
use crate::store::{Change, View};
use crate::{Error, Result};
use connection::{sql, sql_of};
use parking_lot::Mutex;
use rusqlite::{Connection, TransactionBehavior};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Instant;
use uuid::Uuid;

/// As large as journal_size_limit lets it stay.
const LARGE_WAL: u64 = 4 << 20;

/// Opens, and creates where nothing is and the options allow it. `event_created` is the first event of a new store.
pub fn open(folder: &Path, options: &OpenOptions, now: Reading, event_created: u32) -> Result<SqliteStore> {
    let deadline = Instant::now() + Waits::of(options.busy_timeout_ms).write;
    // As a whole: what a virus scanner holds just now may be any of the files, and each attempt finds what the one before left.
    patiently(deadline, || {
        let entered = folder::enter(folder, options, options.mode == OpenMode::Existing, deadline)?;
        with_lock(entered, options, now, |opening, lock| opening.run(lock, event_created))
    })
}

/// Takes the store's lock, lets `work` open the database, and makes the store of it.
pub fn with_lock(
    entered: Entered,
    options: &OpenOptions,
    now: Reading,
    work: impl FnOnce(&Opening<'_>, &LockFile) -> Result<Opened>,
) -> Result<SqliteStore> {
    let Entered { folder, access, lock, waits, deadline, open_store } = entered;
    let held = lock.take(deadline)?;
    if !lock.in_place() {
        return Err(super::replaced());
    }
    // SQLite gives them their rights after their names: not to be looked at while somebody else opens.
    for name in [WAL, SHM, JOURNAL] {
        let path = folder.join(name);
        platform::remove_unfinished(&path, access)?;
        platform::check_file(&path, access)?;
    }
    for name in [WAL, SHM] {
        platform::make_beside(&folder.join(name), access)?;
    }
    let opening = Opening { place: Place { folder: &folder, access }, options, now, deadline };
    let opened = work(&opening, &lock)?;
    let generation = lock.map()?;
    drop(held);
    opened.reader.busy_timeout(waits.read).map_err(sql)?;
    Ok(SqliteStore {
        id: opened.id,
        keys: Arc::new(opened.keys),
        writer: Mutex::new(Writer { conn: opened.writer, durable: true, checkpoint_at: super::CHECKPOINT_AT }),
        reader: Mutex::new(opened.reader),
        generation,
        watch: Watch::new(),
        schema: AtomicI64::new(-1),
        files: opened.files,
        turns: Turns::default(),
        waits,
        _open: open_store,
        lock,
    })
}

pub fn recorded(scope: Scope) -> i64 {
    match scope {
        Scope::User => OWN,
        Scope::Machine => SHARED,
    }
}

pub struct Opening<'a> {
    pub place: Place<'a>,
    pub options: &'a OpenOptions,
    pub now: Reading,
    deadline: Instant,
}

pub struct Opened {
    id: Uuid,
    keys: Keys,
    writer: Connection,
    reader: Connection,
    files: Files,
}

impl Opening<'_> {
    pub fn database(&self) -> PathBuf {
        self.place.folder.join(DATABASE)
    }

    pub fn connect(&self) -> Result<Connection> {
        connection::open(&self.database(), self.deadline.saturating_duration_since(Instant::now()))
    }

    fn run(&self, lock: &LockFile, event_created: u32) -> Result<Opened> {
        let exists = self.database().symlink_metadata().is_ok();
        match lock.header()? {
            Some((_, State::Ready)) if !exists => {
                Err(Error::new(SESSION_MISSING, format!("{} is gone; restore a backup", self.database().display())))
            }
            Some((_, State::Ready)) => self.existing(lock),
            // The lock file was lost, or never copied along.
            None if exists => self.existing(lock),
            None => self.create(lock, random_id()?, event_created),
            Some((id, State::Creating)) => self.create(lock, id, event_created),
        }
    }

    fn create(&self, lock: &LockFile, id: Uuid, event_created: u32) -> Result<Opened> {
        if fs::metadata(self.database()).is_ok_and(|data| data.len() > 0) {
            let conn = self.connect()?;
            if !layout::is_empty(&conn)? {
                // Cut off after the database was whole.
                return self.finish(lock, conn);
            }
        }
        if self.options.mode == OpenMode::Existing {
            return Err(Error::new(SESSION_MISSING, "the store was never finished; open it without SESSION_OPEN_EXISTING"));
        }
        lock.write_header(id, State::Creating)?;
        platform::sync_folder(self.place.folder)?;
        let choice = self.options.key.as_ref();
        let source = key_file::wanted_source(choice, self.place.access.scope());
        let root = key_file::create(source, choice, self.place, id)?;
        let keys = Keys::derive(&root, id);
        let conn = self.create_database(id, source, &keys, event_created)?;
        let opened = self.connected(id, keys, conn)?;
        platform::sync_folder(self.place.folder)?;
        lock.write_header(id, State::Ready)?;
        Ok(opened)
    }

    fn create_database(&self, id: Uuid, key_source: i64, keys: &Keys, event_created: u32) -> Result<Connection> {
        let path = self.database();
        // Before SQLite opens it: the WAL and its index take their rights from it.
        let file = platform::open_file(&path, self.place.access, true).map_err(|error| Error::io("making", &path, &error))?;
        drop(file);
        let mut conn = self.connect()?;
        use_wal(&conn)?;
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        if layout::is_empty(&transaction)? {
            layout::create(&transaction)?;
            let meta = Meta {
                store: id,
                key_source,
                scope: recorded(self.place.access.scope()),
                created_at: self.now.wall,
                anchor: Anchor::first(self.now),
                first_event: 1,
                before_first: Vec::new(),
                last_event: 0,
                last_link: Vec::new(),
                ext: Vec::new(),
            };
            let tables = Tables { conn: &transaction, keys };
            let mut writing = Writing::first(tables, meta, &PolicyRow::new(Policy::default()))?;
            writing.record(NewEvent { kind: event_created, at: self.now.wall, ..NewEvent::default() })?;
            writing.finish()?;
        }
        transaction.commit().map_err(|error| sql_of(&conn, error))?;
        settle(&conn)?;
        Ok(conn)
    }

    fn existing(&self, lock: &LockFile) -> Result<Opened> {
        if self.options.mode == OpenMode::CreateNew {
            return Err(Error::new(SESSION_BAD_ARGUMENT, "SESSION_OPEN_CREATE, but there is a store already"));
        }
        self.finish(lock, self.connect_existing()?)
    }

    pub fn connect_existing(&self) -> Result<Connection> {
        let path = self.database();
        if folder::check_database_header(&path)?.is_none() {
            return Err(not_our_database(&path));
        }
        self.connect()
    }

    /// A database that is there and whole: is it a store, and does the key fit?
    fn finish(&self, lock: &LockFile, conn: Connection) -> Result<Opened> {
        check_ours(&conn)?;
        let (id, keys) = self.unlock(&conn)?;
        let ready = lock.header()? == Some((id, State::Ready));
        if !ready {
            settle(&conn)?;
        }
        let opened = self.connected(id, keys, conn)?;
        if !ready {
            // The key has just vouched for this id; a header that was lost, or is another store's, is written anew.
            lock.write_header(id, State::Ready)?;
        }
        Ok(opened)
    }

    /// The key that opens this store. What meta says of itself is believed once its MAC holds.
    fn unlock(&self, conn: &Connection) -> Result<(Uuid, Keys)> {
        let nothing = Keys::derive(&blank_root(), Uuid::nil());
        let Meta { store: id, key_source: source, .. } = Tables { conn, keys: &nothing }.unverified_meta()?;
        let choice = self.options.key.as_ref();
        if choice.is_some_and(|choice| key_file::source_of(choice) != source) {
            return Err(Error::new(SESSION_KEY_MISMATCH, format!("the store records key source {source}")));
        }
        let keys = Keys::derive(&key_file::load(source, choice, self.place, id)?, id);
        match (Tables { conn, keys: &keys }).meta() {
            Ok(meta) => self.fits(&meta).map(|()| (id, keys)),
            Err(error) if error.status() == SESSION_TAMPERED => {
                Err(Error::new(SESSION_FOREIGN, "the key does not fit this store, or its meta row was changed"))
            }
            Err(error) => Err(error),
        }
    }

    /// Where SQLite could not open the WAL for writing it only reads, and says so at the first write.
    pub fn check_wal(&self, conn: &Connection) -> Result<PathBuf> {
        let wal = self.place.folder.join(WAL);
        match conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK").map_err(|error| sql_of(conn, error)) {
            Err(error) if error.status() == SESSION_READ_ONLY => Err(connection::cannot_write(&wal)),
            begun => begun.map(|()| wal),
        }
    }

    /// The rights of the folder have to be those of the store's scope.
    pub fn fits(&self, meta: &Meta) -> Result<()> {
        if meta.scope == recorded(self.place.access.scope()) {
            return Ok(());
        }
        let path = self.place.folder.display();
        Err(Error::new(
            SESSION_PERMISSION,
            match meta.scope {
                SHARED => format!("{path} is one account's and its store a group's; {}", platform::HOW_TO_SHARE),
                _ => format!("{path} is a group's and its store one account's; {}", platform::HOW_TO_KEEP),
            },
        ))
    }

    pub fn connected(&self, id: Uuid, keys: Keys, writer: Connection) -> Result<Opened> {
        let path = self.database();
        let before = platform::file_id(&path);
        // A creation that an error cut off may have left it in another mode.
        use_wal(&writer)?;
        if fs::metadata(self.place.folder.join(WAL)).is_ok_and(|data| data.len() > LARGE_WAL) {
            // Whoever used it before was killed again and again.
            connection::shrink_wal(&writer);
            writer.busy_timeout(self.deadline.saturating_duration_since(Instant::now())).map_err(sql)?;
        }
        let reader = self.connect()?;
        reader.execute_batch("PRAGMA query_only = ON").map_err(sql)?;
        for conn in [&writer, &reader] {
            // The first look opens the WAL.
            conn.query_row("SELECT count(*) FROM meta", [], |_| Ok(())).map_err(|error| sql_of(conn, error))?;
        }
        let wal = self.check_wal(&writer)?;
        let ids = (before.filter(|id| Some(*id) == platform::file_id(&path)), platform::file_id(&wal));
        let (Some(database_id), Some(wal_id)): (Option<FileId>, Option<FileId>) = ids else { return Err(super::replaced()) };
        Ok(Opened { id, keys, writer, reader, files: Files { database: path, database_id, wal, wal_id } })
    }
}

/// Something took the place of the database of a store that was ready.
fn not_our_database(path: &Path) -> Error {
    let mut header = [0_u8; 100];
    let sqlite =
        fs::File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok() && header[..16] == *b"SQLite format 3\0";
    if sqlite {
        Error::new(SESSION_NOT_A_STORE, format!("{} is another program's database", path.display()))
    } else {
        Error::new(SESSION_CORRUPT, format!("{} is damaged; restore a backup", path.display()))
    }
}

/// This library's tables, and nothing else.
pub fn check_ours(conn: &Connection) -> Result<()> {
    layout::check_application(conn)?;
    layout::check_version(conn)?;
    layout::check_schema(conn)
}

/// Before READY: the database file's own header, and not the WAL alone, has to say what it is.
pub fn settle(conn: &Connection) -> Result<()> {
    let busy: i64 =
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(|error| sql_of(conn, error))?;
    if busy == 0 { Ok(()) } else { Err(super::busy()) }
}

pub fn use_wal(conn: &Connection) -> Result<()> {
    let mode: String =
        conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(|error| sql_of(conn, error))?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(Error::new(SESSION_UNSUPPORTED, "this file system has no shared memory for SQLite's WAL"))
    }
}

pub fn random_id() -> Result<Uuid> {
    let mut bytes = [0; 16];
    crate::crypto::random(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}
