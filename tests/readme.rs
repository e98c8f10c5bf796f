//! What the README shows is what runs.
#![cfg(unix)]

mod support;

use std::fs;
use support::*;

fn of_project(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_quickstarts_are_in_the_readme_word_for_word() {
    let readme = of_project("README.md");
    for path in ["bindings/c/quickstart.c", "bindings/python/quickstart.py"] {
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

#[test]
fn the_demo_tells_its_story_in_a_pipe() {
    let home = temp_home();
    let sources =
        ["demo.c", "prompt.c", "words.c", "lists.c", "terminal.c"].map(|name| format!("../../bindings/c/demo/{name}"));
    let program = linked(&sources.each_ref().map(String::as_str), &[]);
    let printed = run(&mut command(program, home.path()));
    for shown in ["BAD_CREDENTIALS", "Anna Müller", "LOGGED_OUT"] {
        assert!(printed.contains(shown), "{shown} in\n{printed}");
    }
}
