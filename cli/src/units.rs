//! Times, durations and bits as people write them.

use chrono::{DateTime, NaiveDate, NaiveTime};
use std::time::{SystemTime, UNIX_EPOCH};

const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];

/// "15min", "12h", "30d", or milliseconds.
pub fn duration(text: &str) -> Result<i64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = if unit.is_empty() { "ms" } else { unit.trim() };
    let factor = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    let milliseconds = number.parse::<i64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    milliseconds.ok_or_else(|| format!("'{text}' is no duration: 15min, 12h, 30d, or milliseconds"))
}

/// The largest unit that leaves nothing over.
pub fn duration_text(ms: i64) -> String {
    let fits = UNITS.iter().find(|(_, factor)| ms != 0 && ms % factor == 0);
    fits.map_or_else(|| ms.to_string(), |(unit, factor)| format!("{}{unit}", ms / factor))
}

/// A day, a time, or how long ago; Unix milliseconds.
pub fn since(text: &str) -> Result<i64, String> {
    if let Ok(ago) = duration(text) {
        return Ok(now().saturating_sub(ago));
    }
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis());
    }
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| time.timestamp_millis()).map_err(|_| format!("'{text}' is no day, no time of RFC 3339 and no duration"))
}

pub fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

/// Decimal, or hexadecimal after 0x.
pub fn bits(text: &str) -> Result<u64, String> {
    let parsed = text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16));
    parsed.map_err(|_| "64 bits, decimal or as 0x...".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_they_are_shown() {
        for (text, ms) in [("15min", 900_000), ("12h", 43_200_000), ("30d", 2_592_000_000), ("1500ms", 1500), ("0", 0)] {
            assert_eq!(duration(text), Ok(ms));
            assert_eq!(duration_text(ms), text);
        }
        assert_eq!(duration("1800000"), Ok(1_800_000));
        for wrong in ["", "min", "1.5h", "-1h", "12 hours", "9223372036854775807d", "1month"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_days_moments_or_ages() {
        assert_eq!(since("2026-01-05"), Ok(1_767_571_200_000));
        assert_eq!(since("2026-01-05T01:00:00+01:00"), Ok(1_767_571_200_000));
        assert!(since("2d").unwrap().abs_diff(now() - 172_800_000) < 60_000);
        assert!(since("yesterday").is_err());
    }

    #[test]
    fn bits_are_decimal_or_hexadecimal() {
        assert_eq!((bits("10"), bits("0xff")), (Ok(10), Ok(255)));
        assert_eq!(bits("0xffffffffffffffff"), Ok(u64::MAX));
        assert!(bits("-1").is_err() && bits("ff").is_err() && bits("0x10000000000000000").is_err());
    }
}
