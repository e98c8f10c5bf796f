//! The story through the public Rust API: users, logins, sessions, revocation, the audit trail.

#[path = "support/store.rs"]
mod support;

use desksession::model::{LoginOptions, Scope};
use desksession::policy::password::Weakness;
use desksession::status::*;
use support::*;

fn token_is_gone(test: &TestStore, token: &str, as_what: i32) {
    let other = test.again();
    assert_eq!(test.verify_status(token), as_what);
    assert_eq!(status(&other.verify(token)), as_what, "in another handle");
    assert_eq!(status(&other.peek(token)), as_what);
}

#[test]
fn the_seven_steps() {
    let test = TestStore::new();
    assert_eq!(status(&test.user_next(None)), SESSION_DONE, "no default user");
    let anna = test.user_create(None, "Anna Müller", PASSWORD).unwrap();
    assert_eq!(test.try_login("Anna Müller", OTHER), SESSION_BAD_CREDENTIALS);

    let login = test.login("anna MÜLLER", PASSWORD, &LoginOptions { remembered: false, label: "Till 2".into() }).unwrap();
    assert_eq!(login.token.len(), 68);
    assert!(login.token.starts_with("ds1_"));
    let info = test.verify(&login.token).unwrap();
    assert_eq!((info.user_id, info.user_name.as_str(), info.label.as_str()), (Some(anna), "Anna Müller", "Till 2"));
    assert_eq!(info.expires_at, START + 12 * HOUR);
    assert_eq!(info.idle_expires_at, START + 30 * MINUTE);

    test.logout(&login.token).unwrap();
    token_is_gone(&test, &login.token, SESSION_LOGGED_OUT);
    let ended = told(test.verify(&login.token));
    assert_eq!((ended.user_id, ended.ended_at), (Some(anna), START));
    test.logout(&login.token).expect("a second logout is fine");
    assert_eq!(test.events(), [1, 18, 18, 10, 2, 4, 2, 3, 5]);
    let created = test.event_next(3).unwrap();
    let account = &created.os_account;
    assert_eq!(created.to_string(), format!("4 2026-01-05T08:00:00.000Z kind 10 by {account} user {anna}: Anna Müller"));
}

#[test]
fn tokens_have_one_spelling_and_unknown_ones_are_unknown() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    for at in 0..token.len() {
        let old = token.as_bytes()[at] as char;
        for new in ['A', 'a', '_', '=', ' ', '\n', 'é'] {
            if new != old {
                let changed = format!("{}{new}{}", &token[..at], &token[at + 1..]);
                assert_eq!(test.verify_status(&changed), SESSION_UNKNOWN, "{at} {new:?}");
            }
        }
    }
    let other_spellings =
        [format!("{token}="), format!(" {token}"), format!("{token}\n"), token[4..].to_owned(), token.to_uppercase()];
    for other in other_spellings.iter().map(String::as_str).chain(["", "ds1_", "ds2_"]) {
        assert_eq!(test.verify_status(other), SESSION_UNKNOWN, "{other:?}");
        assert_eq!(status(&test.logout(other)), SESSION_UNKNOWN);
    }
    assert_eq!(test.verify_status(&token), SESSION_OK);
}

#[test]
fn tokens_are_all_different() {
    let (test, _) = TestStore::with_anna();
    let mut secrets: Vec<String> = (0..40).map(|_| test.log_in()[26..].to_owned()).collect();
    secrets.sort();
    secrets.dedup();
    assert_eq!(secrets.len(), 40);
}

#[test]
fn names_are_one_whatever_their_case_and_width() {
    let (test, anna) = TestStore::with_anna();
    for spelling in ["ANNA MÜLLER", "anna müller", "Ａｎｎａ Müller", "Anna Mu\u{308}ller"] {
        assert_eq!(test.user_find(spelling).unwrap().user_id, Some(anna), "{spelling}");
        assert_eq!(status(&test.user_create(None, spelling, PASSWORD)), SESSION_USER_EXISTS, "{spelling}");
        assert_eq!(test.try_login(spelling, PASSWORD), SESSION_OK, "{spelling}");
    }
    let long = "x".repeat(256);
    for refused in
        ["", " ", "Anna  Müller", " Anna", "Anna ", "a\tb", "a\nb", "a\0b", "\u{200d}", "a\u{200b}b", "\u{378}", &long]
    {
        assert_eq!(status(&test.user_create(None, refused, PASSWORD)), SESSION_NAME_REFUSED, "{refused:?}");
        assert_eq!(test.try_login(refused, PASSWORD), SESSION_BAD_CREDENTIALS, "{refused:?}");
    }
    for literal in ["../../x", "CON", "a'--", "名前", "محمد"] {
        let id = test.user_create(None, literal, PASSWORD).unwrap();
        assert_eq!(test.user_get(id).unwrap().name, literal);
    }
}

#[test]
fn passwords_are_exact_but_for_normalisation() {
    let test = TestStore::new();
    let mut long = "é".repeat(20).into_bytes();
    long.extend((0..960).map(|at| b'!' + (at * 7 % 90) as u8));
    test.user_create(None, "long", &long).unwrap();
    assert_eq!(test.try_login("long", &long), SESSION_OK);
    for at in [72, 500, long.len() - 1] {
        let mut changed = long.clone();
        changed[at] ^= 1;
        assert_eq!(test.try_login("long", &changed), SESSION_BAD_CREDENTIALS, "byte {at}");
        test.login("long", &long, &LoginOptions::default()).unwrap();
    }
    // NFC: both spellings of é are one, ligatures are not.
    test.user_create(None, "nfc", "e\u{301}lan vital über alles".as_bytes()).unwrap();
    assert_eq!(test.try_login("nfc", "élan vital über alles".as_bytes()), SESSION_OK);
    test.user_create(None, "fi", "the \u{fb01}fth \u{fb01}eld mouse".as_bytes()).unwrap();
    assert_eq!(test.try_login("fi", b"the fifth field mouse"), SESSION_BAD_CREDENTIALS);
    // A NUL is a byte of it.
    test.user_create(None, "nul", b"fourteen bytes\0and more").unwrap();
    assert_eq!(test.try_login("nul", b"fourteen bytes\0and less"), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.try_login("nul", b"fourteen bytes\0and more"), SESSION_OK);
    assert_eq!(test.try_login("nul", b"fourteen bytes"), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.try_login("nul", b"\xff\xfe not text at all"), SESSION_BAD_ARGUMENT);
    assert_eq!(test.try_login("nul", &[b'x'; 1025]), SESSION_BAD_CREDENTIALS);
}

#[test]
fn weak_passwords_are_refused_with_the_reason() {
    let test = TestStore::new();
    let reason = |password: &str| test.password_check(Some("Anna Müller"), password.as_bytes()).unwrap();
    for (password, weakness) in [
        ("fourteen chars", Weakness::Short),
        ("ääääääääääääää", Weakness::Short),
        (&"long one ".repeat(120), Weakness::Long),
        ("1qaz2wsx3edc4rfv", Weakness::Common),
        ("1QAZ2wsx3EDC4rfv", Weakness::Common),
        ("Anna-Müller-Anna-Müller", Weakness::UserName),
        ("annamüller annamüller1", Weakness::UserName),
        ("abcabcabcabcabcabc", Weakness::Repeats),
        ("                    ", Weakness::Repeats),
        ("abcdefghijklmnopq", Weakness::Sequence),
        ("zyxwvutsrqponmlkj", Weakness::Sequence),
        ("poiuytrewqasdfghjkl", Weakness::Sequence),
    ] {
        let verdict = reason(password);
        assert_eq!((verdict.reason, verdict.score), (weakness, 0), "{password}");
        assert_eq!(status(&test.user_create(None, "Anna Müller", password.as_bytes())), SESSION_PASSWORD_WEAK, "{password}");
    }
    assert_eq!(reason("violet kettle under seven stairs").reason, Weakness::Not);
    assert_eq!(reason("violet kettle under seven stairs").score, 4);
    // Any composition is fine.
    for password in ["correct horse battery", "🦦🦦🐟🐟🦀🐙🦑🐋🐳🐬🦭🐡🐠🦈🐚", "ЭтоДлинныйПароль"]
    {
        assert_eq!(reason(password).reason, Weakness::Not, "{password}");
    }
    test.policy_set(None, item::PASSWORD_MIN, 8).unwrap();
    assert_eq!(reason("tr0ub4d0").reason, Weakness::Not);
    assert_eq!(reason("tr0ub4d").reason, Weakness::Short);
    assert_eq!(reason("sunshine").reason, Weakness::Common);
}

#[test]
fn the_common_list_is_large_enough_for_either_minimum() {
    // ASVS 5.0 6.2.4: the top 3000 of those that fit the policy.
    let list = include_str!("../src/policy/common-passwords.txt");
    assert!(list.lines().filter(|line| line.len() >= 8).count() >= 9000);
    assert!(list.lines().filter(|line| line.len() >= 15).count() >= 3000);
    assert!(list.lines().zip(list.lines().skip(1)).all(|(a, b)| a < b), "sorted, each once");
}

#[test]
fn the_programs_name_is_no_password() {
    let home = tempfile::tempdir().unwrap();
    // SAFETY: this test file reads no environment elsewhere, and its stores have callers' keys.
    unsafe { std::env::set_var("XDG_DATA_HOME", home.path()) };
    let store = desksession::Store::open_app("Corner Shop Till", &options()).unwrap();
    assert_eq!(store.password_check(None, b"corner-shop-till-1").unwrap().reason, Weakness::AppName);
    assert_eq!(store.password_check(None, b"corner shops sell tea").unwrap().reason, Weakness::Not);
    for bad in ["", ".", "..", "a/b", "a\\b", ".hidden", "dot.", "a:b"] {
        assert_eq!(status(&desksession::Store::app_folder(bad, Scope::User)), SESSION_BAD_ARGUMENT, "{bad}");
    }
}

#[test]
fn disabling_deleting_and_changing_the_password_end_sessions_everywhere() {
    let (test, anna) = TestStore::with_anna();
    let token = test.log_in();
    test.user_enable(None, anna, false).unwrap();
    token_is_gone(&test, &token, SESSION_REVOKED);
    assert_eq!(test.try_login("Anna Müller", OTHER), SESSION_BAD_CREDENTIALS, "told after the right password only");
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_USER_DISABLED);
    test.user_enable(None, anna, true).unwrap();
    token_is_gone(&test, &token, SESSION_REVOKED);

    let (first, second, third) = (test.log_in(), test.log_in(), test.log_in());
    assert_eq!(test.user_get(anna).unwrap().live_sessions, 3);
    test.password_change("Anna Müller", PASSWORD, OTHER, Some(&second)).unwrap();
    token_is_gone(&test, &first, SESSION_REVOKED);
    token_is_gone(&test, &third, SESSION_REVOKED);
    assert_eq!(test.verify_status(&second), SESSION_OK);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.try_login("Anna Müller", OTHER), SESSION_OK);

    test.user_delete(None, anna).unwrap();
    token_is_gone(&test, &second, SESSION_REVOKED);
    assert_eq!(test.try_login("Anna Müller", OTHER), SESSION_BAD_CREDENTIALS);
    assert_eq!(status(&test.user_get(anna)), SESSION_USER_UNKNOWN);
    assert_eq!(status(&test.user_delete(None, anna)), SESSION_USER_UNKNOWN);
    let again = test.user_create(None, "anna müller", PASSWORD).unwrap();
    assert_ne!(again, anna, "the id never returns");
    token_is_gone(&test, &second, SESSION_REVOKED);
    assert_eq!(test.user_next(None).unwrap().user_id, Some(again), "the tombstone is not listed");
}

#[test]
fn a_password_change_that_is_refused_changes_nothing() {
    let (test, _) = TestStore::with_anna();
    let ben = test.user_create(None, "Ben", OTHER).unwrap();
    let token = test.log_in();
    let bens = test.login("Ben", OTHER, &LoginOptions::default()).unwrap().token.to_string();
    let change = |old: &[u8], new: &[u8], keep: Option<&str>| status(&test.password_change("Anna Müller", old, new, keep));
    assert_eq!(change(PASSWORD, b"short", None), SESSION_PASSWORD_WEAK);
    assert_eq!(change(OTHER, OTHER, None), SESSION_BAD_CREDENTIALS);
    assert_eq!(change(PASSWORD, OTHER, Some(&bens)), SESSION_BAD_ARGUMENT, "not this user's");
    assert_eq!(change(PASSWORD, OTHER, Some("ds1_nonsense")), SESSION_BAD_ARGUMENT);
    test.logout(&bens).unwrap();
    test.user_enable(None, ben, false).unwrap();
    assert_eq!(status(&test.password_change("Ben", OTHER, PASSWORD, None)), SESSION_USER_DISABLED);
    assert_eq!(test.verify_status(&token), SESSION_OK);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
    assert_eq!(test.user_find("Anna Müller").unwrap().failures, 0);
}

#[test]
fn revoking() {
    let (test, anna) = TestStore::with_anna();
    let ben = test.user_create(None, "Ben", PASSWORD).unwrap();
    let (first, second, bens) = (test.log_in(), test.log_in(), test.log_in_as("Ben", false));
    let id = |token: &str| test.peek(token).unwrap().session_id.unwrap();
    let (first_id, second_id) = (id(&first), id(&second));
    test.revoke(Some(&bens), first_id).unwrap();
    token_is_gone(&test, &first, SESSION_REVOKED);
    test.revoke(None, first_id).expect("a second time is fine");
    assert_eq!(status(&test.revoke(None, ben)), SESSION_UNKNOWN, "no session has a user's id");
    let third = test.log_in();
    assert_eq!(test.revoke_user(None, anna, Some(second_id)).unwrap(), 1);
    token_is_gone(&test, &third, SESSION_REVOKED);
    assert_eq!(test.verify_status(&second), SESSION_OK);
    assert_eq!(test.revoke_user(None, anna, None).unwrap(), 1);
    assert_eq!(test.verify_status(&bens), SESSION_OK);
    let mut after = None;
    let mut states = Vec::new();
    while let Ok(info) = test.session_next(Some(anna), after) {
        states.push(info.state);
        after = info.session_id;
    }
    assert_eq!(states, [SESSION_REVOKED; 3]);
}

#[test]
fn actors_are_checked_and_recorded_and_a_dead_one_changes_nothing() {
    let (test, anna) = TestStore::with_anna();
    let ben = test.user_create(None, "Ben", PASSWORD).unwrap();
    let live = test.log_in();
    test.user_permit(Some(&live), ben, 0x8000_0000_0000_0001).unwrap();
    let dead = test.log_in();
    test.logout(&dead).unwrap();
    let session = test.peek(&live).unwrap().session_id.unwrap();
    let events = test.events();
    for actor in [dead.as_str(), "", "ds1_", &live[..60]] {
        let actor = Some(actor);
        let refused = [
            status(&test.user_create(actor, "Carl", PASSWORD)),
            status(&test.user_rename(actor, ben, "Bernd")),
            status(&test.user_enable(actor, ben, false)),
            status(&test.user_permit(actor, ben, 7)),
            status(&test.user_delete(actor, ben)),
            status(&test.user_unthrottle(actor, ben)),
            status(&test.policy_set(actor, item::IDLE, 5)),
            status(&test.revoke(actor, session)),
            status(&test.revoke_user(actor, anna, None)),
        ];
        assert_eq!(refused, [SESSION_NOT_ALLOWED; 9]);
    }
    assert_eq!(test.events(), events);
    let user = test.user_get(ben).unwrap();
    assert_eq!((user.permissions, user.disabled, user.name.as_str()), (0x8000_0000_0000_0001, false, "Ben"));
    let permitted = test.event_next(events.iter().position(|kind| *kind == 14).unwrap() as i64).unwrap();
    assert_eq!((permitted.kind, permitted.actor_id, permitted.user_id), (14, Some(anna), Some(ben)));
    assert_eq!(permitted.detail, "0 -> 8000000000000001");
}

#[test]
fn permissions_and_names_are_read_live() {
    let (test, anna) = TestStore::with_anna();
    let token = test.log_in();
    let other = test.again();
    other.user_permit(None, anna, 6).unwrap();
    other.user_rename(None, anna, "Anna Schmidt").unwrap();
    let info = test.verify(&token).unwrap();
    assert_eq!((info.permissions, info.user_name.as_str()), (6, "Anna Schmidt"));
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.try_login("Anna Schmidt", PASSWORD), SESSION_OK);
}

#[test]
fn policy_ranges_and_values_that_change_nothing() {
    let (test, _) = TestStore::with_anna();
    let events = test.events().len();
    for number in 1..=12 {
        let value = test.policy_get(number).unwrap();
        for outside in [i64::MIN, -1, i64::MAX, i64::MAX - 1] {
            assert_eq!(status(&test.policy_set(None, number, outside)), SESSION_BAD_ARGUMENT, "{number} {outside}");
        }
        test.policy_set(None, number, value).unwrap();
        assert_eq!(test.policy_get(number).unwrap(), value);
    }
    for number in [0, 13, u32::MAX] {
        assert_eq!(status(&test.policy_get(number)), SESSION_BAD_ARGUMENT);
        assert_eq!(status(&test.policy_set(None, number, 1)), SESSION_BAD_ARGUMENT);
    }
    assert_eq!(test.events().len(), events, "nothing was written");
}

#[test]
fn a_weak_hash_is_made_anew_at_login() {
    let (test, _) = TestStore::with_anna();
    test.policy_set(None, item::PASSES, 3).unwrap();
    let hash_of = |test: &TestStore| {
        let stored = std::fs::read(test.folder().join("store.db-wal")).unwrap();
        let text = String::from_utf8_lossy(&stored).into_owned();
        (text.contains("$argon2id$v=19$m=19456,t=2,p=1$"), text.contains("$argon2id$v=19$m=19456,t=3,p=1$"))
    };
    assert!(!hash_of(&test).1);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
    assert!(hash_of(&test).1);
    assert_eq!(test.try_login("Anna Müller", PASSWORD), SESSION_OK);
}

#[test]
fn purge_removes_what_policy_no_longer_keeps_and_the_chain_holds() {
    let (test, _) = TestStore::with_anna();
    let (ended, live) = (test.log_in(), test.log_in());
    test.logout(&ended).unwrap();
    assert_eq!(test.try_login("nobody", PASSWORD), SESSION_BAD_CREDENTIALS);
    assert_eq!(test.purge().unwrap(), 0);
    test.policy_set(None, item::ENDED_KEEP, HOUR).unwrap();
    test.policy_set(None, item::AUDIT_KEEP, 25 * HOUR).unwrap();
    test.clock.pass(2 * HOUR);
    assert_eq!(test.purge().unwrap(), 1, "the session that was logged out");
    assert_eq!(test.verify_status(&ended), SESSION_UNKNOWN);
    assert_eq!(test.verify_status(&live), SESSION_IDLE);
    test.clock.pass(25 * HOUR);
    let before = test.events().len() as u64;
    let removed = test.purge().unwrap();
    assert!(removed >= before - 2, "{removed} of {before}: events, the other session, the guess at nobody");
    assert_eq!(*test.events().last().unwrap(), 19);
    assert_eq!(test.verify_status(&live), SESSION_UNKNOWN);
}

#[test]
fn labels_are_plain_text() {
    let (test, _) = TestStore::with_anna();
    for label in ["a\nb", "a\u{1b}[2J", "a\u{2028}b", &"x".repeat(64)] {
        let options = LoginOptions { remembered: false, label: label.to_owned() };
        assert_eq!(status(&test.login("Anna Müller", PASSWORD, &options)), SESSION_BAD_ARGUMENT, "{label:?}");
    }
}

#[test]
fn errors_hold_no_secret() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    test.logout(&token).unwrap();
    let secret = "a-secret-nobody-may-see-anywhere";
    let errors = [
        test.login("Anna Müller", secret.as_bytes(), &LoginOptions::default()).map(|_| ()).unwrap_err(),
        test.verify(&token).map(|_| ()).unwrap_err(),
        test.password_change("Anna Müller", secret.as_bytes(), b"short", None).unwrap_err(),
        test.user_create(Some(&token), "Carl", secret.as_bytes()).map(|_| ()).unwrap_err(),
    ];
    for error in errors {
        let text = format!("{error} {error:?} {}", error.text());
        assert!(!text.contains(secret) && !text.contains(&token[20..]), "{text}");
    }
    for entry in std::fs::read_dir(test.folder()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for needle in [secret.as_bytes(), PASSWORD, &token.as_bytes()[26..]] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle));
        }
    }
}
