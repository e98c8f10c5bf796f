//! Promises 5 and 6: guessing is throttled per account, exactly, and tells nobody which names exist.

#[path = "support/store.rs"]
mod support;

use desksession::model::LoginOptions;
use desksession::status::*;
use std::sync::Barrier;
use support::*;

fn retry_after(test: &TestStore, name: &str) -> i64 {
    let error = test.login(name, OTHER, &LoginOptions::default()).map(|_| ()).unwrap_err();
    assert_eq!(error.status(), SESSION_THROTTLED);
    error.info().unwrap().retry_after_ms
}

fn wrong(test: &TestStore, name: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(test.try_login(name, OTHER), SESSION_BAD_CREDENTIALS);
    }
}

#[test]
fn four_are_free_then_waits_double_to_the_cap_for_known_and_unknown_names_alike() {
    let (test, _) = TestStore::with_anna();
    for name in ["Anna Müller", "nobody at all"] {
        wrong(&test, name, 5);
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            let wait = wait * SECOND;
            assert_eq!(retry_after(&test, name), wait, "{name}");
            test.clock.pass(wait - 1);
            assert_eq!(retry_after(&test, name), 1, "{name}");
            test.clock.pass(1);
            wrong(&test, name, 1);
        }
    }
}

#[test]
fn while_waiting_the_right_password_does_not_help_and_costs_nothing() {
    let (test, anna) = TestStore::with_anna();
    wrong(&test, "Anna Müller", 5);
    for _ in 0..10 {
        assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_THROTTLED);
    }
    assert_eq!(test.user_get(anna).unwrap().failures, 5);
    test.clock.pass(SECOND);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
    assert_eq!(test.user_get(anna).unwrap().failures, 0);
}

#[test]
fn look_alikes_share_one_count() {
    let (test, _) = TestStore::with_anna();
    for name in ["Anna Müller", "ANNA MÜLLER", "Ａnna müller", "anna Mu\u{308}ller", "anna müller"] {
        wrong(&test, name, 1);
    }
    assert_eq!(test.try_login("aNNa Müller", PASSWORD), SESSION_THROTTLED);
    for name in ["Nobody Here", "NOBODY HERE", "nobody here", "Ｎobody here", "nobody herE"] {
        wrong(&test, name, 1);
    }
    assert_eq!(test.try_login("nobody here", PASSWORD), SESSION_THROTTLED);
}

#[test]
fn every_path_that_takes_a_password_counts() {
    let (test, _) = TestStore::with_anna();
    for _ in 0..5 {
        let changed = test.password_change("Anna Müller", OTHER, b"entirely new words here", None);
        assert_eq!(status(&changed), SESSION_BAD_CREDENTIALS);
    }
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_THROTTLED);
    let changed = test.password_change("Anna Müller", PASSWORD, OTHER, None);
    assert_eq!(status(&changed), SESSION_THROTTLED);
}

#[test]
fn the_count_survives_restarts_and_is_shared_between_processes() {
    let (test, _) = TestStore::with_anna();
    for _ in 0..5 {
        let other = test.again();
        assert_eq!(status(&other.login("Anna Müller", OTHER, &LoginOptions::default())), SESSION_BAD_CREDENTIALS);
    }
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_THROTTLED);
}

#[test]
fn no_clock_shortens_a_wait_or_makes_it_longer_than_its_count() {
    let (test, _) = TestStore::with_anna();
    test.policy_set(None, item::FREE, 0).unwrap();
    for _ in 0..6 {
        wrong(&test, "Anna Müller", 1);
        test.clock.pass(HOUR);
    }
    wrong(&test, "Anna Müller", 1);
    assert_eq!(retry_after(&test, "Anna Müller"), 64 * SECOND);
    test.clock.set_wall_by(DAY);
    assert_eq!(retry_after(&test, "Anna Müller"), 64 * SECOND, "forward");
    test.clock.set_wall_by(-365 * DAY);
    assert_eq!(retry_after(&test, "Anna Müller"), 64 * SECOND, "back");
    test.clock.pass(4 * SECOND);
    assert_eq!(retry_after(&test, "Anna Müller"), 60 * SECOND);
    // Another boot, with the clock a year behind: the wait goes on, and ends.
    test.clock.reboot_after(0);
    assert!(retry_after(&test, "Anna Müller") <= 64 * SECOND);
    test.clock.pass(64 * SECOND);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
}

#[test]
fn the_hard_stop_ends_with_an_administrator_only() {
    let (test, anna) = TestStore::with_anna();
    test.policy_set(None, item::STOP, 6).unwrap();
    for name in ["Anna Müller", "nobody"] {
        wrong(&test, name, 5);
        test.clock.pass(HOUR);
        wrong(&test, name, 1);
        test.clock.pass(23 * HOUR);
        assert_eq!(retry_after(&test, name), -1, "{name}");
    }
    test.clock.pass(365 * DAY);
    assert_eq!(retry_after(&test, "Anna Müller"), -1);
    test.user_unthrottle(None, anna).unwrap();
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
    let last = *test.events().iter().rev().nth(2).unwrap();
    assert_eq!(last, 16);
}

#[test]
fn guesses_at_unknown_names_are_forgotten_after_a_day_and_those_at_users_are_not() {
    let (test, anna) = TestStore::with_anna();
    wrong(&test, "Anna Müller", 4);
    wrong(&test, "nobody", 5);
    test.clock.pass(DAY);
    wrong(&test, "nobody", 4);
    assert_eq!(test.user_get(anna).unwrap().failures, 4);
    wrong(&test, "Anna Müller", 1);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_THROTTLED);
}

#[test]
fn ten_right_logins_at_once_all_succeed() {
    let (test, anna) = TestStore::with_anna();
    test.policy_set(None, item::FREE, 0).unwrap();
    let start = Barrier::new(10);
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..10)
            .map(|number| {
                let (test, start) = (&test, &start);
                scope.spawn(move || {
                    let own = (number % 2 == 0).then(|| test.again());
                    start.wait();
                    let store = own.as_ref().unwrap_or(test);
                    store.login("Anna Müller", PASSWORD, &LoginOptions::default()).expect("no lock-out").token.to_string()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for token in &tokens {
        assert_eq!(test.verify_status(token), SESSION_OK);
    }
    assert_eq!(test.user_get(anna).unwrap().live_sessions, 10);
}

#[test]
fn parallel_guesses_are_counted_exactly() {
    let (test, anna) = TestStore::with_anna();
    let start = Barrier::new(12);
    let answers: Vec<i32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..12)
            .map(|number| {
                let (test, start) = (&test, &start);
                scope.spawn(move || {
                    let own = (number % 3 == 0).then(|| test.again());
                    start.wait();
                    status(&own.as_ref().unwrap_or(test).login("Anna Müller", OTHER, &LoginOptions::default()))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // The clock stands still: four free ones, the fifth, and nobody after it.
    assert_eq!(answers.iter().filter(|answer| **answer == SESSION_BAD_CREDENTIALS).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == SESSION_THROTTLED).count(), 7, "{answers:?}");
    assert_eq!(test.user_get(anna).unwrap().failures, 5);
}

#[test]
fn an_attempt_is_on_disk_before_it_is_hashed() {
    // The failure's own event comes after the attempt's, in a transaction of its own.
    let (test, _) = TestStore::with_anna();
    wrong(&test, "Anna Müller", 1);
    assert_eq!(test.events()[4..], [2, 4]);
    let attempt = test.event_next(4).unwrap();
    assert_eq!((attempt.kind, attempt.detail.as_str()), (2, "login"));
    wrong(&test, "my password in the wrong field", 1);
    let unknown = test.event_next(6).unwrap();
    assert_eq!(
        (unknown.kind, unknown.user_id, unknown.detail.as_str()),
        (2, None, "login"),
        "a name nobody has is not written down"
    );
}

#[test]
fn a_new_user_does_not_inherit_guesses_at_the_name() {
    let (test, _) = TestStore::with_anna();
    wrong(&test, "ben", 5);
    test.user_create(None, "Ben", PASSWORD).unwrap();
    assert_eq!(test.try_login("ben", PASSWORD), SESSION_OK);
}

#[test]
fn a_boot_with_the_clock_set_forward_shortens_no_wait() {
    let (test, _) = TestStore::with_anna();
    test.policy_set(None, item::FREE, 0).unwrap();
    for _ in 0..10 {
        wrong(&test, "Anna Müller", 1);
        test.clock.pass(HOUR);
    }
    wrong(&test, "Anna Müller", 1);
    assert_eq!(retry_after(&test, "Anna Müller"), 900 * SECOND);
    test.clock.reboot_after(DAY);
    // Up for a minute: that much has passed for certain.
    assert_eq!(retry_after(&test, "Anna Müller"), 840 * SECOND);
    test.clock.pass(840 * SECOND);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
    // Where the boot cannot be told, a set clock is no passed time either.
    test.clock.lose_boot();
    wrong(&test, "Anna Müller", 1);
    test.clock.set_wall_by(HOUR);
    assert_eq!(retry_after(&test, "Anna Müller"), SECOND);
}
