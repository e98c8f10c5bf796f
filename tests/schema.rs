//! A schema and files that are not what this library made.

#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::Store;
use desksession::status::*;
use tamper_support::*;
use uuid::Uuid;

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
                "PRAGMA writable_schema = ON; UPDATE sqlite_schema
                 SET sql = 'CREATE INDEX sessions_of_user ON sessions (user, id) WHERE ended_at = 0' WHERE name = 'sessions_of_user'",
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
        copy_file(&foreign.file("store.db-wal"), &case.file("store.db-wal"));
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
