//! A second person says yes: told as a login would, counted as a login would, and nobody's session feels it.

#[path = "support/store.rs"]
mod support;

use desksession::model::{Event, LoginOptions};
use desksession::status::*;
use support::*;
use uuid::Uuid;

const AUTHORIZED: u32 = 23;
const REFUND: &str = "refund 17.50";

/// Kim at the till, logged in, and Mara, a manager.
struct Shop {
    test: TestStore,
    kim: Uuid,
    mara: Uuid,
    token: String,
}

impl std::ops::Deref for Shop {
    type Target = TestStore;
    fn deref(&self) -> &TestStore {
        &self.test
    }
}

impl Shop {
    fn open() -> Shop {
        let test = TestStore::new();
        let (kim, mara) = (test.user_create(None, "Kim", PASSWORD).unwrap(), test.user_create(None, "Mara", PASSWORD).unwrap());
        let token = test.log_in_as("Kim", false);
        Shop { test, kim, mara, token }
    }

    fn ask(&self, name: &str, password: &[u8]) -> i32 {
        self.ask_with(Some(&self.token), name, password)
    }

    fn ask_with(&self, requester: Option<&str>, name: &str, password: &[u8]) -> i32 {
        status(&self.authorize(requester, name, password, REFUND))
    }

    fn session(&self) -> Uuid {
        self.peek(&self.token).unwrap().session_id.unwrap()
    }

    fn trail(&self, last: usize) -> Vec<Event> {
        let all = self.events().len();
        (all - last..all).map(|after| self.event_next(after as i64).unwrap()).collect()
    }
}

#[test]
fn both_the_session_and_the_purpose_are_recorded() {
    let shop = Shop::open();
    shop.user_permit(None, shop.mara, 0x8000_0000_0000_0010).unwrap();
    let yes = shop.authorize(Some(&shop.token), "MARA", PASSWORD, REFUND).unwrap();
    assert_eq!((yes.user_id, yes.name.as_str(), yes.permissions), (Some(shop.mara), "Mara", 0x8000_0000_0000_0010));
    let trail = shop.trail(2);
    let who = |event: &Event| (event.kind, event.actor_id, event.user_id, event.session_id);
    assert_eq!(who(&trail[0]), (2, Some(shop.kim), Some(shop.mara), Some(shop.session())), "the attempt tells who asked");
    assert_eq!(trail[0].detail, format!("authorize: {REFUND}"));
    assert_eq!(who(&trail[1]), (AUTHORIZED, Some(shop.mara), Some(shop.kim), Some(shop.session())));
    assert_eq!(trail[1].detail, REFUND);

    shop.authorize(None, "Mara", PASSWORD, "opening the till").unwrap();
    assert_eq!(who(&shop.trail(1)[0]), (AUTHORIZED, Some(shop.mara), None, None));
}

#[test]
fn a_wrong_password_is_recorded_with_who_asked() {
    let shop = Shop::open();
    assert_eq!(shop.ask("Mara", OTHER), SESSION_BAD_CREDENTIALS);
    for (event, kind) in shop.trail(2).iter().zip([2, 4]) {
        assert_eq!((event.kind, event.actor_id, event.user_id), (kind, Some(shop.kim), Some(shop.mara)));
        assert_eq!((event.session_id, event.detail.as_str()), (Some(shop.session()), "authorize: refund 17.50"));
    }
    assert_eq!(shop.ask("my password in the wrong field", OTHER), SESSION_BAD_CREDENTIALS);
    assert!(shop.trail(2).iter().all(|event| event.user_id.is_none() && event.detail == "authorize: refund 17.50"));
}

#[test]
fn nobodys_session_or_last_login_changes() {
    let shop = Shop::open();
    let maras = shop.log_in_as("Mara", false);
    shop.clock.pass(20 * MINUTE);
    let (session, manager) = (shop.peek(&shop.token).unwrap(), shop.user_get(shop.mara).unwrap());
    let yes = shop.authorize(Some(&shop.token), "Mara", PASSWORD, REFUND).unwrap();
    assert_eq!(yes, manager, "last login and live sessions among it");
    assert_eq!(yes.last_login_at, START);
    for name in ["Mara", "Kim"] {
        assert_eq!(shop.ask(name, OTHER), SESSION_BAD_CREDENTIALS);
    }
    assert_eq!(shop.peek(&shop.token).unwrap(), session);
    assert_eq!(status(&shop.again().peek(&shop.token)), SESSION_OK);
    shop.clock.pass(10 * MINUTE);
    assert_eq!(shop.verify_status(&shop.token), SESSION_IDLE, "asking is no activity");
    assert_eq!(shop.verify_status(&maras), SESSION_IDLE, "nor is saying yes");
}

#[test]
fn disabled_must_change_and_ones_own_account_are_told_after_the_right_password_only() {
    let shop = Shop::open();
    assert_eq!(shop.ask("Kim", OTHER), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("Kim", PASSWORD), SESSION_NOT_ALLOWED);
    assert_eq!(shop.ask("KIM", PASSWORD), SESSION_NOT_ALLOWED, "in any spelling");
    shop.user_enable(None, shop.mara, false).unwrap();
    assert_eq!(shop.ask("Mara", OTHER), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("Mara", PASSWORD), SESSION_USER_DISABLED);
    shop.user_enable(None, shop.mara, true).unwrap();
    let code = shop.password_reset(None, shop.mara).unwrap().text.to_string();
    assert_eq!(shop.ask("Mara", PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("Mara", code.as_bytes()), SESSION_MUST_CHANGE);
    assert_eq!(shop.ask("nobody", PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("no  name", PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("Mara", &[b'x'; 1025]), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("Mara", b"\xff\xfe not text at all"), SESSION_BAD_ARGUMENT);
    assert!(!shop.events().contains(&AUTHORIZED));
    shop.user_delete(None, shop.mara).unwrap();
    assert_eq!(shop.ask("Mara", PASSWORD), SESSION_BAD_CREDENTIALS);
}

#[test]
fn who_asks_has_to_be_live_and_a_dead_one_costs_nothing() {
    let shop = Shop::open();
    let idle = shop.log_in_as("Kim", false);
    shop.clock.pass(31 * MINUTE);
    let fresh = || shop.log_in_as("Kim", false);
    let logged_out = fresh();
    shop.logout(&logged_out).unwrap();
    let revoked = fresh();
    shop.revoke(None, shop.peek(&revoked).unwrap().session_id.unwrap()).unwrap();
    let live = fresh();
    let mut forged = live.clone();
    forged.replace_range(66..67, if &live[66..67] == "A" { "B" } else { "A" });
    let elsewhere = Shop::open().token;
    let (events, manager) = (shop.events(), shop.user_get(shop.mara).unwrap());
    for dead in [&idle, &logged_out, &revoked, &forged, &elsewhere, "", "ds1_", &live[..60], "Kim"] {
        for password in [PASSWORD, OTHER] {
            assert_eq!(shop.ask_with(Some(dead), "Mara", password), SESSION_NOT_ALLOWED, "{dead}");
        }
    }
    assert_eq!(shop.events(), events);
    assert_eq!(shop.user_get(shop.mara).unwrap(), manager);
    shop.user_enable(None, shop.kim, false).unwrap();
    assert_eq!(shop.ask_with(Some(&live), "Mara", PASSWORD), SESSION_NOT_ALLOWED);
    shop.user_delete(None, shop.kim).unwrap();
    assert_eq!(shop.ask_with(Some(&live), "Mara", PASSWORD), SESSION_NOT_ALLOWED);
    assert_eq!(shop.ask_with(None, "Mara", PASSWORD), SESSION_OK);
}

#[test]
fn guesses_count_as_those_of_a_login() {
    let shop = Shop::open();
    for _ in 0..3 {
        assert_eq!(shop.ask("Mara", OTHER), SESSION_BAD_CREDENTIALS);
    }
    for _ in 0..2 {
        assert_eq!(shop.try_login("mara", OTHER), SESSION_BAD_CREDENTIALS);
    }
    let throttled = shop.authorize(Some(&shop.token), "Mara", PASSWORD, REFUND).unwrap_err();
    assert_eq!(throttled.status(), SESSION_THROTTLED);
    assert_eq!(throttled.info().unwrap().retry_after_ms, SECOND);
    assert_eq!(shop.try_login("Mara", PASSWORD), SESSION_THROTTLED);
    assert_eq!(shop.user_get(shop.mara).unwrap().failures, 5, "waiting costs nothing");
    shop.clock.pass(SECOND);
    assert_eq!(shop.ask("Mara", PASSWORD), SESSION_OK);
    assert_eq!(shop.user_get(shop.mara).unwrap().failures, 0);

    shop.policy_set(None, item::STOP, 2).unwrap();
    assert_eq!(shop.try_login("Mara", OTHER), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("Mara", OTHER), SESSION_BAD_CREDENTIALS);
    let stopped = shop.authorize(None, "Mara", PASSWORD, REFUND).unwrap_err();
    assert_eq!((stopped.status(), stopped.info().unwrap().retry_after_ms), (SESSION_THROTTLED, -1));
}

#[test]
fn ones_own_account_is_no_way_to_guess_unseen() {
    let shop = Shop::open();
    for _ in 0..5 {
        assert_eq!(shop.ask("Kim", OTHER), SESSION_BAD_CREDENTIALS);
    }
    assert_eq!(shop.ask("Kim", PASSWORD), SESSION_THROTTLED);
    assert_eq!(shop.verify_status(&shop.token), SESSION_OK);
}

#[test]
fn purposes_are_one_plain_line() {
    let shop = Shop::open();
    let events = shop.events();
    let (longest, umlauts) = ("x".repeat(200), "ü".repeat(100));
    let (longer, cut) = ("x".repeat(201), format!("{}ü", "x".repeat(199)));
    for wrong in ["", "a\nb", "a\0b", "\u{1b}[2J", "a\u{7f}", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", &longer, &cut] {
        for password in [PASSWORD, OTHER] {
            let refused = shop.authorize(Some(&shop.token), "Mara", password, wrong);
            assert_eq!(status(&refused), SESSION_BAD_ARGUMENT, "{wrong:?}");
        }
    }
    assert_eq!(shop.events(), events);
    assert_eq!(shop.user_get(shop.mara).unwrap().failures, 0);
    for right in [&longest, &umlauts, " ", "'; DROP TABLE audit; --", "actor user session: 0 -> 1"] {
        shop.authorize(Some(&shop.token), "Mara", PASSWORD, right).unwrap();
        assert_eq!(shop.trail(1)[0].detail, *right);
        assert_eq!(shop.trail(2)[0].detail, format!("authorize: {right}"));
    }
}

#[test]
fn a_new_password_decides_at_once() {
    let shop = Shop::open();
    shop.password_change("Mara", PASSWORD, OTHER, None).unwrap();
    assert_eq!(shop.ask("Mara", PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(shop.ask("Mara", OTHER), SESSION_OK);
    let wrong = shop.login("Mara", PASSWORD, &LoginOptions::default()).map(|_| ());
    assert_eq!(status(&wrong), SESSION_BAD_CREDENTIALS);
}
