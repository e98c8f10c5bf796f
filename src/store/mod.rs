//! The storage trait, in domain words, and SQLite behind it.
//!
//! `Storage::read` is one consistent look, `Storage::write` one transaction: the engine composes a use case inside it, and
//! what a row means for security (MAC, extensions, chain) is settled before the engine sees it. Nothing here is bound to
//! files; the lock file, the WAL and the place of the key are SQLite's business behind the trait.

#[cfg(feature = "test-hooks")]
pub mod hooks;
pub mod records;
pub mod sqlite;

use crate::Result;
use crate::model::Fault;
use records::*;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// How a write behaves towards others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// On disk before it returns; waits its turn; readers' caches are told.
    Promised,
    /// As `Promised`, for rows that no cached yes depends on: the throttle.
    Reserved,
    /// As `Promised`, but on disk with the next promised write only: a step of a purge, which is taken again where it is lost.
    Stepwise,
    /// Waits for nobody, and is lost without regret: last-seen times.
    Passing,
    /// As `Passing`, but readers' caches are told: an end that a verify came upon.
    Noted,
}

/// Where a store stands. Between two equal stamps nothing has changed that a yes depends on, in any process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp(pub u64, pub u64);

/// What is listed: a row, or why it was refused with its id alone.
pub enum Listed<T> {
    Row(T),
    Bad(Uuid, i32),
}

/// What a step of a purge did.
pub struct Step {
    pub removed: usize,
    /// The last key looked at, where the next step goes on. `None`: all is done.
    pub next: Option<Vec<u8>>,
}

/// Reading. Every row has its MAC checked; a bad one is SESSION_TAMPERED, one with an unknown critical extension
/// SESSION_NEWER.
pub trait View {
    fn meta(&self) -> Result<Meta>;
    fn policy(&self) -> Result<PolicyRow>;
    fn user(&self, id: Uuid) -> Result<Option<UserRow>>;
    fn user_named(&self, canonical: &str) -> Result<Option<UserRow>>;
    fn user_after(&self, after: Option<Uuid>) -> Result<Option<Listed<UserRow>>>;
    fn credential(&self, user: Uuid, kind: i64) -> Result<Option<CredentialRow>>;
    fn session(&self, id: Uuid) -> Result<Option<SessionRow>>;
    fn session_after(&self, user: Option<Uuid>, after: Option<Uuid>) -> Result<Option<Listed<SessionRow>>>;
    /// Ids of a user's sessions that have no recorded end, MAC or no MAC.
    fn open_sessions(&self, user: Uuid) -> Result<Vec<Uuid>>;
    fn attempts(&self, account: &[u8]) -> Result<Option<AttemptsRow>>;
    /// The event with the lowest id above `after`, and whether its chain holds.
    fn event_after(&self, after: i64) -> Result<Option<EventRow>>;
    fn session_exists(&self, id: Uuid) -> Result<bool>;
}

/// Writing, inside one transaction.
pub trait Change: View {
    /// Where trusted time stands; stored with the commit.
    fn set_anchor(&mut self, anchor: crate::policy::time::Anchor);
    fn set_policy(&mut self, row: &PolicyRow) -> Result<()>;
    /// Inserts or rewrites. A name that another user has: SESSION_USER_EXISTS.
    fn put_user(&mut self, row: &UserRow) -> Result<()>;
    fn put_credential(&mut self, row: &CredentialRow) -> Result<()>;
    fn remove_credentials(&mut self, user: Uuid) -> Result<()>;
    fn put_session(&mut self, row: &SessionRow) -> Result<()>;
    /// For a row that cannot be rewritten because it is not ours.
    fn remove_session(&mut self, id: Uuid) -> Result<()>;
    fn put_attempts(&mut self, row: &AttemptsRow) -> Result<()>;
    fn remove_attempts(&mut self, account: &[u8]) -> Result<()>;
    /// Adds to the audit trail.
    fn record(&mut self, event: NewEvent<'_>) -> Result<()>;
    /// Looks at the next `most` sessions and removes those that ended, or whose limits passed, by then.
    fn purge_sessions(&mut self, before: i64, after: Option<&[u8]>, most: usize) -> Result<Step>;
    /// Removes up to `most` of the oldest events from before then, moving the start of the chain.
    fn purge_events(&mut self, before: i64, most: usize) -> Result<Step>;
    /// Looks at the next `most` rows and removes those of names that no user has and that were last tried before then.
    fn purge_attempts(&mut self, before: i64, after: Option<&[u8]>, most: usize) -> Result<Step>;
}

/// A store.
pub trait Storage: Send + Sync {
    /// Which store; never changes under a handle.
    fn id(&self) -> Uuid;
    fn read(&self, look: &mut dyn FnMut(&dyn View) -> Result<()>) -> Result<()>;
    /// Where the store stands now, told without looking at it. `None`: it cannot be told, or is changing; look.
    fn stamp(&self) -> Option<Stamp>;
    /// One consistent look at a session and its user alone, for who has a fresh stamp.
    fn session_and_user(&self, session: Uuid) -> Result<Option<(SessionRow, Result<UserRow>)>>;
    /// Commits if `work` is Ok, else rolls back.
    fn write(&self, effort: Effort, work: &mut dyn FnMut(&mut dyn Change) -> Result<()>) -> Result<()>;
    /// Between two writes of many: lets who waits for a write go first.
    fn give_way(&self) -> Result<()>;
    /// Whether a copy could be made there, and the whole path of it. Nothing is written.
    fn check_copy(&self, new_folder: &Path) -> Result<PathBuf>;
    /// One consistent look at everything but the sessions, as an SQLite store without a key.
    fn copy(&self, new_folder: &Path) -> Result<()>;
    /// Looks at everything, on disk and between the rows, and changes nothing.
    fn check(&self) -> Result<Vec<Fault>>;
    /// Waits until it is this caller's turn at an account (any 16 bits of its hash) and runs `attempt`.
    fn in_turn(&self, account: u16, attempt: &mut dyn FnMut() -> Result<()>) -> Result<()>;
}
