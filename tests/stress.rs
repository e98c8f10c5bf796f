//! Eight processes of eight threads on one store, some of them killed: `make stress` for a minute, here for some seconds.
#![cfg(target_os = "linux")]

mod support;

use support::{command, linked, missing, run, temp_home};

#[test]
fn no_process_says_yes_after_an_ending() {
    if missing(&["cc"]) {
        return;
    }
    let (program, home) = (linked(&["stress.c"], &[]), temp_home());
    let seconds = std::env::var("STRESS_SECONDS").unwrap_or("6".into());
    print!("{}", run(command(program, home.path()).arg(home.path().join("store")).arg(seconds)));
}
