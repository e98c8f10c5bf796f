//! What a password hash takes of memory it gives back, and without it the answer is SESSION_NO_MEMORY.
#![cfg(target_os = "linux")]

mod support;

use support::{command, linked, missing, run, temp_home};

#[test]
fn a_hash_gives_its_memory_back_and_may_be_refused_it() {
    if missing(&["cc"]) {
        return;
    }
    let (program, home) = (linked(&["hash_memory.c"], &[]), temp_home());
    run(command(program, home.path()).arg(home.path().join("store")));
}
