//! The structs of the header: `size` first, fixed-width members and arrays only, no padding, one layout everywhere.
//! They grow at the end only; `tests/c/layout.c` and each binding pin sizes and offsets.
#![allow(non_camel_case_types)]

use super::constants::*;
use std::os::raw::c_char;

/// A store handle: a key into a table, never an address. Do not dereference it.
pub struct session_store {
    _key: [u8; 0],
}

/// How to open a store. All zero but size: the defaults, as does a NULL pointer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct session_options {
    /// sizeof(session_options)
    pub size: u32,
    /// SESSION_OPEN_EXISTING or SESSION_OPEN_CREATE; 0 = open, and create where nothing is
    pub flags: u32,
    /// SESSION_KEY_*; 0 = as recorded (a new store: SESSION_KEY_USER, or _STORE in machine scope). Anything else is a demand
    pub key_source: u32,
    /// SESSION_SCOPE_*; 0 = as recorded, but no group's store that another account made (a new store: SESSION_SCOPE_USER)
    pub scope: u32,
    /// how long a call may wait for others, in milliseconds; 0 = 5000, and 1000 for verify and peek
    pub busy_timeout_ms: u32,
    /// 0
    pub reserved: u32,
    /// SESSION_KEY_CALLER: the key, 32 random bytes, not all zero. Wipe your copy after the call
    pub key: [u8; 32],
}

/// How to log in. All zero but size: the defaults, as does a NULL pointer.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct session_login_options {
    /// sizeof(session_login_options)
    pub size: u32,
    /// SESSION_LOGIN_REMEMBERED or 0
    pub flags: u32,
    /// what a session list shows ("Till 2"): UTF-8, NUL-terminated, no control characters
    pub label: [c_char; SESSION_LABEL_SIZE],
}

/// A session. Times are Unix milliseconds UTC, 0 = none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct session_info {
    /// in: sizeof(session_info)
    pub size: u32,
    /// SESSION_INFO_*
    pub flags: u32,
    pub created_at: i64,
    pub authenticated_at: i64,
    pub last_seen_at: i64,
    /// absolute limit
    pub expires_at: i64,
    /// idle limit, moves with activity
    pub idle_expires_at: i64,
    pub ended_at: i64,
    /// on SESSION_THROTTLED: wait this long; -1 = until an administrator helps
    pub retry_after_ms: i64,
    /// the host's own bits, read live from the user
    pub permissions: u64,
    pub session_id: [c_char; SESSION_ID_SIZE],
    pub user_id: [c_char; SESSION_ID_SIZE],
    /// UTF-8
    pub user_name: [c_char; SESSION_NAME_SIZE],
    /// UTF-8
    pub label: [c_char; SESSION_LABEL_SIZE],
    /// lists: what session_peek would answer for this session (SESSION_OK = live, SESSION_REVOKED, ...)
    pub state: i32,
    /// 0
    pub reserved: u32,
}

/// A user. Times are Unix milliseconds UTC, 0 = none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct session_user {
    /// in: sizeof(session_user)
    pub size: u32,
    /// SESSION_USER_*_FLAG
    pub flags: u32,
    pub created_at: i64,
    pub last_login_at: i64,
    pub password_changed_at: i64,
    /// the host's own bits
    pub permissions: u64,
    /// wrong attempts since the last good login
    pub failures: u32,
    pub live_sessions: u32,
    pub user_id: [c_char; SESSION_ID_SIZE],
    /// UTF-8, as it was given
    pub user_name: [c_char; SESSION_NAME_SIZE],
}

/// One line of the audit trail. Never holds a secret.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct session_event {
    /// in: sizeof(session_event)
    pub size: u32,
    /// SESSION_EVENT_*
    pub kind: u32,
    /// counts up by one; a gap is a fault
    pub id: i64,
    /// Unix milliseconds UTC
    pub at: i64,
    /// who did it: a user, or empty = the host program
    pub actor_id: [c_char; SESSION_ID_SIZE],
    /// to whom
    pub user_id: [c_char; SESSION_ID_SIZE],
    pub session_id: [c_char; SESSION_ID_SIZE],
    /// UTF-8, no control characters
    pub detail: [c_char; SESSION_DETAIL_SIZE],
    /// the OS account whose process did it, UTF-8
    pub os_account: [c_char; SESSION_ACCOUNT_SIZE],
}

/// What session_check found against one row, or against the database as a whole.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct session_fault {
    /// in: sizeof(session_fault)
    pub size: u32,
    /// SESSION_TAMPERED, SESSION_NEWER or SESSION_CORRUPT
    pub status: i32,
    /// counts up from 1 within one check
    pub number: u64,
    /// "users", "sessions", ... or "database"
    pub table: [c_char; SESSION_TABLE_SIZE],
    /// its id, where it has one that can be read: a user's or session's as session_user_delete and session_revoke take it
    pub row: [c_char; SESSION_ID_SIZE],
    /// for a log; UTF-8, no control characters
    pub detail: [c_char; SESSION_DETAIL_SIZE],
}
