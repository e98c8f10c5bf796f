//! Promise 3: a session ends at its absolute and its idle limit, asleep or awake, and no clock lengthens it or locks anybody
//! out for good.

#[path = "support/store.rs"]
mod support;

use desksession::status::*;
use support::*;

#[test]
fn limits_to_the_millisecond() {
    for (absolute, idle, limit, ending) in
        [(10 * MINUTE, HOUR, 10 * MINUTE, SESSION_EXPIRED), (HOUR, 10 * MINUTE, 10 * MINUTE, SESSION_IDLE)]
    {
        for (off, answer) in [(-1, SESSION_OK), (0, ending), (1, ending)] {
            let (test, _) = TestStore::with_anna();
            test.policy_set(None, item::ABSOLUTE, absolute).unwrap();
            test.policy_set(None, item::IDLE, idle).unwrap();
            let token = test.log_in();
            test.clock.pass(limit + off);
            assert_eq!(status(&test.peek(&token)), answer, "{off}");
            assert_eq!(test.verify_status(&token), answer, "{off}");
            if answer != SESSION_OK {
                let info = told(test.verify(&token));
                assert_eq!(info.ended_at, START + limit, "the moment the limit was reached, not the moment it was found");
            }
        }
    }
}

#[test]
fn both_at_once_is_expired() {
    let (test, _) = TestStore::with_anna();
    test.policy_set(None, item::ABSOLUTE, HOUR).unwrap();
    test.policy_set(None, item::IDLE, HOUR).unwrap();
    let token = test.log_in();
    test.clock.pass(HOUR);
    assert_eq!(test.verify_status(&token), SESSION_EXPIRED);
}

#[test]
fn activity_counts_and_peeking_does_not() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    for _ in 0..5 {
        test.clock.pass(29 * MINUTE);
        test.verify(&token).unwrap();
    }
    // Too soon after a touch to be written, and counted by this handle all the same.
    test.clock.pass(30 * SECOND);
    test.verify(&token).unwrap();
    test.clock.pass(30 * MINUTE - 1);
    test.peek(&token).unwrap();
    test.clock.pass(1);
    assert_eq!(status(&test.peek(&token)), SESSION_IDLE);
}

#[test]
fn another_process_sees_activity_at_most_a_minute_late() {
    let (test, _) = TestStore::with_anna();
    let other = test.again();
    let token = test.log_in();
    for _ in 0..200 {
        test.clock.pass(10 * SECOND);
        test.verify(&token).unwrap();
        let seen = other.peek(&token).unwrap().last_seen_at;
        assert!(test.clock.wall() - seen <= MINUTE, "{}", test.clock.wall() - seen);
    }
}

#[test]
fn touches_are_not_written_at_every_verify() {
    let (test, _) = TestStore::with_anna();
    let other = test.again();
    let token = test.log_in();
    let mut written = std::collections::BTreeSet::new();
    for _ in 0..120 {
        test.clock.pass(SECOND);
        test.verify(&token).unwrap();
        written.insert(other.peek(&token).unwrap().last_seen_at);
    }
    assert_eq!(written.len(), 3, "the login and two minutes");
}

#[test]
fn an_end_that_was_found_stays() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    test.clock.set_wall_by(31 * MINUTE);
    assert_eq!(status(&test.peek(&token)), SESSION_IDLE);
    test.clock.set_wall_by(-31 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_OK, "peek records nothing");
    test.clock.set_wall_by(31 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_IDLE, "a forward jump ends sessions");
    test.clock.set_wall_by(-31 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_IDLE, "and no clock brings them back");
    assert_eq!(status(&test.again().verify(&token)), SESSION_IDLE);
    assert_eq!(test.events().iter().filter(|kind| **kind == 6 || **kind == 7).count(), 1, "recorded once");
}

#[test]
fn a_touch_never_revives() {
    let (test, _) = TestStore::with_anna();
    let other = test.again();
    let token = test.log_in();
    test.clock.pass(2 * MINUTE);
    other.logout(&token).unwrap();
    assert_eq!(test.verify_status(&token), SESSION_LOGGED_OUT);
    test.clock.pass(2 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_LOGGED_OUT);
}

#[test]
fn setting_the_clock_back_lengthens_nothing_and_login_works() {
    for back in [6 * MINUTE, HOUR, 365 * DAY, START] {
        let (test, _) = TestStore::with_anna();
        let token = test.log_in();
        let remembered = test.log_in_as("Anna Müller", true);
        test.clock.pass(10 * MINUTE);
        test.clock.set_wall_by(-back);
        assert_eq!(test.verify_status(&remembered), SESSION_OK, "remembered ones go on, by the time since boot");
        assert_eq!(test.verify_status(&token), SESSION_CLOCK);
        assert_eq!(told(test.verify(&token)).user_name, "Anna Müller");
        let fresh = test.log_in();
        assert_eq!(test.verify_status(&fresh), SESSION_OK, "a password login believes the clock again");
        test.clock.pass(14 * DAY - 10 * MINUTE);
        assert_eq!(test.verify_status(&remembered), SESSION_OK);
        test.clock.pass(14 * DAY);
        assert_eq!(test.verify_status(&remembered), SESSION_IDLE);
    }
}

#[test]
fn a_session_nobody_looked_at_while_the_clock_was_back_is_not_saved_by_anothers_login() {
    let (test, _) = TestStore::with_anna();
    test.user_create(None, "Ben", PASSWORD).unwrap();
    let token = test.log_in();
    let remembered = test.log_in_as("Anna Müller", true);
    test.clock.pass(20 * MINUTE);
    test.clock.set_wall_by(-19 * MINUTE);
    test.log_in_as("Ben", false);
    test.clock.pass(20 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_CLOCK, "40 minutes idle, 21 by the clock that Ben's login believed");
    test.clock.pass(14 * DAY - 40 * MINUTE - 1);
    assert_eq!(status(&test.peek(&remembered)), SESSION_OK);
    test.clock.pass(1);
    assert_eq!(test.verify_status(&remembered), SESSION_IDLE, "14 days after its last activity, whatever the clock was");
}

#[test]
fn small_steps_back_are_tolerated_and_still_lengthen_nothing() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    for _ in 0..10 {
        test.clock.pass(MINUTE);
        test.clock.set_wall_by(-20 * SECOND);
    }
    test.clock.pass(20 * MINUTE - 1);
    assert_eq!(status(&test.peek(&token)), SESSION_OK);
    test.clock.pass(1);
    assert_eq!(test.verify_status(&token), SESSION_IDLE);
}

#[test]
fn a_stopped_wall_clock_stops_nothing() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    test.clock.pass(3 * MINUTE);
    test.clock.set_wall_by(-3 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_OK, "within the tolerance");
    test.clock.pass(29 * MINUTE);
    test.clock.set_wall_by(-29 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_CLOCK);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
}

#[test]
fn over_a_boot_time_goes_on_from_the_mark() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in_as("Anna Müller", true);
    test.clock.pass(2 * HOUR);
    test.verify(&token).unwrap();
    test.clock.reboot_after(8 * HOUR);
    assert_eq!(test.verify_status(&token), SESSION_OK);
    test.clock.reboot_after(-DAY);
    assert_eq!(test.verify_status(&token), SESSION_OK, "remembered");
    let transient = test.log_in();
    test.clock.reboot_after(-HOUR);
    assert_eq!(test.verify_status(&transient), SESSION_CLOCK);
    test.clock.reboot_after(14 * DAY + 2 * HOUR);
    assert_eq!(test.verify_status(&token), SESSION_IDLE);
}

#[test]
fn a_clock_far_ahead_locks_nobody_out() {
    let (test, _) = TestStore::with_anna();
    let old = test.log_in_as("Anna Müller", true);
    test.clock.reboot_after(73 * 365 * DAY);
    let in_2099 = test.log_in();
    assert_eq!(test.verify_status(&in_2099), SESSION_OK);
    assert_eq!(test.verify_status(&old), SESSION_EXPIRED);
    test.clock.reboot_after(-73 * 365 * DAY);
    assert_eq!(test.verify_status(&in_2099), SESSION_CLOCK);
    let today = test.log_in();
    assert_eq!(test.verify_status(&today), SESSION_OK);
    test.clock.pass(30 * MINUTE);
    assert_eq!(test.verify_status(&today), SESSION_IDLE);
}

#[test]
fn where_the_boot_cannot_be_told_the_mark_still_holds() {
    let (test, _) = TestStore::with_anna();
    test.clock.lose_boot();
    let token = test.log_in();
    test.clock.pass(10 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_OK);
    test.clock.set_wall_by(-HOUR);
    assert_eq!(test.verify_status(&token), SESSION_CLOCK);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
}

#[test]
fn a_policy_shortens_live_sessions_and_lengthens_none() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    test.policy_set(None, item::ABSOLUTE, 10 * HOUR).unwrap();
    assert_eq!(test.peek(&token).unwrap().expires_at, START + 10 * HOUR);
    test.policy_set(None, item::ABSOLUTE, 100 * HOUR).unwrap();
    assert_eq!(test.peek(&token).unwrap().expires_at, START + 12 * HOUR);
    test.policy_set(None, item::IDLE, 10 * MINUTE).unwrap();
    test.clock.pass(10 * MINUTE);
    assert_eq!(test.verify_status(&token), SESSION_IDLE);
}

#[test]
fn remembered_only_where_asked_for() {
    let (test, _) = TestStore::with_anna();
    let (short, long) = (test.log_in(), test.log_in_as("Anna Müller", true));
    assert!(!test.peek(&short).unwrap().remembered);
    let info = test.peek(&long).unwrap();
    assert!(info.remembered);
    assert_eq!((info.expires_at, info.idle_expires_at), (START + 30 * DAY, START + 14 * DAY));
    test.clock.pass(13 * HOUR);
    assert_eq!(test.verify_status(&short), SESSION_EXPIRED);
    assert_eq!(test.verify_status(&long), SESSION_OK);
}

#[test]
fn a_boot_that_begins_with_the_clock_set_back_still_passes_time() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in_as("Anna Müller", true);
    test.clock.reboot_after(-400 * DAY);
    for _ in 0..13 {
        test.clock.pass(DAY);
        test.peek(&token).unwrap();
    }
    test.clock.pass(DAY);
    assert_eq!(status(&test.peek(&token)), SESSION_IDLE, "without a single write in that boot");
    assert_eq!(test.verify_status(&token), SESSION_IDLE);
}
