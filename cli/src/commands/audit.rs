//! The audit trail, for reading.

use crate::args::{Audit, AuditShow};
use crate::output::{self, Report, list};
use crate::{exit, kinds, rows};
use desksession::model::{Event, time_text};
use desksession::status::{self, SESSION_OK};
use desksession::{Result, Store};
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

pub fn run(store: &Store, Audit::Show(asked): &Audit) -> Result<Report> {
    let user = asked.user.as_deref().map(|user| rows::user_id(store, user)).transpose()?;
    let names = names(store)?;
    let (mut shown, mut refused) = (VecDeque::new(), Vec::new());
    for event in rows::events_after(store, before(store, asked)?) {
        let event = event?;
        if event.row != SESSION_OK {
            refused.push(event.id);
        } else if !is_asked_for(&event, asked, user) {
            continue;
        }
        shown.push_back(event);
        if asked.last.is_some_and(|last| shown.len() > last) {
            shown.pop_front();
        }
    }
    let heads = ["ID", "TIME", "WHAT", "BY", "ABOUT", "OS ACCOUNT", "SESSION", "DETAIL"];
    let mut text = list(&heads, shown.iter().map(|event| cells(event, &names)).collect());
    if !refused.is_empty() {
        let ids: Vec<_> = refused.iter().map(i64::to_string).collect();
        text += &format!("\n\nnot as they were written, or missing: {}", ids.join(", "));
    }
    let documents: Vec<Value> = shown.iter().map(|event| document(event, &names)).collect();
    let report = Report::new(text, json!({"events": documents, "refused": refused}));
    Ok(report.exit(if refused.is_empty() { exit::YES } else { exit::EVIDENCE }))
}

/// Where everything is asked for and only the last of it is to be shown, the rest need not be read.
fn before(store: &Store, asked: &AuditShow) -> Result<i64> {
    match asked {
        AuditShow { user: None, kind: None, since: None, last: Some(last) } => {
            let most = i64::try_from(*last).unwrap_or(i64::MAX);
            Ok(store.about()?.last_event.saturating_sub(most).max(0))
        }
        _ => Ok(0),
    }
}

fn is_asked_for(event: &Event, asked: &AuditShow, user: Option<Uuid>) -> bool {
    user.is_none_or(|user| event.user_id == Some(user) || event.actor_id == Some(user))
        && asked.kind.is_none_or(|kind| event.kind == kind as u32)
        && asked.since.is_none_or(|since| event.at >= since)
}

type Names = HashMap<Uuid, String>;

fn names(store: &Store) -> Result<Names> {
    let mut names = Names::new();
    for user in rows::users(store) {
        let user = user?;
        if user.row == SESSION_OK {
            names.insert(rows::present(user.user_id)?, user.name);
        }
    }
    Ok(names)
}

/// Deleted users have their id alone.
fn name(id: Option<Uuid>, names: &Names) -> Option<String> {
    id.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()))
}

fn cells(event: &Event, names: &Names) -> Vec<String> {
    if event.row != SESSION_OK {
        return vec![event.id.to_string(), "?".to_owned(), status::name(event.row).to_owned()];
    }
    vec![
        event.id.to_string(),
        time_text(event.at),
        kinds::event_name(event.kind),
        name(event.actor_id, names).unwrap_or_else(|| "host".to_owned()),
        name(event.user_id, names).unwrap_or_default(),
        event.os_account.clone(),
        output::id(event.session_id).unwrap_or_default(),
        event.detail.clone(),
    ]
}

fn document(event: &Event, names: &Names) -> Value {
    json!({
        "id": event.id,
        "at": output::time(event.at),
        "kind": kinds::event_name(event.kind),
        "actor_id": output::id(event.actor_id),
        "actor": name(event.actor_id, names),
        "user_id": output::id(event.user_id),
        "user": name(event.user_id, names),
        "session_id": output::id(event.session_id),
        "os_account": event.os_account,
        "detail": event.detail,
        "row": status::name(event.row),
    })
}
