//! What the shared library shows to its loader: the header's functions, a plain name, and that it stays loaded.
#![cfg(target_os = "linux")]

mod support;

use std::process::Command;
use support::{functions, library, missing, run};

#[test]
fn exactly_the_functions_of_the_header() {
    if missing(&["nm"]) {
        return;
    }
    let listing = run(Command::new("nm").args(["-D", "--defined-only", "--format=posix"]).arg(library()));
    let mut exported: Vec<&str> = listing.lines().filter_map(|line| line.split(' ').next()).collect();
    exported.sort();
    assert_eq!(exported, functions());
}

#[test]
fn named_plainly_and_never_unloaded() {
    if missing(&["readelf"]) {
        return;
    }
    let dynamic = run(Command::new("readelf").args(["-W", "-d"]).arg(library()));
    let line = |kind: &str| dynamic.lines().find(|line| line.contains(kind)).unwrap_or_default();
    assert!(line("(SONAME)").contains("[libdesksession.so]"), "{dynamic}");
    assert!(line("(FLAGS_1)").contains("NODELETE"), "{dynamic}");
}
