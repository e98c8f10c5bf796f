//! The C programs of tests/c against the built library: the flow, its misuse, the layout, threads and fork.
#![cfg(unix)]

mod support;

use support::{C, command, compile, compile_with, header, library, linked, missing, run, temp_home, text, valgrind};

/// Compiles one program and runs it with a folder that does not exist yet.
fn check(sources: &[&str]) {
    if missing(&["cc"]) {
        return;
    }
    let (program, home) = (linked(sources, &[]), temp_home());
    run(command(program, home.path()).arg(home.path().join("store")));
}

fn check_under_valgrind(sources: &[&str]) {
    if missing(&["cc", "valgrind"]) {
        return;
    }
    let (program, home) = (linked(sources, &[]), temp_home());
    run(valgrind(&program, home.path()).arg(home.path().join("store")));
}

#[test]
fn the_whole_flow_in_c() {
    check(&["smoke.c", "second.c"]);
}

#[test]
fn the_whole_flow_in_cpp() {
    if missing(&["c++"]) {
        return;
    }
    let library = library();
    let program = compile_with("c++", &["smoke.c", "second.c"], &["-std=c++17", "-xc++", text(&library)]);
    let home = temp_home();
    run(command(program, home.path()).arg(home.path().join("store")));
}

#[test]
fn the_whole_flow_under_valgrind() {
    check_under_valgrind(&["smoke.c", "second.c"]);
}

#[test]
fn misuse_is_answered() {
    check(&["misuse.c"]);
}

#[test]
fn misuse_under_valgrind() {
    check_under_valgrind(&["misuse.c"]);
}

#[test]
fn text_that_is_none() {
    check(&["strange_text.c"]);
}

#[test]
fn text_that_is_none_under_valgrind() {
    check_under_valgrind(&["strange_text.c"]);
}

#[test]
fn passwords_are_bytes() {
    check(&["passwords.c"]);
}

#[test]
fn passwords_under_valgrind() {
    check_under_valgrind(&["passwords.c"]);
}

#[test]
fn check_backup_and_adopt() {
    check(&["upkeep.c"]);
}

#[test]
fn upkeep_under_valgrind() {
    check_under_valgrind(&["upkeep.c"]);
}

#[test]
fn many_threads_at_one_handle() {
    check(&["threads.c"]);
}

#[test]
fn a_forked_child_is_told() {
    check(&["fork.c"]);
}

/// Every number that the header defines is what session_constant() tells, and the structs lie as they always did.
#[test]
fn layout_and_constants() {
    if missing(&["cc"]) {
        return;
    }
    let header = header();
    let names: Vec<&str> = header
        .lines()
        .filter_map(|line| line.strip_prefix("#define SESSION_")?.split_once(' '))
        .filter(|(_, value)| value.parse::<i64>().is_ok())
        .map(|(name, _)| name)
        .collect();
    assert!(names.len() > 100, "the header was not understood: {names:?}");
    let home = temp_home();
    let lines: String = names.iter().map(|name| format!("X(SESSION_{name})\n")).collect();
    std::fs::write(home.path().join("constants.inc"), lines).expect("constants.inc");
    let (include, library) = (format!("-I{}", text(home.path())), library());
    let flags: Vec<&str> = C.iter().copied().chain([include.as_str(), text(&library)]).collect();
    run(&mut command(compile(&["layout.c"], &flags), home.path()));
}
