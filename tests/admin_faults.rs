//! kill -9 and a failing disk at every call that adopting, backup, a reset or a purge makes: the store is as before or as after,
//! never between.
#![cfg(target_os = "linux")]

mod support;
#[path = "support/faults.rs"]
mod trial;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{missing, run, temp_home};
use trial::*;

const NO_KEY: i32 = 113;
const FOREIGN: i32 = 111;
const MUST_CHANGE: i32 = 12;

const ADOPT: &[(&str, &str)] = &[("DRIVER_ADOPT", "1")];

fn only_key(home: &Path) -> PathBuf {
    let mut paths: Vec<PathBuf> = keys(home).into_keys().collect();
    assert_eq!(paths.len(), 1, "{paths:?}");
    paths.remove(0)
}

fn found_again(key: &Path, bytes: &[u8]) {
    fs::write(key, bytes).expect("a key");
    fs::set_permissions(key, fs::Permissions::from_mode(0o600)).expect("chmod");
}

/// Sound, with Anna's password and no trace of a session.
fn check_adopted(home: &Path, folder: &str, context: &str) {
    let after = drive_in(home, folder, &[], None, &["sessions", "check", "events", "login", "Anna", OLD]);
    assert_eq!((after.detail("sessions"), after.detail("check")), ("0 0", "0"), "{context}: {after:?}");
    assert_eq!((after.status("events"), after.status("login")), (Some(DONE), Some(OK)), "{context}: {after:?}");
}

/// The key in the account's own place is lost.
fn adopting(fault: Fault) -> bool {
    let home = prepared();
    let (home, [one, two]) = (home.path(), &PREPARED.tokens);
    let key = only_key(home);
    let bytes = fs::read(&key).expect("the key");
    fs::remove_file(&key).expect("lost");
    let first = drive_in(home, "store", ADOPT, Some(fault), &[]);
    let second = drive(home, None, &[]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    match second.status("open") {
        Some(OK) => check_adopted(home, "store", &context),
        Some(NO_KEY) if first.status("open") != Some(OK) => {
            if fault.at.is_multiple_of(2) {
                // As before: the key is found again.
                found_again(&key, &bytes);
                let again = drive(home, None, &["peek", one, "peek", two, "check"]);
                assert_eq!((again.statuses("peek"), again.detail("check")), (vec![OK, OK], "0"), "{context}: {again:?}");
            } else {
                let again = drive_in(home, "store", ADOPT, None, &[]);
                assert_eq!(again.status("open"), Some(OK), "{context}: {again:?}");
                check_adopted(home, "store", &context);
            }
        }
        other => panic!("between: {other:?}: {context}"),
    }
    first.struck
}

/// A wrong key lies in the store's folder.
fn adopting_with_the_key_in_the_folder(fault: Fault) -> bool {
    let home = temp_home();
    let home = home.path();
    let created = drive_in(home, "store", &[("DRIVER_KEY", "2")], None, &[&CREATE[..], &["login", "Anna", OLD]].concat());
    let key = home.join("store/key");
    let (right, wrong) = (fs::read(&key).expect("the key"), vec![9; 32]);
    fs::write(&key, &wrong).expect("overwritten");
    let first = drive_in(home, "store", ADOPT, Some(fault), &[]);
    let second = drive(home, None, &[]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    // Nothing that lay there is lost.
    let kept = fs::read_dir(home.join("store")).expect("the folder").map(|entry| fs::read(entry.expect("an entry").path()));
    assert!(kept.map(|file| file.expect("a file")).any(|bytes| bytes == wrong), "the wrong key is gone: {context}");
    match second.status("open") {
        Some(OK) => check_adopted(home, "store", &context),
        Some(NO_KEY | FOREIGN) if first.status("open") != Some(OK) => {
            assert!(fault.kills() || fault.sticky || second.status("open") == Some(FOREIGN), "not put back: {context}");
            found_again(&key, &right);
            let again = drive(home, None, &["peek", created.detail("login"), "check"]);
            assert_eq!((again.status("peek"), again.detail("check")), (Some(OK), "0"), "{context}: {again:?}");
        }
        other => panic!("between: {other:?}: {context}"),
    }
    first.struck
}

fn backup(fault: Fault) -> bool {
    let home = prepared();
    let (home, [one, two]) = (home.path(), &PREPARED.tokens);
    let copy = home.join("copy");
    let target = copy.to_str().expect("UTF-8");
    let first = drive(home, Some(fault), &["backup", target]);
    let second = drive(home, None, &["peek", one, "peek", two, "check", "events"]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    assert_eq!((second.statuses("peek"), second.detail("check")), (vec![OK, OK], "0"), "{context}");
    assert_eq!(second.status("events"), Some(DONE), "{context}");
    assert!(copy.exists() || first.status("backup") != Some(OK), "{context}");
    if copy.exists() {
        check_adopted(home, "copy", &context);
    } else if !fault.kills() && !fault.sticky {
        let names: Vec<_> = fs::read_dir(home).expect("home").map(|entry| entry.expect("an entry").file_name()).collect();
        assert!(names.iter().all(|name| name == "store" || name == "desksession"), "litter: {names:?}: {context}");
    } else {
        // The same name is still free.
        let again = drive(home, None, &["backup", target]);
        assert_eq!(again.status("backup"), Some(OK), "{context}: {again:?}");
    }
    first.struck
}

/// The code, the end of the old password and of the sessions come together or not at all.
fn reset(fault: Fault) -> bool {
    let home = prepared();
    let (home, [one, two]) = (home.path(), &PREPARED.tokens);
    let first = drive(home, Some(fault), &["reset", "Anna"]);
    let second = drive(home, None, &["peek", one, "peek", two, "login", "Anna", OLD, "events", "check"]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    let after = (second.statuses("peek"), second.status("login"));
    let unchanged = after == (vec![OK, OK], Some(OK));
    assert!(unchanged || after == (vec![REVOKED, REVOKED], Some(BAD_CREDENTIALS)), "{context}");
    assert_eq!((second.status("events"), second.detail("check")), (Some(DONE), "0"), "{context}");
    if first.status("reset") == Some(OK) {
        let code = first.detail("reset");
        let third = drive(home, None, &["login", "Anna", code, "change", "Anna", code, NEW, "", "login", "Anna", NEW]);
        assert!(!unchanged, "{context}");
        assert_eq!(third.statuses("login"), vec![MUST_CHANGE, BAD_CREDENTIALS], "an empty token keeps nothing: {third:?}");
    }
    first.struck
}

/// What is kept stays, and the trail that is left holds.
fn purge(fault: Fault) -> bool {
    let home = prepared();
    let (home, [one, two]) = (home.path(), &PREPARED.tokens);
    // Ended sessions and events are kept for a moment only.
    drive(home, None, &["logout", one, "policy", "11", "0", "policy", "12", "1"]);
    let first = drive(home, Some(fault), &["purge"]);
    let second = drive(home, None, &["peek", two, "events", "check", "purge", "check", "sessions"]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    assert_eq!(second.status("peek"), Some(OK), "{context}");
    assert_eq!((second.status("purge"), second.detail("sessions")), (Some(OK), "1 1"), "{context}");
    assert!(second.all("check").all(|line| line.2 == "0"), "{context}");
    first.struck
}

/// Several steps of one: the next purge goes on wherever this one stops.
fn long_purge(fault: Fault) -> bool {
    let home = prepared();
    let (home, [_, two]) = (home.path(), &PREPARED.tokens);
    // Ended long ago; a bad MAC keeps no session.
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)
        INSERT INTO sessions SELECT randomblob(16), user, token_hash, epoch, remembered, created_at, authenticated_at,
        last_seen_at, set_back, absolute_ms, idle_ms, 1, ended_as, label, ext, mac
        FROM n, (SELECT * FROM sessions ORDER BY id LIMIT 1)";
    run(Command::new("sqlite3").arg(home.join("store/store.db")).arg(rows));
    let first = drive(home, Some(fault), &["purge"]);
    let second = drive(home, None, &["peek", two, "purge", "check", "sessions", "events"]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    assert_eq!((second.status("peek"), second.status("purge")), (Some(OK), Some(OK)), "{context}");
    assert_eq!((second.detail("check"), second.detail("sessions")), ("0", "2 2"), "{context}");
    assert_eq!(second.status("events"), Some(DONE), "{context}");
    if first.status("purge") == Some(OK) {
        assert_eq!((first.detail("purge"), second.detail("purge")), ("1300", "0"), "{context}");
    }
    first.struck
}

#[test]
fn killed_while_adopting() {
    at_every_call(&KILLS, 1, adopting);
}

#[test]
fn killed_while_adopting_with_the_key_in_the_folder() {
    at_every_call(&KILLS, 1, adopting_with_the_key_in_the_folder);
}

#[test]
fn killed_in_a_backup() {
    at_every_call(&KILLS, 1, backup);
}

#[test]
fn killed_in_a_reset() {
    at_every_call(&KILLS, 1, reset);
}

#[test]
fn killed_in_a_purge() {
    at_every_call(&KILLS, 1, purge);
    if !missing(&["sqlite3"]) {
        at_every_call(&KILLS, 11, long_purge);
    }
}

#[test]
fn a_disk_that_fails_while_adopting() {
    at_every_call(&FAILURES, 4, adopting);
    at_every_call(&FAILURES, 4, adopting_with_the_key_in_the_folder);
}

#[test]
fn a_disk_that_fails_in_a_backup() {
    at_every_call(&FAILURES, 4, backup);
}

#[test]
fn a_disk_that_fails_in_a_reset_or_a_purge() {
    at_every_call(&FAILURES, 4, reset);
    at_every_call(&FAILURES, 4, purge);
}
