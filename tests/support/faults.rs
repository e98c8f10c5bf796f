//! A driver (tests/c/driver.c) at whose n-th call a preloaded shim (tests/c/faults.c) kills it or lets the disk fail, and what
//! the driver said before its end.
#![allow(dead_code)] // each test file uses a part of it

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::support::{C, command, compile, linked, missing, run, temp_home};
use tempfile::TempDir;

pub const OK: i32 = 0;
pub const BAD_CREDENTIALS: i32 = 1;
pub const THROTTLED: i32 = 2;
pub const LOGGED_OUT: i32 = 6;
pub const REVOKED: i32 = 7;
pub const USER_EXISTS: i32 = 20;
pub const DONE: i32 = 30;
pub const IO: i32 = 105;
pub const DISK_FULL: i32 = 106;

pub const OLD: &str = "violet kettle on the ninth step";
pub const NEW: &str = "seven lanterns over a quiet harbour";
pub const CREATE: [&str; 9] = ["policy", "6", "19456", "policy", "7", "2", "create", "Anna", OLD];

pub static DRIVER: LazyLock<PathBuf> = LazyLock::new(|| linked(&["driver.c"], &[]));
pub static SHIM: LazyLock<PathBuf> = LazyLock::new(|| {
    let flags: Vec<&str> = C.iter().copied().chain(["-shared", "-fPIC", "-ldl"]).collect();
    compile(&["faults.c"], &flags)
});

#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub mode: &'static str,
    pub at: usize,
    pub sticky: bool,
}

pub const KILLS: [Fault; 2] = [Fault { mode: "kill", at: 0, sticky: false }, Fault { mode: "torn", at: 0, sticky: false }];
pub const FAILURES: [Fault; 4] = [
    Fault { mode: "eio", at: 0, sticky: false },
    Fault { mode: "eio", at: 0, sticky: true },
    Fault { mode: "enospc", at: 0, sticky: false },
    Fault { mode: "enospc", at: 0, sticky: true },
];

impl Fault {
    pub fn kills(&self) -> bool {
        matches!(self.mode, "kill" | "torn")
    }
}

/// What the driver printed before its end.
#[derive(Debug)]
pub struct Told {
    pub lines: Vec<(String, i32, String)>,
    /// Whether the fault came to pass.
    pub struck: bool,
}

impl Told {
    pub fn parse(output: &[u8], struck: bool) -> Told {
        let output = String::from_utf8_lossy(output);
        let lines = output.lines().map(|line| {
            let mut words = line.splitn(3, ' ');
            let mut word = || words.next().unwrap_or_default();
            (word().to_owned(), word().parse().expect("a status"), word().to_owned())
        });
        Told { lines: lines.collect(), struck }
    }

    pub fn all<'a>(&'a self, what: &'a str) -> impl Iterator<Item = &'a (String, i32, String)> {
        self.lines.iter().filter(move |line| line.0 == what)
    }

    pub fn status(&self, what: &str) -> Option<i32> {
        self.all(what).next().map(|line| line.1)
    }

    pub fn statuses(&self, what: &str) -> Vec<i32> {
        self.all(what).map(|line| line.1).collect()
    }

    pub fn detail<'a>(&'a self, what: &'a str) -> &'a str {
        self.all(what).next().map_or("", |line| &line.2)
    }

    /// A failing disk is told as such, never as an answer about names, passwords or the store's soundness.
    pub fn check_honest(&self, fault: Fault) {
        let told = self.lines.iter().all(|line| matches!(line.1, OK | IO | DISK_FULL));
        assert!(told, "{fault:?}: {self:?}");
        let failed = self.lines.iter().filter(|line| line.1 != OK).count();
        assert!(fault.sticky || failed <= 1, "one fault, several failures: {fault:?}: {self:?}");
    }
}

pub fn drive(home: &Path, fault: Option<Fault>, steps: &[&str]) -> Told {
    drive_in(home, "store", &[], fault, steps)
}

/// With another folder than "store", and told by the environment how to open it.
pub fn drive_in(home: &Path, folder: &str, how: &[(&str, &str)], fault: Option<Fault>, steps: &[&str]) -> Told {
    let mut driver = command(&*DRIVER, home);
    driver.arg(home.join(folder)).args(steps).envs(how.iter().copied());
    let Some(fault) = fault else {
        return Told::parse(run(&mut driver).as_bytes(), false);
    };
    let count = tempfile::NamedTempFile::new().expect("a file for the count");
    driver.env("LD_PRELOAD", &*SHIM).env("FAULT_ROOT", home).env("FAULT_COUNT", count.path());
    driver.env("FAULT_MODE", fault.mode).env("FAULT_AT", fault.at.to_string());
    if fault.sticky {
        driver.env("FAULT_STICKY", "1");
    }
    let output = driver.output().expect("the driver");
    let killed = output.status.signal() == Some(libc::SIGKILL);
    assert!(
        output.status.success() || (killed && fault.kills()),
        "{fault:?}: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let calls = fs::read_to_string(count.path()).expect("the count");
    let told = Told::parse(&output.stdout, killed || calls.trim().parse::<usize>().is_ok_and(|calls| calls >= fault.at));
    if !fault.kills() {
        told.check_honest(fault);
    }
    told
}

/// Tries each way to fail at every `step`-th call, each from another start, until the work is done before the fault comes.
pub fn at_every_call(faults: &[Fault], step: usize, trial: impl Fn(Fault) -> bool) {
    if missing(&["cc"]) {
        return;
    }
    for (way, fault) in faults.iter().enumerate() {
        let mut at = 1 + way % step;
        while trial(Fault { at, ..*fault }) {
            at += step;
        }
        assert!(at > 30, "{fault:?}: hardly any calls were seen: {at}");
    }
}

pub fn keys(home: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let Ok(folder) = fs::read_dir(home.join("desksession/keys")) else {
        return BTreeMap::new();
    };
    // A draft without its final name is nobody's key yet.
    let paths = folder.map(|entry| entry.expect("an entry").path()).filter(|path| path.extension() == Some("key".as_ref()));
    paths.map(|path| (path.clone(), fs::read(path).expect("a key"))).collect()
}

/// A store with Anna, who has two live sessions; made once, copied for each trial.
pub struct Prepared {
    pub home: TempDir,
    pub tokens: [String; 2],
}

pub static PREPARED: LazyLock<Prepared> = LazyLock::new(|| {
    let home = temp_home();
    let told = drive(home.path(), None, &[&CREATE[..], &["login", "Anna", OLD, "login", "Anna", OLD]].concat());
    let tokens: Vec<String> = told.all("login").map(|line| line.2.clone()).collect();
    Prepared { home, tokens: tokens.try_into().expect("two tokens") }
});

pub fn prepared() -> TempDir {
    let home = temp_home();
    run(Command::new("cp").arg("-a").arg(PREPARED.home.path().join(".")).arg(home.path()));
    home
}
