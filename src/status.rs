//! Every status: number, name, text. Append-only: a number is never reused, `tests/header.rs` pins each.
//!
//! 0 is yes. 1..=99 are answers: the call worked and the answer is not yes. 100 and up are faults.

/// The call did what was asked; for a check: yes.
pub const SESSION_OK: i32 = 0;

/// Wrong name, wrong password, no such user, over-long input: one answer, after the same work.
pub const SESSION_BAD_CREDENTIALS: i32 = 1;
/// Too many attempts; `info->retry_after_ms` says how long to wait, -1 = until an administrator helps.
pub const SESSION_THROTTLED: i32 = 2;
/// No such session: never issued, malformed, wrong secret, or purged.
pub const SESSION_UNKNOWN: i32 = 3;
/// The session reached its absolute limit. The secret was right: `info` tells whose session it was and when it ended.
pub const SESSION_EXPIRED: i32 = 4;
/// The session reached its idle limit. `info` as for SESSION_EXPIRED.
pub const SESSION_IDLE: i32 = 5;
/// The session was logged out. `info` as for SESSION_EXPIRED.
pub const SESSION_LOGGED_OUT: i32 = 6;
/// The session was ended by somebody else, a password change, a disable or a delete. `info` as for SESSION_EXPIRED.
pub const SESSION_REVOKED: i32 = 7;
/// The session ended because the clock was set back. `info` as for SESSION_EXPIRED.
pub const SESSION_CLOCK: i32 = 8;
/// Kept for later: a rotated token was used again.
pub const SESSION_REUSED: i32 = 9;
/// Kept for later: the session is alive, unlock it first.
pub const SESSION_LOCKED: i32 = 10;
/// The password was right, but the user is disabled.
pub const SESSION_USER_DISABLED: i32 = 11;
/// The password was right, but has to be changed first (session_password_change).
pub const SESSION_MUST_CHANGE: i32 = 12;
/// Kept for later: the password was right, a code is needed as well.
pub const SESSION_SECOND_FACTOR: i32 = 13;
/// Kept for later: the user has as many sessions as allowed.
pub const SESSION_TOO_MANY: i32 = 14;
/// Kept for later: log in again before this step.
pub const SESSION_NOT_FRESH: i32 = 15;
/// A user of that name exists (names that differ only in case or width are one name).
pub const SESSION_USER_EXISTS: i32 = 20;
/// No such user.
pub const SESSION_USER_UNKNOWN: i32 = 21;
/// The name is not allowed: RFC 8265 UsernameCaseMapped parts separated by single spaces, at most 255 bytes.
pub const SESSION_NAME_REFUSED: i32 = 22;
/// The password is too weak; session_password_check tells why.
pub const SESSION_PASSWORD_WEAK: i32 = 23;
/// The actor's session is not live; nothing was changed.
pub const SESSION_NOT_ALLOWED: i32 = 24;
/// No further row.
pub const SESSION_DONE: i32 = 30;

/// An argument is wrong: NULL, not UTF-8, outside its range, a struct of another size. A bug in the caller.
pub const SESSION_BAD_ARGUMENT: i32 = 100;
/// The store handle is NULL, closed or garbage.
pub const SESSION_BAD_HANDLE: i32 = 101;
/// An output buffer is smaller than its published size; nothing was done.
pub const SESSION_BUFFER_TOO_SMALL: i32 = 102;
/// Another process or thread held the store past the time-out; try again.
pub const SESSION_BUSY: i32 = 103;
/// Too many password hashes at once in this process; try again.
pub const SESSION_LIMIT: i32 = 104;
/// The operating system reported an input/output error.
pub const SESSION_IO: i32 = 105;
/// The disk is full.
pub const SESSION_DISK_FULL: i32 = 106;
/// The store lies on a read-only medium or in a read-only folder.
pub const SESSION_READ_ONLY: i32 = 107;
/// The store's files are damaged: restore a backup.
pub const SESSION_CORRUPT: i32 = 108;
/// A row or the schema is not what this library wrote; it was refused.
pub const SESSION_TAMPERED: i32 = 109;
/// Something else lies there; it was not touched.
pub const SESSION_NOT_A_STORE: i32 = 110;
/// The key does not belong to this store.
pub const SESSION_FOREIGN: i32 = 111;
/// Written by a newer library that this one must not touch: update the library.
pub const SESSION_NEWER: i32 = 112;
/// The store's key is gone or out of reach.
pub const SESSION_NO_KEY: i32 = 113;
/// The store records another key source than was demanded.
pub const SESSION_KEY_MISMATCH: i32 = 114;
/// No store is there, or its database is gone.
pub const SESSION_MISSING: i32 = 115;
/// Owner or access rights of a file do not fit; session_last_error names the path and the remedy.
pub const SESSION_PERMISSION: i32 = 116;
/// The files under an open handle were moved, deleted or replaced: close and open again.
pub const SESSION_STORE_REPLACED: i32 = 117;
/// Out of memory.
pub const SESSION_NO_MEMORY: i32 = 118;
/// This process inherited an open store by fork; open stores only after the fork, in the process that uses them.
pub const SESSION_FORKED: i32 = 119;
/// Not supported here: a network file system, or a feature this build does not have.
pub const SESSION_UNSUPPORTED: i32 = 120;
/// A bug in this library; the handle answers nothing else from now on.
pub const SESSION_INTERNAL: i32 = 199;

/// Number, name and one English sentence for a log, for every status.
pub(crate) const ALL: &[(i32, &str, &str)] = &[
    (SESSION_OK, "SESSION_OK\0", "the call succeeded\0"),
    (SESSION_BAD_CREDENTIALS, "SESSION_BAD_CREDENTIALS\0", "the name or the password is wrong\0"),
    (SESSION_THROTTLED, "SESSION_THROTTLED\0", "too many attempts, wait before the next\0"),
    (SESSION_UNKNOWN, "SESSION_UNKNOWN\0", "there is no such session\0"),
    (SESSION_EXPIRED, "SESSION_EXPIRED\0", "the session reached its absolute limit\0"),
    (SESSION_IDLE, "SESSION_IDLE\0", "the session was idle for too long\0"),
    (SESSION_LOGGED_OUT, "SESSION_LOGGED_OUT\0", "the session was logged out\0"),
    (SESSION_REVOKED, "SESSION_REVOKED\0", "the session was ended from elsewhere\0"),
    (SESSION_CLOCK, "SESSION_CLOCK\0", "the session ended because the clock was set back\0"),
    (SESSION_REUSED, "SESSION_REUSED\0", "a replaced token was used again\0"),
    (SESSION_LOCKED, "SESSION_LOCKED\0", "the session is locked\0"),
    (SESSION_USER_DISABLED, "SESSION_USER_DISABLED\0", "the user is disabled\0"),
    (SESSION_MUST_CHANGE, "SESSION_MUST_CHANGE\0", "the password has to be changed first\0"),
    (SESSION_SECOND_FACTOR, "SESSION_SECOND_FACTOR\0", "a second factor is needed\0"),
    (SESSION_TOO_MANY, "SESSION_TOO_MANY\0", "the user has too many sessions\0"),
    (SESSION_NOT_FRESH, "SESSION_NOT_FRESH\0", "a fresh login is needed\0"),
    (SESSION_USER_EXISTS, "SESSION_USER_EXISTS\0", "a user of that name exists\0"),
    (SESSION_USER_UNKNOWN, "SESSION_USER_UNKNOWN\0", "there is no such user\0"),
    (SESSION_NAME_REFUSED, "SESSION_NAME_REFUSED\0", "the user name is not allowed\0"),
    (SESSION_PASSWORD_WEAK, "SESSION_PASSWORD_WEAK\0", "the password is too weak\0"),
    (SESSION_NOT_ALLOWED, "SESSION_NOT_ALLOWED\0", "the actor's session is not live\0"),
    (SESSION_DONE, "SESSION_DONE\0", "there is no further row\0"),
    (SESSION_BAD_ARGUMENT, "SESSION_BAD_ARGUMENT\0", "an argument is wrong\0"),
    (SESSION_BAD_HANDLE, "SESSION_BAD_HANDLE\0", "the store handle is not open\0"),
    (SESSION_BUFFER_TOO_SMALL, "SESSION_BUFFER_TOO_SMALL\0", "an output buffer is too small\0"),
    (SESSION_BUSY, "SESSION_BUSY\0", "the store was held by another past the time-out\0"),
    (SESSION_LIMIT, "SESSION_LIMIT\0", "too many password hashes at once in this process\0"),
    (SESSION_IO, "SESSION_IO\0", "the operating system reported an input/output error\0"),
    (SESSION_DISK_FULL, "SESSION_DISK_FULL\0", "the disk is full\0"),
    (SESSION_READ_ONLY, "SESSION_READ_ONLY\0", "the store is read-only\0"),
    (SESSION_CORRUPT, "SESSION_CORRUPT\0", "the store's files are damaged\0"),
    (SESSION_TAMPERED, "SESSION_TAMPERED\0", "a row or the schema is not what this library wrote\0"),
    (SESSION_NOT_A_STORE, "SESSION_NOT_A_STORE\0", "something that is not a session store lies there\0"),
    (SESSION_FOREIGN, "SESSION_FOREIGN\0", "the key does not belong to this store\0"),
    (SESSION_NEWER, "SESSION_NEWER\0", "written by a newer version of this library\0"),
    (SESSION_NO_KEY, "SESSION_NO_KEY\0", "the store's key is gone or out of reach\0"),
    (SESSION_KEY_MISMATCH, "SESSION_KEY_MISMATCH\0", "the store records another key source\0"),
    (SESSION_MISSING, "SESSION_MISSING\0", "there is no store, or its database is gone\0"),
    (SESSION_PERMISSION, "SESSION_PERMISSION\0", "owner or access rights of a file do not fit\0"),
    (SESSION_STORE_REPLACED, "SESSION_STORE_REPLACED\0", "the files of the open store were moved or replaced\0"),
    (SESSION_NO_MEMORY, "SESSION_NO_MEMORY\0", "out of memory\0"),
    (SESSION_FORKED, "SESSION_FORKED\0", "an open store does not survive a fork\0"),
    (SESSION_UNSUPPORTED, "SESSION_UNSUPPORTED\0", "not supported here\0"),
    (SESSION_INTERNAL, "SESSION_INTERNAL\0", "a bug in desksession\0"),
];

fn row(status: i32) -> (&'static str, &'static str) {
    ALL.iter()
        .find(|(number, _, _)| *number == status)
        .map_or(("SESSION_?\0", "a status this version does not know: not yes\0"), |(_, name, text)| (name, text))
}

/// `"SESSION_EXPIRED"`; `"SESSION_?"` for a number this version does not know.
pub fn name(status: i32) -> &'static str {
    row(status).0.trim_end_matches('\0')
}

/// One English sentence for a log.
pub fn text(status: i32) -> &'static str {
    row(status).1.trim_end_matches('\0')
}

/// The same two, with their NUL, for the C ABI.
pub(crate) fn c_strings(status: i32) -> (&'static str, &'static str) {
    row(status)
}
