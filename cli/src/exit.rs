//! Exit codes, and what to do about a status.

use desksession::status::*;

pub const YES: u8 = 0;
pub const NO: u8 = 1;
pub const USAGE: u8 = 2;
pub const LATER: u8 = 3;
pub const ATTENTION: u8 = 4;
pub const EVIDENCE: u8 = 5;
pub const INTERNAL: u8 = 70;

pub const HELP: &str = "\
Environment:
  DESKSESSION_FOLDER  the store's folder, where neither --folder nor --app is given
  DESKSESSION_APP     the program whose store it is, likewise
  DESKSESSION_TOKEN   the token of a session: for whoami, logout and --as-me

Exit codes:
   0  yes, done
   1  an answer that is not yes: wrong password, session over, no such user
   2  wrong usage
   3  try again later: too many attempts, the store is held by another
   4  the store or what is around it needs attention: no store, no key, a full disk
   5  something is not as it was written: changed rows, damage, a foreign key
  70  a bug in desksession

Passwords, codes and tokens are never arguments: on a terminal they are asked for,
elsewhere read from standard input, a line each.";

/// Of a status.
pub fn of(status: i32) -> u8 {
    match status {
        SESSION_OK => YES,
        SESSION_THROTTLED | SESSION_BUSY | SESSION_LIMIT | SESSION_NO_MEMORY => LATER,
        1..=99 => NO,
        SESSION_BAD_ARGUMENT => USAGE,
        SESSION_CORRUPT | SESSION_TAMPERED | SESSION_FOREIGN | SESSION_NEWER => EVIDENCE,
        SESSION_IO
        | SESSION_DISK_FULL
        | SESSION_READ_ONLY
        | SESSION_NOT_A_STORE
        | SESSION_NO_KEY
        | SESSION_KEY_MISMATCH
        | SESSION_MISSING
        | SESSION_PERMISSION
        | SESSION_STORE_REPLACED
        | SESSION_UNSUPPORTED => ATTENTION,
        _ => INTERNAL,
    }
}

/// What a person can do about it with this program.
pub fn remedy(status: i32) -> Option<&'static str> {
    Some(match status {
        SESSION_MUST_CHANGE => "desksession password change NAME",
        SESSION_THROTTLED => "wait, or desksession user unthrottle NAME",
        SESSION_UNKNOWN | SESSION_EXPIRED | SESSION_IDLE | SESSION_LOGGED_OUT | SESSION_REVOKED | SESSION_CLOCK => {
            "desksession login NAME"
        }
        SESSION_USER_DISABLED => "desksession user enable NAME",
        SESSION_USER_UNKNOWN => "desksession user list shows who there is",
        SESSION_NOT_ALLOWED => "log in again and set DESKSESSION_TOKEN, or leave --as-me out",
        SESSION_BUSY | SESSION_LIMIT | SESSION_NO_MEMORY => "try again",
        SESSION_MISSING => "look at --folder or --app; desksession init makes a new store",
        SESSION_NO_KEY | SESSION_FOREIGN => "bring the key back; if it is gone for good, desksession adopt keeps the accounts",
        SESSION_KEY_MISMATCH => "leave --key out: the store records its own, and is not to be adopted while that works",
        SESSION_TAMPERED => "desksession check names what was changed; restore a backup",
        SESSION_CORRUPT => "restore a backup",
        SESSION_NEWER => "use a newer desksession",
        SESSION_DISK_FULL => "free some space",
        _ => return None,
    })
}
