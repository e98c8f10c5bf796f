//! When a session ends: absolute limit, idle limit, a clock that was set back. `elapsed >= limit` is over.

use super::items::{Item, Policy};
use super::time::{Now, TOLERANCE_MS};

/// How long a one-time code is good.
pub const CODE_MS: i64 = super::items::DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub absolute_ms: i64,
    pub idle_ms: i64,
}

impl Limits {
    pub fn of(policy: &Policy, remembered: bool) -> Limits {
        let (absolute, idle) =
            if remembered { (Item::RememberedAbsoluteMs, Item::RememberedIdleMs) } else { (Item::AbsoluteMs, Item::IdleMs) };
        Limits { absolute_ms: policy.get(absolute), idle_ms: policy.get(idle) }
    }

    /// A policy may shorten the sessions that live, never lengthen them.
    pub fn and(self, other: Limits) -> Limits {
        Limits { absolute_ms: self.absolute_ms.min(other.absolute_ms), idle_ms: self.idle_ms.min(other.idle_ms) }
    }
}

/// A session's times, on the time line of its login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    pub remembered: bool,
    pub authenticated_at: i64,
    pub last_seen_at: i64,
    /// `Anchor::set_back` at login.
    pub set_back: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Clock,
    Expired,
    Idle,
}

impl Course {
    /// What has to be added to trusted time to be on this session's time line: logins set trusted time back, sessions go on.
    pub fn ahead(&self, now: &Now) -> i64 {
        now.set_back.saturating_sub(self.set_back)
    }

    /// What a touch records.
    pub fn seen(&self, now: &Now) -> i64 {
        now.steady.saturating_add(self.ahead(now)).max(self.last_seen_at)
    }

    pub fn end(&self, limits: Limits, now: &Now) -> Option<End> {
        let steady = now.steady.saturating_add(self.ahead(now));
        let set_back = now.behind || self.ahead(now) != 0 || self.last_seen_at > steady.saturating_add(TOLERANCE_MS);
        if set_back && !self.remembered {
            return Some(End::Clock);
        }
        let latest = now.latest.saturating_add(self.ahead(now)).max(self.last_seen_at);
        if latest.saturating_sub(self.authenticated_at) >= limits.absolute_ms {
            return Some(End::Expired);
        }
        (latest.saturating_sub(self.last_seen_at) >= limits.idle_ms).then_some(End::Idle)
    }

    /// Whether activity is worth a write: at most every min(60 s, idle / 16).
    pub fn touch_due(&self, limits: Limits, now: &Now) -> bool {
        self.seen(now).saturating_sub(self.last_seen_at) >= (limits.idle_ms / 16).clamp(1, 60_000)
    }
}
