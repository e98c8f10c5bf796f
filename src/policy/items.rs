//! The policy items: numbers, ranges, defaults (SESSION_POLICY_* of the header).

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
const TEN_YEARS: i64 = 3652 * DAY;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Item {
    AbsoluteMs = 1,
    IdleMs = 2,
    RememberedAbsoluteMs = 3,
    RememberedIdleMs = 4,
    PasswordMin = 5,
    KdfMemoryKib = 6,
    KdfPasses = 7,
    ThrottleFree = 8,
    ThrottleCapMs = 9,
    ThrottleStop = 10,
    EndedKeepMs = 11,
    AuditKeepMs = 12,
}

/// Item, lowest, highest, default.
const ITEMS: [(Item, i64, i64, i64); 12] = [
    (Item::AbsoluteMs, 1, TEN_YEARS, 12 * HOUR),
    (Item::IdleMs, 1, TEN_YEARS, 30 * MINUTE),
    (Item::RememberedAbsoluteMs, 1, TEN_YEARS, 30 * DAY),
    (Item::RememberedIdleMs, 1, TEN_YEARS, 14 * DAY),
    (Item::PasswordMin, 8, 64, 15),
    (Item::KdfMemoryKib, 19456, 262144, 65536),
    (Item::KdfPasses, 2, 10, 3),
    (Item::ThrottleFree, 0, 100, 4),
    (Item::ThrottleCapMs, SECOND, DAY, 15 * MINUTE),
    (Item::ThrottleStop, 0, 10_000, 0),
    (Item::EndedKeepMs, 0, TEN_YEARS, 30 * DAY),
    (Item::AuditKeepMs, 0, TEN_YEARS, 0),
];

impl Item {
    pub fn from_number(number: u32) -> Option<Item> {
        ITEMS.iter().map(|row| row.0).find(|item| *item as u32 == number)
    }
}

/// What a preset sets.
pub type Preset = [(Item, i64); 5];

const fn timeouts(absolute: i64, idle: i64, remembered_absolute: i64, remembered_idle: i64, stop: i64) -> Preset {
    [
        (Item::AbsoluteMs, absolute),
        (Item::IdleMs, idle),
        (Item::RememberedAbsoluteMs, remembered_absolute),
        (Item::RememberedIdleMs, remembered_idle),
        (Item::ThrottleStop, stop),
    ]
}

/// SESSION_PRESET_* of the header, in order. NIST SP 800-63B-4 sections 2.1.3, 2.2.3, 2.3.3 (time-outs) and 3.2.2 (at most 100
/// failures in a row). AAL1 knows no idle limit: as long as the absolute one it never comes first. Who remembers at AAL2 and 3
/// gains nothing.
const PRESETS: [Preset; 4] = [
    timeouts(30 * DAY, 30 * DAY, 30 * DAY, 30 * DAY, 100),
    timeouts(DAY, HOUR, DAY, HOUR, 100),
    timeouts(12 * HOUR, 15 * MINUTE, 12 * HOUR, 15 * MINUTE, 100),
    timeouts(12 * HOUR, 30 * MINUTE, 30 * DAY, 14 * DAY, 0),
];

pub fn preset(number: u32) -> Option<&'static Preset> {
    PRESETS.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// All items; every value within its range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy([i64; ITEMS.len()]);

impl Default for Policy {
    fn default() -> Self {
        Policy(ITEMS.map(|row| row.3))
    }
}

impl Policy {
    pub fn get(&self, item: Item) -> i64 {
        self.0[item as usize - 1]
    }

    /// False, and nothing changed, where the value is outside the item's range.
    #[must_use]
    pub fn set(&mut self, item: Item, value: i64) -> bool {
        let (_, lowest, highest, _) = ITEMS[item as usize - 1];
        let within = (lowest..=highest).contains(&value);
        if within {
            self.0[item as usize - 1] = value;
        }
        within
    }

    /// Eight bytes an item, big-endian, in the order of their numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|value| value.to_be_bytes()).collect()
    }

    /// `None` unless every item is there and within its range. Items that a newer minor version appended are not ours to read.
    pub fn from_bytes(bytes: &[u8]) -> Option<Policy> {
        let mut policy = Policy::default();
        for (position, (item, ..)) in ITEMS.iter().enumerate() {
            let value = bytes.get(position * 8..position * 8 + 8)?;
            if !policy.set(*item, i64::from_be_bytes(value.try_into().ok()?)) {
                return None;
            }
        }
        Some(policy)
    }
}
