//! Whoever writes the database without the key gains nothing: every changed, forged, moved or missing row is refused and
//! reported, and what cannot be believed can still be revoked and deleted.

#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::Store;
use desksession::model::{SessionInfo, User};
use desksession::status::*;
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
