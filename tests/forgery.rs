//! Rows that were forged, swapped, or taken from another store.

#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use base64ct::{Base64UrlUnpadded, Encoding};
use desksession::status::*;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tamper_support::*;
use uuid::Uuid;

// Forged, swapped and foreign rows

/// Fields as the MAC takes them: kind, length, value.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn field(mut self, kind: u8, value: &[u8]) -> Fields {
        self.0.push(kind);
        self.0.extend((value.len() as u32).to_be_bytes());
        self.0.extend(value);
        self
    }
    fn int(mut self, value: i64) -> Fields {
        self.0.push(1);
        self.0.extend(value.to_be_bytes());
        self
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
