//! What comes between an attempt and its end. Alone in its file: slow hashes raise the floor under every failure of the process.

#[path = "support/store.rs"]
mod support;

use desksession::model::LoginOptions;
use desksession::status::*;
use std::sync::{Mutex, MutexGuard, PoisonError};
use support::*;
use uuid::Uuid;

const LOGOUT: u32 = 5;

/// A process hashes two passwords at once, and what comes between must not wait for another test.
static ALONE: Mutex<()> = Mutex::new(());

/// A user whose password takes about a second to check, in a store that otherwise hashes fast.
fn with_slow_anna() -> (TestStore, Uuid, MutexGuard<'static, ()>) {
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let test = TestStore::new();
    test.policy_set(None, item::MEMORY, 131_072).unwrap();
    test.policy_set(None, item::PASSES, 10).unwrap();
    let anna = test.user_create(None, "Anna", PASSWORD).unwrap();
    test.policy_set(None, item::MEMORY, 19456).unwrap();
    test.policy_set(None, item::PASSES, 2).unwrap();
    (test, anna, alone)
}

/// Runs `attempt` on a thread, and `between` once the attempt was paid for and is being hashed.
fn during<T: Send>(test: &TestStore, attempt: impl FnOnce() -> T + Send, between: impl FnOnce()) -> T {
    let begun = test.events().len();
    std::thread::scope(|scope| {
        let attempt = scope.spawn(attempt);
        while test.events().len() == begun {
            std::thread::yield_now();
        }
        between();
        attempt.join().unwrap()
    })
}

// Each test holds as well where the attempt ends first after all.

#[test]
fn a_login_with_the_old_password_does_not_outlive_a_reset() {
    let (test, anna, _alone) = with_slow_anna();
    let attempt = || test.login("Anna", PASSWORD, &LoginOptions::default());
    match during(&test, attempt, || drop(test.password_reset(None, anna).unwrap())) {
        Ok(login) => assert_eq!(test.verify_status(&login.token), SESSION_REVOKED),
        Err(error) => assert_eq!(error.status(), SESSION_BAD_CREDENTIALS),
    }
}

#[test]
fn a_change_of_the_old_password_does_not_undo_a_reset() {
    let (test, anna, _alone) = with_slow_anna();
    let mut code = None;
    let _either = during(
        &test,
        || test.password_change("Anna", PASSWORD, OTHER, None),
        || code = Some(test.password_reset(None, anna).unwrap()),
    );
    assert_eq!(test.try_login("Anna", code.unwrap().text.as_bytes()), SESSION_MUST_CHANGE);
}

#[test]
fn who_logs_out_while_a_second_person_types_gets_no_yes() {
    let (test, _, _alone) = with_slow_anna();
    test.user_create(None, "Kim", PASSWORD).unwrap();
    let kim = test.log_in_as("Kim", false);
    let attempt = || status(&test.authorize(Some(&kim), "Anna", PASSWORD, "a refund"));
    let _either = during(&test, attempt, || test.logout(&kim).unwrap());
    let after_the_logout: Vec<u32> = test.events().into_iter().skip_while(|kind| *kind != LOGOUT).collect();
    assert_eq!(after_the_logout, [LOGOUT]);
}
