//! One-time codes: good for a new password alone, once, for a day; and whatever was wrong with the account before.

#[path = "support/store.rs"]
mod store_support;
#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::status::*;
use std::sync::Barrier;
use store_support::*;
use tamper_support::sqlite3_missing;
use tamper_support::{blob, sqlite3};
use uuid::Uuid;

const ANNA: &str = "Anna Müller";
const RESET: u32 = 22;

fn reset(test: &TestStore, user: Uuid) -> String {
    test.password_reset(None, user).unwrap().text.to_string()
}

fn change(test: &TestStore, old: &str, new: &[u8]) -> i32 {
    status(&test.password_change(ANNA, old.as_bytes(), new, None))
}

fn try_code(test: &TestStore, code: &str) -> i32 {
    test.try_login(ANNA, code.as_bytes())
}

#[test]
fn a_code_is_good_for_a_new_password_and_nothing_else() {
    let (test, anna) = TestStore::with_anna();
    let code = reset(&test, anna);
    assert_eq!(try_code(&test, &code), SESSION_MUST_CHANGE);
    assert_eq!(status(&test.authorize(None, ANNA, code.as_bytes(), "a refund")), SESSION_MUST_CHANGE);
    assert_eq!(change(&test, &code, b"short"), SESSION_PASSWORD_WEAK);
    assert_eq!(status(&test.session_next(None, None)), SESSION_DONE, "no session came of it");
    assert!(test.user_get(anna).unwrap().must_change);

    assert_eq!(change(&test, &format!("  {} ", code.to_lowercase().replace('-', " ")), OTHER), SESSION_OK);
    let user = test.user_get(anna).unwrap();
    assert_eq!((user.must_change, user.failures, user.password_changed_at), (false, 0, START));
    assert_eq!(test.try_login(ANNA, OTHER), SESSION_OK);
}

#[test]
fn a_code_is_gone_once_it_was_used() {
    let (test, anna) = TestStore::with_anna();
    let code = reset(&test, anna);
    assert_eq!(change(&test, &code, OTHER), SESSION_OK);
    assert_eq!(change(&test, &code, PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(try_code(&test, &code), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.user_get(anna).unwrap().failures, 2);
    assert_eq!(test.try_login(ANNA, OTHER), SESSION_OK);
}

#[test]
fn codes_are_what_people_make_of_them() {
    let (test, anna) = TestStore::with_anna();
    test.policy_set(None, item::FREE, 100).unwrap();
    // One with both characters that are easily mistaken.
    let code = std::iter::repeat_with(|| reset(&test, anna)).find(|code| code.contains('0') && code.contains('1')).unwrap();
    assert_eq!(code.len(), 24);
    assert!(code.split('-').all(|group| group.len() == 4) && code.split('-').count() == 5, "{} characters", code.len());
    let bare = code.replace('-', "");
    assert!(bare.chars().all(|c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c)));
    for typed in [
        bare.clone(),
        code.to_lowercase(),
        code.replace('-', "\u{a0}"),
        code.replace('-', "\u{2011}"),
        code.replace('0', "O").replace('1', "l"),
        code.replace('0', "o").replace('1', "I"),
        bare.chars().flat_map(|c| [c, ' ']).collect(),
    ] {
        assert_eq!(try_code(&test, &typed), SESSION_MUST_CHANGE, "{typed:?}");
    }
    for at in 0..bare.len() {
        let other = if bare.as_bytes()[at] == b'7' { "8" } else { "7" };
        let wrong = format!("{}{other}{}", &bare[..at], &bare[at + 1..]);
        assert_eq!(try_code(&test, &wrong), SESSION_BAD_CREDENTIALS, "character {at}");
    }
    for wrong in [&bare[1..], &bare[..19], &format!("{bare}7"), &format!("{bare}\0"), &format!("{bare}."), ""] {
        assert_eq!(try_code(&test, wrong), SESSION_BAD_CREDENTIALS, "{wrong:?}");
    }
    assert_eq!(test.try_login(ANNA, &[b' '; 1025]), SESSION_BAD_CREDENTIALS);
}

#[test]
fn passwords_are_no_codes() {
    let test = TestStore::new();
    test.user_create(None, ANNA, b"seven Lanterns-over a harb0ur").unwrap();
    for typed in ["SEVEN LANTERNS-OVER A HARB0UR", "sevenLanternsoveraharb0ur", "seven Lanterns-over a harbour"] {
        assert_eq!(try_code(&test, typed), SESSION_BAD_CREDENTIALS, "{typed}");
    }
}

#[test]
fn a_code_is_good_for_a_day_and_an_expired_one_is_a_wrong_one() {
    let (test, anna) = TestStore::with_anna();
    let code = reset(&test, anna);
    test.clock.pass(DAY - 1);
    assert_eq!(try_code(&test, &code), SESSION_MUST_CHANGE);
    test.clock.pass(1);
    assert_eq!(try_code(&test, &code), SESSION_BAD_CREDENTIALS);
    assert_eq!(change(&test, &code, OTHER), SESSION_BAD_CREDENTIALS);
    assert_eq!(status(&test.authorize(None, ANNA, code.as_bytes(), "a refund")), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.user_get(anna).unwrap().failures, 3);
    assert_eq!(test.events()[test.events().len() - 6..], [2, 4].repeat(3));
    assert_eq!(test.try_login(ANNA, PASSWORD), SESSION_BAD_CREDENTIALS, "the old password does not come back");
    let second = reset(&test, anna);
    assert_eq!(change(&test, &second, OTHER), SESSION_OK);
    test.clock.pass(2 * DAY);
    assert_eq!(test.try_login(ANNA, OTHER), SESSION_OK, "a password has no such end");
}

/// A login believes a clock that was set back; the code goes on on the time line on which it was made.
#[test]
fn a_login_that_sets_time_back_does_not_lengthen_a_code() {
    let (test, anna) = TestStore::with_anna();
    test.user_create(None, "Ben", PASSWORD).unwrap();
    let code = reset(&test, anna);
    test.clock.set_wall_by(-30 * DAY);
    test.log_in_as("Ben", false);
    assert_eq!(try_code(&test, &code), SESSION_MUST_CHANGE, "not a moment has passed");
    test.clock.pass(DAY);
    assert_eq!(try_code(&test, &code), SESSION_BAD_CREDENTIALS);
}

#[test]
fn the_code_does_not_become_the_password() {
    let (test, anna) = TestStore::with_anna();
    let code = reset(&test, anna);
    for spelling in [code.clone(), code.to_lowercase(), code.replace('-', "")] {
        assert_eq!(change(&test, &code, spelling.as_bytes()), SESSION_PASSWORD_WEAK);
    }
    assert_eq!(change(&test, &code, OTHER), SESSION_OK);
    assert_eq!(change(&test, std::str::from_utf8(OTHER).unwrap(), OTHER), SESSION_OK, "no rule about passwords");
}

#[test]
fn no_clock_makes_a_code_last_longer() {
    let expired = |after: &dyn Fn(&DrivenClock)| {
        let (test, anna) = TestStore::with_anna();
        let code = reset(&test, anna);
        after(&test.clock);
        try_code(&test, &code)
    };
    let set_back = |clock: &DrivenClock| {
        clock.set_wall_by(-2 * DAY);
        clock.pass(DAY);
    };
    assert_eq!(expired(&set_back), SESSION_BAD_CREDENTIALS);
    assert_eq!(expired(&|clock| clock.set_wall_by(DAY)), SESSION_BAD_CREDENTIALS, "ends early where the clock runs ahead");
    assert_eq!(expired(&|clock| clock.reboot_after(DAY)), SESSION_BAD_CREDENTIALS);
    assert_eq!(expired(&|clock| clock.reboot_after(HOUR)), SESSION_MUST_CHANGE);
}

#[test]
fn fifty_at_once_with_one_code_and_one_of_them_wins() {
    const MANY: usize = 50;
    let (test, anna) = TestStore::with_anna();
    test.policy_set(None, item::FREE, 100).unwrap();
    let code = reset(&test, anna);
    let handles: Vec<_> = (0..4).map(|_| test.again()).collect();
    let new = |number: usize| format!("a new password with the number {number}");
    let start = Barrier::new(MANY);
    let answers: Vec<i32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..MANY)
            .map(|number| {
                let (store, start, code) = (handles.get(number % 5).unwrap_or(&test.store), &start, &code);
                scope.spawn(move || {
                    start.wait();
                    status(&store.password_change(ANNA, code.as_bytes(), new(number).as_bytes(), None))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<usize> = (0..MANY).filter(|number| answers[*number] == SESSION_OK).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == SESSION_BAD_CREDENTIALS).count(), MANY - 1, "{answers:?}");
    assert_eq!(test.events().iter().filter(|kind| **kind == 17).count(), 1);
    assert_eq!(test.try_login(ANNA, new((winners[0] + 1) % MANY).as_bytes()), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.try_login(ANNA, new(winners[0]).as_bytes()), SESSION_OK);
}

#[test]
fn the_old_password_and_all_sessions_end_at_once() {
    let (test, anna) = TestStore::with_anna();
    let ben = test.user_create(None, "Ben", PASSWORD).unwrap();
    let (first, second, bens) = (test.log_in(), test.log_in_as(ANNA, true), test.log_in_as("Ben", false));
    let other = test.again();
    reset(&test, anna);
    for token in [&first, &second] {
        assert_eq!(test.verify_status(token), SESSION_REVOKED);
        assert_eq!(status(&other.verify(token)), SESSION_REVOKED);
    }
    assert_eq!(test.user_get(anna).unwrap().live_sessions, 0);
    assert_eq!(test.try_login(ANNA, PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(change(&test, std::str::from_utf8(PASSWORD).unwrap(), OTHER), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.verify_status(&bens), SESSION_OK, "Ben is not concerned");
    assert!(!test.user_get(ben).unwrap().must_change);
}

#[test]
fn a_second_code_replaces_the_first() {
    let (test, anna) = TestStore::with_anna();
    let (first, second) = (reset(&test, anna), reset(&test, anna));
    assert_ne!(first, second);
    assert_eq!(try_code(&test, &first), SESSION_BAD_CREDENTIALS);
    assert_eq!(change(&test, &second, OTHER), SESSION_OK);
}

#[test]
fn wrong_attempts_are_forgotten() {
    let (test, anna) = TestStore::with_anna();
    test.policy_set(None, item::STOP, 3).unwrap();
    for _ in 0..3 {
        assert_eq!(test.try_login(ANNA, OTHER), SESSION_BAD_CREDENTIALS);
    }
    assert_eq!(test.try_login(ANNA, PASSWORD), SESSION_THROTTLED);
    let code = reset(&test, anna);
    assert_eq!(test.user_get(anna).unwrap().failures, 0);
    assert_eq!(change(&test, &code, OTHER), SESSION_OK);
}

#[test]
fn a_disabled_user_stays_disabled() {
    let (test, anna) = TestStore::with_anna();
    test.user_enable(None, anna, false).unwrap();
    let code = reset(&test, anna);
    assert_eq!(try_code(&test, &code), SESSION_USER_DISABLED);
    assert_eq!(change(&test, &code, OTHER), SESSION_USER_DISABLED);
    assert!(test.user_get(anna).unwrap().disabled);
    test.user_enable(None, anna, true).unwrap();
    assert_eq!(change(&test, &code, OTHER), SESSION_OK);
}

#[test]
fn a_code_outlives_a_stronger_hash() {
    let (test, anna) = TestStore::with_anna();
    let code = reset(&test, anna);
    test.policy_set(None, item::PASSES, 3).unwrap();
    assert_eq!(try_code(&test, &code.to_lowercase()), SESSION_MUST_CHANGE);
    assert_eq!(try_code(&test, &code), SESSION_MUST_CHANGE);
    assert_eq!(change(&test, &code.replace('-', " "), OTHER), SESSION_OK);
}

#[test]
fn it_is_recorded_and_the_code_is_not() {
    let (test, anna) = TestStore::with_anna();
    let ben = test.user_create(None, "Ben", PASSWORD).unwrap();
    let (admin, token) = (test.log_in(), test.log_in_as("Ben", false));
    let session = test.peek(&token).unwrap().session_id;
    let begun = test.events().len() as i64;
    let code = test.password_reset(Some(&admin), ben).unwrap().text.to_string();
    let (ended, told) = (test.event_next(begun).unwrap(), test.event_next(begun + 1).unwrap());
    assert_eq!((ended.kind, ended.actor_id, ended.session_id), (9, Some(anna), session));
    assert_eq!((told.kind, told.actor_id, told.user_id), (RESET, Some(anna), Some(ben)));
    assert_eq!(told.detail, "until 2026-01-06T08:00:00.000Z");
    assert_eq!(status(&test.password_change("Ben", code.as_bytes(), b"short", None)), SESSION_PASSWORD_WEAK);
    let bare = code.replace('-', "");
    for entry in std::fs::read_dir(test.folder()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for needle in [code.as_bytes(), bare.as_bytes()] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle));
        }
    }
}

#[test]
fn there_has_to_be_such_a_user() {
    let (test, anna) = TestStore::with_anna();
    let token = test.log_in();
    let session = test.peek(&token).unwrap().session_id.unwrap();
    test.user_delete(None, anna).unwrap();
    let events = test.events();
    for nobody in [anna, session, Uuid::nil(), Uuid::max()] {
        assert_eq!(status(&test.password_reset(None, nobody)), SESSION_USER_UNKNOWN);
    }
    assert_eq!(test.events(), events);
}

#[test]
fn who_resets_their_own_password_is_out() {
    let (test, anna) = TestStore::with_anna();
    let token = test.log_in();
    let code = test.password_reset(Some(&token), anna).unwrap().text.to_string();
    assert_eq!(test.verify_status(&token), SESSION_REVOKED);
    assert_eq!(status(&test.password_reset(Some(&token), anna)), SESSION_NOT_ALLOWED);
    assert_eq!(change(&test, &code, OTHER), SESSION_OK);
}

/// What somebody else did to the rows, and that it was noticed.
fn damaged(statement: &str, before: i32) {
    let (test, anna) = TestStore::with_anna();
    let token = test.log_in();
    sqlite3(&test.folder().join("store.db"), &statement.replace("ANNA", &blob(anna)));
    assert_eq!(test.try_login(ANNA, PASSWORD), before, "{statement}");
    let code = reset(&test, anna);
    assert_eq!(test.verify_status(&token), SESSION_REVOKED, "{statement}");
    assert_eq!(try_code(&test, &code), SESSION_MUST_CHANGE, "{statement}");
    assert_eq!(change(&test, &code, OTHER), SESSION_OK, "{statement}");
    assert_eq!(test.try_login(ANNA, OTHER), SESSION_OK, "{statement}");
    assert_eq!(test.user_get(anna).unwrap().failures, 0);
}

#[test]
fn a_lost_or_damaged_password_row_is_written_anew() {
    if sqlite3_missing() {
        return;
    }
    damaged("UPDATE credentials SET secret = replace(secret, 'm=', 'm=1') WHERE user = ANNA", SESSION_TAMPERED);
    damaged("UPDATE credentials SET mac = zeroblob(32) WHERE user = ANNA", SESSION_TAMPERED);
    damaged("DELETE FROM credentials WHERE user = ANNA", SESSION_TAMPERED);
}

#[test]
fn a_lost_or_damaged_throttle_row_is_written_anew() {
    if sqlite3_missing() {
        return;
    }
    damaged("DELETE FROM throttle WHERE account = ANNA", SESSION_TAMPERED);
    damaged("UPDATE throttle SET failures = 0, mac = zeroblob(32) WHERE account = ANNA", SESSION_TAMPERED);
}

#[test]
fn a_damaged_user_row_is_not_repaired_by_a_new_password() {
    if sqlite3_missing() {
        return;
    }
    let (test, anna) = TestStore::with_anna();
    let change = format!("UPDATE users SET permissions = -1 WHERE id = {}", blob(anna));
    sqlite3(&test.folder().join("store.db"), &change);
    assert_eq!(status(&test.password_reset(None, anna)), SESSION_TAMPERED);
}

/// A code that lives longer by somebody's hand.
#[test]
fn an_end_that_was_moved_is_noticed() {
    if sqlite3_missing() {
        return;
    }
    let (test, anna) = TestStore::with_anna();
    let code = reset(&test, anna);
    let change = format!("UPDATE credentials SET expires_at = expires_at * 2 WHERE user = {}", blob(anna));
    sqlite3(&test.folder().join("store.db"), &change);
    assert_eq!(try_code(&test, &code), SESSION_TAMPERED);
}
