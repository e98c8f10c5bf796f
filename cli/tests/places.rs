//! Which store, and its key.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use support::{Desk, PASSWORD, document, run};

#[test]
fn only_init_makes_a_store() {
    let desk = Desk::bare();
    for args in [
        &["user", "list"][..],
        &["login", "anna"],
        &["whoami"],
        &["policy", "get"],
        &["audit", "show"],
        &["check"],
        &["backup", "copy"],
        &["purge"],
        &["doctor"],
        &["adopt", "--yes"],
    ] {
        let ran = desk.run(args, PASSWORD);
        assert_eq!(ran.code, 4, "{args:?}: {}{}", ran.out, ran.err);
        assert!(!desk.path("store").exists(), "{args:?}");
    }
    let made = desk.run(&["init", "anna"], PASSWORD);
    assert!(made.out().contains("created user anna"));
    assert_eq!(desk.json(&["user", "list"], "")["users"][0]["name"], "anna");
    assert_eq!(desk.run(&["init", "--no-user"], "").code, 2);
}

#[test]
fn init_wants_a_user_or_none() {
    let desk = Desk::bare();
    assert_eq!(desk.run(&["init"], PASSWORD).code, 2);
    assert_eq!(desk.run(&["init", "anna"], "").code, 2);
    assert!(!desk.path("store").exists());
    let weak = desk.run(&["init", "anna"], "short");
    assert!(weak.code == 1 && weak.err.contains("desksession user add"), "{}", weak.err);
    desk.run(&["user", "add", "anna"], PASSWORD).out();
}

#[test]
fn a_store_is_found_by_folder_by_program_and_by_environment() {
    let desk = Desk::new();
    let bare = |args: &[&str]| run(desk.command(args).env_remove("DESKSESSION_FOLDER"), "");
    assert_eq!(bare(&["user", "list"]).code, 2);
    assert_eq!(bare(&["user", "list", "--folder", "store"]).code, 0);
    assert_eq!(bare(&["--app", "Till", "user", "list"]).code, 4);
    assert_eq!(bare(&["--app", "Till", "init", "--no-user"]).code, 0);
    assert!(desk.path("data/Till/desksession/store.db").exists());
    assert_eq!(
        run(desk.command(&["user", "list"]).env_remove("DESKSESSION_FOLDER").env("DESKSESSION_APP", "Till"), "").code,
        0
    );
    // Both at once: nobody guesses. What is typed goes before the environment.
    assert_eq!(bare(&["user", "list", "--folder", "store", "--app", "Till"]).code, 2);
    assert_eq!(bare(&["--folder", "store", "user", "list", "--app", "Till"]).code, 2);
    assert_eq!(run(desk.command(&["user", "list"]).env("DESKSESSION_APP", "Till"), "").code, 2);
    assert_eq!(desk.run(&["user", "list", "--app", "No Such"], "").code, 4);
}

#[test]
fn the_callers_key_comes_from_a_file() {
    let desk = Desk::bare();
    let file = |name: &str, content: &[u8]| fs::write(desk.path(name), content).unwrap();
    file("raw", &[7; 32]);
    file("hex", format!("{}\n", "07".repeat(32)).as_bytes());
    file("other", &[8; 32]);
    file("short", b"0707");
    file("no hex", "xy".repeat(32).as_bytes());
    file("zero", &[0; 32]);
    desk.run(&["--key", "caller", "--key-file", "raw", "init", "--no-user"], "").out();
    let list = |args: &[&str]| desk.run(&[&["user", "list"], args].concat(), "").code;
    assert_eq!(list(&["--key-file", "raw"]), 0);
    assert_eq!(list(&["--key-file", "hex"]), 0);
    assert_eq!(list(&["--key-file", "other"]), 5);
    assert_eq!(list(&["--key-file", "short"]), 2);
    assert_eq!(list(&["--key-file", "no hex"]), 2);
    assert_eq!(list(&["--key-file", "zero"]), 2);
    assert_eq!(list(&["--key-file", "nowhere"]), 4);
    assert_eq!(list(&["--key", "caller"]), 2);
    assert_eq!(list(&["--key", "user", "--key-file", "raw"]), 2);
    assert_eq!(list(&["--key", "user"]), 4);
    assert_eq!(list(&[]), 4);
}

#[test]
fn a_path_does_not_steer_the_terminal() {
    let desk = Desk::bare();
    let folder = std::ffi::OsStr::from_bytes(b"x\x1b[31m\ny");
    let ran = run(&mut desk.command(&["--folder".as_ref(), folder, "user".as_ref(), "list".as_ref()]), "");
    assert_eq!(ran.code, 4);
    assert!(!ran.err.contains('\x1b') && ran.err.contains("x\\u{1b}[31m\\u{a}y"), "{}", ran.err);
    let ran = run(&mut desk.command(&["--folder".as_ref(), folder, "user".as_ref(), "list".as_ref(), "--json".as_ref()]), "");
    assert!(document(&ran)["detail"].as_str().unwrap().contains("x\x1b[31m\ny") && !ran.out.contains('\x1b'));
    let ran = run(&mut desk.command(&[folder]), "");
    assert!(ran.code == 2 && !ran.err.contains('\x1b'), "{}", ran.err);
}
