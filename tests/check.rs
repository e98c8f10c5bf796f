//! `check` names every bad row, whatever was done to it from another process, and changes nothing.

#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper;

use desksession::Store;
use desksession::model::Fault;
use desksession::status::*;
use std::collections::BTreeSet;
use tamper::*;
use uuid::Uuid;

const TABLES: [(&str, &str); 7] = [
    ("meta", "id"),
    ("policy", "id"),
    ("users", "id"),
    ("credentials", "user"),
    ("sessions", "id"),
    ("throttle", "account"),
    ("audit", "id"),
];

fn found(store: &Store) -> Vec<Fault> {
    store.check().expect("a check").to_vec()
}

/// Table and row of each fault.
fn named(store: &Store) -> BTreeSet<(String, String)> {
    found(store).into_iter().map(|fault| (fault.table, fault.row)).collect()
}

fn shown(key: &str) -> String {
    let bytes = hex(key);
    match Uuid::from_slice(&bytes) {
        Ok(id) => id.to_string(),
        // A number, which SQLite's hex() shows as its text.
        Err(_) => String::from_utf8(bytes).expect("a number"),
    }
}

fn content(case: &Case) -> [Vec<u8>; 2] {
    ["store.db", "store.db-wal"].map(|name| std::fs::read(case.file(name)).expect("a file"))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_store_nobody_touched_is_whole() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    assert_eq!(found(&store), []);
    assert_eq!(status(store.fault_next(0)), SESSION_DONE);
}

/// Each column of each row, one at a time.
#[test]
fn every_changed_value_is_named_with_its_row() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let mut tried = 0;
    for (table, key) in TABLES {
        let columns = lines(&case.sql(&format!("SELECT name FROM pragma_table_info('{table}')")));
        let keys = lines(&case.sql(&format!("SELECT hex({key}) FROM {table}")));
        for column in
            columns.iter().filter(|column| *column != key && *column != "kind" || table == "audit" && *column == "kind")
        {
            for row in &keys {
                let place = format!("hex({key}) = '{row}'");
                let old = case.sql(&format!("SELECT quote({column}) FROM {table} WHERE {place}"));
                let other = format!(
                    "CASE typeof({column}) WHEN 'integer' THEN {column} + 1 WHEN 'null' THEN 'x' WHEN 'blob' THEN CAST({column} || X'00' AS BLOB) ELSE {column} || 'x' END"
                );
                case.change(1, &format!("UPDATE {table} SET {column} = {other} WHERE {place}"));
                let before = content(&case);
                let named = named(&store);
                let wanted = (table.to_owned(), shown(row));
                assert!(named.contains(&wanted), "{table}.{column} of {}: {named:?}", wanted.1);
                // The event after a changed one is no longer linked; what belongs to a user who cannot be read is nobody's.
                assert!(
                    named.len() == 1 || matches!(table, "users" | "credentials" | "throttle" | "audit"),
                    "{table}.{column}: {named:?}"
                );
                assert!(content(&case) == before, "the check changed something");
                case.change(1, &format!("UPDATE {table} SET {column} = {} WHERE {place}", old.trim()));
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
    assert_eq!(found(&store), [], "all is as it was");
}

#[test]
fn what_was_deleted_is_missed() {
    for (statement, table, row) in [
        ("DELETE FROM policy", "policy", ""),
        ("DELETE FROM meta", "meta", ""),
        ("DELETE FROM credentials WHERE user = ANNA", "users", "ANNA"),
        ("DELETE FROM throttle WHERE account = ANNA", "users", "ANNA"),
        ("DELETE FROM users WHERE id = ANNA", "credentials", "ANNA"),
        ("DELETE FROM users WHERE id = ANNA", "throttle", "ANNA"),
        ("DELETE FROM users WHERE id = ANNA", "sessions", "LIVE"),
        ("DELETE FROM audit WHERE id = 1", "audit", "1"),
        ("DELETE FROM audit WHERE id = 4", "audit", "4"),
        ("DELETE FROM audit WHERE id IN (6, 7)", "audit", "6"),
        ("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)", "audit", "LAST"),
        ("DELETE FROM audit", "audit", "1"),
    ] {
        let Some(case) = Case::new() else { return };
        let store = case.open();
        let last = events(&store).len().to_string();
        let (anna, live) = (case.people.anna, case.people.live.id);
        case.sql(&statement.replace("ANNA", &blob(anna)));
        let row = row.replace("ANNA", &anna.to_string()).replace("LIVE", &live.to_string()).replace("LAST", &last);
        let named = named(&store);
        assert!(named.contains(&(table.to_owned(), row.clone())), "{statement}: {table} {row} in {named:?}");
    }
}

#[test]
fn what_was_added_or_swapped_is_named() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let (anna, bert) = (case.people.anna, case.people.bert);
    case.change(1, &format!("INSERT INTO throttle SELECT X'0102', failures, wait_ms, at, elapsed, boot, ext, mac FROM throttle WHERE account = {}", blob(anna)));
    case.change(
        1,
        &format!(
            "UPDATE credentials SET secret = (SELECT secret FROM credentials WHERE user = {}) WHERE user = {}",
            blob(bert),
            blob(anna)
        ),
    );
    case.change(
        1,
        "INSERT INTO audit SELECT id + 100, kind, at, actor, user, session, detail, account, ext, mac FROM audit WHERE id = 2",
    );
    case.change(1, "INSERT INTO sessions SELECT X'0102', user, token_hash, epoch, remembered, created_at, authenticated_at, last_seen_at, set_back, absolute_ms, idle_ms, ended_at, ended_as, label, ext, mac FROM sessions LIMIT 1");
    let named = named(&store);
    for (table, row) in [("throttle", "0102"), ("credentials", &anna.to_string()), ("audit", "102"), ("sessions", "0102")] {
        assert!(named.contains(&(table.to_owned(), row.to_owned())), "{table} {row} in {named:?}");
    }
    let faults = found(&store);
    let mut after = 0;
    for (position, fault) in faults.iter().enumerate() {
        let (number, listed) = store.fault_next(after).expect("as many as were found");
        assert_eq!((number, &listed), (position as u64 + 1, fault));
        after = number;
    }
    assert_eq!(status(store.fault_next(after)), SESSION_DONE);
}

#[test]
fn damaged_pages_and_a_changed_schema_are_told() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.sql("CREATE INDEX extra ON audit (at)");
    let faults = found(&store);
    assert!(faults.iter().any(|fault| fault.table == "database" && fault.status == SESSION_TAMPERED), "{faults:?}");
    case.sql("DROP INDEX extra");
    // An index without its entries.
    let set = |rest: &str| {
        let index = format!("CREATE INDEX sessions_of_user ON sessions (user, id) WHERE ended_at = 0{rest}");
        case.sql(&format!(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '{index}' WHERE name = 'sessions_of_user'"
        ));
    };
    set(" AND label = ''nobody''");
    case.sql("REINDEX sessions_of_user");
    set("");
    let faults = found(&store);
    assert!(faults.iter().any(|fault| fault.table == "database" && fault.status == SESSION_CORRUPT), "{faults:?}");
    assert!(faults.iter().all(|fault| fault.table == "database"), "{faults:?}");
}
