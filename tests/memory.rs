//! No secret stays in this process's memory.
#![cfg(target_os = "linux")]

mod support;

use support::{command, linked, missing, run, temp_home};

#[test]
fn no_secret_stays_in_memory() {
    if missing(&["cc"]) {
        return;
    }
    let (program, home) = (linked(&["memory_scan.c"], &[]), temp_home());
    run(command(program, home.path()).arg(home.path().join("store")));
}
