//! Logging in and out, and sessions.
#![cfg(unix)]

mod support;

use serde_json::Value;
use support::{Desk, OTHER, PASSWORD, document, run};

#[test]
fn login_prints_the_token_alone_and_logout_ends_it() {
    let (desk, anna) = Desk::with_anna();
    let ran = desk.run(&["login", "anna müller", "--label", "Till 2"], &format!("{PASSWORD}\n"));
    let token = ran.out.trim_end();
    assert_eq!((ran.code, ran.err.as_str(), ran.out.lines().count()), (0, "", 1));
    assert!(token.starts_with("ds1_") && token.len() == 68, "a token");

    let who = document(&desk.run_as(token, &["whoami", "--json"]));
    assert_eq!(who["session"]["user"], "Anna Müller");
    assert_eq!(who["session"]["user_id"], anna.as_str());
    assert_eq!(who["session"]["label"], "Till 2");
    assert_eq!(who["session"]["state"], "SESSION_OK");
    // From standard input too.
    assert!(desk.run(&["whoami", "--peek"], &format!("{token}\r\n")).out().contains("Anna Müller"));

    desk.run(&["logout"], token).out();
    desk.run_as(token, &["logout"]).out();
    let over = desk.run_as(token, &["whoami"]);
    assert_eq!((over.code, over.out.as_str()), (1, ""));
    assert!(over.err.contains("SESSION_LOGGED_OUT") && over.err.contains("a session of Anna Müller"), "{}", over.err);
    let over = document(&desk.run_as(token, &["whoami", "--json"]));
    assert_eq!((&over["code"], &over["session"]["user"]), (&Value::from(6), &Value::from("Anna Müller")));
}

#[test]
fn what_is_no_token_is_no_session() {
    let (desk, _) = Desk::with_anna();
    for command in ["whoami", "logout"] {
        assert_eq!(desk.run(&[command], "ds1_nonsense").code, 1);
        // Nothing at all is a mistake.
        assert_eq!(desk.run(&[command], "").code, 2);
    }
}

#[test]
fn wrong_passwords_are_no_and_then_later() {
    let (desk, _) = Desk::with_anna();
    let wrong = desk.run(&["login", "anna müller", "--json"], OTHER);
    let unknown = desk.run(&["login", "nobody", "--json"], OTHER);
    assert_eq!((wrong.code, unknown.code), (1, 1));
    assert_eq!(wrong.out, unknown.out);
    desk.run(&["policy", "set", "throttle-free", "1"], "").out();
    assert_eq!(desk.run(&["login", "anna müller"], OTHER).code, 1);
    desk.run(&["policy", "set", "throttle-stop", "1"], "").out();
    let throttled = desk.run(&["login", "anna müller", "--json"], PASSWORD);
    assert_eq!((throttled.code, &document(&throttled)["retry_after_ms"]), (3, &Value::from(-1)));
    desk.run(&["user", "unthrottle", "anna müller"], "").out();
    desk.log_in();
}

#[test]
fn sessions_are_listed_and_revoked() {
    let (desk, _) = Desk::with_anna();
    let (first, second) = (desk.log_in(), desk.log_in());
    let list = desk.json(&["session", "list", "anna müller"], "");
    let ids: Vec<_> =
        list["sessions"].as_array().unwrap().iter().map(|session| session["session_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);

    desk.run(&["session", "revoke", ids[0]], "").out();
    assert_eq!((desk.run_as(&first, &["whoami"]).code, desk.run_as(&second, &["whoami"]).code), (1, 0));
    let live = desk.run(&["session", "list"], "").out();
    assert!(!live.contains(ids[0]) && live.contains(ids[1]), "{live}");
    let all = desk.run(&["session", "list", "--all"], "").out();
    assert!(all.contains(ids[0]) && all.contains("ended from elsewhere"), "{all}");

    assert_eq!(desk.json(&["session", "revoke", "--user", "anna müller"], "")["ended"], 1);
    assert_eq!(desk.run_as(&second, &["whoami"]).code, 1);
    assert_eq!(desk.run(&["session", "revoke", "01a20996-0dbb-7125-bf7f-96a84c30593b"], "").code, 1);
    assert_eq!(desk.run(&["session", "revoke"], "").code, 2);
}

#[test]
fn a_password_change_ends_the_other_sessions() {
    let (desk, _) = Desk::with_anna();
    let (kept, ended) = (desk.log_in(), desk.log_in());
    let change = ["password", "change", "anna müller", "--keep-me", "--password-stdin"];
    run(desk.command(&change).env("DESKSESSION_TOKEN", &kept), &format!("{PASSWORD}\n{OTHER}\n")).out();
    assert_eq!((desk.run_as(&kept, &["whoami"]).code, desk.run_as(&ended, &["whoami"]).code), (0, 1));
    assert_eq!(desk.run(&["login", "anna müller"], PASSWORD).code, 1);
    assert_eq!(desk.run(&["login", "anna müller"], OTHER).code, 0);
    // A weak one changes nothing.
    let weak = desk.run(&["password", "change", "anna müller"], &format!("{OTHER}\nshort\n"));
    assert!(weak.code == 1 && weak.err.contains("SESSION_PASSWORD_WEAK"), "{}", weak.err);
    assert_eq!(desk.run(&["login", "anna müller"], OTHER).code, 0);
}
