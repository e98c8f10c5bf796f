//! What the README shows is what runs.
#![cfg(unix)]

mod support;

use std::fs;
use std::path::PathBuf;
use support::*;

fn of_project(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_quickstarts_are_in_the_readme_word_for_word() {
    let readme = of_project("README.md");
    for path in [
        "bindings/c/quickstart.c",
        "bindings/cpp/quickstart.cpp",
        "bindings/cpp/quickstart_qt.cpp",
        "bindings/csharp/Quickstart.cs",
        "bindings/python/quickstart.py",
    ] {
        assert!(readme.contains(of_project(path).trim_end()), "README.md does not show {path} as it is");
    }
}

#[test]
fn the_c_quickstart_runs() {
    let home = temp_home();
    let program = linked(&["../../bindings/c/quickstart.c"], &[]);
    let printed = run(command(program, home.path()).arg(home.path().join("store")));
    assert_eq!(printed, "Hello, Anna Müller\nSESSION_LOGGED_OUT\n");
}

fn demo() -> PathBuf {
    let sources = ["demo.c", "prompt.c", "manage.c", "words.c", "lists.c", "terminal.c"]
        .map(|name| format!("../../bindings/c/demo/{name}"));
    linked(&sources.each_ref().map(String::as_str), &[])
}

#[test]
fn the_demo_tells_its_story_in_a_pipe() {
    let home = temp_home();
    let printed = run(&mut command(demo(), home.path()));
    for shown in
        ["BAD_CREDENTIALS", "LOGGED_OUT", "MUST_CHANGE", "authorized             by Mara Weiß, of Anna Müller: refund 17.50"]
    {
        assert!(printed.contains(shown), "{shown} in\n{printed}");
    }
}

#[test]
fn the_demo_does_as_it_is_told() {
    const KIM: &str = "violet kettle under 7 stairs";
    const MARA: &str = "forty geese over a wet meadow";
    let home = temp_home();
    let typed = [
        &["Kim", KIM, KIM, "users", "create Mara", MARA, MARA, "login Kim", KIM][..],
        &["override refund 12", "Mara", MARA, "override refund 13", "Kim", KIM, "override", "override refund 14", "Mara", KIM],
        &["preset aal2", "preset aal3", "preset default", "preset", "reset Mara", "reset Nobody", "events", "users", "quit"],
    ];
    let script = home.path().join("typed");
    fs::write(&script, typed.concat().join("\n")).unwrap();
    let printed = run(command(demo(), home.path()).arg("--interactive").stdin(fs::File::open(script).unwrap()));
    for shown in [
        "Nobody is logged in.",
        "authorized             by Mara, of Kim: refund 12",
        "That is your own account",
        "Wrong name or password.",
        "Set, for every process.",
        "preset aal1 | aal2 | aal3 | default",
        "Hand over this code",
        "There is no such user.",
        "password reset         by Kim, of Mara: until",
        "Mara [must change the password]",
        "Logged out.",
    ] {
        assert!(printed.contains(shown), "{shown} in\n{printed}");
    }
    assert!(!printed.contains("refused: edited or missing"), "{printed}");
}
