//! The store as a whole: check, backup, adopt, doctor.
#![cfg(unix)]

mod support;

use serde_json::Value;
use std::fs;
use std::process::Command;
use support::{Desk, PASSWORD, Ran, document, missing};

/// As a stranger without the key would, from another process.
fn change(desk: &Desk, sql: &str) {
    assert!(Command::new("sqlite3").arg(desk.path("store/store.db")).arg(sql).status().expect("sqlite3").success());
}

fn lose_the_key(desk: &Desk) {
    fs::remove_dir_all(desk.path("data")).expect("keys");
    fs::create_dir(desk.path("data")).expect("a place for keys");
}

/// What doctor has to say of a topic: its level and its text.
fn said_of(ran: &Ran, topic: &str) -> Vec<(String, String)> {
    let document = document(ran);
    let findings = document["findings"].as_array().expect("findings").iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("a text").to_owned();
    findings
        .filter(|finding| finding["topic"] == topic)
        .map(|finding| (text(finding, "level"), text(finding, "text")))
        .collect()
}

#[test]
fn check_tells_a_whole_store_from_a_changed_one() {
    if missing("sqlite3") {
        return;
    }
    let (desk, anna) = Desk::with_anna();
    assert_eq!(desk.json(&["check"], "")["whole"], true);
    change(&desk, "UPDATE users SET permissions = 255");
    let check = desk.run(&["check", "--json"], "");
    let document = document(&check);
    assert_eq!((check.code, &document["whole"]), (5, &false.into()));
    assert_eq!(
        (&document["faults"][0]["fault"], &document["faults"][0]["table"]),
        (&"SESSION_TAMPERED".into(), &"users".into())
    );
    let check = desk.run(&["check"], "");
    assert!(check.code == 5 && check.out.contains(&anna), "{}", check.out);
}

#[test]
fn a_backup_holds_the_accounts_and_is_recorded() {
    let (desk, anna) = Desk::with_anna();
    let token = desk.log_in();
    desk.run_as(&token, &["backup", "copy", "--as-me"]).out();
    let users = desk.json(&["--folder", "copy", "user", "list"], "");
    assert_eq!((&users["users"][0]["name"], &users["users"][0]["live_sessions"]), (&"Anna Müller".into(), &0.into()));
    desk.run(&["--folder", "copy", "login", "anna müller"], PASSWORD).out();
    let event = &desk.events("backed-up")[0];
    assert_eq!(event["actor_id"], anna.as_str());
    assert!(event["detail"].as_str().unwrap().ends_with("/copy"), "{event}");
    // Nothing is overwritten.
    assert_eq!(desk.run(&["backup", "copy"], "").code, 2);
    assert_eq!(desk.run(&["backup", "no/such/parent"], "").code, 2);
}

#[test]
fn a_store_whose_key_is_gone_is_adopted_after_a_yes() {
    let (desk, _) = Desk::with_anna();
    let token = desk.log_in();
    // Its key still opens it: nothing to adopt.
    let needless = desk.run(&["adopt", "--yes", "--json"], "");
    assert_eq!((needless.code, &document(&needless)["status"]), (4, &"SESSION_KEY_MISMATCH".into()));

    lose_the_key(&desk);
    let lost = desk.run(&["user", "list"], "");
    assert!(lost.code == 4 && lost.err.contains("desksession adopt"), "{}", lost.err);
    assert_eq!(desk.run(&["adopt"], "y\n").code, 2);
    assert_eq!(desk.run(&["user", "list"], "").code, 4);

    assert_eq!(desk.json(&["adopt", "--yes"], "")["users"], serde_json::json!(["Anna Müller"]));
    assert_eq!(desk.run_as(&token, &["whoami"]).code, 1);
    desk.log_in();
    assert_eq!(desk.events("adopted").len(), 1);
}

#[test]
fn doctor_finds_a_healthy_store_healthy() {
    let (desk, _) = Desk::with_anna();
    desk.log_in();
    desk.run(&["backup", "copy"], "").out();
    let ran = desk.run(&["doctor", "--json"], "");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(said_of(&ran, "users"), [("ok".to_owned(), "1, with 1 live sessions".to_owned())]);
    assert_eq!(said_of(&ran, "backup"), [("ok".to_owned(), "0 days ago".to_owned())]);
    assert_eq!(said_of(&ran, "check")[0].0, "ok");
}

#[test]
fn doctor_warns() {
    let desk = Desk::new();
    desk.run(&["policy", "set", "password-min", "8"], "").out();
    desk.run(&["policy", "set", "remembered-absolute-ms", "31d"], "").out();
    let ran = desk.run(&["doctor", "--json"], "");
    let levels = |topic| said_of(&ran, topic).into_iter().map(|(level, _)| level).collect::<Vec<_>>();
    assert_eq!(levels("policy"), ["ok", "warning", "warning", "warning"]);
    assert_eq!((levels("users"), levels("backup")), (vec!["warning".to_owned()], vec!["warning".to_owned()]));
    assert_eq!(levels("folder"), ["ok"]);

    desk.run(&["policy", "preset", "aal1-timeouts"], "").out();
    desk.run(&["policy", "set", "password-min", "15"], "").out();
    let better = desk.run(&["doctor", "--json"], "");
    assert_eq!(said_of(&better, "policy").len(), 1);
}

#[test]
fn doctor_knows_folders_that_are_synchronised() {
    let desk = Desk::bare();
    for (folder, service) in [("OneDrive - Till", "OneDrive"), ("Dropbox", "Dropbox"), ("Google Drive", "Google Drive")] {
        let ran = desk.run(&["--folder", &format!("{folder}/store"), "doctor", "--json"], "");
        assert!(said_of(&ran, "folder").iter().any(|(level, text)| level == "warning" && text.contains(service)), "{folder}");
    }
}

#[test]
fn doctor_says_what_to_do_where_the_store_does_not_open() {
    let (desk, _) = Desk::with_anna();
    lose_the_key(&desk);
    let before: Vec<_> = fs::read_dir(desk.path("store")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let ran = desk.run(&["doctor"], "");
    assert!(ran.code == 4 && ran.out.contains("SESSION_NO_KEY") && ran.out.contains("desksession adopt"), "{}", ran.out);
    let after: Vec<_> = fs::read_dir(desk.path("store")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(before, after);
}

#[test]
fn doctor_finds_changed_rows() {
    if missing("sqlite3") {
        return;
    }
    let (desk, anna) = Desk::with_anna();
    change(&desk, "UPDATE users SET permissions = 255");
    let ran = desk.run(&["doctor"], "");
    assert!(ran.code == 5 && ran.out.contains(&anna), "{}", ran.out);
}
