//! The database's tables, its numbers, and the check that it has these tables and nothing else.

use super::connection::sql;
use crate::status::{SESSION_NEWER, SESSION_NOT_A_STORE, SESSION_TAMPERED};
use crate::{Error, Result};
use once_cell::sync::OnceCell;
use rusqlite::Connection;
use std::sync::atomic::{AtomicI64, Ordering};

/// "dSes", in the header of the database file.
pub const APPLICATION_ID: i32 = 0x6453_6573;
/// major * 1000 + minor. A minor adds extensions only; a major changes tables and is never taken by open.
pub const VERSION: i32 = 1000;

const TABLES: &str = "
CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), store BLOB NOT NULL, key_source INTEGER NOT NULL, scope INTEGER NOT NULL,
  created_at INTEGER NOT NULL, wall INTEGER NOT NULL, elapsed INTEGER NOT NULL, boot BLOB NOT NULL, mark INTEGER NOT NULL,
  set_back INTEGER NOT NULL, first_event INTEGER NOT NULL, before_first BLOB NOT NULL, last_event INTEGER NOT NULL,
  last_link BLOB NOT NULL, ext BLOB NOT NULL, mac BLOB NOT NULL) STRICT;
CREATE TABLE policy (id INTEGER PRIMARY KEY CHECK (id = 1), items BLOB NOT NULL, ext BLOB NOT NULL, mac BLOB NOT NULL) STRICT;
CREATE TABLE users (id BLOB PRIMARY KEY, canonical TEXT UNIQUE, name TEXT NOT NULL, state INTEGER NOT NULL,
  must_change INTEGER NOT NULL, kinds INTEGER NOT NULL, epoch INTEGER NOT NULL, permissions INTEGER NOT NULL, created_at INTEGER NOT NULL,
  last_login_at INTEGER NOT NULL, password_changed_at INTEGER NOT NULL, ext BLOB NOT NULL, mac BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE credentials (user BLOB NOT NULL, kind INTEGER NOT NULL, secret TEXT NOT NULL, changed_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, set_back INTEGER NOT NULL, ext BLOB NOT NULL, mac BLOB NOT NULL, PRIMARY KEY (user, kind)) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (id BLOB PRIMARY KEY, user BLOB NOT NULL, token_hash BLOB NOT NULL, epoch INTEGER NOT NULL, remembered INTEGER NOT NULL,
  created_at INTEGER NOT NULL, authenticated_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, set_back INTEGER NOT NULL,
  absolute_ms INTEGER NOT NULL, idle_ms INTEGER NOT NULL, ended_at INTEGER NOT NULL, ended_as INTEGER NOT NULL,
  label TEXT NOT NULL, ext BLOB NOT NULL, mac BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user, id) WHERE ended_at = 0;
CREATE TABLE throttle (account BLOB PRIMARY KEY, failures INTEGER NOT NULL, wait_ms INTEGER NOT NULL, at INTEGER NOT NULL,
  elapsed INTEGER NOT NULL, boot BLOB NOT NULL, ext BLOB NOT NULL, mac BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE audit (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL, actor BLOB NOT NULL,
  user BLOB NOT NULL, session BLOB NOT NULL, detail TEXT NOT NULL, account TEXT NOT NULL, ext BLOB NOT NULL, mac BLOB NOT NULL) STRICT;
";

/// Inside a transaction of an empty database.
pub fn create(conn: &Connection) -> Result<()> {
    conn.execute_batch(TABLES).map_err(sql)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)?;
    conn.pragma_update(None, "user_version", VERSION).map_err(sql)
}

/// Whether the schema is still the one that was compared: `known` is SQLite's own count of schema changes. Asked in every
/// transaction, so that nobody renames a column under an open handle.
pub fn check_unchanged(conn: &Connection, known: &AtomicI64) -> Result<()> {
    let current: i64 = conn
        .prepare_cached("PRAGMA schema_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(sql)?;
    if known.load(Ordering::Relaxed) != current {
        check_schema(conn)?;
        known.store(current, Ordering::Relaxed);
    }
    Ok(())
}

/// A higher major is not ours to touch. Asked in every write transaction.
pub fn check_version(conn: &Connection) -> Result<()> {
    let version: i32 = conn
        .prepare_cached("PRAGMA user_version")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(sql)?;
    if version / 1000 > VERSION / 1000 {
        return Err(Error::new(SESSION_NEWER, format!("the store has format {version}, this library knows {VERSION}")));
    }
    Ok(())
}

pub fn check_application(conn: &Connection) -> Result<()> {
    let id: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(sql)?;
    if id == APPLICATION_ID { Ok(()) } else { Err(Error::new(SESSION_NOT_A_STORE, "another program's database")) }
}

type Schema = Vec<(String, String, Option<String>)>;

fn schema(conn: &Connection) -> rusqlite::Result<Schema> {
    conn.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect()
}

/// No table, index, trigger or view more or less than ours.
pub fn check_schema(conn: &Connection) -> Result<()> {
    static OURS: OnceCell<Schema> = OnceCell::new();
    let ours = OURS.get_or_try_init(|| {
        let empty = Connection::open_in_memory()?;
        empty.execute_batch(TABLES)?;
        schema(&empty)
    });
    if schema(conn).map_err(sql)? == *ours.map_err(sql)? {
        Ok(())
    } else {
        Err(Error::new(SESSION_TAMPERED, "the database's schema is not this library's"))
    }
}

/// Has no table at all: creation was interrupted before its transaction.
pub fn is_empty(conn: &Connection) -> Result<bool> {
    schema(conn).map(|schema| schema.is_empty()).map_err(sql)
}
