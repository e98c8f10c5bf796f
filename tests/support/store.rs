//! Stores in temporary folders, with a clock that tests drive and the fastest password hash that policy allows.
#![allow(dead_code)] // each test file uses a part of it

use desksession::model::{KeyChoice, LoginOptions, OpenOptions, SessionInfo};
use desksession::platform::clock::Clock;
use desksession::policy::time::Reading;
use desksession::{Result, Store};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

pub const PASSWORD: &[u8] = b"violet kettle under seven stairs";
pub const OTHER: &[u8] = b"a slow brown otter reads maps";
pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// 2026-01-05, a Monday.
pub const START: i64 = 1_767_600_000_000;

pub mod item {
    pub const ABSOLUTE: u32 = 1;
    pub const IDLE: u32 = 2;
    pub const REMEMBERED_ABSOLUTE: u32 = 3;
    pub const REMEMBERED_IDLE: u32 = 4;
    pub const PASSWORD_MIN: u32 = 5;
    pub const MEMORY: u32 = 6;
    pub const PASSES: u32 = 7;
    pub const FREE: u32 = 8;
    pub const CAP: u32 = 9;
    pub const STOP: u32 = 10;
    pub const ENDED_KEEP: u32 = 11;
    pub const AUDIT_KEEP: u32 = 12;
}

#[derive(Clone)]
pub struct DrivenClock(Arc<Mutex<Reading>>);

impl DrivenClock {
    pub fn new() -> DrivenClock {
        DrivenClock(Arc::new(Mutex::new(Reading { wall: START, elapsed: HOUR, boot: [7; 16] })))
    }

    /// Time passes, on the wall and since boot.
    pub fn pass(&self, ms: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall += ms;
        reading.elapsed += ms;
    }

    /// Somebody sets the wall clock.
    pub fn set_wall_by(&self, ms: i64) {
        self.0.lock().unwrap().wall += ms;
    }

    /// Switched off for so long, then booted.
    pub fn reboot_after(&self, off_ms: i64) {
        let mut reading = self.0.lock().unwrap();
        reading.wall += off_ms;
        reading.elapsed = MINUTE;
        reading.boot[0] = reading.boot[0].wrapping_add(1);
    }

    /// The boot cannot be told any more.
    pub fn lose_boot(&self) {
        self.0.lock().unwrap().boot = [0; 16];
    }

    pub fn wall(&self) -> i64 {
        self.0.lock().unwrap().wall
    }
}

impl Clock for DrivenClock {
    fn read(&self) -> Reading {
        *self.0.lock().unwrap()
    }
}

pub struct TestStore {
    pub home: TempDir,
    pub clock: DrivenClock,
    pub store: Store,
}

impl std::ops::Deref for TestStore {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

pub fn options() -> OpenOptions {
    OpenOptions {
        key: Some(KeyChoice::Caller(Box::new(Zeroizing::new([42; 32])))),
        busy_timeout_ms: 20_000,
        ..OpenOptions::default()
    }
}

impl TestStore {
    pub fn new() -> TestStore {
        let home = tempfile::tempdir().unwrap();
        let clock = DrivenClock::new();
        let store = Store::open_with_clock(&home.path().join("store"), &options(), Box::new(clock.clone())).unwrap();
        store.policy_set(None, item::MEMORY, 19456).unwrap();
        store.policy_set(None, item::PASSES, 2).unwrap();
        TestStore { home, clock, store }
    }

    /// With a user "Anna Müller".
    pub fn with_anna() -> (TestStore, Uuid) {
        let test = TestStore::new();
        let anna = test.user_create(None, "Anna Müller", PASSWORD).unwrap();
        (test, anna)
    }

    pub fn folder(&self) -> PathBuf {
        self.home.path().join("store")
    }

    /// Another handle on the same store, as another process would have it.
    pub fn again(&self) -> Store {
        Store::open_with_clock(&self.folder(), &options(), Box::new(self.clock.clone())).unwrap()
    }

    pub fn log_in(&self) -> String {
        self.log_in_as("Anna Müller", false)
    }

    pub fn log_in_as(&self, name: &str, remembered: bool) -> String {
        let options = LoginOptions { remembered, label: "Till 2".to_owned() };
        self.login(name, PASSWORD, &options).unwrap().token.to_string()
    }

    pub fn try_login(&self, name: &str, password: &[u8]) -> i32 {
        status(&self.login(name, password, &LoginOptions::default()))
    }

    pub fn verify_status(&self, token: &str) -> i32 {
        status(&self.verify(token))
    }

    pub fn events(&self) -> Vec<u32> {
        let (mut after, mut kinds) = (0, Vec::new());
        while let Ok(event) = self.event_next(after) {
            assert_eq!(event.row, 0, "event {} of an untouched store", event.id);
            kinds.push(event.kind);
            after = event.id;
        }
        kinds
    }
}

pub fn status<T>(result: &Result<T>) -> i32 {
    result.as_ref().err().map_or(0, |error| error.status())
}

/// Whose ended session it was.
pub fn told(result: Result<SessionInfo>) -> SessionInfo {
    result.unwrap_err().info().expect("an answer that tells whose session it was").clone()
}
