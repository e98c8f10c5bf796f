//! kill -9 and a failing disk at every call that may change something: what was acknowledged is there, nothing else is
//! broken, the store opens. A preloaded shim (tests/c/faults.c) strikes at the n-th call of a driver (tests/c/driver.c).
#![cfg(target_os = "linux")]

mod support;
#[path = "support/faults.rs"]
mod trial;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use support::{command, missing, run, temp_home};
use trial::*;

/// A creation that was cut short is taken up again, with the key that it had.
fn creation(fault: Fault) -> bool {
    let home = temp_home();
    let first = drive(home.path(), Some(fault), &CREATE);
    let key = keys(home.path());
    // Whoever takes it up may be killed as well.
    assert_eq!(drive(home.path(), None, &["leave"]).status("open"), Some(OK), "{fault:?}: {first:?}");
    let second = drive(home.path(), None, &[&CREATE[..], &["login", "Anna", OLD, "events", "sessions"]].concat());
    let context = format!("{fault:?}: {first:?} then {second:?}");
    assert_eq!(second.status("open"), Some(OK), "{context}");
    let created = second.status("create");
    if first.status("create") == Some(OK) {
        assert_eq!(created, Some(USER_EXISTS), "{context}");
    } else {
        assert!(matches!(created, Some(OK | USER_EXISTS)), "{context}");
    }
    assert_eq!(second.status("login"), Some(OK), "{context}");
    assert_eq!(second.status("events"), Some(DONE), "{context}");
    let now = keys(home.path());
    assert!(key.is_empty() || key == now, "another key: {context}");
    assert_eq!(now.len(), 1, "{context}");
    first.struck
}

fn login(fault: Fault) -> bool {
    let [one, two] = &PREPARED.tokens;
    let home = prepared();
    let first = drive(home.path(), Some(fault), &["login", "Anna", OLD, "login", "Anna", OLD]);
    let mut steps = vec!["peek", one, "peek", two, "login", "Anna", OLD, "events", "sessions"];
    let new: Vec<&str> = first.all("login").filter(|line| line.1 == OK).map(|line| line.2.as_str()).collect();
    steps.extend(new.iter().flat_map(|token| ["peek", *token]));
    let second = drive(home.path(), None, &steps);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    assert_eq!(second.statuses("peek"), vec![OK; 2 + new.len()], "{context}");
    assert_eq!(second.status("login"), Some(OK), "{context}");
    assert_eq!(second.status("events"), Some(DONE), "{context}");
    assert_eq!(second.status("sessions"), Some(DONE), "{context}");
    first.struck
}

fn logout(fault: Fault) -> bool {
    let [one, two] = &PREPARED.tokens;
    let home = prepared();
    let first = drive(home.path(), Some(fault), &["logout", one, "logout", one]);
    let second = drive(home.path(), None, &["peek", one, "peek", two, "logout", one, "login", "Anna", OLD, "events"]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    let peeks = second.statuses("peek");
    if first.statuses("logout").contains(&OK) {
        assert_eq!(peeks[0], LOGGED_OUT, "{context}");
    } else {
        assert!(matches!(peeks[0], OK | LOGGED_OUT), "{context}");
    }
    assert_eq!(peeks[1], OK, "{context}");
    assert_eq!(second.status("logout"), Some(OK), "{context}");
    assert_eq!(second.status("login"), Some(OK), "{context}");
    assert_eq!(second.status("events"), Some(DONE), "{context}");
    first.struck
}

/// The new password and the end of the other sessions come together or not at all.
fn password_change(fault: Fault) -> bool {
    let [one, two] = &PREPARED.tokens;
    let home = prepared();
    let first = drive(home.path(), Some(fault), &["change", "Anna", OLD, NEW, one]);
    let second = drive(home.path(), None, &["peek", one, "peek", two, "login", "Anna", OLD, "login", "Anna", NEW, "events"]);
    let context = format!("{fault:?}: {first:?} then {second:?}");
    let after = (second.statuses("peek"), second.statuses("login"));
    let changed = (vec![OK, REVOKED], vec![BAD_CREDENTIALS, OK]);
    let unchanged = (vec![OK, OK], vec![OK, BAD_CREDENTIALS]);
    let acknowledged = first.status("change") == Some(OK);
    assert!(after == changed || (!acknowledged && after == unchanged), "{context}");
    assert_eq!(second.status("events"), Some(DONE), "{context}");
    first.struck
}

#[test]
fn a_killed_creation_is_taken_up_again() {
    at_every_call(&KILLS, 1, creation);
}

#[test]
fn a_killed_login_loses_nothing() {
    at_every_call(&KILLS, 1, login);
}

#[test]
fn a_killed_logout_loses_nothing() {
    at_every_call(&KILLS, 1, logout);
}

#[test]
fn a_killed_password_change_is_whole() {
    at_every_call(&KILLS, 1, password_change);
}

#[test]
fn a_disk_that_fails_at_creation() {
    at_every_call(&FAILURES, 4, creation);
}

#[test]
fn a_disk_that_fails_at_login() {
    at_every_call(&FAILURES, 4, login);
}

#[test]
fn a_disk_that_fails_at_logout() {
    at_every_call(&FAILURES, 4, logout);
}

#[test]
fn a_disk_that_fails_at_a_password_change() {
    at_every_call(&FAILURES, 4, password_change);
}

#[test]
#[ignore = "a failing disk at every call instead of every fourth: some minutes"]
fn a_disk_that_fails_at_every_call() {
    at_every_call(&FAILURES, 1, creation);
    at_every_call(&FAILURES, 1, login);
    at_every_call(&FAILURES, 1, logout);
    at_every_call(&FAILURES, 1, password_change);
}

/// Power loss may keep a file's new length and not its bytes: such a lock file was never written.
#[test]
fn a_lock_file_of_zeros_is_none() {
    if missing(&["cc"]) {
        return;
    }
    for length in [0, 100, 4096] {
        let home = temp_home();
        let store = home.path().join("store");
        let blank = || fs::write(store.join("lock"), vec![0; length]).expect("the lock file");
        run(Command::new("install").args(["-d", "-m", "700"]).arg(&store));
        run(Command::new("install").args(["-m", "600", "/dev/null"]).arg(store.join("lock")));
        blank();
        let created = drive(home.path(), None, &CREATE);
        assert_eq!(created.status("create"), Some(OK), "{length} zeros before creation: {created:?}");
        blank();
        let again = drive(home.path(), None, &["login", "Anna", OLD]);
        assert_eq!(again.status("login"), Some(OK), "{length} zeros in a store that was ready: {again:?}");
    }
}

/// Killing the process while it hashes buys no free guess: the attempt was paid for before.
#[test]
fn an_attempt_killed_while_hashing_counts() {
    if missing(&["cc"]) {
        return;
    }
    let home = temp_home();
    let slow = ["policy", "6", "262144", "policy", "7", "10", "create", "Anna", OLD];
    assert_eq!(drive(home.path(), None, &slow).status("create"), Some(OK));
    let guess = || {
        let mut guess = command(&*DRIVER, home.path());
        guess.arg(home.path().join("store")).args(["login", "Anna", NEW]).stdout(Stdio::piped());
        guess.spawn().expect("the driver")
    };
    let attempts = || drive(home.path(), None, &["events"]).detail("events").split_once(' ').map(|it| it.1.to_owned());
    let mut counted = 0;
    loop {
        let mut guess = guess();
        let mut ended = false;
        while !ended && attempts() != Some((counted + 1).to_string()) {
            ended = guess.try_wait().expect("the driver").is_some();
        }
        guess.kill().expect("kill");
        let output = guess.wait_with_output().expect("the driver");
        assert_eq!(drive(home.path(), None, &["user", "Anna"]).detail("user"), format!("{} 0", counted + i32::from(!ended)));
        if ended {
            assert_eq!(Told::parse(&output.stdout, false).status("login"), Some(THROTTLED), "it was quicker than the kill");
            break;
        }
        assert_eq!(output.status.signal(), Some(libc::SIGKILL), "it was quicker than the kill");
        counted += 1;
    }
    assert!(counted > 4, "throttled after {counted}, and four are free");
}

/// Processes that never get to close leave what they wrote in the WAL; the next open cuts it when it has grown large.
#[test]
fn a_wal_of_many_kills_is_cut() {
    if missing(&["cc"]) {
        return;
    }
    let home = temp_home();
    let wal = || fs::metadata(home.path().join("store/store.db-wal")).expect("the WAL").len();
    assert_eq!(drive(home.path(), None, &CREATE).status("create"), Some(OK));
    let (mut largest, mut cut) = (0, false);
    for round in 0..600 {
        drive(home.path(), None, &["policy", "8", &(1 + round % 50).to_string(), "leave"]);
        cut |= wal() < largest;
        largest = largest.max(wal());
    }
    assert!(cut && (4 << 20..5 << 20).contains(&largest), "{largest}");
    assert_eq!(drive(home.path(), None, &["login", "Anna", OLD]).status("login"), Some(OK));
    assert_eq!(wal(), 0);
}
