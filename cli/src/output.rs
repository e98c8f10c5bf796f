//! What people and programs get to read. Nothing that could steer a terminal leaves here.

use crate::exit;
use desksession::model::{SessionInfo, time_text};
use desksession::status::{self, SESSION_BAD_ARGUMENT, SESSION_IO, SESSION_OK, SESSION_THROTTLED};
use desksession::{Error, Result};
use serde_json::{Map, Value, json};
use std::io::{self, ErrorKind, Write};
use unicode_width::UnicodeWidthStr;
use uuid::Uuid;

/// What a command has to say: a text for people, a document for programs.
pub struct Report {
    text: String,
    document: Value,
    exit: u8,
}

impl Report {
    /// `document` is an object.
    pub fn new(text: impl Into<String>, document: Value) -> Report {
        Report { text: text.into(), document, exit: exit::YES }
    }

    /// The command did its work, but what it found is not in order.
    pub fn exit(self, exit: u8) -> Report {
        Report { exit, ..self }
    }
}

/// Prints what a command came to and gives the exit code.
pub fn print(result: &Result<Report>, json: bool) -> u8 {
    let (printed, exit) = match result {
        Ok(report) if json => (to_stdout(&document(SESSION_OK, &report.document)), report.exit),
        Ok(report) => (to_stdout(&safe(&report.text, "\n\t")), report.exit),
        Err(error) if json => (to_stdout(&document(error.status(), &fault_document(error))), exit::of(error.status())),
        Err(error) => (to_stderr(&fault_text(error)), exit::of(error.status())),
    };
    match printed {
        Ok(()) => exit,
        // Who closed the pipe has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit::ATTENTION,
        Err(error) => {
            let lost = Error::new(SESSION_IO, format!("writing the answer: {error}"));
            let _nowhere_left = to_stderr(&fault_text(&lost));
            exit::ATTENTION
        }
    }
}

/// A mistake in what was typed, in clap's words.
pub fn explain(text: &str) {
    let _nowhere_left = to_stderr(&safe(text, "\n"));
}

fn to_stdout(text: &str) -> io::Result<()> {
    write_line(&mut io::stdout().lock(), text)
}

fn to_stderr(text: &str) -> io::Result<()> {
    write_line(&mut io::stderr().lock(), text)
}

fn write_line(out: &mut dyn Write, text: &str) -> io::Result<()> {
    if !text.is_empty() {
        writeln!(out, "{}", text.trim_end_matches('\n'))?;
    }
    out.flush()
}

/// One line of JSON: the status and what belongs to it.
fn document(status: i32, content: &Value) -> String {
    let mut whole = Map::from_iter([("status".to_owned(), json!(status::name(status))), ("code".to_owned(), json!(status))]);
    whole.extend(content.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
    // Outside its strings JSON has no such characters, and inside this is one more spelling of them.
    let text = Value::Object(whole).to_string();
    text.chars().map(|c| if steers(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}

fn fault_document(error: &Error) -> Value {
    let mut fault = json!({"text": status::text(error.status()), "detail": error.detail()});
    if let Some(remedy) = exit::remedy(error.status()) {
        fault["remedy"] = json!(remedy);
    }
    match error.info() {
        Some(info) if error.status() == SESSION_THROTTLED => fault["retry_after_ms"] = json!(info.retry_after_ms),
        Some(info) => fault["session"] = session(info),
        None => {}
    }
    fault
}

fn fault_text(error: &Error) -> String {
    // Of a mistake in typing the detail says it all.
    let said = if error.status() == SESSION_BAD_ARGUMENT { error.detail().to_owned() } else { error.text() };
    let mut lines = vec![format!("desksession: {}", clean(&said))];
    match error.info() {
        Some(info) if error.status() == SESSION_THROTTLED && info.retry_after_ms >= 0 => {
            lines.push(format!("  wait {} s", info.retry_after_ms.saturating_add(999) / 1000));
        }
        Some(info) if error.status() != SESSION_THROTTLED => {
            lines.push(format!("  it was a session of {} and ended at {}", clean(&info.user_name), time_text(info.ended_at)));
        }
        _ => {}
    }
    lines.extend(exit::remedy(error.status()).map(|remedy| format!("  what to do: {remedy}")));
    lines.join("\n")
}

/// A session for programs.
pub fn session(info: &SessionInfo) -> Value {
    json!({
        "session_id": id(info.session_id),
        "user_id": id(info.user_id),
        "user": info.user_name,
        "label": info.label,
        "remembered": info.remembered,
        "permissions": bits(info.permissions),
        "created_at": time(info.created_at),
        "authenticated_at": time(info.authenticated_at),
        "last_seen_at": time(info.last_seen_at),
        "expires_at": time(info.expires_at),
        "idle_expires_at": time(info.idle_expires_at),
        "ended_at": time(info.ended_at),
        "state": status::name(info.state),
        "row": status::name(info.row),
    })
}

/// RFC 3339, or null for none.
pub fn time(unix_ms: i64) -> Value {
    if unix_ms == 0 { Value::Null } else { json!(time_text(unix_ms)) }
}

/// Null for none.
pub fn id(id: Option<Uuid>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// Hexadecimal: not every reader of JSON has numbers of 64 bits.
pub fn bits(bits: u64) -> String {
    format!("{bits:#x}")
}

/// Columns as wide as their widest cell; the last one ends where it ends.
pub fn table(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// As `table`, under headings.
pub fn list(heads: &[&str], mut rows: Vec<Vec<String>>) -> String {
    rows.insert(0, heads.iter().map(|&head| head.to_owned()).collect());
    table(&rows)
}

/// One line, with nothing in it that could steer a terminal or make up a line.
pub fn clean(text: &str) -> String {
    safe(text, "")
}

fn safe(text: &str, allowed: &str) -> String {
    let shown = |c: char| if steers(c) && !allowed.contains(c) { c.escape_unicode().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// Control characters, other ends of lines, and what turns the direction of writing around.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(clean("a\x1b[31m\nb\u{9b}c\u{202e}d é"), "a\\u{1b}[31m\\u{a}b\\u{9b}c\\u{202e}d é");
        let document = document(SESSION_OK, &json!({"name": "a\x1b\u{9b}\u{7f}\u{202e}\n"}));
        assert!(!document.chars().any(steers), "{document}");
        let read: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(read["name"], "a\x1b\u{9b}\u{7f}\u{202e}\n");
    }

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(list(&["NAME", "ID"], vec![row(["田中", "1"]), row(["Zoë", "2"])]), "NAME  ID\n田中  1\nZoë   2");
    }
}
