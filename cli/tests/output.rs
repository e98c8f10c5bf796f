//! What is printed: one document where a document was asked for, no secret, nothing that steers a terminal.
#![cfg(unix)]

mod support;

use serde_json::Value;
use std::fs::{self, File};
use std::process::Stdio;
use support::{Desk, OTHER, PASSWORD, document, run};

/// Commands that read this input, and say yes on a store with Anna and Otto.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["user", "add", "Berta"], OTHER),
    (&["user", "list"], ""),
    (&["user", "disable", "otto"], ""),
    (&["user", "enable", "otto"], ""),
    (&["user", "rename", "otto", "Ottilie"], ""),
    (&["user", "permit", "ottilie", "3"], ""),
    (&["user", "unthrottle", "ottilie"], ""),
    (&["user", "delete", "ottilie", "--yes"], ""),
    (&["session", "list", "--all"], ""),
    (&["session", "revoke", "--user", "berta"], ""),
    (&["policy", "get"], ""),
    (&["policy", "set", "idle-ms", "20min"], ""),
    (&["policy", "preset", "default-timeouts"], ""),
    (&["audit", "show"], ""),
    (&["purge"], ""),
    (&["completions", "bash"], ""),
    (&["man"], ""),
    (&["--help"], ""),
    (&["--version"], ""),
];

#[test]
fn every_command_answers_with_one_document() {
    let (desk, _) = Desk::with_anna();
    desk.run(&["user", "add", "otto"], OTHER).out();
    for (args, input) in COMMANDS {
        let document = desk.json(args, input);
        assert_eq!((&document["status"], &document["code"]), (&"SESSION_OK".into(), &0.into()), "{args:?}");
    }
}

#[test]
fn faults_are_documents_too() {
    let (desk, _) = Desk::with_anna();
    for (args, input, status, code, exit) in [
        (&["login", "anna müller"][..], OTHER, "SESSION_BAD_CREDENTIALS", 1, 1),
        (&["user", "enable", "nobody"], "", "SESSION_USER_UNKNOWN", 21, 1),
        (&["user", "add", "two  spaces"], OTHER, "SESSION_NAME_REFUSED", 22, 1),
        (&["policy", "set", "idle-ms", "0"], "", "SESSION_BAD_ARGUMENT", 100, 2),
        (&["no-such-command"], "", "SESSION_BAD_ARGUMENT", 100, 2),
        (&["--folder", "nowhere", "purge"], "", "SESSION_MISSING", 115, 4),
        (&["--folder", "data", "purge"], "", "SESSION_NOT_A_STORE", 110, 4),
        (&["--key", "store", "purge"], "", "SESSION_KEY_MISMATCH", 114, 4),
    ] {
        let ran = desk.run(&[args, &["--json"]].concat(), input);
        let fault = document(&ran);
        assert_eq!((ran.code, ran.err.as_str()), (exit, ""), "{args:?}");
        assert_eq!((&fault["status"], &fault["code"]), (&status.into(), &code.into()), "{args:?}");
        assert!(fault["text"].is_string() && fault["detail"].is_string(), "{args:?}");
        // For people the same is on standard error.
        let ran = desk.run(args, input);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.is_empty()), (exit, "", false), "{args:?}");
    }
}

#[test]
fn no_secret_is_told_but_the_one_asked_for() {
    let (desk, _) = Desk::with_anna();
    let token = desk.log_in();
    let secret = token.trim_start_matches("ds1_");
    let mut told = String::new();
    for json in [&[][..], &["--json"]] {
        for args in [&["user", "list"][..], &["session", "list", "--all"], &["audit", "show"], &["whoami"], &["policy", "get"]]
        {
            let ran = run(desk.command(&[args, json].concat()).env("DESKSESSION_TOKEN", &token), "");
            told += &ran.out();
        }
        for (args, input) in [(&["login", "nobody"][..], PASSWORD), (&["user", "add", "anna müller"], PASSWORD)] {
            let ran = desk.run(&[args, json].concat(), input);
            assert_eq!(ran.code, 1, "{args:?}");
            told += &(ran.out + &ran.err);
        }
    }
    assert!(told.len() > 1000);
    assert!(!told.contains(secret) && !told.contains(PASSWORD), "{told}");
}

#[test]
fn a_label_that_would_steer_the_terminal_is_refused_and_not_echoed() {
    let (desk, _) = Desk::with_anna();
    for label in ["a\u{202e}b", "a\u{1b}[31mb", "a\nb"] {
        for args in [&["login", "anna müller", "--label", label][..], &["login", "anna müller", "--json", "--label", label]] {
            let ran = desk.run(args, PASSWORD);
            assert_eq!(ran.code, 2);
            assert!(!ran.out.contains(label) && !ran.err.contains(label), "{} {}", ran.out, ran.err);
        }
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let desk = Desk::new();
    let Ok(full) = File::options().write(true).open("/dev/full") else { return support::skip("no /dev/full here") };
    let ran = desk.command(&["policy", "get"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(ran.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("SESSION_IO"));
}

#[test]
fn exit_codes_are_documented() {
    let desk = Desk::bare();
    for text in [desk.run(&["--help"], "").out(), desk.run(&["man"], "").out()] {
        for line in ["an answer that is not yes", "try again later", "not as it was written", "DESKSESSION_TOKEN"] {
            assert!(text.contains(line), "{line}");
        }
    }
}

#[test]
fn packagers_get_completions_and_manual_pages() {
    let desk = Desk::bare();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(desk.run(&["completions", shell], "").out().contains("unthrottle"), "{shell}");
    }
    fs::create_dir(desk.path("man")).unwrap();
    let files = desk.json(&["man", "--out", "man"], "");
    let named: Vec<_> = files["files"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(named.contains(&"man/desksession.1") && named.contains(&"man/desksession-user-add.1"), "{named:?}");
    assert_eq!(fs::read_dir(desk.path("man")).unwrap().count(), named.len());
    assert_eq!(desk.run(&["man", "--out", "nowhere"], "").code, 4);
}
