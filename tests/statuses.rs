//! What is in the way of a store has a status of its own, and a refused call leaves the files as they were.
#![cfg(target_os = "linux")]

mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::Store;
use desksession::model::{KeyChoice, OpenMode};
use desksession::status::*;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;
use support::{command, linked, missing, root, run, temp_home};
use tamper_support::*;
use tempfile::TempDir;
use zeroize::Zeroizing;

const MODES: [OpenMode; 3] = [OpenMode::OpenOrCreate, OpenMode::Existing, OpenMode::CreateNew];

fn open_as(folder: &Path, mode: OpenMode) -> desksession::Result<Store> {
    Store::open(folder, &options(mode, caller(KEY)))
}

/// Opening is refused so, in every mode, and not a byte below `root` is touched.
fn refused(root: &Path, folder: &Path, expected: i32) -> String {
    let before = snapshot(root);
    let mut text = String::new();
    for mode in MODES {
        let error = open_as(folder, mode).map(|_| ()).expect_err("it is refused");
        assert_eq!(error.status(), expected, "{error}");
        assert!(snapshot(root) == before, "something was touched: {error}");
        text = error.text();
    }
    text
}

// What is no store

#[test]
fn a_file_is_no_store() {
    let home = temp_home();
    let path = home.path().join("file");
    fs::write(&path, "letters").unwrap();
    refused(home.path(), &path, SESSION_NOT_A_STORE);
    let below = open_as(&path.join("store"), OpenMode::OpenOrCreate).map(|_| ()).expect_err("below a file");
    assert!([SESSION_NOT_A_STORE, SESSION_IO].contains(&below.status()), "{below}");
}

#[test]
fn a_folder_with_something_in_it_is_no_store() {
    let home = temp_home();
    let folder = home.path().join("documents");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter.txt"), "Dear Anna").unwrap();
    // Told before the rights are: nobody should close a folder of documents for our sake.
    refused(home.path(), &folder, SESSION_NOT_A_STORE);
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    refused(home.path(), &folder, SESSION_NOT_A_STORE);
}

#[test]
fn another_programs_database_is_no_store() {
    if missing(&["sqlite3"]) {
        return;
    }
    let home = temp_home();
    let folder = private(&home, "other");
    let database = folder.join("store.db");
    sqlite3(&database, "PRAGMA application_id = 77; CREATE TABLE sessions (id); INSERT INTO sessions VALUES (1)");
    refused(home.path(), &folder, SESSION_NOT_A_STORE);
    // Ours was ready, and its database was replaced by that.
    let Some(case) = Case::new() else { return };
    write_private(&case.file("store.db"), &fs::read(&database).unwrap());
    let before = snapshot(&case.folder());
    assert_eq!(status(case.try_open()), SESSION_NOT_A_STORE);
    assert!(snapshot(&case.folder()) == before);
}

#[test]
fn something_else_named_store_db_is_no_store() {
    let home = temp_home();
    let folder = private(&home, "other");
    for bytes in [&b""[..], b"letters", &[0; 8192]] {
        fs::write(folder.join("store.db"), bytes).unwrap();
        refused(home.path(), &folder, SESSION_NOT_A_STORE);
    }
    fs::remove_file(folder.join("store.db")).unwrap();
    fs::create_dir(folder.join("store.db")).unwrap();
    let told = status(open_as(&folder, OpenMode::OpenOrCreate));
    assert!([SESSION_NOT_A_STORE, SESSION_PERMISSION].contains(&told), "{told}");
}

#[test]
fn a_lock_file_of_another_program_is_no_store() {
    let home = temp_home();
    let folder = private(&home, "other");
    fs::write(folder.join("lock"), "pid 4711\n").unwrap();
    fs::set_permissions(folder.join("lock"), Permissions::from_mode(0o600)).unwrap();
    refused(home.path(), &folder, SESSION_NOT_A_STORE);
}

/// Whoever waits for a writer that never comes hangs.
#[test]
fn pipes_hang_nobody() {
    if missing(&["mkfifo"]) {
        return;
    }
    let home = temp_home();
    for names in [&["store.db"][..], &["lock"], &["store.db", "lock"]] {
        let folder = private(&home, &names.concat());
        for name in names {
            run(Command::new("mkfifo").args(["-m", "600"]).arg(folder.join(name)));
        }
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || tell.send(status(open_as(&folder, OpenMode::OpenOrCreate))));
        let told = told.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("{names:?}: it hangs"));
        assert!([SESSION_NOT_A_STORE, SESSION_PERMISSION].contains(&told), "{names:?}: {told}");
    }
}

fn private(home: &TempDir, name: &str) -> PathBuf {
    let folder = home.path().join(name);
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    folder
}

// What is damaged

fn damaged(case: &Case, what: &str) {
    let before = snapshot(&case.folder());
    for mode in [OpenMode::OpenOrCreate, OpenMode::Existing] {
        assert_eq!(status(open_as(&case.folder(), mode)), SESSION_CORRUPT, "{what}");
    }
    let after = snapshot(&case.folder());
    assert!(before.iter().all(|(path, content)| after.get(path) == Some(content)), "{what}: it was written to");
}

#[test]
fn garbage_in_place_of_the_database_is_damage() {
    let Some(case) = Case::new() else { return };
    let size = fs::metadata(case.file("store.db")).unwrap().len() as usize;
    let noise: Vec<u8> = Noise(1).by_ref().take(size).collect();
    for bytes in [noise, vec![0; size], b"letters".to_vec()] {
        fs::write(case.file("store.db"), bytes).unwrap();
        damaged(&case, "garbage");
    }
}

#[test]
fn a_truncated_database_is_damage() {
    for keep in [Some(0), Some(1), Some(99), Some(100), Some(4096), None] {
        let Some(case) = Case::new() else { return };
        let file = OpenOptions::new().write(true).open(case.file("store.db")).unwrap();
        let keep = keep.unwrap_or(file.metadata().unwrap().len() / 2);
        file.set_len(keep).unwrap();
        damaged(&case, &format!("{keep} bytes"));
    }
}

/// A small generator of our own: the same noise in every run.
struct Noise(u64);

impl Iterator for Noise {
    type Item = u8;
    fn next(&mut self) -> Option<u8> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Some((self.0 >> 24) as u8)
    }
}

/// Wherever one byte is wrong: no panic, no endless list, and never a yes that should be a no.
#[test]
fn no_flipped_byte_says_yes() {
    let mut noise = Noise(0x6453_6573);
    for round in 0..150 {
        let Some(case) = Case::new() else { return };
        let mut file = OpenOptions::new().read(true).write(true).open(case.file("store.db")).unwrap();
        let random = noise.by_ref().take(5).fold(0_u64, |sum, byte| sum << 8 | u64::from(byte));
        let flip = (random as u8) | 1;
        // Every third in the first page, which holds the header and the schema.
        let size = if round % 3 == 0 { 4096 } else { file.metadata().unwrap().len() };
        let at = (random >> 8) % size;
        let mut byte = [0];
        file.seek(SeekFrom::Start(at)).and_then(|_| std::io::Read::read_exact(&mut file, &mut byte)).unwrap();
        file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(&[byte[0] ^ flip])).unwrap();
        drop(file);
        let context = format!("byte {at} ^ {flip}");
        let store = match case.try_open() {
            Ok(store) => store,
            Err(error) => {
                assert_ne!(error.status(), SESSION_INTERNAL, "{context}: {error}");
                continue;
            }
        };
        let People { anna, live, over, other, .. } = &case.people;
        for (token, owner) in [(live, *anna), (other, case.people.bert)] {
            match store.verify(&token.token) {
                Ok(info) => assert_eq!(info.user_id, Some(owner), "{context}"),
                Err(error) => assert_ne!(error.status(), SESSION_INTERNAL, "{context}: {error}"),
            }
        }
        assert_ne!(status(store.verify(&over.token)), SESSION_OK, "{context}");
        assert_ne!(status(login(&store, ANNA, OF_BERT)), SESSION_OK, "{context}");
        let told =
            [status(login(&store, ANNA, OF_ANNA)), status(store.logout(&live.token)), status(store.revoke(None, over.id))];
        assert!(!told.contains(&SESSION_INTERNAL), "{context}: {told:?}");
        lists_end(&store, &context);
        if told[1] == SESSION_OK {
            assert_ne!(status(store.verify(&live.token)), SESSION_OK, "{context}");
        }
    }
}

/// Every list comes to an end or to a fault.
fn lists_end(store: &Store, context: &str) {
    let end = |mut step: Box<dyn FnMut() -> desksession::Result<()> + '_>| {
        let stop = (0..1000).find_map(|_| step().err()).unwrap_or_else(|| panic!("{context}: a list without an end"));
        assert_ne!(stop.status(), SESSION_INTERNAL, "{context}: {stop}");
    };
    let (mut event, mut user, mut session) = (0, None, None);
    end(Box::new(move || store.event_next(event).map(|row| event = row.id)));
    end(Box::new(move || store.user_next(user).map(|row| user = row.user_id)));
    end(Box::new(move || store.session_next(None, session).map(|row| session = row.session_id)));
}

// Links and rights

#[test]
fn a_linked_database_is_refused() {
    let Some(case) = Case::new() else { return };
    let (database, elsewhere) = (case.file("store.db"), case.home().join("elsewhere.db"));
    fs::rename(&database, &elsewhere).unwrap();
    symlink(&elsewhere, &database).unwrap();
    names_path_and_remedy(&refused(case.home(), &case.folder(), SESSION_PERMISSION), "store.db");
    fs::remove_file(&database).unwrap();
    fs::hard_link(&elsewhere, &database).unwrap();
    names_path_and_remedy(&refused(case.home(), &case.folder(), SESSION_PERMISSION), "store.db");
    fs::remove_file(case.file("lock")).unwrap();
    refused(case.home(), &case.folder(), SESSION_PERMISSION);
    fs::remove_file(&elsewhere).unwrap();
    assert_eq!(status(case.try_open()), SESSION_OK);
}

#[test]
fn other_linked_files_are_refused() {
    for name in ["lock", "store.db-wal", "store.db-shm"] {
        let Some(case) = Case::new() else { return };
        let elsewhere = case.home().join("elsewhere");
        match fs::rename(case.file(name), &elsewhere) {
            Err(error) if error.kind() == ErrorKind::NotFound => fs::write(&elsewhere, "precious").unwrap(),
            moved => moved.unwrap(),
        }
        symlink(&elsewhere, case.file(name)).unwrap();
        refused(case.home(), &case.folder(), SESSION_PERMISSION);
    }
}

/// A folder that leads elsewhere is no folder.
#[test]
fn a_linked_folder_is_refused() {
    let Some(case) = Case::new() else { return };
    let link = case.home().join("link");
    symlink(case.folder(), &link).unwrap();
    refused(case.home(), &link, SESSION_NOT_A_STORE);
    // One further up is the account's own business.
    let up = case.home().join("up");
    symlink(case.home(), &up).unwrap();
    assert_eq!(status(open_as(&up.join("store"), OpenMode::Existing)), SESSION_OK);
}

fn names_path_and_remedy(text: &str, path: &str) {
    assert!(text.contains(path), "no path: {text}");
    assert!(["chmod", "chown", "remove it"].iter().any(|remedy| text.contains(remedy)), "no remedy: {text}");
}

#[test]
fn open_rights_are_refused() {
    for mode in [0o755, 0o701, 0o770, 0o707] {
        let Some(case) = Case::new() else { return };
        fs::set_permissions(case.folder(), Permissions::from_mode(mode)).unwrap();
        let text = refused(case.home(), &case.folder(), SESSION_PERMISSION);
        names_path_and_remedy(&text, case.folder().to_str().unwrap());
        assert!(text.contains("chmod 700"), "{text}");
        fs::set_permissions(case.folder(), Permissions::from_mode(0o700)).unwrap();
        assert_eq!(status(case.try_open()), SESSION_OK);
    }
    for (name, mode) in [("store.db", 0o666), ("store.db", 0o604), ("store.db", 0o640), ("lock", 0o666)] {
        let Some(case) = Case::new() else { return };
        fs::set_permissions(case.file(name), Permissions::from_mode(mode)).unwrap();
        let text = refused(case.home(), &case.folder(), SESSION_PERMISSION);
        names_path_and_remedy(&text, case.file(name).to_str().unwrap());
        assert!(text.contains("chmod 600"), "{text}");
        fs::set_permissions(case.file(name), Permissions::from_mode(0o600)).unwrap();
        assert_eq!(status(case.try_open()), SESSION_OK);
    }
}

#[test]
fn an_empty_folder_that_others_may_enter_is_refused() {
    let home = temp_home();
    let folder = private(&home, "new");
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    let before = snapshot(home.path());
    let error = open_as(&folder, OpenMode::OpenOrCreate).map(|_| ()).expect_err("open to all");
    assert_eq!(error.status(), SESSION_PERMISSION);
    names_path_and_remedy(&error.text(), folder.to_str().unwrap());
    assert!(snapshot(home.path()) == before);
}

#[test]
fn what_belongs_to_another_account_is_refused() {
    if !root() {
        return;
    }
    const NOBODY: u32 = 65534;
    for name in ["", "store.db", "lock"] {
        let Some(case) = Case::new() else { return };
        let path = case.folder().join(name);
        chown(&path, Some(NOBODY), None).unwrap();
        let text = refused(case.home(), &case.folder(), SESSION_PERMISSION);
        names_path_and_remedy(&text, path.to_str().unwrap().trim_end_matches('/'));
        assert!(text.contains("65534"), "{text}");
    }
}

// Keys

#[test]
fn another_key_is_foreign() {
    let Some(case) = Case::new() else { return };
    for mode in [OpenMode::OpenOrCreate, OpenMode::Existing] {
        let before = fs::read(case.file("store.db")).unwrap();
        let opened = Store::open(&case.folder(), &options(mode, caller(OTHER_KEY)));
        assert_eq!(status(opened), SESSION_FOREIGN);
        assert_eq!(fs::read(case.file("store.db")).unwrap(), before);
    }
    assert_eq!(status(case.try_open()), SESSION_OK);
}

#[test]
fn another_key_source_is_told() {
    let Some(case) = Case::new() else { return };
    let open = |key| status(Store::open(&case.folder(), &options(OpenMode::OpenOrCreate, key)));
    let before = fs::read(case.file("store.db")).unwrap();
    assert_eq!(open(Some(KeyChoice::Store)), SESSION_KEY_MISMATCH);
    assert_eq!(open(Some(KeyChoice::User)), SESSION_KEY_MISMATCH);
    assert_eq!(open(None), SESSION_NO_KEY);
    assert!(!case.file("key").exists());
    assert_eq!(fs::read(case.file("store.db")).unwrap(), before);
    assert_eq!(status(case.try_open()), SESSION_OK);
}

#[test]
fn an_all_zero_key_is_no_key() {
    let home = temp_home();
    let opened = Store::open(&home.path().join("store"), &options(OpenMode::OpenOrCreate, caller([0; 32])));
    assert_eq!(status(opened), SESSION_BAD_ARGUMENT);
    assert!(snapshot(home.path()).is_empty());
}

#[test]
fn a_missing_key_is_not_made_anew() {
    let home = temp_home();
    let folder = home.path().join("store");
    let open = |key| Store::open(&folder, &options(OpenMode::OpenOrCreate, key));
    let store = open(Some(KeyChoice::Store)).unwrap();
    hash_fast(&store);
    store.user_create(None, ANNA, OF_ANNA).unwrap();
    drop(store);
    let key = fs::read(folder.join("key")).unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(status(open(caller(KEY))), SESSION_KEY_MISMATCH);
    for ruin in [None, Some(&key[..31]), Some(&[]), Some(&[&key[..], b"\n"].concat())] {
        fs::remove_file(folder.join("key")).unwrap();
        if let Some(bytes) = ruin {
            write_private(&folder.join("key"), bytes);
        }
        let before = snapshot(&folder);
        for choice in [None, Some(KeyChoice::Store), None] {
            assert_eq!(status(open(choice)), SESSION_NO_KEY, "{ruin:?}");
        }
        let after = snapshot(&folder);
        assert!(before.iter().all(|(path, content)| after.get(path) == Some(content)), "{ruin:?}");
        assert_eq!(after.contains_key(&folder.join("key")), ruin.is_some(), "a new key was made");
        write_private(&folder.join("key"), &key);
    }
    assert_eq!(status(open(None).and_then(|store| login(&store, ANNA, OF_ANNA))), SESSION_OK);
    write_private(&folder.join("key"), &[9; 32]);
    assert_eq!(status(open(None)), SESSION_FOREIGN);
    write_private(&folder.join("key"), &key);
    fs::set_permissions(folder.join("key"), Permissions::from_mode(0o644)).unwrap();
    assert_eq!(status(open(None)), SESSION_PERMISSION);
}

fn write_private(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// The default key source, whose place comes from the environment: in a process of its own.
#[test]
fn a_missing_key_in_the_users_place_is_not_made_anew() {
    if missing(&["cc"]) {
        return;
    }
    let (driver, home) = (linked(&["driver.c"], &[]), temp_home());
    let open = || {
        let told = run(command(&driver, home.path()).arg(home.path().join("store")));
        told.lines().next().and_then(|line| line.split(' ').nth(1)?.parse::<i32>().ok()).expect("a status")
    };
    assert_eq!(open(), SESSION_OK);
    let keys = home.path().join("desksession/keys");
    let key = fs::read_dir(&keys).unwrap().next().unwrap().unwrap().path();
    let aside = home.path().join("aside");
    fs::rename(&key, &aside).unwrap();
    let before = snapshot(&keys);
    for _ in 0..2 {
        assert_eq!(open(), SESSION_NO_KEY);
        assert!(snapshot(&keys) == before, "a new key was made");
    }
    fs::rename(&aside, &key).unwrap();
    assert_eq!(open(), SESSION_OK);
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    assert_eq!(open(), SESSION_PERMISSION);
}

// What is newer, missing, or there already

#[test]
fn a_newer_major_is_not_touched() {
    let Some(case) = Case::new() else { return };
    for (version, expected) in [(1001, SESSION_OK), (1999, SESSION_OK), (2000, SESSION_NEWER), (70_000, SESSION_NEWER)] {
        case.sql(&format!("PRAGMA user_version = {version}; PRAGMA wal_checkpoint(TRUNCATE)"));
        let before = fs::read(case.file("store.db")).unwrap();
        assert_eq!(status(case.try_open()), expected, "{version}");
        assert_eq!(fs::read(case.file("store.db")).unwrap(), before, "{version}");
    }
}

/// An update of the library elsewhere raised it under our feet.
#[test]
fn a_newer_major_under_an_open_handle_is_not_touched() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.sql("PRAGMA user_version = 2000");
    assert_eq!(status(store.logout(&case.people.live.token)), SESSION_NEWER);
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_NEWER);
}

#[test]
fn a_newer_protocol_is_not_touched() {
    let Some(case) = Case::new() else { return };
    let mut lock = fs::read(case.file("lock")).unwrap();
    lock[16..24].copy_from_slice(&2_u64.to_ne_bytes());
    fs::write(case.file("lock"), lock).unwrap();
    refused(case.home(), &case.folder(), SESSION_NEWER);
}

#[test]
fn a_database_that_is_gone_is_missing() {
    let Some(case) = Case::new() else { return };
    fs::remove_file(case.file("store.db")).unwrap();
    refused(case.home(), &case.folder(), SESSION_MISSING);
}

#[test]
fn nothing_is_created_where_a_store_has_to_be() {
    let home = temp_home();
    let empty = private(&home, "empty");
    let before = snapshot(home.path());
    for folder in [home.path().join("none"), home.path().join("none/below"), empty] {
        assert_eq!(status(open_as(&folder, OpenMode::Existing)), SESSION_MISSING);
        assert!(snapshot(home.path()) == before);
    }
}

#[test]
fn nothing_is_opened_where_a_store_has_to_be_new() {
    let Some(case) = Case::new() else { return };
    let before = snapshot(&case.folder());
    assert_eq!(status(open_as(&case.folder(), OpenMode::CreateNew)), SESSION_BAD_ARGUMENT);
    assert!(snapshot(&case.folder()) == before);
}

// What happens to the files under an open handle

fn all_replaced(store: &Store, people: &People, context: &str) {
    // A yes from memory looks for the files every 100 ms.
    let begun = std::time::Instant::now();
    while store.verify(&people.live.token).is_ok() && begun.elapsed().as_secs() < 10 {}
    assert_eq!(status(store.verify(&people.live.token)), SESSION_STORE_REPLACED, "{context}");
    assert_eq!(status(store.peek(&people.other.token)), SESSION_STORE_REPLACED, "{context}");
    assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_STORE_REPLACED, "{context}");
    assert_eq!(status(store.logout(&people.live.token)), SESSION_STORE_REPLACED, "{context}");
    assert_eq!(status(store.user_permit(None, people.anna, 9)), SESSION_STORE_REPLACED, "{context}");
    assert_eq!(status(store.policy_get(5)), SESSION_STORE_REPLACED, "{context}");
}

/// Does something to the files under an open handle, and sees to it that this handle then changes nothing.
fn under_an_open_handle(what: &str, happens: impl Fn(&Case)) -> Option<Case> {
    let case = Case::new()?;
    let store = case.open();
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
    happens(&case);
    let before = snapshot(case.home());
    all_replaced(&store, &case.people, what);
    drop(store);
    let after = snapshot(case.home());
    assert!(after.keys().eq(before.keys()), "{what}: {:?}, then {:?}", before.keys(), after.keys());
    assert!(after == before, "{what}: something was changed");
    Some(case)
}

#[test]
fn a_store_that_moved_is_told() {
    let moved = |case: &Case| fs::rename(case.folder(), case.home().join("moved")).unwrap();
    let Some(case) = under_an_open_handle("moved", moved) else { return };
    let store = open_as(&case.home().join("moved"), OpenMode::Existing).expect("at its new place");
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
}

#[test]
fn a_store_that_was_deleted_is_told() {
    under_an_open_handle("deleted", |case| fs::remove_dir_all(case.folder()).unwrap());
    under_an_open_handle("emptied", |case| {
        for path in snapshot(&case.folder()).into_keys() {
            fs::remove_file(path).unwrap();
        }
    });
}

#[test]
fn a_store_that_another_took_the_place_of_is_told() {
    let swapped = |key| {
        move |case: &Case| {
            fs::rename(case.folder(), case.home().join("moved")).unwrap();
            copy(&Case::made(key).folder(), &case.folder());
        }
    };
    under_an_open_handle("another store", swapped(OTHER_KEY));
    under_an_open_handle("another store of the same key", swapped(KEY));
    under_an_open_handle("a copy of itself", |case| {
        fs::rename(case.folder(), case.home().join("moved")).unwrap();
        copy(&case.home().join("moved"), &case.folder());
    });
}

#[test]
fn single_files_that_vanish_are_told() {
    for name in ["store.db", "store.db-wal", "lock"] {
        under_an_open_handle(name, |case| fs::remove_file(case.file(name)).unwrap());
        under_an_open_handle(name, |case| fs::rename(case.file(name), case.home().join("aside")).unwrap());
        under_an_open_handle(name, |case| {
            fs::rename(case.file(name), case.home().join("aside")).unwrap();
            fs::copy(case.home().join("aside"), case.file(name)).unwrap();
        });
    }
}

/// The bytes of another store written into the very same file: the inode tells nothing, the rows do.
#[test]
fn another_store_in_the_same_file_is_never_believed() {
    for key in [KEY, OTHER_KEY] {
        let Some(case) = Case::new() else { return };
        let (store, foreign) = (case.open(), Case::made(key));
        let bytes = fs::read(foreign.file("store.db")).unwrap();
        OpenOptions::new().write(true).open(case.file("store.db")).unwrap().write_all(&bytes).unwrap();
        assert_ne!(status(store.verify(&foreign.people.live.token)), SESSION_OK);
        assert_ne!(status(store.verify(&case.people.over.token)), SESSION_OK);
        assert_ne!(status(store.logout(&foreign.people.live.token)), SESSION_INTERNAL);
        lists_end(&store, "another store in the same file");
    }
}

/// The key is needed to open; what was opened goes on without its file.
#[test]
fn a_key_that_vanishes_later_harms_nobody() {
    let home = temp_home();
    let folder = home.path().join("store");
    let store = Store::open(&folder, &options(OpenMode::OpenOrCreate, Some(KeyChoice::Store))).unwrap();
    hash_fast(&store);
    store.user_create(None, ANNA, OF_ANNA).unwrap();
    let token = login(&store, ANNA, OF_ANNA).unwrap().token;
    fs::remove_file(folder.join("key")).unwrap();
    assert_eq!(status(store.verify(&token)), SESSION_OK);
    assert_eq!(status(store.logout(&token)), SESSION_OK);
    drop(store);
    let reopened = Store::open(&folder, &options(OpenMode::OpenOrCreate, None));
    assert_eq!(status(reopened), SESSION_NO_KEY);
    let guessed = Some(KeyChoice::Caller(Box::new(Zeroizing::new([1; 32]))));
    assert_eq!(status(Store::open(&folder, &options(OpenMode::OpenOrCreate, guessed))), SESSION_KEY_MISMATCH);
}
