//! User names: RFC 8265 UsernameCaseMapped parts separated by single spaces.

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation;

/// Longest name in bytes, given or canonical.
pub const MAX_BYTES: usize = 255;

/// The form in which two spellings of one name are equal; `None` where the name is not allowed.
pub fn canonical(name: &str) -> Option<String> {
    if name.is_empty() || name.len() > MAX_BYTES {
        return None;
    }
    let mut canonical = String::with_capacity(name.len());
    for part in name.split(' ') {
        // Not every code point is stable after one pass (RFC 8264 section 7); a name is what does not change any more.
        let mut mapped = UsernameCaseMapped::enforce(part).ok()?.into_owned();
        for _ in 0..3 {
            let again = UsernameCaseMapped::enforce(mapped.as_str()).ok()?.into_owned();
            if again == mapped {
                break;
            }
            mapped = again;
        }
        if UsernameCaseMapped::enforce(mapped.as_str()).ok()? != mapped {
            return None;
        }
        if !canonical.is_empty() {
            canonical.push(' ');
        }
        canonical.push_str(&mapped);
    }
    (canonical.len() <= MAX_BYTES).then_some(canonical)
}

/// As much of a text as fits, whole characters only.
pub fn cut(text: &str, most_bytes: usize) -> &str {
    let end = (0..=most_bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// A label or a detail: no control characters, line separators or marks that turn the direction of text, so that no line of a log
/// can be made up.
pub fn plain_text(text: &str, max_bytes: usize) -> bool {
    text.len() <= max_bytes && !text.contains(steers)
}

/// A text from elsewhere as one that `plain_text` takes.
pub fn made_plain(text: &str, max_bytes: usize) -> String {
    cut(&text.replace(steers, "?"), max_bytes).to_owned()
}

fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
