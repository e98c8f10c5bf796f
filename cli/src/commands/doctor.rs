//! Looks a store over, as far as it can be opened, and what is around it. Makes nothing.

use crate::args::Place;
use crate::kinds::{Item, Kind};
use crate::output::{self, Report, table};
use crate::units::{duration_text, now};
use crate::{exit, rows};
use desksession::model::{Scope, time_text};
use desksession::status::SESSION_OK;
use desksession::{Error, Result, Store};
use serde_json::json;
use std::path::Path;

const DAY: i64 = 86_400_000;
const KEY_STORE: u32 = 2;

struct Finding {
    level: &'static str,
    topic: &'static str,
    text: String,
    advice: String,
    exit: u8,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, level: &'static str, topic: &'static str, text: impl Into<String>, advice: &str, exit: u8) {
        self.0.push(Finding { level, topic, text: text.into(), advice: advice.to_owned(), exit });
    }

    fn ok(&mut self, topic: &'static str, text: impl Into<String>) {
        self.add("ok", topic, text, "", exit::YES);
    }

    fn warning(&mut self, topic: &'static str, text: impl Into<String>, advice: &str) {
        self.add("warning", topic, text, advice, exit::YES);
    }

    fn fault(&mut self, topic: &'static str, error: &Error) {
        self.add("fault", topic, error.text(), exit::remedy(error.status()).unwrap_or(""), exit::of(error.status()));
    }

    /// A look that could not be taken is a fault of its topic.
    fn look(&mut self, topic: &'static str, look: impl FnOnce(&mut Findings) -> Result<()>) {
        if let Err(error) = look(self) {
            self.fault(topic, &error);
        }
    }

    fn report(self) -> Report {
        let worst = self.0.iter().map(|finding| finding.exit).max().unwrap_or(exit::YES);
        let mut lines = Vec::new();
        for Finding { level, topic, text, advice, .. } in &self.0 {
            lines.push(vec![(*level).to_owned(), (*topic).to_owned(), text.clone()]);
            if !advice.is_empty() {
                lines.push(vec![String::new(), String::new(), format!("-> {advice}")]);
            }
        }
        let document = |finding: &Finding| json!({"level": finding.level, "topic": finding.topic, "text": finding.text, "advice": finding.advice});
        let documents: Vec<_> = self.0.iter().map(document).collect();
        Report::new(table(&lines), json!({"findings": documents})).exit(worst)
    }
}

pub fn run(place: &Place) -> Result<Report> {
    let folder = place.folder()?;
    let mut findings = Findings::default();
    findings.ok("version", concat!("desksession ", env!("CARGO_PKG_VERSION")));
    surroundings(&folder, &mut findings);
    match place.open() {
        Err(error) => findings.fault("store", &error),
        Ok(store) => {
            findings.look("store", |findings| about(&store, findings));
            findings.look("policy", |findings| policy(&store, findings));
            findings.look("users", |findings| users(&store, findings));
            findings.look("backup", |findings| last_backup(&store, findings));
            findings.look("check", |findings| check(&store, findings));
        }
    }
    Ok(findings.report())
}

fn surroundings(folder: &Path, findings: &mut Findings) {
    findings.ok("folder", folder.to_string_lossy());
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    if let Some(service) = synchronised_by(&folder) {
        let advice = "move it to a folder that no other machine writes to, and back it up with desksession backup";
        findings.warning("folder", format!("looks as if {service} synchronised it"), advice);
    }
    const ENOUGH: u64 = 100 << 20;
    let space = folder.ancestors().find_map(|there| fs4::available_space(there).ok());
    match space {
        Some(space) if space < ENOUGH => {
            findings.warning("disk", format!("{} MiB free", space >> 20), "free some space: nobody can log in on a full disk");
        }
        Some(space) => findings.ok("disk", format!("{} MiB free", space >> 20)),
        None => findings.warning("disk", "the free space cannot be told", "look at it yourself"),
    }
}

/// By how a part of the path begins.
fn synchronised_by(folder: &Path) -> Option<&'static str> {
    const SERVICES: [(&str, &str); 9] = [
        ("dropbox", "Dropbox"),
        ("onedrive", "OneDrive"),
        ("google drive", "Google Drive"),
        ("googledrive", "Google Drive"),
        ("icloud", "iCloud"),
        ("mobile documents", "iCloud"),
        ("cloudstorage", "a cloud service"),
        ("nextcloud", "Nextcloud"),
        ("owncloud", "ownCloud"),
    ];
    let parts = folder.components().map(|part| part.as_os_str().to_string_lossy().to_lowercase());
    parts.filter_map(|part| SERVICES.iter().find(|(start, _)| part.starts_with(start))).map(|(_, name)| *name).next()
}

fn about(store: &Store, findings: &mut Findings) -> Result<()> {
    let about = store.about()?;
    let scope = if about.scope == Scope::Machine { "the machine's" } else { "this account's" };
    findings.ok("store", format!("{}, {scope}, made at {}", about.store_id, time_text(about.created_at)));
    match about.key_source {
        1 => findings.ok("key", "in this account's own place; a backup of the store does not hold it"),
        KEY_STORE if about.scope == Scope::User => {
            let advice = "good enough where the folder is never copied; otherwise make the store with --key user";
            findings.warning("key", "in the store's folder: who copies the folder has both", advice);
        }
        KEY_STORE => findings.ok("key", "in the store's folder, as several accounts need it"),
        3 => findings.ok("key", "given by the caller"),
        other => {
            findings.warning("key", format!("source {other}, which this version does not know"), "use a newer desksession")
        }
    }
    Ok(())
}

/// Against NIST SP 800-63B-4. The library itself keeps the password hash at or above OWASP's minimum.
fn policy(store: &Store, findings: &mut Findings) -> Result<()> {
    let get = |item: Item| store.policy_get(item as u32);
    let (memory, passes) = (get(Item::KdfMemoryKib)?, get(Item::KdfPasses)?);
    findings.ok("policy", format!("argon2id with {} MiB and {passes} passes; OWASP asks for 19 MiB and 2", memory / 1024));
    let shortest = get(Item::PasswordMin)?;
    if shortest < 15 {
        let advice = "NIST asks for 15 where nothing but a password is asked: desksession policy set password-min 15";
        findings.warning("policy", format!("passwords of {shortest} characters are allowed"), advice);
    }
    let stop = get(Item::ThrottleStop)?;
    if !(1..=100).contains(&stop) {
        let advice = "NIST stops after at most 100: desksession policy set throttle-stop 100";
        findings.warning("policy", "wrong attempts are slowed down, but not stopped after 100", advice);
    }
    let longest = get(Item::AbsoluteMs)?.max(get(Item::RememberedAbsoluteMs)?);
    if longest > 30 * DAY {
        let advice = "NIST asks for a new login every 30 days: desksession policy preset aal1-timeouts";
        findings.warning("policy", format!("sessions of {} are allowed", duration_text(longest)), advice);
    }
    Ok(())
}

fn users(store: &Store, findings: &mut Findings) -> Result<()> {
    let users = rows::users(store).collect::<Result<Vec<_>>>()?;
    let live: u32 = users.iter().map(|user| user.live_sessions).sum();
    if users.is_empty() {
        findings.warning("users", "none yet", "desksession user add NAME");
    } else {
        findings.ok("users", format!("{}, with {live} live sessions", users.len()));
    }
    for bad in users.iter().filter(|user| user.row != SESSION_OK) {
        let id = output::id(bad.user_id).unwrap_or_default();
        findings.fault("users", &Error::new(bad.row, format!("user {id}")));
    }
    Ok(())
}

fn last_backup(store: &Store, findings: &mut Findings) -> Result<()> {
    const ADVICE: &str = "desksession backup NEW-FOLDER";
    // Older ones are old enough to be called none.
    const LOOKED_AT: i64 = 20_000;
    let recent = store.about()?.last_event.saturating_sub(LOOKED_AT).max(0);
    let backups = rows::events_after(store, recent).flatten().filter(|event| event.kind == Kind::BackedUp as u32);
    let last = backups.map(|event| event.at).last();
    match last {
        None => findings.warning("backup", "none that the audit trail knows of", ADVICE),
        Some(at) => match now().saturating_sub(at) / DAY {
            days if days > 30 => findings.warning("backup", format!("{days} days ago"), ADVICE),
            days => findings.ok("backup", format!("{days} days ago")),
        },
    }
    Ok(())
}

fn check(store: &Store, findings: &mut Findings) -> Result<()> {
    let faults = store.check()?;
    if faults.is_empty() {
        findings.ok("check", "every row and event is as it was written");
    }
    for fault in faults.iter() {
        findings.fault("check", &Error::new(fault.status, format!("{} {}: {}", fault.table, fault.row, fault.detail)));
    }
    Ok(())
}
