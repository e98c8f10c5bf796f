//! How long the next attempt at an account has to wait: four free, then 1 s doubling to the cap, for ever.

use super::items::{DAY, Item, Policy};
use super::time::{Now, at_least_since, elapsed_since};

/// Wrong attempts in a row, and when the last one was paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    pub failures: u32,
    pub wait_ms: i64,
    pub at: i64,
    pub elapsed: i64,
    pub boot: [u8; 16],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead; store these attempts first, they count this one as failed.
    Go(Attempts),
    /// Wait that long. Store the attempts, if any: the wait goes on in this boot, whatever the wall clock does.
    Wait(i64, Option<Attempts>),
    /// Until an administrator helps.
    Stopped,
}

/// The wait after so many failures.
pub fn delay_ms(failures: u32, policy: &Policy) -> i64 {
    let over = i64::from(failures) - policy.get(Item::ThrottleFree);
    if over <= 0 {
        return 0;
    }
    let doubled = 1000_i64.checked_shl((over - 1).min(40) as u32).unwrap_or(i64::MAX);
    doubled.min(policy.get(Item::ThrottleCapMs))
}

impl Attempts {
    fn passed(&self, now: &Now) -> i64 {
        // Over a boot only time that passed for certain counts: whoever sets the clock forward waits no less.
        elapsed_since(self.boot, self.elapsed, &now.reading).unwrap_or_else(|| {
            at_least_since(self.boot, self.elapsed, &now.reading).min(now.steady.saturating_sub(self.at).max(0))
        })
    }

    fn remaining_ms(&self, policy: &Policy, now: &Now) -> i64 {
        let wait = self.wait_ms.min(delay_ms(self.failures, policy));
        wait.saturating_sub(self.passed(now)).clamp(0, wait.max(0))
    }

    fn stamped(failures: u32, wait_ms: i64, now: &Now) -> Attempts {
        Attempts { failures, wait_ms, at: now.steady, elapsed: now.reading.elapsed, boot: now.reading.boot }
    }

    /// Guesses at names that no user has are forgotten after a day without one; a user's own only by a good login.
    pub fn forgotten(&self, now: &Now) -> bool {
        self.passed(now) >= DAY
    }

    pub fn decide(&self, forgettable: bool, policy: &Policy, now: &Now) -> Decision {
        let failures = if forgettable && self.forgotten(now) { 0 } else { self.failures };
        let stop = policy.get(Item::ThrottleStop);
        if stop > 0 && i64::from(failures) >= stop {
            return Decision::Stopped;
        }
        let remaining = if failures == 0 { 0 } else { self.remaining_ms(policy, now) };
        if remaining > 0 {
            let moved = elapsed_since(self.boot, self.elapsed, &now.reading).is_none();
            return Decision::Wait(remaining, moved.then(|| Attempts::stamped(failures, remaining, now)));
        }
        let failures = failures.saturating_add(1);
        Decision::Go(Attempts::stamped(failures, delay_ms(failures, policy), now))
    }
}
