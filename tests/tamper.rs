//! Whoever writes the database without the key gains nothing: every changed, forged, moved or missing row is refused and
//! reported, and what cannot be believed can still be revoked and deleted.
#![cfg(unix)]

mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use base64ct::{Base64UrlUnpadded, Encoding};
use desksession::Store;
use desksession::model::{OpenMode, SessionInfo, User};
use desksession::platform::clock::Clock;
use desksession::policy::time::Reading;
use desksession::status::*;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tamper_support::*;
use uuid::Uuid;

// Every column of every table

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Edit {
    /// Another value of the column's type.
    Value,
    /// A value of another type, which a STRICT table would not take; the schema reads as before.
    Type,
}

/// Name, type, and place in the primary key of each column.
fn columns(case: &Case, table: &str) -> Vec<(String, String, bool)> {
    let listing = case.sql(&format!("SELECT name, type, pk > 0 FROM pragma_table_info('{table}')"));
    let parts = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
    listing.lines().map(parts).map(|part| (part[0].clone(), part[1].clone(), part[2] == "1")).collect()
}

fn edit(case: &Case, table: &str, condition: &str, column: &str, kind: &str, edit: Edit) {
    let update = |value: String| case.change(1, &format!("UPDATE {table} SET {column} = {value} WHERE {condition}"));
    match (edit, kind) {
        (Edit::Value, "INTEGER") => update(format!("{column} + 1000")),
        (Edit::Value, "TEXT") => update(format!("{column} || 'x'")),
        (Edit::Value, _) => update(format!("randomblob(max(length({column}), 16))")),
        (Edit::Type, _) => unchecked(case, table, || {
            update(match kind {
                "INTEGER" => "'many'".to_owned(),
                "TEXT" => format!("CAST({column} AS BLOB)"),
                _ => "5".to_owned(),
            })
        }),
    }
}

/// Has a table that is not STRICT for as long as `work` runs.
fn unchecked(case: &Case, table: &str, work: impl FnOnce()) {
    let schema = |text: &str| {
        case.sql(&format!("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = {text} WHERE name = '{table}'"));
    };
    let ours = case.sql(&format!("SELECT sql FROM sqlite_schema WHERE name = '{table}'"));
    schema("replace(replace(sql, 'STRICT, WITHOUT', 'WITHOUT'), ') STRICT', ')')");
    work();
    schema(&format!("'{}'", ours.trim_end()));
}

/// Told where a check fails while it is in scope.
struct Context(String);

impl Drop for Context {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}

/// Changes each column of the rows that `condition` names, and hands `judge` a handle that was open and one opened later.
fn each_column(table: &str, condition: impl Fn(&People) -> String, judge: impl Fn(&Case, &Store, &str)) {
    let Some(case) = Case::new() else { return };
    let columns = columns(&case, table);
    assert!(columns.len() > 3, "{table}: {columns:?}");
    for (column, kind, key) in columns {
        for how in [Edit::Value, Edit::Type] {
            if key && how == Edit::Type {
                continue; // such a row has no id: see `rows_without_an_id`
            }
            let Some(case) = Case::new() else { return };
            let open = case.open();
            let _context = Context(format!("{table}.{column}: {how:?}"));
            edit(&case, table, &condition(&case.people), &column, &kind, how);
            judge(&case, &open, &column);
            if table != "meta" {
                judge(&case, &case.open(), &column);
            }
        }
    }
}

fn refused_session(id: Uuid, row: i32) -> SessionInfo {
    SessionInfo { session_id: Some(id), row, state: row, ..SessionInfo::default() }
}

fn refused_user(id: Uuid, row: i32) -> User {
    User { user_id: Some(id), row, ..User::default() }
}

#[test]
fn no_changed_column_of_a_session_is_believed() {
    each_column(
        "sessions",
        |people| format!("id = {}", blob(people.live.id)),
        |case, store, column| {
            let People { live, over, other, .. } = &case.people;
            let expected = if column == "id" { SESSION_UNKNOWN } else { SESSION_TAMPERED };
            assert_eq!(status(store.verify(&live.token)), expected);
            assert_eq!(status(store.peek(&live.token)), expected);
            assert_eq!(status(store.logout(&live.token)), expected);
            assert_eq!(
                status(store.policy_set(Some(&live.token), 5, 16)),
                if column == "id" { SESSION_NOT_ALLOWED } else { expected }
            );
            let listed = sessions(store, None);
            assert_eq!(listed.len(), 3);
            let bad: Vec<_> = listed.into_iter().filter(|row| row.row != SESSION_OK).collect();
            assert_eq!(bad.len(), 1, "{bad:?}");
            assert_eq!(bad[0], refused_session(bad[0].session_id.unwrap(), SESSION_TAMPERED));
            assert_eq!(bad[0].session_id == Some(live.id), column != "id");
            assert_eq!(status(store.verify(&other.token)), SESSION_OK);
            assert_eq!(status(store.verify(&over.token)), SESSION_LOGGED_OUT);
        },
    );
}

#[test]
fn no_changed_column_of_a_user_is_believed() {
    each_column(
        "users",
        |people| format!("id = {}", blob(people.anna)),
        |case, store, column| {
            let People { anna, live, other, .. } = &case.people;
            let by_id = if column == "id" { SESSION_USER_UNKNOWN } else { SESSION_TAMPERED };
            // Of a canonical name in the wrong type no text is equal.
            let found = column != "canonical";
            assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED);
            assert_eq!(status(store.user_get(*anna)), by_id);
            assert_eq!(status(store.user_permit(None, *anna, 3)), by_id);
            assert_eq!(status(store.user_rename(None, *anna, "Anna Maria")), by_id);
            assert_eq!(status(store.user_enable(None, *anna, false)), by_id);
            assert_eq!(status(store.user_unthrottle(None, *anna)), by_id);
            assert_eq!(status(store.user_find(ANNA)), if found { SESSION_TAMPERED } else { SESSION_USER_UNKNOWN });
            let by_name = if found { SESSION_TAMPERED } else { SESSION_BAD_CREDENTIALS };
            assert_eq!(status(login(store, ANNA, OF_ANNA)), by_name);
            assert_eq!(status(store.password_change(ANNA, OF_ANNA, NEW, None)), by_name);
            let listed = users(store);
            assert_eq!(listed.len(), 2);
            let bad: Vec<_> = listed.into_iter().filter(|row| row.row != SESSION_OK).collect();
            assert_eq!(bad.len(), 1, "{bad:?}");
            assert_eq!(bad[0], refused_user(bad[0].user_id.unwrap(), SESSION_TAMPERED));
            assert_eq!(bad[0].user_id == Some(*anna), column != "id");
            let flagged: Vec<_> = sessions(store, None).iter().map(|row| row.row).collect();
            assert_eq!(flagged[..3], [SESSION_TAMPERED, SESSION_TAMPERED, SESSION_OK]);
            assert_eq!(status(store.verify(&other.token)), SESSION_OK);
            assert_eq!(status(login(store, BERT, OF_BERT)), SESSION_OK);
        },
    );
}

#[test]
fn no_changed_column_of_a_password_is_believed() {
    each_column(
        "credentials",
        |people| format!("user = {}", blob(people.anna)),
        |case, store, _| {
            assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_TAMPERED);
            assert_eq!(status(login(store, ANNA, OF_BERT)), SESSION_TAMPERED);
            assert_eq!(status(store.password_change(ANNA, OF_ANNA, NEW, None)), SESSION_TAMPERED);
            assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
            assert_eq!(status(login(store, BERT, OF_BERT)), SESSION_OK);
        },
    );
}

#[test]
fn no_changed_column_of_a_throttle_is_believed() {
    each_column(
        "throttle",
        |people| format!("account = {}", blob(people.anna)),
        |case, store, _| {
            let People { anna, .. } = &case.people;
            assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_TAMPERED);
            assert_eq!(status(login(store, ANNA, OF_BERT)), SESSION_TAMPERED);
            assert_eq!(status(store.user_get(*anna)), SESSION_TAMPERED);
            assert_eq!(users(store)[0], refused_user(*anna, SESSION_TAMPERED));
            assert_eq!(status(login(store, BERT, OF_BERT)), SESSION_OK);
        },
    );
}

fn nothing_works(case: &Case, store: &Store, expected: i32) {
    let People { anna, live, other, .. } = &case.people;
    assert_eq!(status(store.verify(&live.token)), expected);
    assert_eq!(status(store.peek(&other.token)), expected);
    assert_eq!(status(store.logout(&live.token)), expected);
    assert_eq!(status(login(store, ANNA, OF_ANNA)), expected);
    assert_eq!(status(login(store, "Nobody", OF_ANNA)), expected);
    assert_eq!(status(store.password_check(None, NEW)), expected);
    assert_eq!(status(store.policy_get(5)), expected);
    assert_eq!(status(store.policy_set(None, 5, 9)), expected);
    assert_eq!(status(store.user_create(None, "Carla", NEW)), expected);
    assert_eq!(status(store.purge()), expected);
    assert_ne!(status(store.user_get(*anna)), SESSION_OK);
}

#[test]
fn no_changed_policy_is_believed() {
    each_column("policy", |_| "id = 1".to_owned(), |case, store, _| nothing_works(case, store, SESSION_TAMPERED));
}

#[test]
fn no_changed_meta_is_believed() {
    each_column(
        "meta",
        |_| "id = 1".to_owned(),
        |case, store, column| {
            // Another id in place of this one: another store, or adopted.
            let stored: Vec<u8> = hex(&case.sql("SELECT hex(store) FROM meta WHERE typeof(store) = 'blob'"));
            let moved = column == "store" && Uuid::from_slice(&stored).is_ok();
            nothing_works(case, store, if moved { SESSION_STORE_REPLACED } else { SESSION_TAMPERED });
            let opened = status(case.try_open());
            let told = match column {
                "key_source" if !stored.is_empty() => [SESSION_KEY_MISMATCH, SESSION_TAMPERED],
                _ => [SESSION_FOREIGN, SESSION_TAMPERED],
            };
            assert!(told.contains(&opened), "{column}: {opened}");
        },
    );
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text.trim().as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn no_changed_column_of_an_event_is_believed() {
    each_column(
        "audit",
        |_| "id = 4".to_owned(),
        |case, store, column| {
            let refused = refused_events(store);
            match column {
                // Missing at 4, and too many at its new place; 5 lost its predecessor.
                "id" => assert_eq!(refused, [4, 5, 1004]),
                // The link is what the next event is chained to.
                "mac" => assert_eq!(refused, [4, 5]),
                _ => assert_eq!(refused, [4]),
            }
            assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
        },
    );
}

// Worthwhile changes of states that matter

#[test]
fn nothing_ended_comes_back() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let People { anna, bert, live, over, .. } = &case.people;
    case.change(1, &format!("UPDATE sessions SET ended_at = 0, ended_as = 0 WHERE id = {}", blob(over.id)));
    assert_eq!(status(store.verify(&over.token)), SESSION_TAMPERED);
    store.user_enable(None, *bert, false).unwrap();
    case.change(1, &format!("UPDATE users SET state = 0 WHERE id = {}", blob(*bert)));
    assert_eq!(status(login(&store, BERT, OF_BERT)), SESSION_TAMPERED);
    store.user_delete(None, *anna).unwrap();
    case.change(
        1,
        &format!("UPDATE users SET state = 0, canonical = 'anna', name = 'Anna', kinds = 1 WHERE id = {}", blob(*anna)),
    );
    assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED);
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
}

#[test]
fn no_guess_is_forgotten() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    for _ in 0..5 {
        assert_eq!(status(login(&store, ANNA, NEW)), SESSION_BAD_CREDENTIALS);
    }
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_THROTTLED);
    case.change(1, &format!("UPDATE throttle SET failures = 0, wait_ms = 0 WHERE account = {}", blob(case.people.anna)));
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
    case.change(1, &format!("DELETE FROM throttle WHERE account = {}", blob(case.people.anna)));
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
}

#[test]
fn no_account_loses_its_password() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.change(1, &format!("DELETE FROM credentials WHERE user = {}", blob(case.people.anna)));
    case.change(1, &format!("UPDATE users SET kinds = 0 WHERE id = {}", blob(case.people.anna)));
    assert_eq!(status(login(&store, ANNA, b"")), SESSION_TAMPERED);
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
}

/// The MAC refuses them first; what the hash itself refuses is tested beside it (src/crypto/kdf.rs).
#[test]
fn no_other_hash_parameters_are_used() {
    for parameters in ["m=8,t=1,p=1", "m=19456,t=1,p=1", "m=4194304,t=2,p=1", "m=19456,t=4294967295,p=1", "m=19456,t=2,p=255"] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        case.change(2, &format!("UPDATE credentials SET secret = replace(secret, 'm=19456,t=2,p=1', '{parameters}')"));
        assert!(case.sql("SELECT secret FROM credentials").contains(parameters));
        assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED, "{parameters}");
        assert_eq!(status(store.password_change(ANNA, OF_ANNA, NEW, None)), SESSION_TAMPERED, "{parameters}");
    }
}

// Forged, swapped and foreign rows

/// Fields as the MAC takes them: kind, length, value.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn field(mut self, kind: u8, value: &[u8]) -> Fields {
        self.0.push(kind);
        self.0.extend((value.len() as u64).to_be_bytes());
        self.0.extend(value);
        self
    }
    fn int(self, value: i64) -> Fields {
        self.field(1, &value.to_be_bytes())
    }
    fn bytes(self, value: &[u8]) -> Fields {
        self.field(2, value)
    }
    fn text(self, value: &str) -> Fields {
        self.field(3, value.as_bytes())
    }
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(message).finalize().into_bytes().into()
}

/// As the library derives its keys, from a root key that is not the store's.
fn derived(root: &[u8; 32], store: Uuid, purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(store.as_bytes()), root).expand(format!("desksession/v1/{purpose}").as_bytes(), &mut key).unwrap();
    key
}

/// Inserts a session of Anna's that lasts, in the library's own format, under the given keys. Its token.
fn forge(case: &Case, token_hash: impl Fn(&[u8]) -> [u8; 32], row_mac: impl Fn(&[u8]) -> [u8; 32]) -> String {
    let id = Uuid::from_u128(case.people.live.id.as_u128() + 1);
    let mut token = id.as_bytes().to_vec();
    token.extend([9; 32]);
    let hash = token_hash(&Fields::default().text("token").bytes(&token).0);
    let (at, long) = (Uuid::get_timestamp(&case.people.live.id).unwrap().to_unix().0 as i64 * 1000, 315_532_800_000);
    let fields = Fields::default().text("sessions").int(1).bytes(id.as_bytes()).bytes(case.people.anna.as_bytes());
    let fields =
        fields.bytes(&hash).int(0).int(1).int(at).int(at).int(at).int(0).int(long).int(long).int(0).int(0).text("").bytes(&[]);
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    case.change(
        1,
        &format!(
            "INSERT INTO sessions VALUES ({}, {}, X'{}', 0, 1, {at}, {at}, {at}, 0, {long}, {long}, 0, 0, '', X'', X'{}')",
            blob(id),
            blob(case.people.anna),
            digits(&hash),
            digits(&row_mac(&fields.0)),
        ),
    );
    format!("ds1_{}", Base64UrlUnpadded::encode_string(&token))
}

/// The forger's format is the library's: under the right key its row is taken. Without this the test below proves nothing.
#[test]
fn a_session_made_with_the_key_is_taken() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let (token_key, row_key) = (derived(&KEY, store.id(), "token"), derived(&KEY, store.id(), "row"));
    let token = forge(&case, |message| hmac(&token_key, message), |message| hmac(&row_key, message));
    assert_eq!(store.verify(&token).unwrap().user_id, Some(case.people.anna));
}

#[test]
fn no_forged_session_is_taken() {
    let Some(case) = Case::new() else { return };
    let id = case.open().id();
    let of = |root: [u8; 32], store| [derived(&root, store, "token"), derived(&root, store, "row")];
    // The store's id is all that a stranger reads; the root keys are guesses, the last one is right for another store.
    let mut keys = vec![[[0; 32], [0; 32]], of([0; 32], id), of([0; 32], Uuid::nil()), of(OTHER_KEY, id), of(KEY, Uuid::nil())];
    let id_twice: [u8; 32] = [*id.as_bytes(), *id.as_bytes()].concat().try_into().unwrap();
    keys.push([id_twice, id_twice]);
    for [token_key, row_key] in keys {
        let Some(case) = Case::new() else { return };
        let token = forge(&case, |message| hmac(&token_key, message), |message| hmac(&row_key, message));
        judge_forged(&case, &token);
    }
    let Some(case) = Case::new() else { return };
    let unkeyed = |message: &[u8]| Sha256::digest(message).into();
    judge_forged(&case, &forge(&case, unkeyed, unkeyed));
    // A MAC of the store's own, from another row.
    let Some(case) = Case::new() else { return };
    let stored = hex(&case.sql(&format!("SELECT hex(mac) FROM sessions WHERE id = {}", blob(case.people.live.id))));
    judge_forged(&case, &forge(&case, unkeyed, |_| stored.clone().try_into().unwrap()));
}

fn judge_forged(case: &Case, token: &str) {
    let store = case.open();
    assert_eq!(status(store.verify(token)), SESSION_TAMPERED);
    assert_eq!(status(store.policy_set(Some(token), 5, 9)), SESSION_TAMPERED);
    let rows: Vec<_> = sessions(&store, Some(case.people.anna)).iter().map(|row| row.row).collect();
    assert_eq!(rows, [SESSION_OK, SESSION_OK, SESSION_TAMPERED]);
    assert_eq!(store.user_get(case.people.anna).unwrap().live_sessions, 1);
}

/// Exchanges columns between the two rows of a table that `which` names.
fn swap(case: &Case, table: &str, key: &str, which: [Uuid; 2], columns: &[&str]) {
    let [one, two] = which.map(blob);
    let taken: Vec<String> = columns
        .iter()
        .map(|column| {
            format!("{column} = (SELECT {column} FROM before WHERE before.{key} = CASE {table}.{key} WHEN {one} THEN {two} ELSE {one} END)")
        })
        .collect();
    case.change(
        2,
        &format!(
            "CREATE TEMP TABLE before AS SELECT * FROM {table}; UPDATE {table} SET {} WHERE {key} IN ({one}, {two})",
            taken.join(", ")
        ),
    );
}

#[test]
fn no_password_becomes_anothers() {
    for columns in [&["secret"][..], &["secret", "mac"], &["secret", "changed_at", "expires_at", "ext", "mac"]] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        swap(&case, "credentials", "user", [case.people.anna, case.people.bert], columns);
        for (name, password) in [(ANNA, OF_BERT), (ANNA, OF_ANNA), (BERT, OF_ANNA), (BERT, OF_BERT)] {
            assert_eq!(status(login(&store, name, password)), SESSION_TAMPERED, "{columns:?}");
        }
    }
}

#[test]
fn no_session_becomes_anothers() {
    let rest = [
        "user",
        "token_hash",
        "epoch",
        "remembered",
        "created_at",
        "authenticated_at",
        "last_seen_at",
        "ended_at",
        "ended_as",
        "mac",
    ];
    for columns in [&["user"][..], &["token_hash"], &["user", "mac"], &["mac"], &rest] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        let People { live, other, over, .. } = &case.people;
        swap(&case, "sessions", "id", [live.id, other.id], columns);
        assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED, "{columns:?}");
        assert_eq!(status(store.verify(&other.token)), SESSION_TAMPERED, "{columns:?}");
        swap(&case, "sessions", "id", [live.id, over.id], columns);
        assert_eq!(status(store.verify(&over.token)), SESSION_TAMPERED, "{columns:?}");
    }
}

#[test]
fn no_user_becomes_another() {
    let rest = ["state", "must_change", "kinds", "permissions", "created_at", "last_login_at", "password_changed_at", "mac"];
    for columns in [&["name"][..], &["mac"], &rest] {
        let Some(case) = Case::new() else { return };
        case.open().user_permit(None, case.people.bert, u64::MAX).unwrap();
        let store = case.open();
        swap(&case, "users", "id", [case.people.anna, case.people.bert], columns);
        assert_eq!(status(store.verify(&case.people.live.token)), SESSION_TAMPERED, "{columns:?}");
        assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED, "{columns:?}");
    }
}

/// Rows of another store, whose owner knows its passwords and tokens, and maybe has the very same key.
#[test]
fn no_row_of_another_store_is_taken() {
    for key in [KEY, OTHER_KEY] {
        let Some(case) = Case::new() else { return };
        let foreign = Case::made(key);
        let store = case.open();
        let attach = format!("ATTACH '{}' AS foreigner", foreign.file("store.db").display());
        let take = |table: &str| case.sql(&format!("{attach}; INSERT INTO {table} SELECT * FROM foreigner.{table}"));
        take("sessions");
        assert_eq!(status(store.verify(&foreign.people.live.token)), SESSION_TAMPERED);
        // Its users have the names of ours: they take their place.
        case.sql("DELETE FROM users");
        take("users");
        take("credentials");
        take("throttle");
        assert_eq!(status(store.verify(&foreign.people.live.token)), SESSION_TAMPERED);
        assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
        assert!(users(&store).iter().all(|user| user.row == SESSION_TAMPERED));
        case.sql("DELETE FROM policy");
        take("policy");
        nothing_works(&case, &store, SESSION_TAMPERED);
        case.sql("DELETE FROM audit");
        take("audit");
        assert!(events(&store).iter().all(|event| event.row == SESSION_TAMPERED));
        case.sql("DELETE FROM meta");
        take("meta");
        nothing_works(&case, &store, SESSION_STORE_REPLACED);
        drop(store);
        if key == OTHER_KEY {
            assert_eq!(status(case.try_open()), SESSION_FOREIGN);
        }
    }
}

// Missing rows

#[test]
fn a_missing_policy_is_no_default() {
    let Some(case) = Case::new() else { return };
    let open = case.open();
    case.change(1, "DELETE FROM policy");
    nothing_works(&case, &open, SESSION_TAMPERED);
    nothing_works(&case, &case.open(), SESSION_TAMPERED);
}

/// A second row that is genuine but for its id: what is written to one must not be read from the other.
#[test]
fn no_policy_is_frozen_by_a_second_row() {
    for id in [-1, 0, 2] {
        let Some(case) = Case::new() else { return };
        case.change(1, &format!("INSERT INTO policy SELECT {id}, items, ext, mac FROM policy"));
        let Ok(store) = case.try_open() else { continue };
        let set = status(store.policy_set(None, 5, 20));
        let got = store.policy_get(5);
        assert!(set == SESSION_TAMPERED || got.as_ref().is_ok_and(|length| *length == 20), "{id}: {set}, then {got:?}");
    }
}

#[test]
fn no_meta_is_frozen_by_a_second_row() {
    for id in [-1, 0, 2] {
        let Some(case) = Case::new() else { return };
        case.change(
            1,
            &format!(
                "CREATE TEMP TABLE copy AS SELECT * FROM meta; UPDATE copy SET id = {id}; INSERT INTO meta SELECT * FROM copy"
            ),
        );
        let Ok(store) = case.try_open() else { continue };
        let last = events(&store).len();
        if status(store.user_permit(None, case.people.anna, 5)) == SESSION_OK {
            assert_eq!(events(&store).len(), last + 1, "{id}");
            assert!(refused_events(&store).is_empty(), "{id}");
        }
    }
}

#[test]
fn a_missing_meta_is_no_new_store() {
    let Some(case) = Case::new() else { return };
    let open = case.open();
    case.change(1, "DELETE FROM meta");
    nothing_works(&case, &open, SESSION_TAMPERED);
    assert_eq!(status(case.try_open()), SESSION_TAMPERED);
}

#[test]
fn a_missing_user_takes_nobody_along() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let People { anna, live, other, .. } = &case.people;
    case.change(1, &format!("DELETE FROM users WHERE id = {}", blob(*anna)));
    assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED);
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_BAD_CREDENTIALS);
    assert_eq!(status(store.verify(&other.token)), SESSION_OK);
    // A namesake gets neither the password nor the session.
    let namesake = store.user_create(None, ANNA, NEW).unwrap();
    assert_ne!(namesake, *anna);
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_BAD_CREDENTIALS);
    assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED);
}

#[test]
fn a_missing_password_is_told() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.change(1, &format!("DELETE FROM credentials WHERE user = {}", blob(case.people.anna)));
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED);
    assert_eq!(status(login(&store, BERT, OF_BERT)), SESSION_OK);
}

#[test]
fn unthrottle_repairs_a_throttle() {
    for ruin in ["DELETE FROM throttle", "UPDATE throttle SET failures = 7", "UPDATE throttle SET mac = X''"] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        case.change(1, &format!("{ruin} WHERE account = {}", blob(case.people.anna)));
        assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_TAMPERED, "{ruin}");
        store.user_unthrottle(None, case.people.anna).unwrap();
        assert_eq!(store.user_get(case.people.anna).unwrap().failures, 0, "{ruin}");
        assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_OK, "{ruin}");
    }
}

// The audit trail

#[test]
fn a_cut_event_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let before = events(&store);
    case.change(1, "DELETE FROM audit WHERE id = 5");
    // 6 may be genuine, but what it was chained to is gone.
    assert_eq!(refused_events(&store), [5, 6]);
    let after = events(&store);
    assert_eq!(after.len(), before.len());
    assert_eq!((&after[..4], &after[6..]), (&before[..4], &before[6..]));
    assert_eq!(refused_events(&case.open()), [5, 6]);
}

#[test]
fn a_cut_tail_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let last = events(&store).len() as i64;
    case.change(2, &format!("DELETE FROM audit WHERE id > {}", last - 2));
    assert_eq!(refused_events(&store), [last - 1, last]);
    assert_eq!(refused_events(&case.open()), [last - 1, last]);
    // It still shows once the trail goes on.
    store.user_permit(None, case.people.anna, 1).unwrap();
    store.user_permit(None, case.people.anna, 2).unwrap();
    let refused = refused_events(&store);
    assert!(refused.starts_with(&[last - 1, last]) && !refused.contains(&(last + 2)), "{refused:?}");
    assert_eq!(events(&store).len() as i64, last + 2);
}

#[test]
fn a_cut_head_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.change(3, "DELETE FROM audit WHERE id < 4");
    assert_eq!(refused_events(&store), [1, 2, 3, 4]);
}

#[test]
fn an_empty_trail_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let all = events(&store).len();
    case.change(all, "DELETE FROM audit");
    assert_eq!(refused_events(&store).len(), all);
}

#[test]
fn swapped_and_added_events_show() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.sql(
        "UPDATE audit SET id = -1 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = -1",
    );
    let refused = refused_events(&store);
    assert!(refused.starts_with(&[3, 4]), "{refused:?}");
    let last = events(&store).len() as i64;
    for id in [last + 1, last + 7] {
        case.change(
            1,
            &format!("INSERT INTO audit SELECT {id}, kind, at, actor, user, session, detail, ext, mac FROM audit WHERE id = 2"),
        );
        assert!(refused_events(&store).contains(&id));
    }
}

/// The highest number there is: a list over it has to end as well.
#[test]
fn an_event_of_the_highest_number_ends_the_list() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.change(1, "INSERT INTO audit SELECT 9223372036854775807, kind, at, actor, user, session, detail, ext, mac FROM audit WHERE id = 2");
    assert!(refused_events(&store).iter().all(|id| *id == i64::MAX));
}

/// A clock that stands where the test puts it.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn read(&self) -> Reading {
        let at = self.0.load(Ordering::SeqCst);
        Reading { wall: at, elapsed: at, boot: [1; 16] }
    }
}

const DAY: i64 = 86_400_000;
const AUDIT_KEEP_MS: u32 = 12;

/// A store whose first five events are ten days older than the others and no longer kept.
fn aged() -> Option<(Case, Store)> {
    let case = Case::new()?;
    let clock = Hands::default();
    clock.0.store(20_000 * DAY, Ordering::SeqCst);
    let folder = case.home().join("aged");
    let store = Store::open_with_clock(&folder, &options(OpenMode::CreateNew, caller(KEY)), Box::new(clock.clone())).unwrap();
    hash_fast(&store);
    let anna = store.user_create(None, ANNA, OF_ANNA).unwrap();
    store.policy_set(None, AUDIT_KEEP_MS, DAY).unwrap();
    assert_eq!(events(&store).len(), 5);
    clock.0.fetch_add(10 * DAY, Ordering::SeqCst);
    for permissions in 1..4 {
        store.user_permit(None, anna, permissions).unwrap();
    }
    Some((case, store))
}

#[test]
fn purge_keeps_the_chain() {
    let Some((case, store)) = aged() else { return };
    assert_eq!(store.purge().unwrap(), 5);
    let kept = events(&store);
    assert_eq!(kept.iter().map(|event| event.id).collect::<Vec<_>>(), [6, 7, 8, 9]);
    assert!(refused_events(&store).is_empty());
    assert_eq!(store.event_next(2).unwrap().id, 6);
    // What was purged does not come back, and the new head cannot be cut unseen.
    let database = case.home().join("aged/store.db");
    sqlite3(&database, "INSERT INTO audit SELECT 5, kind, at, actor, user, session, detail, ext, mac FROM audit WHERE id = 6");
    assert_eq!(events(&store), kept);
    sqlite3(&database, "DELETE FROM audit WHERE id = 6");
    assert_eq!(refused_events(&store), [6, 7]);
    sqlite3(&database, "UPDATE meta SET first_event = 7");
    assert_eq!(status(store.event_next(0)), SESSION_TAMPERED);
}

#[test]
fn purge_removes_no_evidence() {
    let Some((case, store)) = aged() else { return };
    sqlite3(&case.home().join("aged/store.db"), "UPDATE audit SET detail = 'nothing' WHERE id = 3");
    assert_eq!(store.purge().unwrap(), 2);
    assert_eq!(refused_events(&store), [3]);
    assert_eq!(events(&store)[0].id, 3);
}

/// A missing event must not be taken for the end of what there is to purge, nor be forgotten.
#[test]
fn purge_stops_at_a_gap() {
    let Some((case, store)) = aged() else { return };
    sqlite3(&case.home().join("aged/store.db"), "DELETE FROM audit WHERE id = 3");
    assert_eq!(store.purge().unwrap(), 2);
    assert_eq!(refused_events(&store), [3, 4]);
}

// What cannot be believed can still be ended, and does not get in the way of the rest

#[test]
fn bad_sessions_can_be_revoked() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let People { live, other, .. } = &case.people;
    case.change(1, &format!("UPDATE sessions SET absolute_ms = absolute_ms * 100 WHERE id = {}", blob(live.id)));
    store.revoke(None, live.id).unwrap();
    assert_eq!(status(store.verify(&live.token)), SESSION_UNKNOWN);
    assert_eq!(status(store.revoke(None, live.id)), SESSION_UNKNOWN);
    assert_eq!(status(store.verify(&other.token)), SESSION_OK);
    assert!(refused_events(&store).is_empty());
}

#[test]
fn bad_sessions_end_with_their_user() {
    let ends: [fn(&Store, Uuid); 4] = [
        |store, anna| assert!(store.revoke_user(None, anna, None).is_ok()),
        |store, anna| store.user_enable(None, anna, false).unwrap(),
        |store, anna| store.user_delete(None, anna).unwrap(),
        |store, _| store.password_change(ANNA, OF_ANNA, NEW, None).unwrap(),
    ];
    for end in ends {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        let People { anna, live, other, .. } = &case.people;
        let second = login(&store, ANNA, OF_ANNA).unwrap();
        case.change(1, &format!("UPDATE sessions SET idle_ms = idle_ms * 100 WHERE id = {}", blob(live.id)));
        end(&store, *anna);
        assert_eq!(status(store.verify(&live.token)), SESSION_UNKNOWN);
        assert_eq!(status(store.verify(&second.token)), SESSION_REVOKED);
        assert_eq!(status(store.verify(&other.token)), SESSION_OK);
    }
}

#[test]
fn bad_users_can_be_deleted() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let People { anna, live, .. } = &case.people;
    case.change(1, &format!("UPDATE users SET permissions = -1 WHERE id = {}", blob(*anna)));
    store.user_delete(None, *anna).unwrap();
    assert_eq!(status(store.user_get(*anna)), SESSION_USER_UNKNOWN);
    assert_eq!(status(store.verify(&live.token)), SESSION_REVOKED);
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_BAD_CREDENTIALS);
    assert_ne!(store.user_create(None, ANNA, NEW).unwrap(), *anna);
    assert_eq!(status(login(&store, ANNA, NEW)), SESSION_OK);
}

/// Ids of another length or type than any of ours: no list can show them, and nothing may fail over them.
#[test]
fn rows_without_an_id_are_in_nobodys_way() {
    for id in ["X''", "X'01'", "X'0199'", "X'ff'", "zeroblob(17)", "randomblob(100)"] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        let People { anna, live, other, .. } = &case.people;
        case.change(
            1,
            &format!(
                "INSERT INTO users SELECT {id}, NULL, name, 0, 0, 1, 0, -1, 0, 0, 0, ext, mac FROM users WHERE canonical = 'anna'"
            ),
        );
        for user in [anna, &case.people.bert] {
            let columns =
                "token_hash, 0, 0, created_at, authenticated_at, last_seen_at, 0, absolute_ms, idle_ms, 0, 0, label, ext, mac";
            let (new, user) = (format!("{id} || {}", blob(*user)), blob(*user));
            let new = if id == "X''" { "X'02'".to_owned() + if user == blob(*anna) { "" } else { "||X'03'" } } else { new };
            case.change(
                1,
                &format!(
                    "INSERT INTO sessions SELECT CAST({new} AS BLOB), {user}, {columns} FROM sessions WHERE id = {}",
                    blob(live.id)
                ),
            );
        }
        let genuine: Vec<_> = sessions(&store, None).into_iter().filter(|row| row.row == SESSION_OK).collect();
        assert_eq!(genuine.len(), 3, "{id}: sessions");
        assert_eq!(sessions(&store, Some(*anna)).iter().filter(|row| row.row == SESSION_OK).count(), 2, "{id}");
        assert_eq!(users(&store).iter().filter(|row| row.row == SESSION_OK).count(), 2, "{id}: users");
        assert_eq!(status(store.verify(&live.token)), SESSION_OK, "{id}");
        // Nobody's account becomes unmanageable.
        assert_eq!(status(store.revoke_user(None, *anna, None)), SESSION_OK, "{id}");
        assert_eq!(status(store.password_change(BERT, OF_BERT, NEW, None)), SESSION_OK, "{id}");
        assert_eq!(status(store.verify(&live.token)), SESSION_REVOKED, "{id}");
        assert_eq!(status(store.verify(&other.token)), SESSION_REVOKED, "{id}");
        assert_eq!(status(store.user_delete(None, *anna)), SESSION_OK, "{id}");
    }
}

/// A value beyond what this library ever writes is not read into memory.
#[test]
fn oversized_values_are_refused() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let People { live, other, anna, .. } = &case.people;
    case.change(1, &format!("UPDATE sessions SET label = hex(zeroblob(2000000)) WHERE id = {}", blob(live.id)));
    assert_eq!(status(store.verify(&live.token)), SESSION_TAMPERED);
    assert_eq!(status(store.verify(&other.token)), SESSION_OK);
    let rows: Vec<_> = sessions(&store, None).iter().map(|row| row.row).collect();
    assert_eq!(rows, [SESSION_OK, SESSION_TAMPERED, SESSION_OK]);
    assert_eq!(status(store.user_get(*anna)), SESSION_OK);
    assert_eq!(status(store.revoke(None, live.id)), SESSION_OK);
}

// The schema and the files

#[test]
fn another_schema_is_not_opened() {
    for change in [
        "DROP INDEX sessions_of_user",
        "DROP TABLE throttle",
        "CREATE TABLE more (a)",
        "CREATE INDEX more ON users (name)",
        "CREATE VIEW more AS SELECT * FROM users",
        "CREATE TRIGGER more AFTER UPDATE ON sessions BEGIN DELETE FROM throttle; END",
        "ALTER TABLE users ADD COLUMN more INTEGER",
        "ALTER TABLE users RENAME COLUMN ext TO more",
        "DROP INDEX sessions_of_user; CREATE INDEX sessions_of_user ON sessions (user)",
        "DROP TABLE audit; CREATE TABLE audit (id INTEGER PRIMARY KEY, kind, at, actor, user, session, detail, ext, mac)",
        "ANALYZE",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE users (garbage' WHERE name = 'users'",
    ] {
        let Some(case) = Case::new() else { return };
        case.sql(change);
        let before = snapshot(&case.folder());
        let opened = status(case.try_open());
        assert!([SESSION_TAMPERED, SESSION_CORRUPT].contains(&opened), "{change}: {opened}");
        let after = snapshot(&case.folder());
        assert!(before.iter().all(|(path, content)| after.get(path) == Some(content)), "{change}: it was written to");
    }
}

#[test]
fn no_trigger_runs() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.sql(
        "CREATE TRIGGER a AFTER UPDATE ON sessions BEGIN UPDATE sessions SET ended_at = 0; END;
         CREATE TRIGGER b BEFORE UPDATE ON sessions BEGIN SELECT raise(IGNORE); END;
         CREATE TRIGGER c BEFORE INSERT ON audit BEGIN SELECT raise(IGNORE); END",
    );
    // Nothing is answered over a schema that is not ours, and nothing is written.
    assert_eq!(status(store.logout(&case.people.live.token)), SESSION_TAMPERED);
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_TAMPERED);
    case.sql("DROP TRIGGER a; DROP TRIGGER b; DROP TRIGGER c");
    store.logout(&case.people.live.token).unwrap();
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_LOGGED_OUT);
    assert!(refused_events(&store).is_empty());
}

/// Under an open handle, too, tables that are not ours are told as such.
#[test]
fn tables_that_vanish_are_told() {
    for change in [
        "DROP TABLE sessions",
        "ALTER TABLE sessions RENAME TO gone",
        "ALTER TABLE sessions RENAME TO gone; CREATE VIEW sessions AS SELECT * FROM gone",
        "ALTER TABLE sessions RENAME TO gone; CREATE TABLE sessions AS SELECT * FROM gone; UPDATE sessions SET ended_at = 'no'",
    ] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        case.sql(change);
        assert_eq!(status(store.verify(&case.people.live.token)), SESSION_TAMPERED, "{change}");
        assert_eq!(status(store.logout(&case.people.live.token)), SESSION_TAMPERED, "{change}");
    }
}

/// Columns that change their names under an open handle: every session looks ended to whoever asks by name.
#[test]
fn no_session_hides_behind_another_column() {
    for (number, end) in ENDS.into_iter().enumerate() {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        case.sql(
            "ALTER TABLE sessions RENAME COLUMN ended_at TO other; ALTER TABLE sessions RENAME COLUMN created_at TO ended_at;
             ALTER TABLE sessions RENAME COLUMN other TO created_at",
        );
        if end(&store, case.people.anna).is_ok() {
            assert_ne!(status(store.verify(&case.people.live.token)), SESSION_OK, "{number}");
        }
    }
}

/// What ends all sessions of a user who can log in again afterwards.
const ENDS: [fn(&Store, Uuid) -> desksession::Result<()>; 3] = [
    |store, anna| store.revoke_user(None, anna, None).map(|_| ()),
    |store, anna| {
        store.user_enable(None, anna, false)?;
        store.user_enable(None, anna, true)
    },
    |store, _| store.password_change(ANNA, OF_ANNA, NEW, None),
];

/// An index that leaves rows out, under the right definition, made before the store is opened or after.
#[test]
fn no_session_hides_from_its_index() {
    for (number, end) in ENDS.into_iter().enumerate() {
        for open_before in [true, false] {
            let Some(case) = Case::new() else { return };
            let open = open_before.then(|| case.open());
            case.sql("DROP INDEX sessions_of_user; CREATE INDEX sessions_of_user ON sessions (user, id) WHERE ended_at < 0");
            case.sql(
                "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX sessions_of_user ON sessions (user, id)'
                 WHERE name = 'sessions_of_user'",
            );
            // Refused at once is well, too.
            let Some(store) = open.or_else(|| case.try_open().ok()) else { continue };
            if end(&store, case.people.anna).is_ok() {
                assert_ne!(status(store.verify(&case.people.live.token)), SESSION_OK, "{number} {open_before}");
            }
        }
    }
}

/// The database holds all that was written once it was closed: a lost WAL loses nothing.
#[test]
fn a_deleted_wal_loses_nothing() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    store.logout(&case.people.live.token).unwrap();
    drop(store);
    std::fs::remove_file(case.file("store.db-wal")).unwrap();
    std::fs::remove_file(case.file("store.db-shm")).unwrap();
    let store = case.open();
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_LOGGED_OUT);
    assert_eq!(status(store.verify(&case.people.other.token)), SESSION_OK);
}

/// A WAL with the pages of another store in it, laid over this one's.
#[test]
fn a_swapped_wal_gains_nothing() {
    for key in [KEY, OTHER_KEY] {
        let Some(case) = Case::new() else { return };
        let foreign = Case::made(key);
        let writer = foreign.open();
        writer.user_permit(None, foreign.people.anna, 7).unwrap();
        std::fs::copy(foreign.file("store.db-wal"), case.file("store.db-wal")).unwrap();
        match case.try_open() {
            Err(error) => {
                let told = [SESSION_TAMPERED, SESSION_CORRUPT, SESSION_FOREIGN, SESSION_STORE_REPLACED];
                assert!(told.contains(&error.status()), "{error}");
            }
            // The same key: some rows are one store's, some the other's, and only the former are believed.
            Ok(store) => {
                assert_eq!(key, KEY);
                assert_ne!(status(store.verify(&case.people.over.token)), SESSION_OK);
                let tokens = [&case.people.live, &foreign.people.live];
                assert!(tokens.iter().filter(|held| store.verify(&held.token).is_ok()).count() <= 1);
            }
        }
    }
}

#[test]
fn a_garbled_wal_is_no_crash() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    store.logout(&case.people.live.token).unwrap();
    let wal = std::fs::read(case.file("store.db-wal")).unwrap();
    drop(store);
    for at in (0..wal.len()).step_by(wal.len() / 97) {
        let Some(case) = Case::new() else { return };
        let mut garbled = wal.clone();
        garbled[at] ^= 0x55;
        std::fs::write(case.file("store.db-wal"), garbled).unwrap();
        if let Ok(store) = case.try_open() {
            assert_ne!(status(store.verify(&case.people.over.token)), SESSION_OK, "{at}");
        }
    }
}
