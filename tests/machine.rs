//! One store for several OS accounts of one machine: two members of a group and one account outside it, as real uids.
#![cfg(target_os = "linux")]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use support::{command, library, linked, missing, run, skip, temp_home};
use tempfile::TempDir;

const GROUP: u32 = 47_110;
const ANNA: u32 = 47_111;
const BEN: u32 = 47_112;
/// Not in the group.
const CARL: u32 = 47_113;

const OK: i32 = 0;
const LOGGED_OUT: i32 = 6;
const BAD_ARGUMENT: i32 = 100;
const KEY_MISMATCH: i32 = 114;
const PERMISSION: i32 = 116;

const PASSWORD: &str = "violet kettle on the ninth step";
const CREATE: [&str; 9] = ["policy", "6", "19456", "policy", "7", "2", "create", "Anna", PASSWORD];

/// A place that every account may enter, with the program and the library, and a folder for the group in it.
struct Machine {
    place: TempDir,
    driver: PathBuf,
}

type Lines = Vec<(String, i32, String)>;

fn lines(output: &str) -> Lines {
    let line = |line: &str| {
        let mut words = line.splitn(3, ' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_default();
        (word(), word().parse().expect("a status"), word())
    };
    output.lines().map(line).collect()
}

fn told<'a>(lines: &'a Lines, what: &str) -> (i32, &'a str) {
    let line = lines.iter().find(|line| line.0 == what).unwrap_or_else(|| panic!("no {what}: {lines:?}"));
    (line.1, &line.2)
}

impl Machine {
    fn new() -> Option<Machine> {
        // SAFETY: cannot fail.
        if unsafe { libc::geteuid() } != 0 {
            skip("not root: other accounts cannot be tried");
            return None;
        }
        if missing(&["cc"]) {
            return None;
        }
        let place = temp_home();
        let copy = |from: &Path| {
            let to = place.path().join(from.file_name().expect("a file name"));
            fs::copy(from, &to).expect("a copy");
            fs::set_permissions(&to, Permissions::from_mode(0o755)).expect("chmod");
            to
        };
        copy(&library());
        let driver = copy(&linked(&["driver.c"], &[]));
        fs::set_permissions(place.path(), Permissions::from_mode(0o755)).expect("chmod");
        let machine = Machine { place, driver };
        machine.folder("shared", 0o775);
        Some(machine)
    }

    /// Made by an administrator for the group.
    fn folder(&self, name: &str, mode: u32) -> PathBuf {
        let folder = self.place.path().join(name);
        fs::create_dir(&folder).expect("mkdir");
        chown(&folder, Some(0), Some(GROUP)).expect("chgrp");
        fs::set_permissions(&folder, Permissions::from_mode(mode)).expect("chmod");
        folder
    }

    fn store(&self) -> PathBuf {
        self.place.path().join("shared/store")
    }

    /// The driver as another account, with no home of its own.
    fn driver(&self, uid: u32, store: &Path, steps: &[&str]) -> Command {
        let mut driver = command(&self.driver, Path::new("/nonexistent"));
        driver.env_remove("XDG_DATA_HOME").env_remove("HOME").env("LD_LIBRARY_PATH", self.place.path());
        driver.arg(store).args(steps).env("DRIVER_MACHINE", "1").current_dir("/");
        // SAFETY: only system calls, which a forked child may make.
        unsafe {
            driver.pre_exec(move || {
                let group = [GROUP];
                let mine = if uid == CARL { 0 } else { 1 };
                // A umask that would keep the others out, and one that lets everybody in.
                libc::umask(if uid == ANNA { 0o077 } else { 0 });
                if libc::setgroups(mine, group.as_ptr()) != 0 || libc::setgid(uid) != 0 || libc::setuid(uid) != 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            })
        };
        driver
    }

    fn drive(&self, uid: u32, steps: &[&str]) -> Lines {
        lines(&run(&mut self.driver(uid, &self.store(), steps)))
    }

    fn created() -> Option<Machine> {
        let machine = Machine::new()?;
        let created = machine.drive(ANNA, &CREATE);
        assert_eq!(told(&created, "create").0, OK, "{created:?}");
        Some(machine)
    }

    fn check_rights(&self) {
        let rights = |path: &Path| {
            let data = fs::metadata(path).expect("a file");
            (data.gid(), data.mode() & 0o7777)
        };
        assert_eq!(rights(&self.store()), (GROUP, 0o2770));
        for file in fs::read_dir(self.store()).expect("the folder") {
            let path = file.expect("an entry").path();
            assert_eq!(rights(&path), (GROUP, 0o660), "{}", path.display());
        }
    }
}

#[test]
fn two_accounts_share_a_store() {
    let Some(machine) = Machine::created() else { return };
    machine.check_rights();
    let login = machine.drive(BEN, &["login", "Anna", PASSWORD]);
    let (status, token) = told(&login, "login");
    assert_eq!(status, OK, "{login:?}");
    assert_eq!(told(&machine.drive(ANNA, &["peek", token]), "peek").0, OK);
    assert_eq!(told(&machine.drive(ANNA, &["logout", token]), "logout").0, OK);
    assert_eq!(told(&machine.drive(BEN, &["peek", token]), "peek").0, LOGGED_OUT);
    // One throttle for all, and the trail tells the accounts apart.
    for uid in [ANNA, BEN, ANNA] {
        assert_eq!(told(&machine.drive(uid, &["login", "Anna", "wrong"]), "login").0, 1);
    }
    assert_eq!(told(&machine.drive(BEN, &["user", "Anna"]), "user"), (OK, "3 0"));
    assert_eq!(told(&machine.drive(BEN, &["account", "1"]), "account"), (OK, "uid 47111"));
    assert_eq!(told(&machine.drive(ANNA, &["account", "6"]), "account"), (OK, "uid 47112"));
    assert_eq!(told(&machine.drive(BEN, &["check"]), "check"), (OK, "0"));
    machine.check_rights();
}

#[test]
fn any_member_may_be_first_to_make_the_wal() {
    let Some(machine) = Machine::created() else { return };
    for (first, second) in [(BEN, ANNA), (ANNA, BEN)] {
        for name in ["store.db-wal", "store.db-shm"] {
            fs::remove_file(machine.store().join(name)).expect("made before");
        }
        for uid in [first, second] {
            assert_eq!(told(&machine.drive(uid, &["login", "Anna", PASSWORD]), "login").0, OK, "{first} first, {uid}");
        }
        let owner = fs::metadata(machine.store().join("store.db-wal")).expect("the WAL").uid();
        assert_eq!(owner, first);
        machine.check_rights();
    }
}

#[test]
fn an_account_outside_the_group_is_told_why() {
    let Some(machine) = Machine::created() else { return };
    let before = machine.drive(ANNA, &["events"]);
    let refused = machine.drive(CARL, &[]);
    let (status, text) = told(&refused, "open");
    assert_eq!(status, PERMISSION);
    assert!(text.contains(machine.store().to_str().expect("UTF-8")), "{text}");
    assert!(text.contains("group 47110") && text.contains("usermod -aG 47110"), "{text}");
    assert_eq!(machine.drive(ANNA, &["events"]), before, "nothing was written");
    for name in ["store.db", "store.db-wal", "lock", "key"] {
        let mut cat = Command::new("cat");
        // SAFETY: only system calls.
        unsafe {
            cat.pre_exec(|| {
                if libc::setgroups(0, std::ptr::null()) == 0 && libc::setgid(CARL) == 0 && libc::setuid(CARL) == 0 {
                    Ok(())
                } else {
                    Err(std::io::Error::last_os_error())
                }
            })
        };
        let output = cat.arg(machine.store().join(name)).output().expect("cat");
        assert!(!output.status.success() && output.stdout.is_empty(), "{name} can be read");
    }
}

#[test]
fn members_who_create_at_once_get_one_store() {
    let Some(machine) = Machine::new() else { return };
    for round in 0..5 {
        let store = machine.place.path().join(format!("shared/store{round}"));
        let start = |number: u32| -> Child {
            let uid = if number.is_multiple_of(2) { ANNA } else { BEN };
            let mut driver = machine.driver(uid, &store, &["wait", "events"]);
            driver.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the driver")
        };
        let children: Vec<Child> = (0..8).map(start).collect();
        for child in children {
            let output = child.wait_with_output().expect("the driver");
            let lines = lines(&String::from_utf8_lossy(&output.stdout));
            assert_eq!(told(&lines, "open").0, OK, "{lines:?}");
            assert_eq!(told(&lines, "events").1, "1 0", "one store, created once: {lines:?}");
        }
    }
    let names = fs::read_dir(machine.place.path().join("shared")).expect("the folder");
    assert_eq!(names.count(), 5, "drafts were left behind");
}

#[test]
fn a_folder_made_by_an_administrator_is_used() {
    let Some(machine) = Machine::new() else { return };
    let folder = machine.folder("made", 0o2770);
    assert_eq!(told(&lines(&run(&mut machine.driver(BEN, &folder, &CREATE))), "create").0, OK);
    assert_eq!(told(&lines(&run(&mut machine.driver(ANNA, &folder, &["login", "Anna", PASSWORD]))), "login").0, OK);
    // Opened as recorded.
    let mut recorded = machine.driver(ANNA, &folder, &["user", "Anna"]);
    assert_eq!(told(&lines(&run(recorded.env_remove("DRIVER_MACHINE"))), "user").0, OK);
}

#[test]
fn nothing_is_shared_by_accident_or_kept_by_mistake() {
    let Some(machine) = Machine::new() else { return };
    let open = |uid: u32, folder: &Path, machine_scope: bool, key: &str| {
        let mut driver = machine.driver(uid, folder, &[]);
        if !machine_scope {
            driver.env_remove("DRIVER_MACHINE");
        }
        if !key.is_empty() {
            driver.env("DRIVER_KEY", key);
        }
        let lines = lines(&run(&mut driver));
        let (status, text) = told(&lines, "open");
        (status, text.to_owned())
    };
    let refused = |uid: u32, folder: &Path, machine_scope: bool, remedy: &str| {
        let before = fs::read_dir(folder).map_or(0, Iterator::count);
        let (status, text) = open(uid, folder, machine_scope, if machine_scope { "" } else { "2" });
        assert_eq!(status, PERMISSION, "{}", folder.display());
        assert!(text.contains(folder.to_str().expect("UTF-8")) && text.contains(remedy), "{text}");
        assert_eq!(fs::read_dir(folder).map_or(0, Iterator::count), before, "something was made");
    };
    let shared = machine.folder("open", 0o2770);
    refused(ANNA, &shared, false, "SESSION_SCOPE_MACHINE");
    for mode in [0o770, 0o2750, 0o2775, 0o2777, 0o755] {
        let folder = machine.folder(&format!("{mode:o}"), mode);
        chown(&folder, Some(ANNA), None).expect("chown");
        refused(ANNA, &folder, true, "chmod 2770");
    }
    let own = machine.folder("own", 0o700);
    chown(&own, Some(ANNA), None).expect("chown");
    refused(ANNA, &own, true, "chmod 2770");
    assert_eq!(open(ANNA, &own, false, "2").0, OK);
    refused(ANNA, &own, true, "chmod 2770");
    // Somebody opens up the folder of one account's store.
    fs::set_permissions(&own, Permissions::from_mode(0o2770)).expect("chmod");
    refused(ANNA, &own, false, "chmod 700");
    for file in fs::read_dir(&own).expect("the folder") {
        let path = file.expect("an entry").path();
        chown(&path, None, Some(GROUP)).expect("chgrp");
        fs::set_permissions(&path, Permissions::from_mode(0o660)).expect("chmod");
    }
    let (status, text) = open(ANNA, &own, true, "");
    assert_eq!(status, PERMISSION, "the store records another scope");
    assert!(text.contains("chmod 700"), "{text}");

    refused(ANNA, &machine.place.path().join("none/store"), true, "install -d");
    refused(CARL, &machine.place.path().join("shared/carl"), true, "");
    let closed = machine.folder("closed", 0o755);
    refused(ANNA, &closed.join("store"), true, "install -d");
    let user_key = machine.place.path().join("shared/user_key");
    assert_eq!(open(ANNA, &user_key, true, "1").0, BAD_ARGUMENT, "a key in one account's place");
}

#[test]
fn a_file_that_others_may_open_is_refused() {
    let Some(machine) = Machine::created() else { return };
    // The WAL is empty now, and an empty one is made anew.
    for name in ["store.db", "store.db-shm", "lock", "key"] {
        let path = machine.store().join(name);
        let refused = |what: &str| {
            let lines = machine.drive(BEN, &[]);
            let (status, text) = told(&lines, "open");
            assert_eq!(status, PERMISSION, "{name} {what}");
            assert!(text.contains(path.to_str().expect("UTF-8")) && text.contains("chmod 660"), "{text}");
        };
        for mode in [0o666, 0o664, 0o600, 0o640] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("chmod");
            refused(&format!("{mode:o}"));
        }
        fs::set_permissions(&path, Permissions::from_mode(0o660)).expect("chmod");
        chown(&path, None, Some(CARL)).expect("chgrp");
        refused("of another group");
        chown(&path, None, Some(GROUP)).expect("chgrp");
    }
    assert_eq!(told(&machine.drive(BEN, &["check"]), "check"), (OK, "0"));
}

/// One account's store becomes the group's: its backup in a folder of the group is adopted, though its own key still fits.
#[test]
fn a_backup_is_adopted_into_a_folder_of_the_group() {
    let Some(machine) = Machine::new() else { return };
    let own = machine.folder("own", 0o700);
    chown(&own, Some(ANNA), None).expect("chown");
    let copy = own.join("copy");
    let steps: Vec<&str> = CREATE.iter().copied().chain(["backup", copy.to_str().expect("UTF-8")]).collect();
    let mut driver = machine.driver(ANNA, &own.join("store"), &steps);
    let made = lines(&run(driver.env_remove("DRIVER_MACHINE").env("XDG_DATA_HOME", own.join("data"))));
    assert_eq!((told(&made, "create").0, told(&made, "backup").0), (OK, OK), "{made:?}");

    let folder = machine.folder("till", 0o2770);
    let database = folder.join("store.db");
    fs::copy(copy.join("store.db"), &database).expect("a copy");
    chown(&database, Some(ANNA), Some(GROUP)).expect("chown");
    fs::set_permissions(&database, Permissions::from_mode(0o660)).expect("chmod");
    let adopt = || {
        let mut adopt = machine.driver(ANNA, &folder, &["check"]);
        lines(&run(adopt.env("DRIVER_ADOPT", "1").env_remove("DRIVER_MACHINE").env("XDG_DATA_HOME", own.join("data"))))
    };
    let adopted = adopt();
    assert_eq!((told(&adopted, "open").0, told(&adopted, "check").1), (OK, "0"), "{adopted:?}");
    assert_eq!(told(&adopt(), "open").0, KEY_MISMATCH, "once");
    let login = lines(&run(&mut machine.driver(BEN, &folder, &["login", "Anna", PASSWORD])));
    assert_eq!(told(&login, "login").0, OK, "{login:?}");
}

/// Who did not ask for a shared store does not get into one that another account planted.
#[test]
fn another_accounts_store_has_to_be_asked_for() {
    let Some(machine) = Machine::created() else { return };
    for (uid, expected) in [(ANNA, OK), (BEN, PERMISSION)] {
        let mut driver = machine.driver(uid, &machine.store(), &[]);
        let lines = lines(&run(driver.env_remove("DRIVER_MACHINE")));
        let (status, text) = told(&lines, "open");
        assert_eq!(status, expected, "{text}");
        assert!(status == OK || text.contains("SESSION_SCOPE_MACHINE"), "{text}");
    }
}

/// SQLite names a file before it has its rights; who is killed in between leaves it so.
#[test]
fn files_of_a_member_who_was_killed_are_in_nobodys_way() {
    let Some(machine) = Machine::created() else { return };
    for name in ["store.db-wal", "store.db-shm", "store.db-journal"] {
        for mode in [0o600, 0o640] {
            let path = machine.store().join(name);
            fs::write(&path, b"").expect("a file");
            chown(&path, Some(ANNA), Some(GROUP)).expect("chown");
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("chmod");
            assert_eq!(told(&machine.drive(BEN, &["login", "Anna", PASSWORD]), "login").0, OK, "{name} {mode:o}");
            assert_eq!(told(&machine.drive(ANNA, &["check"]), "check"), (OK, "0"));
            machine.check_rights();
        }
    }
}
