//! The real program on stores in a temporary home, with the fastest password hash that policy allows.
#![cfg(unix)]
#![allow(dead_code)] // each test file uses a part of it

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub const PASSWORD: &str = "violet kettle under seven stairs";
pub const OTHER: &str = "a slow brown otter reads maps";

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// It has to have succeeded.
    pub fn out(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self.out.trim_end().to_owned()
    }
}

pub struct Desk {
    home: TempDir,
}

impl Desk {
    /// Without a store.
    pub fn bare() -> Desk {
        let home = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(home.path().join("data")).expect("a place for keys");
        Desk { home }
    }

    /// With an empty store.
    pub fn new() -> Desk {
        let desk = Desk::bare();
        desk.run(&["init", "--no-user"], "").out();
        desk.run(&["policy", "set", "kdf-memory-kib", "19456"], "").out();
        desk.run(&["policy", "set", "kdf-passes", "2"], "").out();
        desk
    }

    /// With a user Anna Müller, by her id.
    pub fn with_anna() -> (Desk, String) {
        let desk = Desk::new();
        let id = desk.json(&["user", "add", "Anna Müller"], PASSWORD)["user_id"].as_str().expect("an id").to_owned();
        (desk, id)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// In an environment of its own, with the store's folder in it.
    pub fn command(&self, args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_desksession"));
        command
            .args(args)
            .current_dir(self.home.path())
            .env("XDG_DATA_HOME", self.path("data"))
            .env("DESKSESSION_FOLDER", self.path("store"))
            .env_remove("DESKSESSION_APP")
            .env_remove("DESKSESSION_TOKEN");
        command
    }

    pub fn run(&self, args: &[&str], input: &str) -> Ran {
        run(&mut self.command(args), input)
    }

    /// With a token in the environment.
    pub fn run_as(&self, token: &str, args: &[&str]) -> Ran {
        run(self.command(args).env("DESKSESSION_TOKEN", token), "")
    }

    /// With `--json`; one document, and it has to be a yes.
    pub fn json(&self, args: &[&str], input: &str) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        let ran = self.run(&args, input);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}: {}", ran.out);
        document(&ran)
    }

    pub fn log_in(&self) -> String {
        self.run(&["login", "anna müller"], PASSWORD).out()
    }

    /// What the audit trail holds of a kind.
    pub fn events(&self, kind: &str) -> Vec<Value> {
        self.json(&["audit", "show", "--kind", kind], "")["events"].as_array().expect("events").clone()
    }
}

/// Standard output as the one document that it has to be.
pub fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {:?} {:?}", ran.out, ran.err))
}

pub fn run(command: &mut Command, input: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    // Not every command reads it.
    let _closed_already = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("its end");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code().expect("an exit code"), out: text(output.stdout), err: text(output.stderr) }
}

/// Says that a test was left out, past the test runner's capture; on a build machine that is a failure.
pub fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "must not be skipped on CI: {why}");
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Whether a tool is missing; if so the caller returns, and the test says so.
pub fn missing(tool: &str) -> bool {
    let absent = Command::new(tool).arg("--version").output().is_err();
    if absent {
        skip(&format!("no {tool} here"));
    }
    absent
}
