//! Policy, the audit trail, purge.
#![cfg(unix)]

mod support;

use std::process::Command;
use support::{Desk, OTHER, document, missing};

#[test]
fn policy_is_read_and_set_by_readable_names() {
    let desk = Desk::new();
    let all = desk.json(&["policy", "get"], "");
    assert_eq!((all["policy"].as_object().unwrap().len(), &all["policy"]["idle-ms"]), (12, &1_800_000.into()));
    for (value, ms) in [("15min", 900_000), ("12h", 43_200_000), ("30d", 2_592_000_000_i64), ("2500", 2500)] {
        desk.run(&["policy", "set", "idle-ms", value], "").out();
        assert_eq!(desk.json(&["policy", "get", "idle-ms"], "")["policy"], serde_json::json!({"idle-ms": ms}));
    }
    desk.run(&["policy", "preset", "aal2-timeouts"], "").out();
    assert!(desk.run(&["policy", "get", "idle-ms"], "").out().contains("1h"));
    assert_eq!(desk.json(&["policy", "get"], "")["policy"]["throttle-stop"], 100);
    for wrong in [["password-min", "15min"], ["idle-ms", "soon"], ["password-min", "7"], ["no-such-item", "1"]] {
        assert_eq!(desk.run(&["policy", "set", wrong[0], wrong[1]], "").code, 2, "{wrong:?}");
    }
}

#[test]
fn the_audit_trail_shows_names_and_what_was_asked_for() {
    let (desk, anna) = Desk::with_anna();
    desk.log_in();
    desk.run(&["login", "anna müller"], OTHER);
    desk.run(&["user", "add", "otto"], OTHER).out();

    let shown = desk.run(&["audit", "show"], "").out();
    let login = shown.lines().find(|line| line.contains(" login  ")).expect("the login");
    assert_eq!(login.matches("Anna Müller").count(), 2, "{login}");
    assert!(!login.contains(&anna), "{login}");

    assert_eq!(desk.events("login-failed").len(), 1);
    let of = |args: &[&str]| desk.json(&[&["audit", "show"], args].concat(), "")["events"].as_array().unwrap().clone();
    assert_eq!(of(&["--user", "anna müller"]).len(), 5);
    assert_eq!(of(&["--user", &anna, "--kind", "user-created"]).len(), 1);
    assert_eq!(of(&["--since", "1h"]).len(), of(&[]).len());
    assert_eq!(of(&["--since", "2099-01-01"]).len(), 0);
    let last = of(&["--last", "2"]);
    assert_eq!((last.len(), &last[1]["kind"], &last[1]["user"]), (2, &"user-created".into(), &"otto".into()));
    assert_eq!(last, of(&["--limit", "2"]));
}

#[test]
fn a_changed_event_shows_and_the_exit_code_tells() {
    if missing("sqlite3") {
        return;
    }
    let (desk, _) = Desk::with_anna();
    let sql = "UPDATE audit SET detail = 'Mallory' WHERE id = 4";
    let changed = Command::new("sqlite3").arg(desk.path("store/store.db")).arg(sql).status().expect("sqlite3");
    assert!(changed.success());

    let shown = desk.run(&["audit", "show", "--kind", "login"], "");
    assert_eq!(shown.code, 5);
    assert!(shown.out.contains("SESSION_TAMPERED") && shown.out.contains("not as they were written"), "{}", shown.out);
    assert!(!shown.out.contains("Mallory"));
    let shown = desk.run(&["audit", "show", "--json"], "");
    assert_eq!((shown.code, &document(&shown)["refused"]), (5, &serde_json::json!([4])));
}

#[test]
fn a_changed_user_is_listed_as_such_and_can_be_deleted() {
    if missing("sqlite3") {
        return;
    }
    let (desk, anna) = Desk::with_anna();
    let sql = "UPDATE users SET permissions = 255";
    assert!(Command::new("sqlite3").arg(desk.path("store/store.db")).arg(sql).status().expect("sqlite3").success());
    let list = desk.run(&["user", "list"], "");
    assert_eq!(list.code, 5);
    assert!(list.out.contains("SESSION_TAMPERED") && list.out.contains(&anna), "{}", list.out);
    assert_eq!(desk.run(&["user", "enable", &anna], "").code, 5);
    desk.run(&["user", "delete", &anna, "--yes"], "").out();
    assert_eq!(desk.run(&["user", "list"], "").code, 0);
}

#[test]
fn purge_removes_what_policy_no_longer_keeps() {
    let (desk, _) = Desk::with_anna();
    let token = desk.log_in();
    desk.run(&["logout"], &token).out();
    assert_eq!(desk.json(&["purge"], "")["removed"], 0);
    desk.run(&["policy", "set", "ended-keep-ms", "0"], "").out();
    assert_eq!(desk.json(&["purge"], "")["removed"], 1);
}
