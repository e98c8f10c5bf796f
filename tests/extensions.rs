//! Rows that a newer minor version wrote: extensions that this one does not know are kept, critical ones make the row
//! SESSION_NEWER. And a panic behind the C boundary. Both need the library built with its test hooks (src/abi/hooks.rs).
#![cfg(target_os = "linux")]

mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::Store;
use desksession::model::{SessionInfo, User};
use desksession::status::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use support::{C, command, compile, missing, run, text};
use tamper_support::*;

/// What the C program changes Anna's password to.
const CHANGED: &[u8] = b"a hundred slow trams";

/// The folder of a second build, with hooks.
static HOOKED: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/hooks");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--locked", "--lib", "--features", "test-hooks", "--target-dir"]).arg(&target).current_dir(root);
    run(&mut build);
    target.join("debug")
});

fn hooked(case: &Case, arguments: &[&str]) -> std::process::Output {
    let library = HOOKED.join("libdesksession.so");
    let flags: Vec<&str> = C.iter().copied().chain([text(&library)]).collect();
    let mut program = command(compile(&["ext.c"], &flags), case.home());
    program.env("LD_LIBRARY_PATH", &*HOOKED).arg(case.folder()).args(arguments);
    let output = program.output().expect("the program");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Has the hooked library write Anna's row of a table with an extension. What it printed.
fn extend(case: &Case, table: &str, critical: bool, password: &[u8]) -> String {
    let People { anna, live, .. } = &case.people;
    let password = std::str::from_utf8(password).unwrap();
    let critical = if critical { "1" } else { "0" };
    let output = hooked(case, &[table, critical, &anna.to_string(), &live.token, password]);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn prepared() -> Option<Case> {
    if missing(&["cc"]) { None } else { Case::new() }
}

/// The extensions in a table, and how many rows have them.
fn stored(case: &Case, table: &str) -> String {
    case.sql(&format!("SELECT hex(ext), count(*) FROM {table} WHERE ext <> X'' GROUP BY ext"))
}

const PLAIN: &str = "0123001A66726F6D2061206E65776572206D696E6F722076657273696F6E|1\n";

/// This library and the newer one take turns; what this one rewrites keeps what it does not know.
fn kept(table: &str, rewrite: impl Fn(&Store, &People, &str)) {
    let Some(case) = prepared() else { return };
    let open = case.open();
    let token = extend(&case, table, false, OF_ANNA);
    assert_eq!(stored(&case, table), PLAIN, "{table}");
    for store in [open, case.open()] {
        rewrite(&store, &case.people, &token);
        assert_eq!(stored(&case, table), PLAIN, "{table}");
        assert!(refused_events(&store).is_empty());
        assert!(users(&store).iter().all(|row| row.row == SESSION_OK));
        assert!(sessions(&store, None).iter().all(|row| row.row == SESSION_OK));
    }
}

#[test]
fn a_user_keeps_unknown_extensions() {
    kept("users", |store, people, _| {
        assert_eq!(status(store.verify(&people.live.token)), SESSION_OK);
        assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_OK);
        let permissions = store.user_get(people.anna).unwrap().permissions;
        store.user_permit(None, people.anna, permissions + 1).unwrap();
        store.user_rename(None, people.anna, "Anna Maria").unwrap();
        store.user_rename(None, people.anna, ANNA).unwrap();
        store.password_change(ANNA, OF_ANNA, NEW, Some(&people.live.token)).unwrap();
        store.password_change(ANNA, NEW, OF_ANNA, Some(&people.live.token)).unwrap();
    });
    kept("users", |store, people, _| {
        store.user_enable(None, people.anna, false).unwrap();
        store.user_enable(None, people.anna, true).unwrap();
    });
}

#[test]
fn a_password_keeps_unknown_extensions() {
    kept("credentials", |store, people, _| {
        assert_eq!(status(login(store, ANNA, CHANGED)), SESSION_OK);
        store.password_change(ANNA, CHANGED, NEW, Some(&people.live.token)).unwrap();
        store.password_change(ANNA, NEW, CHANGED, Some(&people.live.token)).unwrap();
    });
}

/// Made anew at a login, because policy asks for more.
#[test]
fn a_hash_made_anew_keeps_unknown_extensions() {
    let Some(case) = prepared() else { return };
    extend(&case, "credentials", false, OF_ANNA);
    let store = case.open();
    store.policy_set(None, 7, 3).unwrap();
    login(&store, ANNA, CHANGED).unwrap();
    assert!(case.sql("SELECT secret FROM credentials").contains("t=3"));
    assert_eq!(stored(&case, "credentials"), PLAIN);
}

#[test]
fn a_session_keeps_unknown_extensions() {
    kept("sessions", |store, _, token| {
        assert_ne!(status(store.verify(token)), SESSION_TAMPERED);
        store.logout(token).unwrap();
        assert_eq!(status(store.verify(token)), SESSION_LOGGED_OUT);
    });
    kept("sessions", |store, people, _| {
        store.revoke_user(None, people.anna, None).unwrap();
    });
}

#[test]
fn a_throttle_keeps_unknown_extensions() {
    kept("throttle", |store, people, _| {
        assert_eq!(status(login(store, ANNA, NEW)), SESSION_BAD_CREDENTIALS);
        assert_eq!(store.user_get(people.anna).unwrap().failures, 1);
        assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_OK);
    });
}

#[test]
fn unthrottle_keeps_unknown_extensions() {
    kept("throttle", |store, people, _| store.user_unthrottle(None, people.anna).unwrap());
}

#[test]
fn a_policy_keeps_unknown_extensions() {
    kept("policy", |store, _, _| {
        let length = store.policy_get(5).unwrap();
        store.policy_set(None, 5, length + 1).unwrap();
        assert_eq!(store.policy_get(5).unwrap(), length + 1);
    });
}

#[test]
fn the_store_keeps_unknown_extensions() {
    kept("meta", |store, _, _| assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_OK));
}

#[test]
fn an_event_keeps_unknown_extensions() {
    kept("audit", |store, _, _| assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_OK));
}

#[test]
fn both_libraries_go_on_with_each_others_rows() {
    for table in ["users", "throttle", "policy", "meta", "audit"] {
        let Some(case) = prepared() else { return };
        for round in 1..=3 {
            extend(&case, table, false, OF_ANNA);
            let store = case.open();
            login(&store, ANNA, OF_ANNA).unwrap();
            let length = store.policy_get(5).unwrap();
            store.policy_set(None, 5, length + 1).unwrap();
            let expected = if table == "audit" { PLAIN.replace("|1", &format!("|{round}")) } else { PLAIN.to_owned() };
            assert_eq!(stored(&case, table), expected, "{table}");
            assert!(refused_events(&store).is_empty());
        }
    }
}

/// One row is newer: that one is refused, with the status that says so, and the others go on.
fn refused(table: &str, judge: impl Fn(&Case, &Store, &str)) {
    let Some(case) = prepared() else { return };
    let open = case.open();
    let token = extend(&case, table, true, OF_ANNA);
    assert_eq!(stored(&case, table), PLAIN.replace("0123", "8123"), "{table}");
    for store in [open, case.open()] {
        judge(&case, &store, &token);
        let People { other, .. } = &case.people;
        assert_eq!(status(store.verify(&other.token)), SESSION_OK);
        assert_eq!(status(login(&store, BERT, OF_BERT)), SESSION_OK);
    }
    assert_eq!(stored(&case, table), PLAIN.replace("0123", "8123"), "{table}");
}

#[test]
fn a_newer_user_is_refused() {
    refused("users", |case, store, _| {
        let People { anna, live, .. } = &case.people;
        assert_eq!(status(store.verify(&live.token)), SESSION_NEWER);
        assert_eq!(status(store.logout(&live.token)), SESSION_NEWER);
        assert_eq!(status(store.user_get(*anna)), SESSION_NEWER);
        assert_eq!(status(store.user_find(ANNA)), SESSION_NEWER);
        assert_eq!(status(store.user_permit(None, *anna, 1)), SESSION_NEWER);
        assert_eq!(status(store.user_rename(None, *anna, "Anna Maria")), SESSION_NEWER);
        assert_eq!(status(store.user_enable(None, *anna, true)), SESSION_NEWER);
        assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_NEWER);
        assert_eq!(status(store.policy_set(Some(&live.token), 5, 16)), SESSION_NEWER);
        let listed = users(store);
        assert_eq!(listed[0], User { user_id: Some(*anna), row: SESSION_NEWER, ..User::default() });
        assert_eq!(listed[1].row, SESSION_OK);
    });
}

/// What another version of the library writes ends a yes that this handle would say from memory.
#[test]
fn a_newer_library_moves_the_generation() {
    for (table, critical) in [("users", false), ("users", true), ("policy", false), ("policy", true)] {
        let Some(case) = prepared() else { return };
        let (store, live) = (case.open(), &case.people.live);
        store.verify(&live.token).unwrap();
        let permissions = store.verify(&live.token).unwrap().permissions;
        extend(&case, table, critical, OF_ANNA);
        let expected = if critical { SESSION_NEWER } else { SESSION_OK };
        let verified = store.verify(&live.token);
        assert!(critical || table != "users" || verified.as_ref().is_ok_and(|info| info.permissions == permissions + 1));
        assert_eq!(status(verified), expected, "{table}");
    }
}

#[test]
fn a_newer_user_can_be_deleted() {
    let Some(case) = prepared() else { return };
    extend(&case, "users", true, OF_ANNA);
    let store = case.open();
    store.user_delete(None, case.people.anna).unwrap();
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_REVOKED);
    assert_eq!(status(store.user_get(case.people.anna)), SESSION_USER_UNKNOWN);
}

#[test]
fn a_newer_password_is_refused() {
    refused("credentials", |case, store, _| {
        assert_eq!(status(login(store, ANNA, CHANGED)), SESSION_NEWER);
        assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_NEWER);
        assert_eq!(status(store.password_change(ANNA, CHANGED, NEW, None)), SESSION_NEWER);
        assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
    });
}

#[test]
fn a_newer_session_is_refused() {
    refused("sessions", |case, store, token| {
        assert_eq!(status(store.verify(token)), SESSION_NEWER);
        assert_eq!(status(store.peek(token)), SESSION_NEWER);
        assert_eq!(status(store.logout(token)), SESSION_NEWER);
        assert_eq!(status(store.user_create(Some(token), "Carla", NEW)), SESSION_NEWER);
        let newer: Vec<_> = sessions(store, None).into_iter().filter(|row| row.row != SESSION_OK).collect();
        let id = newer[0].session_id;
        assert_eq!(newer, [SessionInfo { session_id: id, row: SESSION_NEWER, state: SESSION_NEWER, ..SessionInfo::default() }]);
        assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
        assert_eq!(status(store.user_get(case.people.anna)), SESSION_OK);
    });
}

#[test]
fn a_newer_session_can_be_revoked() {
    let Some(case) = prepared() else { return };
    let token = extend(&case, "sessions", true, OF_ANNA);
    let store = case.open();
    let listed = sessions(&store, Some(case.people.anna));
    let newer = listed.iter().find(|row| row.row == SESSION_NEWER).expect("the newer one");
    store.revoke(None, newer.session_id.unwrap()).unwrap();
    assert_eq!(status(store.verify(&token)), SESSION_UNKNOWN);
}

#[test]
fn a_newer_throttle_is_refused() {
    refused("throttle", |case, store, _| {
        assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_NEWER);
        assert_eq!(status(login(store, ANNA, NEW)), SESSION_NEWER);
        assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
    });
}

#[test]
fn a_newer_event_is_refused() {
    refused("audit", |case, store, _| {
        let refused: Vec<_> = events(store).into_iter().filter(|event| event.row != SESSION_OK).collect();
        assert_eq!(refused.len(), 1);
        assert_eq!((refused[0].row, refused[0].kind, refused[0].detail.as_str()), (SESSION_NEWER, 0, ""));
        assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
        assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_OK);
    });
}

fn everything_is_newer(case: &Case, store: &Store) {
    let People { anna, live, .. } = &case.people;
    assert_eq!(status(store.verify(&live.token)), SESSION_NEWER);
    assert_eq!(status(store.logout(&live.token)), SESSION_NEWER);
    assert_eq!(status(login(store, ANNA, OF_ANNA)), SESSION_NEWER);
    assert_eq!(status(store.policy_get(5)), SESSION_NEWER);
    assert_eq!(status(store.policy_set(None, 5, 9)), SESSION_NEWER);
    assert_eq!(status(store.user_create(None, "Carla", NEW)), SESSION_NEWER);
    assert_eq!(status(store.purge()), SESSION_NEWER);
    assert_ne!(status(store.user_get(*anna)), SESSION_OK);
}

#[test]
fn a_newer_policy_refuses_everything() {
    let Some(case) = prepared() else { return };
    let open = case.open();
    extend(&case, "policy", true, OF_ANNA);
    everything_is_newer(&case, &open);
    everything_is_newer(&case, &case.open());
}

#[test]
fn a_newer_store_refuses_everything() {
    let Some(case) = prepared() else { return };
    let open = case.open();
    extend(&case, "meta", true, OF_ANNA);
    everything_is_newer(&case, &open);
    drop(open);
    let before = std::fs::read(case.file("store.db")).unwrap();
    assert_eq!(status(case.try_open()), SESSION_NEWER);
    assert_eq!(std::fs::read(case.file("store.db")).unwrap(), before);
}

#[test]
fn a_panic_stops_at_the_boundary() {
    let Some(case) = prepared() else { return };
    let output = hooked(&case, &["panic", &case.people.live.token]);
    assert!(output.stderr.is_empty() && output.stdout.is_empty(), "it printed: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(status(case.open().verify(&case.people.live.token)), SESSION_OK);
}
