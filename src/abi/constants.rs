//! Sizes, flags and numbers that host programs use. Names and texts of statuses are in `status.rs`.

/// Raised by one with every incompatible change of this header. Compare it with session_abi_version() at load.
pub const SESSION_ABI_VERSION: u32 = 1;

/// Bytes of a token buffer: "ds1_", 64 characters, NUL, rounded up.
pub const SESSION_TOKEN_SIZE: usize = 72;
/// Bytes of an id buffer: a UUID as text, NUL, rounded up. Ids are public, never secrets.
pub const SESSION_ID_SIZE: usize = 40;
/// Bytes of a user name buffer: at most 255 bytes of UTF-8 and NUL.
pub const SESSION_NAME_SIZE: usize = 256;
/// Bytes of a session label: at most 63 bytes of UTF-8 and NUL.
pub const SESSION_LABEL_SIZE: usize = 64;
/// Bytes of a buffer for a one-time code: five groups of four characters, four dashes, NUL, rounded up.
pub const SESSION_CODE_SIZE: usize = 64;
/// Bytes of the detail of an event: at most 255 bytes of UTF-8 and NUL.
pub const SESSION_DETAIL_SIZE: usize = 256;
/// Bytes of the name of an OS account: at most 63 bytes of UTF-8 and NUL.
pub const SESSION_ACCOUNT_SIZE: usize = 64;
/// Bytes of a table's name in session_fault.
pub const SESSION_TABLE_SIZE: usize = 16;
/// Longest purpose of session_authorize, in bytes.
pub const SESSION_PURPOSE_MAX: usize = 200;
/// Bytes that hold every text of session_last_error().
pub const SESSION_ERROR_SIZE: usize = 512;
/// Longest password, in bytes; a longer one never fits and answers as a wrong one does.
pub const SESSION_PASSWORD_MAX: usize = 1024;

/// session_options.flags: open a store that exists, never create one.
pub const SESSION_OPEN_EXISTING: u32 = 1;
/// session_options.flags: create a store; one that exists already is BAD_ARGUMENT.
pub const SESSION_OPEN_CREATE: u32 = 2;

/// session_options.key_source: a file in the OS's per-user place, named by the store's id; on Windows sealed for the account with
/// the data protection API. The default.
pub const SESSION_KEY_USER: u32 = 1;
/// session_options.key_source: a file in the store's own folder. Protects nothing once the folder is copied.
pub const SESSION_KEY_STORE: u32 = 2;
/// session_options.key_source: the host passes the 32 bytes at every open.
pub const SESSION_KEY_CALLER: u32 = 3;
/// session_options.key_source, kept for later: the OS's key store.
pub const SESSION_KEY_KEYSTORE: u32 = 4;

/// session_options.scope: the store of one OS account. The default.
pub const SESSION_SCOPE_USER: u32 = 1;
/// session_options.scope: one store for several OS accounts of one PC. On Unix for the group that owns the folder, or, of a new
/// one, the folder above it; on Windows for Users.
pub const SESSION_SCOPE_MACHINE: u32 = 2;

/// session_login_options.flags: the longer, remembered limits. Ask the person first.
pub const SESSION_LOGIN_REMEMBERED: u32 = 1;

/// session_info.flags: logged in with SESSION_LOGIN_REMEMBERED.
pub const SESSION_INFO_REMEMBERED: u32 = 1;
/// session_info.flags, lists only: the row is not what this library wrote; only session_id is set, session_revoke removes it.
pub const SESSION_INFO_TAMPERED: u32 = 2;
/// session_info.flags, lists only: a newer library wrote something this one must not ignore; only session_id is set.
pub const SESSION_INFO_NEWER: u32 = 4;

/// session_user.flags: disabled; cannot log in.
pub const SESSION_USER_DISABLED_FLAG: u32 = 1;
/// session_user.flags: the password has to be changed before the next login.
pub const SESSION_USER_MUST_CHANGE_FLAG: u32 = 2;
/// session_user.flags, lists only: the row is not what this library wrote; only user_id is set, session_user_delete removes it.
pub const SESSION_USER_TAMPERED_FLAG: u32 = 4;
/// session_user.flags, lists only: a newer library wrote something this one must not ignore; only user_id is set.
pub const SESSION_USER_NEWER_FLAG: u32 = 8;

/// Policy items are int64 values kept in the store, for every process. A value outside its range is BAD_ARGUMENT.
/// A session ends this long after its login, whatever its activity. 1 ms to 10 years, 12 hours by default.
pub const SESSION_POLICY_ABSOLUTE_MS: u32 = 1;
/// A session ends this long after its last activity. 1 ms to 10 years, 30 minutes by default.
pub const SESSION_POLICY_IDLE_MS: u32 = 2;
/// The absolute limit of a remembered session. 1 ms to 10 years, 30 days by default.
pub const SESSION_POLICY_REMEMBERED_ABSOLUTE_MS: u32 = 3;
/// The idle limit of a remembered session. 1 ms to 10 years, 14 days by default.
pub const SESSION_POLICY_REMEMBERED_IDLE_MS: u32 = 4;
/// Shortest new password in code points. 8 to 64, 15 by default (NIST SP 800-63B-4 for a password alone).
pub const SESSION_POLICY_PASSWORD_MIN: u32 = 5;
/// Argon2id memory in KiB. 19456 to 262144, 65536 by default (RFC 9106 section 4, second choice).
pub const SESSION_POLICY_KDF_MEMORY_KIB: u32 = 6;
/// Argon2id passes. 2 to 10, 3 by default.
pub const SESSION_POLICY_KDF_PASSES: u32 = 7;
/// Wrong attempts in a row that cost no wait; the next one does. 0 to 100, 4 by default.
pub const SESSION_POLICY_THROTTLE_FREE: u32 = 8;
/// Longest wait between attempts; waits start at 1 s and double. 1 s to 1 day, 15 minutes by default.
pub const SESSION_POLICY_THROTTLE_CAP_MS: u32 = 9;
/// After this many wrong attempts in a row only session_user_unthrottle helps. 0 = never (the default), else 1 to 10000.
pub const SESSION_POLICY_THROTTLE_STOP: u32 = 10;
/// Ended sessions are kept this long before session_purge removes them. 0 to 10 years, 30 days by default.
pub const SESSION_POLICY_ENDED_KEEP_MS: u32 = 11;
/// Events are kept this long before session_purge removes them. 0 = for ever (the default), else up to 10 years.
pub const SESSION_POLICY_AUDIT_KEEP_MS: u32 = 12;

/// session_policy_preset: time-outs of NIST SP 800-63B-4 for AAL1: 30 days absolute, no idle limit before that; 100 failures.
/// A preset sets the four time-outs and SESSION_POLICY_THROTTLE_STOP; a password alone is AAL1, whatever the time-outs.
pub const SESSION_PRESET_AAL1_TIMEOUTS: u32 = 1;
/// session_policy_preset: time-outs for AAL2: 24 hours absolute, 1 hour idle, remembered or not; 100 failures.
pub const SESSION_PRESET_AAL2_TIMEOUTS: u32 = 2;
/// session_policy_preset: time-outs for AAL3: 12 hours absolute, 15 minutes idle, remembered or not; 100 failures.
pub const SESSION_PRESET_AAL3_TIMEOUTS: u32 = 3;
/// session_policy_preset: the same five items as a new store has them.
pub const SESSION_PRESET_DEFAULT_TIMEOUTS: u32 = 4;

/// session_password_check: nothing against this password.
pub const SESSION_WEAK_NOT: u32 = 0;
/// session_password_check: shorter than SESSION_POLICY_PASSWORD_MIN code points.
pub const SESSION_WEAK_SHORT: u32 = 1;
/// session_password_check: longer than SESSION_PASSWORD_MAX bytes.
pub const SESSION_WEAK_LONG: u32 = 2;
/// session_password_check: in the list of common passwords.
pub const SESSION_WEAK_COMMON: u32 = 3;
/// session_password_check: it is the user's name, or little more.
pub const SESSION_WEAK_USER_NAME: u32 = 4;
/// session_password_check: it is the program's name, or little more.
pub const SESSION_WEAK_APP_NAME: u32 = 5;
/// session_password_check: one short pattern again and again.
pub const SESSION_WEAK_REPEATS: u32 = 6;
/// session_password_check: a run of the alphabet, of digits or of the keyboard.
pub const SESSION_WEAK_SEQUENCE: u32 = 7;

/// A store was created.
pub const SESSION_EVENT_STORE_CREATED: u32 = 1;
/// A password is about to be checked; the attempt is paid for. detail: for what.
pub const SESSION_EVENT_LOGIN_ATTEMPT: u32 = 2;
/// A login succeeded.
pub const SESSION_EVENT_LOGIN: u32 = 3;
/// The attempt before failed and was counted. detail: for what.
pub const SESSION_EVENT_LOGIN_FAILED: u32 = 4;
/// A session was logged out.
pub const SESSION_EVENT_LOGOUT: u32 = 5;
/// A session was found past its absolute limit.
pub const SESSION_EVENT_EXPIRED: u32 = 6;
/// A session was found past its idle limit.
pub const SESSION_EVENT_IDLE: u32 = 7;
/// A session was ended because the clock was set back.
pub const SESSION_EVENT_CLOCK: u32 = 8;
/// A session was revoked.
pub const SESSION_EVENT_REVOKED: u32 = 9;
/// A user was created. detail: the name.
pub const SESSION_EVENT_USER_CREATED: u32 = 10;
/// A user was renamed. detail: old -> new.
pub const SESSION_EVENT_USER_RENAMED: u32 = 11;
/// A user was enabled. detail: old -> new.
pub const SESSION_EVENT_USER_ENABLED: u32 = 12;
/// A user was disabled. detail: old -> new.
pub const SESSION_EVENT_USER_DISABLED: u32 = 13;
/// A user's permissions were set. detail: old -> new, hexadecimal.
pub const SESSION_EVENT_USER_PERMITTED: u32 = 14;
/// A user was deleted. detail: the name.
pub const SESSION_EVENT_USER_DELETED: u32 = 15;
/// A user's failures were forgotten. detail: old -> new.
pub const SESSION_EVENT_USER_UNTHROTTLED: u32 = 16;
/// A password was changed by its owner.
pub const SESSION_EVENT_PASSWORD_CHANGED: u32 = 17;
/// A policy item was set. detail: item: old -> new.
pub const SESSION_EVENT_POLICY_CHANGED: u32 = 18;
/// Old rows were removed. detail: how many.
pub const SESSION_EVENT_PURGED: u32 = 19;
/// The store got a new key and id (session_adopt). Rows and events up to this one were taken as found. detail: the old id, how
/// many users there are, how many rows that could not be read were left out.
pub const SESSION_EVENT_ADOPTED: u32 = 20;
/// A backup was begun. detail: its folder.
pub const SESSION_EVENT_BACKED_UP: u32 = 21;
/// A user's password was replaced by a one-time code. detail: until when it is good.
pub const SESSION_EVENT_PASSWORD_RESET: u32 = 22;
/// A second person said yes (session_authorize); whether that was enough was the host's decision. actor: who said yes; user and session: who asked. detail: for what.
pub const SESSION_EVENT_AUTHORIZED: u32 = 23;
