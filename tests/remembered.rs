//! A yes from memory is the yes of the rows: whatever changes in any process, by whatever program, ends it.

#[cfg(unix)]
#[path = "support/mod.rs"]
mod support;
#[path = "support/tamper.rs"]
mod tamper;

use desksession::Store;
use desksession::model::OpenMode;
use desksession::platform::clock::Clock;
use desksession::policy::time::Reading;
use desksession::status::*;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use tamper::*;

const GENERATION_AT: u64 = 48;

/// The answer is remembered: said twice, the second time without the rows.
fn warm(store: &Store, held: &Held) {
    for _ in 0..2 {
        assert_eq!(status(store.verify(&held.token)), SESSION_OK);
    }
}

/// Looks again until the answer is another; what goes unnoticed for so long goes unnoticed for ever.
fn soon(store: &Store, held: &Held) -> i32 {
    let begun = Instant::now();
    loop {
        let answer = status(store.verify(&held.token));
        if answer != SESSION_OK || begun.elapsed() > Duration::from_secs(10) {
            return answer;
        }
    }
}

fn set_generation(case: &Case, change: impl FnOnce(u64) -> u64) {
    let mut lock = File::options().read(true).write(true).open(case.file("lock")).unwrap();
    let mut bytes = [0; 8];
    lock.seek(SeekFrom::Start(GENERATION_AT)).and_then(|_| lock.read_exact(&mut bytes)).unwrap();
    let changed = change(u64::from_ne_bytes(bytes)).to_ne_bytes();
    lock.seek(SeekFrom::Start(GENERATION_AT)).and_then(|_| lock.write_all(&changed)).unwrap();
}

#[test]
fn what_another_handle_does_is_seen_at_once() {
    let Some(case) = Case::new() else { return };
    let (store, other) = (case.open(), case.open());
    let People { anna, bert, live, other: of_bert, .. } = &case.people;
    for round in 0..50 {
        warm(&store, live);
        other.user_permit(None, *anna, round).unwrap();
        assert_eq!(store.verify(&live.token).unwrap().permissions, round);
        other.user_rename(None, *anna, if round % 2 == 0 { "Anna B" } else { "Anna" }).unwrap();
        assert_eq!(store.peek(&live.token).unwrap().user_name, if round % 2 == 0 { "Anna B" } else { "Anna" });
        let login = login(&other, BERT, OF_BERT).unwrap();
        let held = Held { token: login.token.to_string(), id: login.info.session_id.unwrap() };
        warm(&store, &held);
        match round % 3 {
            0 => other.logout(&held.token).unwrap(),
            1 => other.revoke(None, held.id).unwrap(),
            _ => assert!(other.revoke_user(None, *bert, Some(of_bert.id)).unwrap() >= 1),
        }
        let ended = if round % 3 == 0 { SESSION_LOGGED_OUT } else { SESSION_REVOKED };
        assert_eq!(status(store.verify(&held.token)), ended);
    }
    warm(&store, of_bert);
    other.user_enable(None, *bert, false).unwrap();
    assert_eq!(status(store.verify(&of_bert.token)), SESSION_REVOKED);
    warm(&store, live);
    other.user_delete(None, *anna).unwrap();
    assert_eq!(status(store.peek(&live.token)), SESSION_REVOKED);
}

#[test]
fn a_policy_that_another_handle_sets_holds_at_once() {
    let Some(case) = Case::new() else { return };
    let (store, other) = (case.open(), case.open());
    let People { live, other: of_bert, .. } = &case.people;
    warm(&store, live);
    for minutes in [20, 5, 25] {
        other.policy_set(None, 2, minutes * MINUTE).unwrap();
        // The second is not remembered, and read beside a policy that was.
        for held in [live, of_bert] {
            let info = store.verify(&held.token).unwrap();
            assert_eq!(info.idle_expires_at - info.last_seen_at, minutes * MINUTE, "{minutes}");
        }
    }
}

/// The secret is looked at each time.
#[test]
fn another_secret_of_a_remembered_session_is_unknown() {
    let Some(case) = Case::new() else { return };
    let (store, live) = (case.open(), &case.people.live);
    warm(&store, live);
    for at in [26, 40, 67] {
        let mut forged = live.token.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(status(store.verify(std::str::from_utf8(&forged).unwrap())), SESSION_UNKNOWN);
    }
    warm(&store, live);
}

/// SQLite itself, which knows nothing of a generation: whoever writes without the key gains nothing, and is noticed.
#[test]
fn a_writer_of_another_kind_is_noticed() {
    for statement in [
        "UPDATE users SET permissions = 7",
        "UPDATE sessions SET label = 'x'",
        "DELETE FROM policy",
        "UPDATE meta SET wall = 1",
    ] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        warm(&store, &case.people.live);
        case.sql(statement);
        assert_eq!(soon(&store, &case.people.live), SESSION_TAMPERED, "{statement}");
    }
}

/// A writer that was killed between odd and even has committed or not: the rows say which.
#[test]
fn after_a_writer_that_was_cut_off_the_rows_are_asked() {
    for _ in 0..5 {
        let Some(case) = Case::new() else { return };
        let (store, live) = (case.open(), &case.people.live);
        warm(&store, live);
        set_generation(&case, |generation| generation | 1);
        // Nothing is learnt meanwhile either.
        warm(&store, live);
        case.sql("UPDATE users SET permissions = 7");
        assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED, "at once");
    }
}

/// A generation that comes back is nobody's: numbers only count up, except where the lock file was lost.
#[test]
fn a_generation_that_moves_is_another() {
    let Some(case) = Case::new() else { return };
    let (store, live) = (case.open(), &case.people.live);
    warm(&store, live);
    case.sql("UPDATE users SET permissions = 7");
    set_generation(&case, |generation| generation + 2);
    assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED, "at once");
}

/// Beyond the end of a file its mapping kills whoever looks (SIGBUS). Windows lets nobody cut short what is mapped.
#[cfg(unix)]
#[test]
fn a_lock_file_that_is_cut_short_kills_nobody() {
    for length in [0, 60, 4095] {
        let Some(case) = Case::new() else { return };
        let (store, live) = (case.open(), &case.people.live);
        warm(&store, live);
        File::options().write(true).open(case.file("lock")).unwrap().set_len(length).unwrap();
        warm(&store, live);
        case.open().logout(&live.token).unwrap();
        assert_eq!(status(store.verify(&live.token)), SESSION_LOGGED_OUT, "{length}");
    }
}

/// Where open files may be moved.
#[cfg(unix)]
#[test]
fn a_store_that_is_exchanged_under_a_handle_is_noticed() {
    let Some(case) = Case::new() else { return };
    let (store, live) = (case.open(), &case.people.live);
    warm(&store, live);
    std::fs::rename(case.folder(), case.home().join("moved")).unwrap();
    copy(&case.home().join("moved"), &case.folder());
    assert_eq!(soon(&store, live), SESSION_STORE_REPLACED);
    drop(store);
    warm(&case.open(), live);
}

#[derive(Clone)]
struct Time(Arc<AtomicI64>);

impl Clock for Time {
    fn read(&self) -> Reading {
        let passed = self.0.load(Ordering::SeqCst);
        Reading { wall: 1_800_000_000_000 + passed, elapsed: 60_000 + passed, boot: [7; 16] }
    }
}

const MINUTE: i64 = 60_000;

/// Nothing is written, and yet it ends; a peek is no activity and a verify is.
#[test]
fn time_ends_what_is_remembered() {
    let home = tempfile::tempdir().unwrap();
    let time = Time(Arc::default());
    let options = options(OpenMode::OpenOrCreate, caller(KEY));
    let store = Store::open_with_clock(&home.path().join("store"), &options, Box::new(time.clone())).unwrap();
    hash_fast(&store);
    store.user_create(None, ANNA, OF_ANNA).unwrap();
    let new = || login(&store, ANNA, OF_ANNA).unwrap().token.to_string();
    let pass = |ms: i64| time.0.fetch_add(ms, Ordering::SeqCst);
    let (watched, used) = (new(), new());
    for _ in 0..2 {
        assert_eq!(status(store.peek(&watched)), SESSION_OK);
        assert_eq!(status(store.verify(&used)), SESSION_OK);
    }
    for _ in 0..29 {
        pass(MINUTE);
        let peeked = store.peek(&watched).unwrap();
        assert_eq!(peeked.idle_expires_at - peeked.last_seen_at, 30 * MINUTE);
        let verified = store.verify(&used).unwrap();
        assert_eq!(verified.idle_expires_at, verified.last_seen_at + 30 * MINUTE);
        assert!(verified.last_seen_at >= peeked.last_seen_at);
    }
    pass(MINUTE - 1);
    assert_eq!(status(store.peek(&watched)), SESSION_OK);
    pass(1);
    assert_eq!(status(store.peek(&watched)), SESSION_IDLE, "thirty minutes, looked at all the time");
    assert_eq!(status(store.verify(&used)), SESSION_OK);
    // Too soon to be written, and activity all the same.
    assert_eq!(status(store.verify(&used)), SESSION_OK);
    pass(MINUTE / 2);
    assert_eq!(status(store.verify(&used)), SESSION_OK);
    pass(30 * MINUTE - 1);
    assert_eq!(status(store.peek(&used)), SESSION_OK);
    for _ in 0..(12 * 60 - 61) {
        assert_eq!(status(store.verify(&used)), SESSION_OK);
        pass(MINUTE);
    }
    // Up to the millisecond, with nothing to be written.
    for ms in [MINUTE / 4, MINUTE / 4] {
        assert_eq!(status(store.verify(&used)), SESSION_OK);
        pass(ms);
    }
    assert_eq!(status(store.verify(&used)), SESSION_OK);
    pass(1);
    assert_eq!(status(store.verify(&used)), SESSION_EXPIRED);
    // An end that was found stays one, whatever the clock says then.
    pass(-5 * MINUTE);
    assert_eq!(status(store.verify(&used)), SESSION_EXPIRED);
}

/// More sessions than are remembered.
#[test]
fn forgetting_changes_no_answer() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let held: Vec<String> = (0..40).map(|_| login(&store, BERT, OF_BERT).unwrap().token.to_string()).collect();
    for round in 0..300 {
        for token in &held {
            assert_eq!(status(store.verify(token)), SESSION_OK, "{round}");
        }
    }
}

/// Threads verify while others log out: who begins after a logout has returned sees it.
#[test]
fn no_thread_says_yes_after_a_logout() {
    let Some(case) = Case::new() else { return };
    let (readers, writers) = ([case.open(), case.open()], case.open());
    for _ in 0..40 {
        let token = login(&writers, BERT, OF_BERT).unwrap().token.to_string();
        let (over, start) = (AtomicBool::new(false), Barrier::new(5));
        std::thread::scope(|scope| {
            for reader in readers.iter().chain(&readers) {
                let (over, start, token) = (&over, &start, &token);
                scope.spawn(move || {
                    start.wait();
                    loop {
                        let ended = over.load(Ordering::SeqCst);
                        match status(reader.verify(token)) {
                            SESSION_OK => assert!(!ended, "a yes that began after the logout"),
                            answer => return assert_eq!(answer, SESSION_LOGGED_OUT),
                        }
                    }
                });
            }
            start.wait();
            writers.logout(&token).unwrap();
            over.store(true, Ordering::SeqCst);
        });
    }
}
