//! Opening and creating a store's folder.
//!
//! Creation goes on where it was cut off: lock header with a new id and CREATING, key, database, READY; each synced before
//! the next. All of it, and every open, happens under the store's lock.

use super::lock_file::{self, LockFile, State};
use super::tables::{Tables, Writing};
use super::{Files, SqliteStore, Turns, Waits, Writer, connection, key_file, layout};
use crate::crypto::keys::{Keys, blank_root};
use crate::model::{KeyChoice, OpenMode, OpenOptions};
use crate::platform::{self, FileId};
use crate::policy::items::Policy;
use crate::policy::time::{Anchor, Reading};
use crate::status::*;
use crate::store::records::{Meta, NewEvent, PolicyRow};
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
use std::time::{Duration, Instant};
use uuid::Uuid;

const DATABASE: &str = "store.db";
const WAL: &str = "store.db-wal";
const SCOPE_USER: i64 = 1;
const OURS: [&str; 7] = [lock_file::NAME, key_file::NAME, "key.new", WAL, "store.db-shm", "store.db-journal", DATABASE];

/// What lies in the folder, by the names in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    OnlyLock,
    Database,
}

/// Opens, and creates where nothing is and the options allow it. `event_created` is the first event of a new store.
pub fn open(folder: &Path, options: &OpenOptions, now: Reading, event_created: u32) -> Result<SqliteStore> {
    let open_store = platform::OpenStore::new()?;
    let folder = std::path::absolute(folder).map_err(|error| Error::io("resolving", folder, &error))?;
    let found = look(&folder)?;
    if options.mode == OpenMode::Existing && found == Found::Nothing {
        return Err(Error::new(SESSION_MISSING, format!("there is no store in {}", folder.display())));
    }
    let there = folder.ancestors().find(|folder| folder.exists()).unwrap_or(&folder);
    if platform::network_file_system(there)? {
        return Err(Error::new(SESSION_UNSUPPORTED, format!("{} is on a network file system", folder.display())));
    }
    if found == Found::Nothing {
        if matches!(options.key, None | Some(KeyChoice::User)) {
            // Before anything is made: there has to be a place for the key.
            platform::data_home()?;
        }
        platform::create_private_folder(&folder)?;
    }
    platform::check_private_folder(&folder)?;
    // SQLite is told to refuse every symbolic link in a path; those above the folder are the account's own business.
    let folder = fs::canonicalize(&folder).map_err(|error| Error::io("resolving", &folder, &error))?;
    check_files(&folder)?;
    let write_wait =
        Duration::from_millis(u64::from(if options.busy_timeout_ms == 0 { 5000 } else { options.busy_timeout_ms }));
    let deadline = Instant::now() + write_wait;
    let lock = LockFile::open(&folder)?;
    platform::check_private_file(&folder.join(lock_file::NAME))?;
    let held = lock.take(deadline)?;
    if !lock.in_place() {
        return Err(super::replaced());
    }
    let opening = Opening { folder: &folder, options, now, event_created, deadline };
    let opened = opening.run(&lock)?;
    let generation = lock.map()?;
    drop(held);
    let read_wait = Duration::from_millis(u64::from(if options.busy_timeout_ms == 0 { 1000 } else { options.busy_timeout_ms }));
    opened.reader.busy_timeout(read_wait).map_err(sql)?;
    Ok(SqliteStore {
        id: opened.id,
        keys: Arc::new(opened.keys),
        writer: Mutex::new(Writer { conn: opened.writer, durable: true }),
        reader: Mutex::new(opened.reader),
        generation,
        schema: AtomicI64::new(-1),
        files: opened.files,
        turns: Turns::default(),
        waits: Waits { write: write_wait, read: read_wait },
        _open: open_store,
        lock,
    })
}

/// Touches nothing. Something that is no store is told before rights are: nobody should open up a folder for our sake.
fn look(folder: &Path) -> Result<Found> {
    let data = match fs::symlink_metadata(folder) {
        Ok(data) => data,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(Error::io("looking at", folder, &error)),
    };
    let not_a_store =
        |what: &str| Error::new(SESSION_NOT_A_STORE, format!("{} {what}; choose another folder", folder.display()));
    if !data.is_dir() {
        return Err(not_a_store("is not a folder"));
    }
    let entries = fs::read_dir(folder).map_err(|error| Error::io("listing", folder, &error))?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(|error| Error::io("listing", folder, &error))?.file_name());
    }
    let has = |name: &str| names.iter().any(|found| found == name);
    match (has(DATABASE), has(lock_file::NAME)) {
        (true, false) => {
            check_database_header(&folder.join(DATABASE))?.ok_or_else(|| not_a_store("holds another program's database"))?;
            Ok(Found::Database)
        }
        (true, true) => Ok(Found::Database),
        // What a creation that was cut off may have left, and nothing else.
        (false, true) if names.iter().all(|name| OURS.iter().any(|ours| name == ours)) => Ok(Found::OnlyLock),
        // Or a store whose database is gone, whatever lies beside it.
        (false, true) if lock_file::is_ours(folder) => Ok(Found::OnlyLock),
        (false, true) => Err(not_a_store("is not empty and holds no store")),
        (false, false) if names.is_empty() => Ok(Found::Nothing),
        (false, false) => Err(not_a_store("is not empty and holds no store")),
    }
}

fn check_files(folder: &Path) -> Result<()> {
    for name in [lock_file::NAME, DATABASE, WAL, "store.db-shm"] {
        platform::check_private_file(&folder.join(name))?;
    }
    Ok(())
}

/// `Ok(None)`: another program's, or no database at all.
fn check_database_header(path: &Path) -> Result<Option<()>> {
    // A pipe would make everybody wait.
    if !fs::metadata(path).is_ok_and(|data| data.is_file()) {
        return Ok(None);
    }
    let mut header = [0_u8; 100];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(Error::io("reading", path, &error)),
    }
    let ours = header[..16] == *b"SQLite format 3\0" && header[68..72] == layout::APPLICATION_ID.to_be_bytes();
    Ok(ours.then_some(()))
}

struct Opening<'a> {
    folder: &'a Path,
    options: &'a OpenOptions,
    now: Reading,
    event_created: u32,
    deadline: Instant,
}

struct Opened {
    id: Uuid,
    keys: Keys,
    writer: Connection,
    reader: Connection,
    files: Files,
}

impl Opening<'_> {
    fn database(&self) -> PathBuf {
        self.folder.join(DATABASE)
    }

    fn connect(&self) -> Result<Connection> {
        connection::open(&self.database(), self.deadline.saturating_duration_since(Instant::now()))
    }

    fn run(&self, lock: &LockFile) -> Result<Opened> {
        let exists = self.database().symlink_metadata().is_ok();
        match lock.header()? {
            Some((_, State::Ready)) if !exists => {
                Err(Error::new(SESSION_MISSING, format!("{} is gone; restore a backup", self.database().display())))
            }
            Some((_, State::Ready)) => self.existing(lock),
            // The lock file was lost, or never copied along.
            None if exists => self.existing(lock),
            None => self.create(lock, Uuid::from_bytes(random_id()?)),
            Some((id, State::Creating)) => self.create(lock, id),
        }
    }

    fn create(&self, lock: &LockFile, id: Uuid) -> Result<Opened> {
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
        platform::sync_folder(self.folder)?;
        let (source, root) = key_file::create(self.options.key.as_ref(), self.folder, id)?;
        let keys = Keys::derive(&root, id);
        let conn = self.create_database(id, source, &keys)?;
        let opened = self.connected(id, keys, conn)?;
        platform::sync_folder(self.folder)?;
        lock.write_header(id, State::Ready)?;
        Ok(opened)
    }

    fn create_database(&self, id: Uuid, key_source: i64, keys: &Keys) -> Result<Connection> {
        let path = self.database();
        // Before SQLite opens it: the WAL and its index take their rights from it.
        let file = platform::open_private_file(&path, true, false).map_err(|error| Error::io("making", &path, &error))?;
        drop(file);
        let mut conn = self.connect()?;
        use_wal(&conn)?;
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        if layout::is_empty(&transaction)? {
            layout::create(&transaction)?;
            let meta = Meta {
                store: id,
                key_source,
                scope: SCOPE_USER,
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
            writing.record(NewEvent { kind: self.event_created, at: self.now.wall, ..NewEvent::default() })?;
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
        let path = self.database();
        if check_database_header(&path)?.is_none() {
            return Err(self.not_our_database(&path));
        }
        self.finish(lock, self.connect()?)
    }

    /// A database that is there and whole: is it a store, and does the key fit?
    fn finish(&self, lock: &LockFile, conn: Connection) -> Result<Opened> {
        layout::check_application(&conn)?;
        layout::check_version(&conn)?;
        layout::check_schema(&conn)?;
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

    /// Something took the place of the database of a store that was ready.
    fn not_our_database(&self, path: &Path) -> Error {
        let mut header = [0_u8; 100];
        let sqlite = fs::File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok()
            && header[..16] == *b"SQLite format 3\0";
        if sqlite {
            Error::new(SESSION_NOT_A_STORE, format!("{} is another program's database", path.display()))
        } else {
            Error::new(SESSION_CORRUPT, format!("{} is damaged; restore a backup", path.display()))
        }
    }

    /// The key that opens this store. What meta says of itself is believed once its MAC holds.
    fn unlock(&self, conn: &Connection) -> Result<(Uuid, Keys)> {
        let nothing = Keys::derive(&blank_root(), Uuid::nil());
        let (id, source) = Tables { conn, keys: &nothing }.unverified_meta()?;
        let choice = self.options.key.as_ref();
        if choice.is_some_and(|choice| key_file::source_of(choice) != source) {
            return Err(Error::new(SESSION_KEY_MISMATCH, format!("the store records key source {source}")));
        }
        let keys = Keys::derive(&key_file::load(source, choice, self.folder, id)?, id);
        match (Tables { conn, keys: &keys }).meta() {
            Ok(_) => Ok((id, keys)),
            Err(error) if error.status() == SESSION_TAMPERED => {
                Err(Error::new(SESSION_FOREIGN, "the key does not fit this store, or its meta row was changed"))
            }
            Err(error) => Err(error),
        }
    }

    fn connected(&self, id: Uuid, keys: Keys, writer: Connection) -> Result<Opened> {
        let path = self.database();
        let before = platform::file_id(&path);
        // A creation that an error cut off may have left it in another mode.
        use_wal(&writer)?;
        let reader = self.connect()?;
        reader.execute_batch("PRAGMA query_only = ON").map_err(sql)?;
        for conn in [&writer, &reader] {
            // The first look opens the WAL.
            conn.query_row("SELECT count(*) FROM meta", [], |_| Ok(())).map_err(|error| sql_of(conn, error))?;
        }
        let wal = self.folder.join(WAL);
        match writer.execute_batch("BEGIN IMMEDIATE; ROLLBACK").map_err(sql) {
            Err(error) if error.status() == SESSION_READ_ONLY => return Err(connection::cannot_write(&wal)),
            begun => begun?,
        }
        let ids = (before.filter(|id| Some(*id) == platform::file_id(&path)), platform::file_id(&wal));
        let (Some(database_id), Some(wal_id)): (Option<FileId>, Option<FileId>) = ids else { return Err(super::replaced()) };
        Ok(Opened { id, keys, writer, reader, files: Files { database: path, database_id, wal, wal_id } })
    }
}

/// Before READY: the database file's own header, and not the WAL alone, has to say what it is.
fn settle(conn: &Connection) -> Result<()> {
    let busy: i64 =
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(|error| sql_of(conn, error))?;
    if busy == 0 { Ok(()) } else { Err(super::busy()) }
}

fn use_wal(conn: &Connection) -> Result<()> {
    let mode: String =
        conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(|error| sql_of(conn, error))?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(Error::new(SESSION_UNSUPPORTED, "this file system has no shared memory for SQLite's WAL"))
    }
}

fn random_id() -> Result<[u8; 16]> {
    let mut bytes = [0; 16];
    crate::crypto::random(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes())
}
