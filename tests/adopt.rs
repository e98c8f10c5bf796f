//! Adopting takes rows as found, but none that this library could not have written, and repairs what has to be there.

#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper;

use desksession::model::OpenMode;
use desksession::status::*;
use desksession::{Result, Store};
use tamper::*;

fn adopt(case: &Case) -> Result<Store> {
    Store::adopt(&case.folder(), &options(OpenMode::OpenOrCreate, caller(OTHER_KEY)))
}

fn adopted_event(store: &Store) -> String {
    events(store).last().expect("an event").detail.clone()
}

/// What was done to the store; how many users are left; how many rows were left out.
#[test]
fn rows_that_nobody_could_have_written_are_left_out() {
    let long = "x".repeat(256);
    for (statement, left, unreadable) in [
        ("UPDATE users SET name = 'LONG' WHERE id = ANNA".to_owned(), 1, 2),
        ("UPDATE users SET name = 'a' || char(10) || 'b' WHERE id = ANNA".to_owned(), 1, 2),
        ("UPDATE users SET canonical = 'LONG' WHERE id = ANNA".to_owned(), 1, 2),
        ("INSERT INTO users SELECT X'01', 'x', name, state, must_change, kinds, epoch, permissions, created_at, last_login_at, password_changed_at, ext, mac FROM users WHERE id = ANNA".to_owned(), 2, 1),
        ("INSERT INTO credentials SELECT X'01', kind, secret, changed_at, expires_at, set_back, ext, mac FROM credentials WHERE user = ANNA".to_owned(), 2, 1),
        ("INSERT INTO throttle SELECT X'0102', failures, wait_ms, at, elapsed, boot, ext, mac FROM throttle WHERE account = ANNA".to_owned(), 2, 0),
        ("DELETE FROM throttle".to_owned(), 2, 0),
        ("UPDATE throttle SET boot = X'01'".to_owned(), 2, 0),
        ("DELETE FROM policy".to_owned(), 2, 0),
        ("UPDATE policy SET items = X'00'".to_owned(), 2, 1),
        ("DELETE FROM meta".to_owned(), 2, 0),
        ("UPDATE meta SET store = X'00'".to_owned(), 2, 0),
        ("UPDATE meta SET last_event = 9223372036854775807, first_event = -5, mark = 9223372036854775807, key_source = 99".to_owned(), 2, 0),
        ("UPDATE sessions SET mac = X'00', label = char(10)".to_owned(), 2, 0),
        ("UPDATE users SET state = 1 WHERE id = BERT".to_owned(), 2, 0),
    ] {
        let Some(case) = Case::new() else { return };
        let ids = (blob(case.people.anna), blob(case.people.bert));
        case.sql(&statement.replace("ANNA", &ids.0).replace("BERT", &ids.1).replace("LONG", &long));
        let store = adopt(&case).unwrap_or_else(|error| panic!("{statement}: {error}"));
        assert_eq!(users(&store).len(), left, "{statement}");
        assert_eq!(*store.check().unwrap(), [], "{statement}");
        assert_eq!(sessions(&store, None), [], "{statement}");
        let detail = adopted_event(&store);
        assert!(detail.ends_with(&format!("{left} users; {unreadable} unreadable rows left out")), "{statement}: {detail}");
        assert_eq!(status(store.verify(&case.people.live.token)), SESSION_UNKNOWN, "{statement}");
        let bert = status(login(&store, BERT, OF_BERT));
        assert!(bert == SESSION_OK || (bert == SESSION_USER_DISABLED && statement.contains("state = 1")), "{statement}: {bert}");
        assert_eq!(status(store.user_create(None, "Carla", NEW)), SESSION_OK, "{statement}");
    }
}

#[test]
fn a_missing_password_is_missed_and_a_reset_writes_it_anew() {
    let Some(case) = Case::new() else { return };
    let anna = case.people.anna;
    case.change(1, &format!("DELETE FROM credentials WHERE user = {}", blob(anna)));
    let store = adopt(&case).unwrap();
    let faults = store.check().unwrap();
    assert_eq!((faults.len(), faults[0].row.as_str()), (1, anna.to_string().as_str()), "{faults:?}");
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
    let code = store.password_reset(None, anna).unwrap();
    store.password_change(ANNA, code.text.as_bytes(), NEW, None).unwrap();
    login(&store, ANNA, NEW).unwrap();
    assert_eq!(*store.check().unwrap(), []);
}

/// A weaker hash is taken as found, and refused where it is used.
#[test]
fn a_forged_cost_does_not_log_in() {
    let Some(case) = Case::new() else { return };
    case.sql("UPDATE credentials SET secret = replace(secret, 'm=19456', 'm=64')");
    let store = adopt(&case).unwrap();
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
    assert_eq!(store.check().unwrap().len(), 2);
}

#[test]
fn gaps_in_the_trail_still_show() {
    let Some(case) = Case::new() else { return };
    case.sql("DELETE FROM audit WHERE id = 4");
    let store = adopt(&case).unwrap();
    assert!(refused_events(&store).contains(&4), "{:?}", refused_events(&store));
    assert!(adopted_event(&store).starts_with("was "), "the adoption itself can be believed");
}

/// One forged event far away does not make every reader count up to it.
#[test]
fn a_gap_is_told_once() {
    let Some(case) = Case::new() else { return };
    let last = case.sql("SELECT max(id) FROM audit").trim().parse::<i64>().unwrap();
    case.change(1, "UPDATE audit SET id = 9007199254740991 WHERE id = (SELECT max(id) FROM audit)");
    let store = adopt(&case).unwrap();
    assert_eq!(refused_events(&store), [9007199254740990, 9007199254740991]);
    assert_eq!(events(&store).len() as i64, last + 2);
    assert_eq!(store.check().unwrap().len(), 2);
}

#[test]
fn a_forged_epoch_overflows_nothing() {
    let Some(case) = Case::new() else { return };
    case.sql("UPDATE users SET epoch = 9223372036854775807");
    let store = adopt(&case).unwrap();
    let token = login(&store, ANNA, OF_ANNA).unwrap().token;
    store.user_enable(None, case.people.anna, false).unwrap();
    assert_eq!(status(store.verify(&token)), SESSION_REVOKED);
}

#[test]
fn what_is_no_store_of_ours_is_not_adopted() {
    for (damage, expected) in [
        ("CREATE TABLE extra (x)", SESSION_TAMPERED),
        ("PRAGMA user_version = 2000", SESSION_NEWER),
        ("PRAGMA application_id = 1", SESSION_NOT_A_STORE),
        ("UPDATE policy SET ext = X'80000000'", SESSION_NEWER),
        ("UPDATE meta SET ext = X'80000000'", SESSION_NEWER),
    ] {
        let Some(case) = Case::new() else { return };
        case.sql(damage);
        let before = snapshot(&case.folder());
        assert_eq!(status(adopt(&case)), expected, "{damage}");
        let bytes = |all: &std::collections::BTreeMap<_, (u32, Vec<u8>)>| all.get(&case.file("store.db")).cloned();
        assert_eq!(bytes(&snapshot(&case.folder())), bytes(&before), "{damage}");
    }
    let Some(case) = Case::new() else { return };
    std::fs::remove_file(case.file("store.db")).unwrap();
    assert_eq!(status(adopt(&case)), SESSION_MISSING);
}
