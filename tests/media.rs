//! Full disks and read-only ones: real file systems, mounted for the test.
#![cfg(target_os = "linux")]

mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::Store;
use desksession::model::OpenMode;
use desksession::status::*;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{missing, root, run, skip, temp_home};
use tamper_support::*;
use tempfile::TempDir;

fn open_as(folder: &Path, mode: OpenMode) -> desksession::Result<Store> {
    Store::open(folder, &options(mode, caller(KEY)))
}

/// A file system of its own, unmounted at the end.
struct Mounted {
    home: TempDir,
}

impl Mounted {
    /// `None`, after saying so, where that is not allowed.
    fn new(size: &str) -> Option<Mounted> {
        if !root() || missing(&["mount", "umount"]) {
            return None;
        }
        let home = temp_home();
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=700"), "tmpfs"])
            .arg(home.path())
            .output()
            .expect("mount");
        if !output.status.success() {
            skip(&format!("mount refuses: {}", String::from_utf8_lossy(&output.stderr).trim()));
            return None;
        }
        Some(Mounted { home })
    }

    fn store(&self) -> PathBuf {
        self.home.path().join("store")
    }

    fn remount(&self, rights: &str) {
        run(Command::new("mount").args(["-o", &format!("remount,{rights}")]).arg(self.home.path()));
    }

    fn filler(&self) -> PathBuf {
        self.home.path().join("filler")
    }

    /// Not a byte is left.
    fn fill(&self) {
        let mut file = File::create(self.filler()).unwrap();
        for size in [4096, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn make_room(&self, bytes: u64) {
        let file = OpenOptions::new().write(true).open(self.filler()).unwrap();
        file.set_len(file.metadata().unwrap().len() - bytes).unwrap();
    }

    /// Emptied first: a process that another test starts has it open until it runs its program.
    fn free(&self) {
        File::create(self.filler()).unwrap();
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Also where a test has failed and a handle is still open.
        let _ = Command::new("umount").arg("-l").arg(self.home.path()).status();
    }
}

#[test]
fn a_read_only_medium_is_told() {
    let Some(disk) = Mounted::new("8m") else { return };
    let Some(case) = Case::new() else { return };
    copy(&case.folder(), &disk.store());
    disk.remount("ro");
    let before = snapshot(&disk.store());
    assert_eq!(status(open_as(&disk.store(), OpenMode::OpenOrCreate)), SESSION_READ_ONLY);
    assert_eq!(status(open_as(&disk.store(), OpenMode::Existing)), SESSION_READ_ONLY);
    assert_eq!(status(open_as(&disk.home.path().join("new"), OpenMode::OpenOrCreate)), SESSION_READ_ONLY);
    assert!(snapshot(&disk.store()) == before);
    disk.remount("rw");
    assert_eq!(status(open_as(&disk.store(), OpenMode::Existing)), SESSION_OK);
}

#[test]
fn no_store_fits_on_a_full_disk() {
    let Some(disk) = Mounted::new("2m") else { return };
    disk.fill();
    for _ in 0..2 {
        assert_eq!(status(open_as(&disk.store(), OpenMode::OpenOrCreate)), SESSION_DISK_FULL);
    }
    disk.free();
    let store = open_as(&disk.store(), OpenMode::OpenOrCreate).expect("there is room now");
    hash_fast(&store);
    store.user_create(None, ANNA, OF_ANNA).unwrap();
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_OK);
}

#[test]
fn a_store_that_has_no_room_to_open_is_told() {
    let Some(disk) = Mounted::new("2m") else { return };
    let Some(case) = Case::new() else { return };
    copy(&case.folder(), &disk.store());
    disk.fill();
    let before = snapshot(&disk.store());
    assert_eq!(status(open_as(&disk.store(), OpenMode::Existing)), SESSION_DISK_FULL);
    let after = snapshot(&disk.store());
    assert!(before.iter().all(|(path, content)| after.get(path) == Some(content)));
    disk.free();
    let store = open_as(&disk.store(), OpenMode::Existing).expect("there is room now");
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
}

/// However much of a new store fits: it is told, and finished later.
#[test]
fn a_store_that_fits_in_part_is_finished_later() {
    for room in (4..160).step_by(12) {
        let Some(disk) = Mounted::new("1m") else { return };
        disk.fill();
        disk.make_room(room * 1024);
        if let Err(error) = open_as(&disk.store(), OpenMode::OpenOrCreate) {
            assert_eq!(error.status(), SESSION_DISK_FULL, "{room} KiB: {error}");
        }
        disk.free();
        let store = open_as(&disk.store(), OpenMode::OpenOrCreate).unwrap_or_else(|error| panic!("{room} KiB: {error}"));
        assert!(refused_events(&store).is_empty());
        assert_eq!(status(store.policy_set(None, 5, 16)), SESSION_OK);
    }
}

#[test]
fn a_full_disk_is_told_and_survived() {
    let Some(disk) = Mounted::new("2m") else { return };
    let Some(case) = Case::new() else { return };
    copy(&case.folder(), &disk.store());
    let People { anna, live, over, other, .. } = &case.people;
    let store = open_as(&disk.store(), OpenMode::Existing).unwrap();
    disk.fill();
    // What space the WAL had before is used up first.
    let told = (0..100_u64).map(|number| status(store.user_permit(None, *anna, number + 1)));
    let told = { told }.find(|told| *told != SESSION_OK);
    assert_eq!(told, Some(SESSION_DISK_FULL));
    for _ in 0..2 {
        assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_DISK_FULL);
        assert_eq!(status(login(&store, "Nobody", OF_ANNA)), SESSION_DISK_FULL);
        assert_eq!(status(store.logout(&live.token)), SESSION_DISK_FULL);
        assert_eq!(status(store.password_change(ANNA, OF_ANNA, NEW, None)), SESSION_DISK_FULL);
        // It has not happened, and the person was told so.
        assert_eq!(status(store.verify(&live.token)), SESSION_OK);
        assert_eq!(status(store.verify(&other.token)), SESSION_OK);
        assert_eq!(status(store.verify(&over.token)), SESSION_LOGGED_OUT);
    }
    disk.free();
    assert_eq!(status(store.logout(&live.token)), SESSION_OK);
    assert_eq!(status(store.verify(&live.token)), SESSION_LOGGED_OUT);
    assert_eq!(status(login(&store, ANNA, OF_ANNA)), SESSION_OK);
    assert!(refused_events(&store).is_empty());
    assert_eq!(store.user_get(*anna).unwrap().failures, 0);
    drop(store);
    let store = open_as(&disk.store(), OpenMode::Existing).unwrap();
    assert_eq!(status(store.verify(&live.token)), SESSION_LOGGED_OUT);
    assert!(refused_events(&store).is_empty());
}

#[test]
fn a_backup_onto_a_full_disk_is_told_and_leaves_nothing() {
    let Some(disk) = Mounted::new("1m") else { return };
    let Some(case) = Case::new() else { return };
    let (store, copy) = (case.open(), disk.home.path().join("copy"));
    for room in [0, 4, 12, 24] {
        disk.fill();
        disk.make_room(room * 1024);
        assert_eq!(status(store.backup(None, &copy)), SESSION_DISK_FULL, "{room} KiB");
        let names: Vec<_> = fs::read_dir(disk.home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["filler"], "{room} KiB");
        disk.free();
    }
    assert_eq!(status(store.backup(None, &copy)), SESSION_OK);
    assert_eq!(*open_as(&copy, OpenMode::Existing).unwrap().check().unwrap(), []);
    assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK);
}

/// However much room there is: adopted, or told and as before.
#[test]
fn an_adoption_without_room_changes_nothing() {
    let mut refused = 0;
    for room in (0..120).step_by(8) {
        let Some(disk) = Mounted::new("2m") else { return };
        let Some(case) = Case::new() else { return };
        copy(&case.folder(), &disk.store());
        let adopt = || Store::adopt(&disk.store(), &options(OpenMode::OpenOrCreate, caller(OTHER_KEY)));
        disk.fill();
        disk.make_room(room * 1024);
        let adopted = status(adopt());
        disk.free();
        if adopted == SESSION_DISK_FULL {
            refused += 1;
            let store = open_as(&disk.store(), OpenMode::Existing).expect("its own key still opens it");
            assert_eq!(status(store.verify(&case.people.live.token)), SESSION_OK, "{room} KiB");
            drop(store);
            assert_eq!(status(adopt()), SESSION_OK, "{room} KiB");
        } else {
            assert_eq!(adopted, SESSION_OK, "{room} KiB");
            assert_eq!(status(open_as(&disk.store(), OpenMode::Existing)), SESSION_FOREIGN);
        }
    }
    assert!((2..15).contains(&refused), "{refused}");
}

#[test]
fn a_backup_onto_a_read_only_medium_is_told() {
    let Some(disk) = Mounted::new("1m") else { return };
    let Some(case) = Case::new() else { return };
    disk.remount("ro");
    assert_eq!(status(case.open().backup(None, &disk.home.path().join("copy"))), SESSION_READ_ONLY);
}
