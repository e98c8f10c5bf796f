//! Another SQLite in the same process: the host's own, or a second copy of ours.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::process::Command;
use support::{C, command, compile, library, linked, missing, run, skip, temp_home};

#[test]
fn two_copies_of_the_library() {
    if missing(&["cc"]) {
        return;
    }
    let home = temp_home();
    let copies = ["plugin-one.so", "plugin-two.so"].map(|name| home.path().join(name));
    for copy in &copies {
        fs::copy(library(), copy).expect("a copy of the library");
    }
    let flags: Vec<&str> = C.iter().copied().chain(["-ldl"]).collect();
    let program = compile(&["two_copies.c"], &flags);
    run(command(program, home.path()).args(&copies).arg(home.path().join("store")));
}

#[test]
fn the_host_reads_our_database() {
    if missing(&["cc"]) {
        return;
    }
    let header = Command::new("cc").args(["-E", "-include", "sqlite3.h", "-x", "c", "/dev/null"]).output().expect("cc");
    if !header.status.success() {
        return skip("no sqlite3.h here");
    }
    let (program, home) = (linked(&["host_sqlite.c"], &["-lsqlite3"]), temp_home());
    run(command(program, home.path()).arg(home.path().join("store")));
}
