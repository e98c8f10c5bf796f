//! The command line of desksession. `args` says what there is, `commands` does it, `output` tells people or programs.

mod args;
mod commands;
mod exit;
mod kinds;
mod output;
mod place;
mod rows;
mod secrets;
mod units;

use clap::Parser;
use desksession::Error;
use desksession::status::{SESSION_BAD_ARGUMENT, SESSION_INTERNAL};
use output::Report;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(wrong) => return ExitCode::from(usage(&wrong)),
    };
    let bug = |_| Err(Error::bare(SESSION_INTERNAL));
    let result = catch_unwind(AssertUnwindSafe(|| commands::run(&args))).unwrap_or_else(bug);
    ExitCode::from(output::print(&result, args.json))
}

/// Help and version are answers; a mistake is told to a program as every other fault is.
fn usage(wrong: &clap::Error) -> u8 {
    let text = wrong.render().to_string();
    let json = std::env::args_os().any(|arg| arg == "--json");
    if !wrong.use_stderr() {
        return output::print(&Ok(Report::new(&text, json!({"text": text}))), json);
    }
    if json {
        return output::print(&Err(Error::new(SESSION_BAD_ARGUMENT, text)), json);
    }
    output::explain(&text);
    exit::USAGE
}
