//! What the public Rust API takes and gives. Times are Unix milliseconds UTC, 0 = none.

use std::fmt;
use uuid::Uuid;
use zeroize::Zeroizing;

/// How to open a store; the default is what `session_open(folder, NULL, ...)` does.
#[derive(Default)]
pub struct OpenOptions {
    pub mode: OpenMode,
    /// `None` = as recorded; a new store: the per-user place, or the store's folder where several accounts share it.
    pub key: Option<KeyChoice>,
    /// `None` = as recorded; a new store: this account's.
    pub scope: Option<Scope>,
    /// How long a call may wait for others; 0 = 5000 ms, 1000 ms for verify and peek.
    pub busy_timeout_ms: u32,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Open, and create where nothing is.
    #[default]
    OpenOrCreate,
    Existing,
    CreateNew,
}

/// Whose store it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// One OS account's.
    #[default]
    User,
    /// Several OS accounts' of one machine: on Unix the members of the group that owns the folder.
    Machine,
}

/// Where the store's root key lies.
pub enum KeyChoice {
    /// A file in the operating system's per-user place.
    User,
    /// A file in the store's folder.
    Store,
    /// The host passes it at every open.
    Caller(Box<Zeroizing<[u8; 32]>>),
}

#[derive(Default, Clone)]
pub struct LoginOptions {
    pub remembered: bool,
    /// At most 63 bytes, no control characters.
    pub label: String,
}

/// A new session: the one place where its token is handed out.
pub struct Login {
    pub token: Token,
    pub info: SessionInfo,
}

/// The text of a token; wiped when dropped.
pub struct Token(pub(crate) Zeroizing<String>);

impl std::ops::Deref for Token {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionInfo {
    pub session_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub user_name: String,
    pub label: String,
    pub remembered: bool,
    pub created_at: i64,
    pub authenticated_at: i64,
    pub last_seen_at: i64,
    pub expires_at: i64,
    pub idle_expires_at: i64,
    pub ended_at: i64,
    /// On SESSION_THROTTLED; -1 = until an administrator helps.
    pub retry_after_ms: i64,
    pub permissions: u64,
    /// What `peek` would answer.
    pub state: i32,
    /// Lists: SESSION_TAMPERED or SESSION_NEWER, and only the id is set; else SESSION_OK.
    pub row: i32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    pub user_id: Option<Uuid>,
    pub name: String,
    pub disabled: bool,
    pub must_change: bool,
    pub permissions: u64,
    pub created_at: i64,
    pub last_login_at: i64,
    pub password_changed_at: i64,
    pub failures: u32,
    pub live_sessions: u32,
    /// Lists: SESSION_TAMPERED or SESSION_NEWER, and only the id is set; else SESSION_OK.
    pub row: i32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub id: i64,
    pub kind: u32,
    pub at: i64,
    pub actor_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub detail: String,
    /// The OS account whose process did it.
    pub os_account: String,
    /// SESSION_TAMPERED or SESSION_NEWER, and only the id is set; else SESSION_OK.
    pub row: i32,
}

/// What `check` has against one row, or against the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// SESSION_TAMPERED, SESSION_NEWER or SESSION_CORRUPT.
    pub status: i32,
    /// The table, or "database".
    pub table: String,
    /// Its id, where it has one that can be read.
    pub row: String,
    pub detail: String,
}

/// What a store records of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub store_id: Uuid,
    pub created_at: i64,
    pub scope: Scope,
    /// SESSION_KEY_*
    pub key_source: u32,
    /// The audit trail goes from this event, or what is kept of it,
    pub first_event: i64,
    /// to this one.
    pub last_event: i64,
    /// The folder as it was resolved at open.
    pub folder: std::path::PathBuf,
}

/// A one-time code in the place of a password.
pub struct Code {
    /// Wiped when dropped.
    pub text: Zeroizing<String>,
    pub expires_at: i64,
}

/// One line for a log.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} kind {} by {}", self.id, time_text(self.at), self.kind, self.os_account)?;
        for (what, id) in [("actor", self.actor_id), ("user", self.user_id), ("session", self.session_id)] {
            if let Some(id) = id {
                write!(f, " {what} {id}")?;
            }
        }
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// A time of this API as RFC 3339 text in UTC; "never" for 0 and for what no calendar has.
pub fn time_text(unix_ms: i64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(unix_ms).filter(|_| unix_ms != 0);
    time.map_or_else(|| "never".to_owned(), |time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

impl Event {
    pub(crate) fn intact(&self) -> crate::Result<()> {
        match self.row {
            crate::status::SESSION_OK => Ok(()),
            status => Err(crate::Error::new(status, format!("event {} of the audit trail", self.id))),
        }
    }
}

/// What `password_check` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordVerdict {
    pub reason: crate::policy::password::Weakness,
    /// 0 = refused, to 4.
    pub score: u32,
}

impl PasswordVerdict {
    pub fn accepted(&self) -> crate::Result<()> {
        use crate::policy::password::Weakness;
        match self.reason {
            Weakness::Not => Ok(()),
            reason => Err(crate::Error::new(crate::status::SESSION_PASSWORD_WEAK, reason.text())),
        }
    }
}
