//! Trusted time: what "now" is when the wall clock may lie.
//!
//! In one boot, time runs on the suspend-inclusive clock from a recorded anchor, so setting the wall clock back changes
//! nothing; setting it forward ends sessions. Over a boot, time is the wall clock, but never before the stored mark. Only a
//! password login believes the wall clock again, forwards and backwards, so that a wrong clock never locks anybody out.

/// How far the wall clock may lag behind trusted time before it counts as set back.
pub const TOLERANCE_MS: i64 = 5 * 60 * 1000;

/// A longer time switched off is taken for a wrong clock: it ends sessions, but is not remembered before a password login.
const PLAUSIBLY_OFF_MS: i64 = 30 * super::items::DAY;

/// What the clocks say. `boot` all zero: the boot cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Unix milliseconds UTC.
    pub wall: i64,
    /// Milliseconds since boot, asleep or awake.
    pub elapsed: i64,
    pub boot: [u8; 16],
}

/// What the store remembers of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Trusted time at `elapsed` of `boot`.
    pub wall: i64,
    pub elapsed: i64,
    pub boot: [u8; 16],
    /// Trusted time that the next boot may not begin before.
    pub mark: i64,
    /// How much password logins have set trusted time back, in all.
    pub set_back: i64,
}

/// Trusted time at one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Never runs backwards within a boot, never jumps with the wall clock: what rows record.
    pub steady: i64,
    /// The later of `steady` and the wall clock: what limits are held against.
    pub latest: i64,
    /// The wall clock was set back by more than the tolerance.
    pub behind: bool,
    pub set_back: i64,
    pub reading: Reading,
}

impl Anchor {
    /// The first anchor of a new store.
    pub fn first(reading: Reading) -> Anchor {
        Anchor { wall: reading.wall, elapsed: reading.elapsed, boot: reading.boot, mark: reading.wall, set_back: 0 }
    }

    fn since(&self, reading: &Reading) -> Option<i64> {
        elapsed_since(self.boot, self.elapsed, reading)
    }

    pub fn now(&self, reading: Reading) -> Now {
        let (steady, reference) = match self.since(&reading) {
            Some(elapsed) => {
                let steady = self.wall.saturating_add(elapsed);
                (steady, steady)
            }
            None => {
                let floor = self.mark.saturating_add(at_least_since(self.boot, self.elapsed, &reading));
                (reading.wall.max(floor), floor)
            }
        };
        Now {
            steady,
            latest: steady.max(reading.wall),
            behind: reading.wall < reference.saturating_sub(TOLERANCE_MS),
            set_back: self.set_back,
            reading,
        }
    }

    /// The anchor moved along to `now`, as an ordinary write stores it: within a boot the mark advances by time that passed,
    /// not by what the wall clock claims; in a new boot to the wall clock, if the time switched off is plausible.
    pub fn advanced(&self, now: &Now) -> Anchor {
        let off = now.steady.saturating_sub(self.mark);
        let passed = self.since(&now.reading).unwrap_or(if off <= PLAUSIBLY_OFF_MS { off } else { 0 });
        Anchor {
            wall: now.steady,
            elapsed: now.reading.elapsed,
            boot: now.reading.boot,
            mark: self.mark.saturating_add(passed),
            set_back: self.set_back,
        }
    }

    /// The anchor after a password login, which believes the wall clock.
    pub fn believing(&self, now: &Now) -> Anchor {
        let wall = if now.behind { now.reading.wall } else { now.latest };
        Anchor {
            wall,
            elapsed: now.reading.elapsed,
            boot: now.reading.boot,
            mark: wall,
            set_back: self.set_back.saturating_add((now.steady.saturating_sub(wall)).max(0)),
        }
    }
}

/// Time that has passed for certain since an earlier reading of another boot, whatever the wall clock says: a known new boot
/// has lasted as long as its own clock shows.
pub fn at_least_since(boot: [u8; 16], elapsed: i64, reading: &Reading) -> i64 {
    let another = boot != [0; 16] && reading.boot != [0; 16] && boot != reading.boot;
    if another || reading.elapsed < elapsed { reading.elapsed.max(0) } else { reading.elapsed.saturating_sub(elapsed) }
}

/// Time since an earlier reading of the same boot; `None` in another boot, or one that cannot be told.
pub fn elapsed_since(boot: [u8; 16], elapsed: i64, reading: &Reading) -> Option<i64> {
    let same = boot == reading.boot && boot != [0; 16] && reading.elapsed >= elapsed;
    same.then(|| reading.elapsed.saturating_sub(elapsed))
}
