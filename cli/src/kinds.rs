//! The numbers of `include/desksession.h` and their names here: the header's, in small letters with dashes.

use clap::ValueEnum;

/// SESSION_POLICY_*
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Item {
    /// A session ends this long after its login
    AbsoluteMs = 1,
    /// A session ends this long after its last activity
    IdleMs = 2,
    /// The absolute limit of a remembered session
    RememberedAbsoluteMs = 3,
    /// The idle limit of a remembered session
    RememberedIdleMs = 4,
    /// Shortest new password in characters
    PasswordMin = 5,
    /// Argon2id memory in KiB
    KdfMemoryKib = 6,
    /// Argon2id passes
    KdfPasses = 7,
    /// Wrong attempts in a row that cost no wait
    ThrottleFree = 8,
    /// Longest wait between attempts
    ThrottleCapMs = 9,
    /// After this many wrong attempts only `user unthrottle` helps; 0 = never
    ThrottleStop = 10,
    /// Ended sessions are kept this long
    EndedKeepMs = 11,
    /// Events are kept this long; 0 = for ever
    AuditKeepMs = 12,
}

/// SESSION_PRESET_*
#[allow(clippy::enum_variant_names)] // they are the header's
#[derive(Clone, Copy, ValueEnum)]
pub enum Preset {
    /// NIST SP 800-63B-4 AAL1: 30 days, 100 failures
    Aal1Timeouts = 1,
    /// AAL2: 24 hours, 1 hour idle, 100 failures
    Aal2Timeouts = 2,
    /// AAL3: 12 hours, 15 minutes idle, 100 failures
    Aal3Timeouts = 3,
    /// As a new store has them
    DefaultTimeouts = 4,
}

/// SESSION_EVENT_*
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    StoreCreated = 1,
    LoginAttempt = 2,
    Login = 3,
    LoginFailed = 4,
    Logout = 5,
    Expired = 6,
    Idle = 7,
    Clock = 8,
    Revoked = 9,
    UserCreated = 10,
    UserRenamed = 11,
    UserEnabled = 12,
    UserDisabled = 13,
    UserPermitted = 14,
    UserDeleted = 15,
    UserUnthrottled = 16,
    PasswordChanged = 17,
    PolicyChanged = 18,
    Purged = 19,
    Adopted = 20,
    BackedUp = 21,
    PasswordReset = 22,
    Authorized = 23,
}

/// "idle-ms"
pub fn name(value: impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Of a number of the audit trail; a newer library's kinds stay numbers.
pub fn event_name(number: u32) -> String {
    let known = Kind::value_variants().iter().find(|kind| **kind as u32 == number);
    known.map_or_else(|| format!("kind {number}"), |kind| name(*kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ("idle-ms", 2) for `#define SESSION_POLICY_IDLE_MS 2`, in the header's order.
    fn defined(prefix: &str) -> Vec<(String, u32)> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../include/desksession.h");
        let header = std::fs::read_to_string(path).expect("the header");
        let lines = header.lines().filter_map(|line| line.strip_prefix("#define ")?.strip_prefix(prefix)?.split_once(' '));
        lines.map(|(name, number)| (name.to_lowercase().replace('_', "-"), number.parse().expect("a number"))).collect()
    }

    fn ours<T: ValueEnum>(number: impl Fn(T) -> u32) -> Vec<(String, u32)> {
        T::value_variants().iter().map(|value| (name(value.clone()), number(value.clone()))).collect()
    }

    #[test]
    fn names_and_numbers_are_the_headers() {
        assert_eq!(ours(|item: Item| item as u32), defined("SESSION_POLICY_"));
        assert_eq!(ours(|preset: Preset| preset as u32), defined("SESSION_PRESET_"));
        assert_eq!(ours(|kind: Kind| kind as u32), defined("SESSION_EVENT_"));
    }
}
