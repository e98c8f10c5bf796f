//! Sessions: list and revoke.

use crate::args::Session as Command;
use crate::output::{self, Report, list};
use crate::{exit, rows};
use desksession::model::{SessionInfo, time_text};
use desksession::status::{self, SESSION_OK};
use desksession::{Result, Store};
use serde_json::{Value, json};

pub fn run(store: &Store, command: &Command) -> Result<Report> {
    match command {
        Command::List { user, all } => show(store, user.as_deref(), *all),
        Command::Revoke { session, user, actor } => {
            let token = actor.token()?;
            let actor = token.as_deref();
            if let Some(session) = session {
                store.revoke(actor, *session)?;
                return Ok(Report::new(format!("session {session} is over"), json!({"session_id": session.to_string()})));
            }
            let user = rows::user_id(store, user.as_deref().unwrap_or_default())?;
            let ended = store.revoke_user(actor, user, None)?;
            Ok(Report::new(format!("ended {ended} sessions"), json!({"user_id": user.to_string(), "ended": ended})))
        }
    }
}

fn show(store: &Store, user: Option<&str>, all: bool) -> Result<Report> {
    let user = user.map(|user| rows::user_id(store, user)).transpose()?;
    let mut sessions = rows::sessions(store, user).collect::<Result<Vec<_>>>()?;
    let believable = sessions.iter().all(|session| session.row == SESSION_OK);
    sessions.retain(|session| all || session.state == SESSION_OK || session.row != SESSION_OK);
    let heads = ["USER", "SESSION", "STATE", "LOGGED IN", "LAST SEEN", "ENDS", "LABEL"];
    let text = list(&heads, sessions.iter().map(cells).collect());
    let documents: Vec<Value> = sessions.iter().map(output::session).collect();
    let report = Report::new(text, json!({"sessions": documents}));
    Ok(report.exit(if believable { exit::YES } else { exit::EVIDENCE }))
}

fn cells(session: &SessionInfo) -> Vec<String> {
    let id = output::id(session.session_id).unwrap_or_default();
    if session.row != SESSION_OK {
        return vec!["?".to_owned(), id, status::name(session.row).to_owned()];
    }
    let (state, ends) = match session.state {
        SESSION_OK => ("live".to_owned(), session.expires_at.min(session.idle_expires_at)),
        over => (status::text(over).trim_start_matches("the session ").to_owned(), session.ended_at),
    };
    vec![
        session.user_name.clone(),
        id,
        state,
        time_text(session.authenticated_at),
        time_text(session.last_seen_at),
        time_text(ends),
        session.label.clone(),
    ]
}
