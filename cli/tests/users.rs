//! Users, and who administers.
#![cfg(unix)]

mod support;

use std::process::Command;
use support::{Desk, OTHER, PASSWORD, document};

#[test]
fn users_are_made_changed_and_deleted() {
    let (desk, anna) = Desk::with_anna();
    desk.run(&["user", "add", "otto"], PASSWORD).out();
    assert_eq!(desk.run(&["user", "add", "OTTO"], PASSWORD).code, 1);
    desk.run(&["user", "rename", "otto", "Ottilie"], "").out();
    desk.run(&["user", "permit", &anna, "0x8000000000000001"], "").out();
    desk.run(&["user", "disable", "ottilie"], "").out();

    let users = desk.json(&["user", "list"], "");
    assert_eq!(
        (&users["users"][0]["name"], &users["users"][0]["permissions"]),
        (&"Anna Müller".into(), &"0x8000000000000001".into())
    );
    assert_eq!((&users["users"][1]["name"], &users["users"][1]["disabled"]), (&"Ottilie".into(), &true.into()));
    let list = desk.run(&["user", "list"], "").out();
    let column = |line: &str| line.find("01").or(line.find("ID"));
    let columns: Vec<_> = list.lines().map(|line| column(&line.replace('ü', "u"))).collect();
    assert!(columns.iter().all(|at| *at == columns[0]), "not aligned:\n{list}");

    let disabled = desk.run(&["login", "ottilie"], PASSWORD);
    assert!(disabled.code == 1 && disabled.err.contains("SESSION_USER_DISABLED"), "{}", disabled.err);
    desk.run(&["user", "enable", "ottilie"], "").out();
    desk.run(&["login", "ottilie"], PASSWORD).out();

    // Not without a yes, where nobody can be asked.
    let unasked = desk.run(&["user", "delete", "ottilie"], "y\n");
    assert!(unasked.code == 2 && unasked.err.contains("--yes"), "{}", unasked.err);
    assert_eq!(desk.json(&["user", "list"], "")["users"].as_array().unwrap().len(), 2);
    desk.run(&["user", "delete", "ottilie", "--yes"], "").out();
    assert_eq!(desk.json(&["user", "list"], "")["users"].as_array().unwrap().len(), 1);
    assert_eq!(desk.run(&["user", "enable", "ottilie"], "").code, 1);
}

#[test]
fn an_id_is_never_taken_for_a_name() {
    let desk = Desk::new();
    let id = "01a20996-0dbb-7125-bf7f-96a84c30593b";
    desk.run(&["user", "add", id], PASSWORD).out();
    assert_eq!(desk.run(&["user", "delete", id, "--yes"], "").code, 1);
    assert_eq!(desk.json(&["user", "list"], "")["users"].as_array().unwrap().len(), 1);
}

#[test]
fn who_administers_is_recorded() {
    let (desk, anna) = Desk::with_anna();
    let token = desk.log_in();
    desk.run_as(&token, &["user", "permit", "anna müller", "1", "--as-me"]).out();
    desk.run_as(&token, &["user", "permit", "anna müller", "2"]).out();
    let events = desk.events("user-permitted");
    assert_eq!((&events[0]["actor_id"], &events[0]["actor"]), (&anna.into(), &"Anna Müller".into()));
    assert!(events[1]["actor_id"].is_null());

    desk.run(&["logout"], &token).out();
    let dead = desk.run_as(&token, &["user", "disable", "anna müller", "--as-me", "--json"]);
    assert_eq!((dead.code, &document(&dead)["status"]), (1, &"SESSION_NOT_ALLOWED".into()));
    assert_eq!(desk.run(&["user", "disable", "anna müller", "--as-me"], "").code, 2);
    assert_eq!(desk.json(&["user", "list"], "")["users"][0]["disabled"], false);
}

/// Three commands, and the audit trail says which OS account gave each.
#[test]
fn a_forgotten_only_administrator_gets_back_in() {
    let (desk, anna) = Desk::with_anna();

    let reset = desk.run(&["user", "reset", "anna müller"], "").out();
    let (code, until) = reset.split_once('\n').expect("a code and until when it is good");
    desk.run(&["password", "change", "anna müller"], &format!("{}\n{OTHER}\n", code.to_lowercase())).out();
    let token = desk.run(&["login", "anna müller"], OTHER).out();

    assert!(desk.run_as(&token, &["whoami"]).out().contains("Anna Müller"));
    let account = Command::new("id").arg("-un").output().expect("id");
    let account = String::from_utf8(account.stdout).unwrap().trim_end().to_owned();
    for kind in ["password-reset", "password-changed", "login"] {
        let events = desk.events(kind);
        assert_eq!(events.len(), 1, "{kind}");
        assert_eq!(
            (&events[0]["user_id"], &events[0]["os_account"]),
            (&anna.clone().into(), &account.clone().into()),
            "{kind}"
        );
    }
    let recorded = desk.events("password-reset")[0]["detail"].as_str().unwrap().to_owned();
    assert!(until.contains(&recorded), "{until} is not {recorded}");
}

#[test]
fn a_code_is_no_password() {
    let (desk, _) = Desk::with_anna();
    let token = desk.log_in();
    let reset = desk.json(&["user", "reset", "anna müller"], "");
    assert_eq!(desk.run_as(&token, &["whoami"]).code, 1);
    assert_eq!(desk.run(&["login", "anna müller"], PASSWORD).code, 1);
    let must_change = desk.run(&["login", "anna müller"], reset["code"].as_str().unwrap());
    assert!(must_change.code == 1 && must_change.err.contains("desksession password change"), "{}", must_change.err);
}
