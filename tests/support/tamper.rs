//! A store with two people, made once and copied for each case, and the sqlite3 command-line tool, which changes it as a
//! stranger without the key would. (On Windows, which has none to install, this program itself in another process.)
#![allow(dead_code)] // each test file uses a part of it

use desksession::model::{Event, KeyChoice, Login, LoginOptions, OpenMode, OpenOptions, Scope, SessionInfo, User};
use desksession::platform::{self, Access};
use desksession::status::{SESSION_DONE, SESSION_OK};
use desksession::{Result, Store};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

pub const ANNA: &str = "Anna";
pub const BERT: &str = "Bert";
pub const OF_ANNA: &[u8] = b"violet kettle on the ninth step";
pub const OF_BERT: &[u8] = b"forty geese across a wet meadow";
pub const NEW: &[u8] = b"seven lanterns over a quiet harbour";

pub const KEY: [u8; 32] = [7; 32];
pub const OTHER_KEY: [u8; 32] = [8; 32];

/// More listed rows than any store here has: a list that does not end is a hang.
const MANY: usize = 1000;

pub fn options(mode: OpenMode, key: Option<KeyChoice>) -> OpenOptions {
    OpenOptions { mode, key, ..OpenOptions::default() }
}

pub fn caller(key: [u8; 32]) -> Option<KeyChoice> {
    Some(KeyChoice::Caller(Box::new(Zeroizing::new(key))))
}

pub fn open_with(folder: &Path, key: [u8; 32]) -> Result<Store> {
    Store::open(folder, &options(OpenMode::OpenOrCreate, caller(key)))
}

pub fn status<T>(result: Result<T>) -> i32 {
    result.err().map_or(SESSION_OK, |error| error.status())
}

/// Hashing at the floor is quick.
pub fn hash_fast(store: &Store) {
    store.policy_set(None, 6, 19456).expect("KDF memory");
    store.policy_set(None, 7, 2).expect("KDF passes");
}

pub fn login(store: &Store, name: &str, password: &[u8]) -> Result<Login> {
    store.login(name, password, &LoginOptions::default())
}

pub fn blob(id: Uuid) -> String {
    format!("X'{}'", id.simple())
}

/// A session as its owner knows it.
#[derive(Clone)]
pub struct Held {
    pub token: String,
    pub id: Uuid,
}

fn held(store: &Store, name: &str, password: &[u8]) -> Held {
    let login = login(store, name, password).expect("a login");
    Held { token: login.token.to_string(), id: login.info.session_id.expect("an id") }
}

/// Who and what a prepared store holds.
#[derive(Clone)]
pub struct People {
    pub anna: Uuid,
    pub bert: Uuid,
    /// Anna's, live.
    pub live: Held,
    /// Anna's, logged out.
    pub over: Held,
    /// Bert's, live.
    pub other: Held,
}

/// A folder of its own with a store in it, closed.
pub struct Case {
    home: TempDir,
    pub people: People,
    key: [u8; 32],
}

static PREPARED: LazyLock<Case> = LazyLock::new(|| Case::made(KEY));

impl Case {
    /// Makes a store from nothing.
    pub fn made(key: [u8; 32]) -> Case {
        let home = tempfile::tempdir().expect("a temporary folder");
        let store = open_with(&home.path().join("store"), key).expect("a new store");
        hash_fast(&store);
        let anna = store.user_create(None, ANNA, OF_ANNA).expect("Anna");
        let bert = store.user_create(None, BERT, OF_BERT).expect("Bert");
        let (over, live) = (held(&store, ANNA, OF_ANNA), held(&store, ANNA, OF_ANNA));
        let other = held(&store, BERT, OF_BERT);
        store.logout(&over.token).expect("a logout");
        drop(store);
        let case = Case { home, people: People { anna, bert, live, over, other }, key };
        // Everything into store.db; the tool, as the last to close, removes the WAL.
        case.sql("PRAGMA wal_checkpoint(TRUNCATE)");
        assert!(!case.file("store.db-wal").exists());
        case
    }

    /// A copy of the prepared store. `None`, after saying so, where there is no sqlite3 to tamper with.
    pub fn new() -> Option<Case> {
        if sqlite3_missing() {
            return None;
        }
        let home = tempfile::tempdir().expect("a temporary folder");
        copy(&PREPARED.folder(), &home.path().join("store"));
        Some(Case { home, people: PREPARED.people.clone(), key: PREPARED.key })
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn folder(&self) -> PathBuf {
        self.home.path().join("store")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub fn open(&self) -> Store {
        self.try_open().expect("the store opens")
    }

    pub fn try_open(&self) -> Result<Store> {
        open_with(&self.folder(), self.key)
    }

    /// Runs SQL in a process of its own; every statement has to succeed.
    pub fn sql(&self, script: &str) -> String {
        sqlite3(&self.file("store.db"), script)
    }

    /// Runs one statement that has to change just so many rows.
    pub fn change(&self, rows: usize, statement: &str) {
        let changed = self.sql(&format!("PRAGMA ignore_check_constraints = ON; {statement}; SELECT changes()"));
        assert_eq!(changed.trim(), rows.to_string(), "{statement}");
    }
}

/// Says so, where there is nothing to tamper with.
pub fn sqlite3_missing() -> bool {
    #[cfg(unix)]
    return crate::support::missing(&["sqlite3"]);
    #[cfg(windows)]
    false
}

pub fn sqlite3(database: &Path, script: &str) -> String {
    let answer = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut tool = start(tool(database, answer.path()).stdin(Stdio::piped()).stderr(Stdio::piped()));
    tool.stdin.take().expect("a pipe").write_all(format!("{script};\n").as_bytes()).expect("the script");
    let output = tool.wait_with_output().expect("sqlite3");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && error.is_empty(), "{script}: {error}");
    String::from_utf8_lossy(&fs::read(answer.path()).expect("an answer")).into_owned()
}

fn start(command: &mut Command) -> Child {
    // ERROR_INTERNAL_ERROR: now and then a process dies under Wine before it has begun.
    let began = |child: &std::io::Result<Child>| {
        !child.as_ref().is_err_and(|error| cfg!(windows) && error.raw_os_error() == Some(1359))
    };
    (0..5).map(|_| command.spawn()).find(began).expect("five attempts").expect("sqlite3")
}

#[cfg(unix)]
fn tool(database: &Path, answer: &Path) -> Command {
    let mut tool = Command::new("sqlite3");
    tool.args(["-batch", "-bail", "-init", "/dev/null", "-cmd", ".timeout 5000"])
        // Newer tools protect the schema unless told not to, and say so.
        .args(["-cmd", ".output /dev/null", "-cmd", ".dbconfig defensive off", "-cmd", ".output stdout"])
        .arg(database)
        .stdout(fs::File::create(answer).expect("a file"));
    tool
}

#[cfg(windows)]
fn tool(database: &Path, answer: &Path) -> Command {
    let mut tool = Command::new(std::env::current_exe().expect("this program"));
    let (_, here) = module_path!().split_once("::").expect("this module");
    tool.args(["--quiet", "--ignored", "--exact", &format!("{here}::as_sqlite3")]).stdout(Stdio::null());
    tool.env("DATABASE", database).env("ANSWER", answer);
    tool
}

/// Runs statements and writes rows as the tool does.
#[cfg(windows)]
#[test]
#[ignore = "a part of the others"]
fn as_sqlite3() {
    use rusqlite::{fallible_iterator::FallibleIterator, types::ValueRef};
    let script = std::io::read_to_string(std::io::stdin()).expect("a script");
    let place = |name: &str| std::env::var_os(name).map(PathBuf::from).expect("a place");
    let mut answer = fs::File::create(place("ANSWER")).expect("an answer");
    let conn = rusqlite::Connection::open(place("DATABASE")).expect("a database");
    conn.busy_timeout(std::time::Duration::from_secs(5)).expect("a time-out");
    let mut statements = rusqlite::Batch::new(&conn, &script);
    while let Some(mut statement) = statements.next().unwrap_or_else(|error| panic!("{script}: {error}")) {
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().unwrap_or_else(|error| panic!("{script}: {error}")) {
            for column in 0..columns {
                let bar: &[u8] = if column > 0 { b"|" } else { b"" };
                let value = match row.get_ref(column).expect("a value") {
                    ValueRef::Null => Vec::new(),
                    ValueRef::Integer(value) => value.to_string().into_bytes(),
                    ValueRef::Real(value) => value.to_string().into_bytes(),
                    ValueRef::Text(value) | ValueRef::Blob(value) => value.to_vec(),
                };
                answer.write_all(&[bar, &value].concat()).expect("an answer");
            }
            answer.write_all(b"\n").expect("an answer");
        }
    }
}

/// With the rights of a store, which a copy does not keep everywhere.
pub fn copy(from: &Path, to: &Path) {
    platform::create_folder(to, Scope::User).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        copy_file(&entry.path(), &to.join(entry.file_name()));
    }
}

pub fn copy_file(from: &Path, to: &Path) {
    let mut file = platform::open_file(to, Access::Own, true).expect("a file");
    file.set_len(0).expect("a file");
    file.write_all(&fs::read(from).expect("a file")).expect("a copy");
}

/// What lies in a folder: kind and rights, and the bytes of plain files.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let data = path.symlink_metadata().expect("an entry");
        let bytes = if data.is_file() { fs::read(&path).expect("a file") } else { Vec::new() };
        if data.is_dir() {
            found.extend(snapshot(&path));
        }
        found.insert(path, (mode(&data), bytes));
    }
    found
}

#[cfg(unix)]
fn mode(data: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(data)
}

/// Kinds alone: rights are no part of what Windows tells here.
#[cfg(windows)]
fn mode(data: &fs::Metadata) -> u32 {
    u32::from(data.is_dir())
}

/// Reads a list to its end.
fn all<T>(mut next: impl FnMut(Option<&T>) -> Result<T>) -> Vec<T> {
    let mut rows: Vec<T> = Vec::new();
    loop {
        match next(rows.last()) {
            Ok(row) => rows.push(row),
            Err(error) if error.status() == SESSION_DONE => return rows,
            Err(error) => panic!("after {} rows: {error}", rows.len()),
        }
        assert!(rows.len() < MANY, "a list without an end");
    }
}

pub fn sessions(store: &Store, user: Option<Uuid>) -> Vec<SessionInfo> {
    all(|last: Option<&SessionInfo>| store.session_next(user, last.and_then(|row| row.session_id)))
}

pub fn users(store: &Store) -> Vec<User> {
    all(|last: Option<&User>| store.user_next(last.and_then(|row| row.user_id)))
}

pub fn events(store: &Store) -> Vec<Event> {
    all(|last: Option<&Event>| store.event_next(last.map_or(0, |row| row.id)))
}

/// The ids of events that were refused.
pub fn refused_events(store: &Store) -> Vec<i64> {
    events(store).iter().filter(|event| event.row != SESSION_OK).map(|event| event.id).collect()
}

/// What SQLite's hex() shows.
pub fn hex(text: &str) -> Vec<u8> {
    let digits = text.trim().as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Every call is refused the same way.
pub fn nothing_works(case: &Case, store: &Store, expected: i32) {
    let People { anna, live, other, .. } = &case.people;
    assert_eq!(status(store.verify(&live.token)), expected);
    assert_eq!(status(store.peek(&other.token)), expected);
    assert_eq!(status(store.logout(&live.token)), expected);
    assert_eq!(status(login(store, ANNA, OF_ANNA)), expected);
    assert_eq!(status(login(store, "Nobody", OF_ANNA)), expected);
    assert_eq!(status(store.password_check(None, NEW)), expected);
    assert_eq!(status(store.policy_get(5)), expected);
    assert_eq!(status(store.policy_set(None, 5, 9)), expected);
    assert_eq!(status(store.user_create(None, "Carla", NEW)), expected);
    assert_eq!(status(store.purge()), expected);
    assert_ne!(status(store.user_get(*anna)), SESSION_OK);
}
