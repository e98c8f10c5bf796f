//! Which new passwords are refused (NIST SP 800-63B-4 section 3.1.1.2: length, common, context; no composition rules).

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Longest password in bytes, as given.
pub const MAX_BYTES: usize = 1024;

/// 10,000 common passwords, in lower case and sorted: the most common 6,000 of 8 to 14 characters and 4,000 of 15 and more.
/// From the list in the crate passablewords 0.1.1 (MIT, licence beside the file).
const COMMON: &str = include_str!("common-passwords.txt");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Weakness {
    Not = 0,
    Short = 1,
    Long = 2,
    Common = 3,
    UserName = 4,
    AppName = 5,
    Repeats = 6,
    Sequence = 7,
}

impl Weakness {
    pub fn text(self) -> &'static str {
        match self {
            Weakness::Not => "nothing against it",
            Weakness::Short => "too short; SESSION_POLICY_PASSWORD_MIN says how many characters (15 by default, down to 8)",
            Weakness::Long => "longer than 1024 bytes",
            Weakness::Common => "one of the most common passwords",
            Weakness::UserName => "little more than the user's name",
            Weakness::AppName => "little more than the program's name",
            Weakness::Repeats => "one short pattern again and again",
            Weakness::Sequence => "a run of the alphabet, of digits or of the keyboard",
        }
    }
}

/// NFC, as it is hashed. The capacity is enough from the start, so that no copy stays behind a reallocation.
pub fn normalized(password: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(password.len() * 3));
    text.extend(password.nfc());
    text
}

/// What speaks against a new password, and a rough score of 0 to 4.
pub fn weigh(password: &str, user_name: Option<&str>, app_name: Option<&str>, min_code_points: i64) -> (Weakness, u32) {
    let weakness = weakness(password, user_name, app_name, min_code_points);
    let score = if weakness == Weakness::Not { score(password) } else { 0 };
    (weakness, score)
}

fn weakness(password: &str, user_name: Option<&str>, app_name: Option<&str>, min_code_points: i64) -> Weakness {
    if password.len() > MAX_BYTES {
        return Weakness::Long;
    }
    let text = normalized(password);
    if (text.chars().count() as i64) < min_code_points {
        return Weakness::Short;
    }
    let lower = folded(&text, |_| true);
    let bare = folded(&text, char::is_alphanumeric);
    let is_little_more_than = |name: Option<&str>| name.is_some_and(|name| little_more(&bare, name));
    if is_common(&lower) {
        Weakness::Common
    } else if is_little_more_than(user_name) {
        Weakness::UserName
    } else if is_little_more_than(app_name) {
        Weakness::AppName
    } else if repeats(&lower) {
        Weakness::Repeats
    } else if sequence(&lower) {
        Weakness::Sequence
    } else {
        Weakness::Not
    }
}

fn folded(text: &str, keep: impl Fn(char) -> bool) -> Zeroizing<Vec<char>> {
    let mut chars = Zeroizing::new(Vec::with_capacity(text.len() * 3));
    chars.extend(text.chars().filter(|c| keep(*c)).flat_map(char::to_lowercase));
    chars
}

fn is_common(lower: &[char]) -> bool {
    COMMON.lines().any(|line| line.chars().eq(lower.iter().copied()))
}

/// Fewer than five letters or digits are left when the name is taken out, wherever it stands.
fn little_more(bare: &[char], name: &str) -> bool {
    let normalized: String = name.nfc().collect();
    let name = folded(&normalized, char::is_alphanumeric);
    if name.is_empty() {
        return false;
    }
    let (mut left, mut found, mut at) = (0, false, 0);
    while at < bare.len() {
        if bare[at..].starts_with(&name) {
            found = true;
            at += name.len();
        } else {
            left += 1;
            at += 1;
        }
    }
    found && left < 5
}

/// The same pattern at least three times over.
fn repeats(lower: &[char]) -> bool {
    (1..=lower.len() / 3).any(|period| (period..lower.len()).all(|at| lower[at] == lower[at - period]))
}

/// Four of five steps go along a row of the alphabet, the digits or a keyboard.
fn sequence(lower: &[char]) -> bool {
    const ROWS: [&str; 8] = [
        "abcdefghijklmnopqrstuvwxyz",
        "0123456789",
        "1234567890",
        "qwertyuiop",
        "qwertzuiop",
        "asdfghjkl",
        "zxcvbnm",
        "yxcvbnm",
    ];
    let steps_along = |pair: &[char]| {
        ROWS.iter().any(|row| {
            let place = |c: char| row.chars().position(|r| r == c);
            matches!((place(pair[0]), place(pair[1])), (Some(a), Some(b)) if a.abs_diff(b) == 1)
        })
    };
    let steps = lower.len().saturating_sub(1);
    let along = lower.windows(2).filter(|pair| steps_along(pair)).count();
    steps > 0 && along * 5 >= steps * 4
}

/// Counts different neighbours: length counts, monotony does not.
fn score(password: &str) -> u32 {
    let chars = folded(password, |_| true);
    let mut pairs: Vec<(char, char)> = chars.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let score = match pairs.len() {
        0..11 => 1,
        11..15 => 2,
        15..21 => 3,
        _ => 4,
    };
    pairs.fill(('\0', '\0'));
    score
}
