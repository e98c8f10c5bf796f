//! The lock file's header and generation, and who creates a store when all want to.

#[path = "support/store.rs"]
mod support;

use desksession::Store;
use desksession::model::{OpenMode, OpenOptions};
use desksession::status::*;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Barrier;
use support::*;

const GENERATION_AT: u64 = 48;

fn lock(test: &TestStore) -> File {
    File::options().read(true).write(true).open(test.folder().join("lock")).unwrap()
}

fn generation(test: &TestStore) -> u64 {
    let (mut file, mut bytes) = (lock(test), [0; 8]);
    file.seek(SeekFrom::Start(GENERATION_AT)).and_then(|_| file.read_exact(&mut bytes)).unwrap();
    u64::from_ne_bytes(bytes)
}

fn write_number(test: &TestStore, at: u64, number: u64) {
    let mut file = lock(test);
    file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(&number.to_ne_bytes())).unwrap();
}

#[test]
fn the_generation_is_even_at_rest_and_moves_with_what_a_cached_yes_depends_on() {
    let (test, anna) = TestStore::with_anna();
    let token = test.log_in();
    let mut last = generation(&test);
    let mut moved = |what: &str| {
        let now = generation(&test);
        assert!(now.is_multiple_of(2), "{what}: odd at rest");
        let moved = now != last;
        assert!(now >= last, "{what}");
        last = now;
        moved
    };
    test.clock.pass(2 * MINUTE);
    test.verify(&token).unwrap();
    assert!(!moved("a touch"));
    test.try_login("Anna Müller", OTHER);
    test.try_login("nobody", OTHER);
    assert!(!moved("a reservation"));
    test.peek(&token).unwrap();
    test.user_get(anna).unwrap();
    assert!(!moved("reading"));
    test.user_permit(None, anna, 1).unwrap();
    assert!(moved("permissions"));
    test.policy_set(None, item::IDLE, HOUR).unwrap();
    assert!(moved("policy"));
    assert_eq!(status(&test.user_rename(None, anna, "a\tb")), SESSION_NAME_REFUSED);
    assert!(!moved("what was refused"));
    test.clock.pass(HOUR);
    assert_eq!(test.verify_status(&token), SESSION_IDLE);
    assert!(moved("an end that was found"));
    let token = test.log_in();
    assert!(moved("a login"));
    test.logout(&token).unwrap();
    assert!(moved("a logout"));
}

#[test]
fn a_writer_that_was_cut_off_is_settled_by_the_next() {
    let (test, anna) = TestStore::with_anna();
    for write in [0, 1] {
        let before = generation(&test);
        // As a kill -9 between odd and even leaves it.
        write_number(&test, GENERATION_AT, before | 1);
        if write == 0 {
            test.user_permit(None, anna, 7).unwrap();
        } else {
            test.try_login("Anna Müller", OTHER);
        }
        let after = generation(&test);
        assert!(after.is_multiple_of(2) && after > before + 1, "{before} {after}");
    }
}

#[test]
fn a_lock_file_cut_short_is_told_and_written_anew_at_the_next_open() {
    for length in [0, 60, 4095] {
        let (test, anna) = TestStore::with_anna();
        let token = test.log_in();
        if cfg!(windows) && lock(&test).set_len(length).is_err() {
            continue; // What is mapped cannot be cut short. (Under Wine it can.)
        }
        lock(&test).set_len(length).unwrap();
        assert_eq!(status(&test.user_permit(None, anna, 7)), SESSION_CORRUPT, "{length}");
        assert_eq!(status(&test.logout(&token)), SESSION_CORRUPT, "{length}");
        let again = test.again();
        again.logout(&token).unwrap();
        assert_eq!(test.verify_status(&token), SESSION_LOGGED_OUT);
    }
}

#[test]
fn all_who_create_a_store_at_once_get_the_same() {
    for _ in 0..5 {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("deep").join("store");
        let start = Barrier::new(8);
        let ids: Vec<_> = std::thread::scope(|scope| {
            let open = || {
                start.wait();
                Store::open(&folder, &options()).unwrap().id()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        only_for_the_owner(&folder);
    }
}

#[test]
fn a_creation_cut_off_just_before_its_end_is_finished() {
    for mode in [OpenMode::Existing, OpenMode::OpenOrCreate] {
        let (test, _) = TestStore::with_anna();
        let token = test.log_in();
        // As a kill between the database's commit and READY leaves it.
        write_number(&test, 24, 1);
        let again =
            Store::open_with_clock(&test.folder(), &OpenOptions { mode, ..options() }, Box::new(test.clock.clone())).unwrap();
        assert_eq!(again.id(), test.id());
        assert_eq!(status(&again.verify(&token)), SESSION_OK);
    }
}

#[test]
fn another_programs_lock_file_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("lock"), "").unwrap();
    std::fs::write(home.path().join("letter.txt"), "Dear Anna").unwrap();
    assert_eq!(status(&Store::open(home.path(), &options())), SESSION_NOT_A_STORE);
    assert_eq!(std::fs::read(home.path().join("lock")).unwrap(), b"");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
}

#[test]
fn a_database_that_is_gone_is_missed_whatever_lies_beside_the_lock() {
    let (test, _) = TestStore::with_anna();
    let folder = test.folder();
    let TestStore { home: _home, store, .. } = test;
    drop(store);
    std::fs::write(folder.join("note.txt"), "restored nothing").unwrap();
    std::fs::remove_file(folder.join("store.db")).unwrap();
    assert_eq!(status(&Store::open(&folder, &options())), SESSION_MISSING);
    assert!(!folder.join("store.db").exists());
}

/// Windows' rights are looked at in windows.rs.
#[cfg(windows)]
fn only_for_the_owner(_: &Path) {}

#[cfg(unix)]
fn only_for_the_owner(folder: &Path) {
    use std::os::unix::fs::MetadataExt;
    assert_eq!(folder.metadata().unwrap().mode() & 0o777, 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names[..2], ["lock", "store.db"], "{names:?}");
}

/// Each handle is the first and the last, as in a program that starts, does one thing and ends.
#[test]
fn the_wal_does_not_grow_from_handle_to_handle() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let mut largest = 0;
    for round in 0..60 {
        let store = Store::open(&folder, &options()).unwrap();
        store.policy_set(None, item::FREE, 1 + round % 50).unwrap();
        largest = largest.max(std::fs::metadata(folder.join("store.db-wal")).unwrap().len());
        drop(store);
        assert_eq!(std::fs::metadata(folder.join("store.db-wal")).unwrap().len(), 0, "after round {round}");
    }
    assert!(largest < 200_000, "{largest}");
}
