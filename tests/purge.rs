//! A purge of many steps: what goes, what stays, and who else comes to write meanwhile.

#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::status::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use tamper_support::*;

const LOGOUT: u32 = 5;
const PURGED: u32 = 19;
/// Later than any test runs.
const LATER: &str = "9000000000000";

/// Copies Anna's live session so many times, with other values for some columns; none of them has a MAC that fits.
fn insert(case: &Case, count: usize, id: &str, authenticated_at: &str, ended_at: &str, label: &str) {
    case.sql(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})
         INSERT INTO sessions SELECT {id}, user, token_hash, epoch, remembered, created_at, {authenticated_at}, last_seen_at,
         set_back, absolute_ms, idle_ms, {ended_at}, ended_as, {label}, ext, mac FROM n, sessions WHERE id = {}",
        blob(case.people.live.id)
    ));
}

/// Ended or over long ago, and "due"; or ended just now or living, and not.
fn insert_of_each_kind(case: &Case, count: usize, id: &str) {
    let ended_at = format!("CASE i % 4 WHEN 0 THEN 1 WHEN 1 THEN {LATER} ELSE 0 END");
    let authenticated_at = format!("CASE i % 4 WHEN 2 THEN 1 ELSE {LATER} END");
    insert(case, count, id, &authenticated_at, &ended_at, "CASE i % 4 WHEN 0 THEN 'due' WHEN 2 THEN 'due' ELSE 'kept' END");
}

fn count(case: &Case, rows: &str) -> usize {
    case.sql(&format!("SELECT count(*) FROM {rows}")).trim().parse().expect("a number")
}

#[test]
fn just_what_is_due_goes() {
    let Some(case) = Case::new() else { return };
    insert_of_each_kind(&case, 4002, "randomblob(16)");
    let store = case.open();
    assert_eq!(store.purge().expect("a purge"), 2001);
    assert_eq!((count(&case, "sessions WHERE label = 'due'"), count(&case, "sessions WHERE label = 'kept'")), (0, 2001));
    assert_eq!(store.purge().expect("a purge"), 0);
    for (token, answer) in
        [(&case.people.live, SESSION_OK), (&case.people.other, SESSION_OK), (&case.people.over, SESSION_LOGGED_OUT)]
    {
        assert_eq!(status(store.verify(&token.token)), answer);
    }
}

#[test]
fn a_step_may_find_nothing() {
    let Some(case) = Case::new() else { return };
    // UUIDs of version 7 sort before, and 1000 that are kept lie between.
    insert(&case, 1000, "CAST('a' || printf('%015d', i) AS BLOB)", LATER, "0", "'kept'");
    insert(&case, 700, "CAST('b' || printf('%015d', i) AS BLOB)", "1", "0", "'due'");
    assert_eq!(case.open().purge().expect("a purge"), 700);
    assert_eq!((count(&case, "sessions WHERE label = 'due'"), count(&case, "sessions WHERE label = 'kept'")), (0, 1000));
}

#[test]
fn ids_that_are_none_are_no_hindrance() {
    let Some(case) = Case::new() else { return };
    insert_of_each_kind(&case, 2400, "CAST(i AS BLOB)");
    insert_of_each_kind(&case, 1, "X''");
    insert_of_each_kind(&case, 800, "randomblob(i + 17)");
    // Right before the end of a step and right behind it.
    insert(&case, 1, "X'ff'", "1", "0", "'due'");
    assert_eq!(case.open().purge().expect("a purge"), 1602);
    assert_eq!((count(&case, "sessions WHERE label = 'due'"), count(&case, "sessions WHERE label = 'kept'")), (0, 1600));
}

#[test]
fn only_forgotten_guesses_at_unknown_names_go() {
    let Some(case) = Case::new() else { return };
    let insert = |account: &str, at: &str| {
        case.sql(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
             INSERT INTO throttle SELECT {account}, 1, 0, {at}, 0, X'', X'', X'' FROM n"
        ));
    };
    insert("CAST(char(33 + i / 90, 33 + i % 90) AS BLOB)", &format!("CASE i % 2 WHEN 0 THEN 1 ELSE {LATER} END"));
    insert("randomblob(16)", "1");
    let users = count(&case, "throttle WHERE length(account) = 16");
    assert_eq!(case.open().purge().expect("a purge"), 1000);
    assert_eq!(count(&case, "throttle WHERE length(account) = 2 AND at = 1"), 0);
    assert_eq!(count(&case, "throttle WHERE length(account) = 2"), 1000);
    assert_eq!(count(&case, "throttle WHERE length(account) = 16"), users);
}

/// Whoever waits for a write gets it after the step at hand, not after the purge.
#[test]
fn others_write_between_the_steps() {
    let Some(case) = Case::new() else { return };
    insert(&case, 100_000, "randomblob(16)", "1", "0", "'due'");
    let (purging, other) = (case.open(), case.open());
    let tokens: Vec<_> = (0..8).map(|_| login(&other, ANNA, OF_ANNA).expect("a login").token.to_string()).collect();
    let (goes_on, lock) = (AtomicBool::new(true), case.file("lock"));
    // Moves with every step.
    let generation = || std::fs::read(&lock).expect("the lock file")[48..56].to_vec();
    let start = generation();
    thread::scope(|scope| {
        let purge = scope.spawn(|| {
            let removed = purging.purge().expect("a purge");
            goes_on.store(false, Ordering::SeqCst);
            removed
        });
        let mut last = start;
        for token in &tokens {
            while generation() == last && goes_on.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            other.logout(token).expect("a logout");
            last = generation();
        }
        assert_eq!(purge.join().expect("purged"), 100_000);
    });
    let kinds: Vec<u32> = events(&other).iter().map(|event| event.kind).collect();
    assert_eq!(kinds[kinds.len() - 9..], [[LOGOUT; 8].as_slice(), &[PURGED]].concat());
    assert_eq!(status(purging.verify(&case.people.live.token)), SESSION_OK);
}
