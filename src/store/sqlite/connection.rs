//! SQLite connections with every setting that a session store wants, and what SQLite's errors mean.

use crate::platform;
use crate::status::*;
use crate::{Error, Result};
use once_cell::sync::OnceCell;
use rusqlite::config::DbConfig;
use rusqlite::ffi;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::ffi::CStr;
use std::path::Path;
use std::time::Duration;

/// Older ones have the WAL-reset race.
const OLDEST_SQLITE: i32 = 3_051_003;

/// SQLite's own file system layer; on Windows the one that takes paths of over 260 characters.
const VFS: &CStr = if cfg!(windows) { c"win32-longpath" } else { c"unix" };

/// Opens a database file that exists. `path` has no symbolic link in it. `wait`: for a writer that is not ours.
pub fn open(path: &Path, wait: Duration) -> Result<Connection> {
    prepare_sqlite()?;
    // No URI file names, no creation; rusqlite's default flags have both.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NOFOLLOW | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags_and_vfs(path, flags, VFS).map_err(|error| match sql(error) {
        error if error.status() == SESSION_IO => cannot_write(path),
        error => error,
    })?;
    configure(&conn, wait).map_err(|error| sql_of(&conn, error))?;
    if conn.is_readonly("main").map_err(sql)? {
        return Err(cannot_write(path));
    }
    Ok(conn)
}

/// Opens a database that nobody else knows of yet: no locks, which some file systems do not have, and no journal. It is whole or
/// thrown away.
pub fn open_alone(path: &Path) -> Result<Connection> {
    prepare_sqlite()?;
    let without_locks = if cfg!(windows) { c"win32-longpath-none" } else { c"unix-none" };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NOFOLLOW | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags_and_vfs(path, flags, without_locks).map_err(sql)?;
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY").map_err(sql)?;
    Ok(conn)
}

/// SQLite falls back to reading where it could not open a file for writing, and does not say why.
pub fn cannot_write(path: &Path) -> Error {
    match platform::open_file(path, platform::Access::Own, false) {
        Ok(_) => Error::new(SESSION_IO, format!("{} could not be opened for writing; try again", path.display())),
        Err(error) => Error::io("opening", path, &error),
    }
}

fn configure(conn: &Connection, wait: Duration) -> rusqlite::Result<()> {
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
        // Else a join is prepared anew for each value that is bound.
        (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        conn.set_db_config(setting, on)?;
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, 1_000_000),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        (Limit::SQLITE_LIMIT_COLUMN, 100),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 0),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        conn.set_limit(limit, most)?;
    }
    conn.set_prepared_statement_cache_capacity(64);
    conn.busy_timeout(wait)?;
    conn.execute_batch(
        "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;
         PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = OFF;
         PRAGMA journal_size_limit = 4194304;",
    )?;
    keep_wal(conn)
}

/// The -wal file stays when the last connection closes: its inode is part of what an open handle holds on to.
fn keep_wal(conn: &Connection) -> rusqlite::Result<()> {
    let mut on: std::os::raw::c_int = 1;
    // SAFETY: the connection is open, "main" is NUL-terminated, and this control takes a pointer to an int.
    let code = unsafe {
        ffi::sqlite3_file_control(conn.handle(), c"main".as_ptr(), ffi::SQLITE_FCNTL_PERSIST_WAL, (&raw mut on).cast())
    };
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)) }
}

/// Writes the WAL back and cuts it to nothing, if nobody reads it just now; if somebody does, the next close does it. Under the
/// store's lock. A checkpoint that only writes back would not do: whoever opens first next time does not know of it, and the
/// WAL of a store that short processes open one after another would grow for ever.
pub fn shrink_wal(conn: &Connection) {
    let _ = conn.busy_timeout(Duration::ZERO);
    let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

/// Once per process: the version, and open file description locks in place of POSIX locks.
fn prepare_sqlite() -> Result<()> {
    static READY: OnceCell<()> = OnceCell::new();
    READY
        .get_or_try_init(|| {
            if rusqlite::version_number() < OLDEST_SQLITE {
                return Err(Error::new(SESSION_UNSUPPORTED, format!("SQLite {} is too old", rusqlite::version())));
            }
            replace_system_calls()
        })
        .copied()
}

#[cfg(unix)]
fn replace_system_calls() -> Result<()> {
    use std::os::raw::c_int;
    unsafe extern "C" {
        fn desksession_fcntl(fd: c_int, command: c_int, ...) -> c_int;
        fn desksession_close(fd: c_int) -> c_int;
    }
    type Call = Option<unsafe extern "C" fn()>;
    // SAFETY: SQLite keeps these as bare pointers and calls each with the type it has here: fcntl is variadic, close takes an int.
    let calls: [(&std::ffi::CStr, Call); 2] = unsafe {
        [
            (c"fcntl", std::mem::transmute::<unsafe extern "C" fn(c_int, c_int, ...) -> c_int, Call>(desksession_fcntl)),
            (c"close", std::mem::transmute::<unsafe extern "C" fn(c_int) -> c_int, Call>(desksession_close)),
        ]
    };
    // SAFETY: initialising is safe at any time and from any thread.
    let vfs = unsafe {
        ffi::sqlite3_initialize();
        ffi::sqlite3_vfs_find(std::ptr::null())
    };
    let refused = || Error::new(SESSION_UNSUPPORTED, "SQLite's system calls cannot be replaced");
    // SAFETY: the default file system layer, if there is one, lives for ever.
    let set = unsafe { vfs.as_ref() }.and_then(|vfs| vfs.xSetSystemCall).ok_or_else(refused)?;
    for (name, call) in calls {
        // SAFETY: as above; the names are NUL-terminated.
        if unsafe { set(vfs, name.as_ptr(), call) } != ffi::SQLITE_OK {
            return Err(refused());
        }
    }
    Ok(())
}

/// LockFileEx belongs to the open file anyway.
#[cfg(windows)]
fn replace_system_calls() -> Result<()> {
    Ok(())
}

/// The status of an SQLite error. A value of the wrong type is a row that this library did not write.
pub fn sql(error: rusqlite::Error) -> Error {
    use rusqlite::Error::*;
    let status = match &error {
        SqliteFailure(failure, _) => match failure.extended_code {
            ffi::SQLITE_READONLY_DBMOVED => SESSION_STORE_REPLACED,
            // The shared index of the WAL is written out before it is mapped; that fails for want of space.
            ffi::SQLITE_IOERR_SHMSIZE => SESSION_DISK_FULL,
            _ => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => SESSION_BUSY,
                ErrorCode::DiskFull => SESSION_DISK_FULL,
                ErrorCode::ReadOnly => SESSION_READ_ONLY,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => SESSION_CORRUPT,
                ErrorCode::OutOfMemory => SESSION_NO_MEMORY,
                ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => SESSION_PERMISSION,
                // "no such table": the schema is not ours any more.
                ErrorCode::Unknown => SESSION_TAMPERED,
                ErrorCode::TooBig | ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch => SESSION_TAMPERED,
                ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::FileLockingProtocolFailed => SESSION_IO,
                _ => SESSION_INTERNAL,
            },
        },
        FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | Utf8Error(..) | InvalidColumnType(..) => SESSION_TAMPERED,
        // A statement that does not compile against these tables: they are not ours.
        SqlInputError { .. } => SESSION_TAMPERED,
        _ => SESSION_INTERNAL,
    };
    Error::new(status, format!("SQLite: {error}"))
}

/// As `sql`, and asks the connection which system call failed: a full disk shows as an input/output error in some places.
pub fn sql_of(conn: &Connection, error: rusqlite::Error) -> Error {
    let plain = sql(error);
    if plain.status() != SESSION_IO {
        return plain;
    }
    // SAFETY: the connection is open.
    let errno = unsafe { ffi::sqlite3_system_errno(conn.handle()) };
    if errno == 0 {
        return plain;
    }
    let cause = std::io::Error::from_raw_os_error(errno);
    Error::new(platform::status_of(&cause), format!("{}: {cause}", plain.text()))
}
