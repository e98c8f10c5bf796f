//! Users: add, list, and what an administrator does to them.

use crate::args::{OneUser, User as Command};
use crate::output::{self, Report, bits, clean, list};
use crate::{exit, rows, secrets};
use desksession::model::{User, time_text};
use desksession::status::{self, SESSION_OK};
use desksession::{Result, Store};
use serde_json::{Value, json};
use uuid::Uuid;

pub fn run(store: &Store, command: &Command) -> Result<Report> {
    match command {
        Command::Add { name, source, actor } => {
            let token = actor.token()?;
            let id = store.user_create(token.as_deref(), name, &source.new_password()?)?;
            Ok(Report::new(format!("created user {} with id {id}", clean(name)), json!({"user_id": id.to_string()})))
        }
        Command::List => show(store),
        Command::Disable(one) => act(store, one, "is disabled", |actor, id| store.user_enable(actor, id, false)),
        Command::Enable(one) => act(store, one, "is enabled", |actor, id| store.user_enable(actor, id, true)),
        Command::Delete { one, confirmed } => {
            secrets::confirm(confirmed.yes, &format!("Delete user {} for good?", clean(&one.user)))?;
            act(store, one, "is deleted", |actor, id| store.user_delete(actor, id))
        }
        Command::Rename { one, new_name } => {
            let text = format!("is now {}", clean(new_name));
            act(store, one, &text, |actor, id| store.user_rename(actor, id, new_name))
        }
        Command::Permit { one, permissions } => {
            let text = format!("has permissions {}", bits(*permissions));
            act(store, one, &text, |actor, id| store.user_permit(actor, id, *permissions))
        }
        Command::Reset(one) => reset(store, one),
        Command::Unthrottle(one) => act(store, one, "may try again at once", |actor, id| store.user_unthrottle(actor, id)),
    }
}

fn act(store: &Store, one: &OneUser, done: &str, action: impl FnOnce(Option<&str>, Uuid) -> Result<()>) -> Result<Report> {
    let token = one.actor.token()?;
    let id = rows::user_id(store, &one.user)?;
    action(token.as_deref(), id)?;
    Ok(Report::new(format!("{} {done}", clean(&one.user)), json!({"user_id": id.to_string()})))
}

fn reset(store: &Store, one: &OneUser) -> Result<Report> {
    let token = one.actor.token()?;
    let id = rows::user_id(store, &one.user)?;
    let code = store.password_reset(token.as_deref(), id)?;
    let (text, until) = (&*code.text, time_text(code.expires_at));
    let told = format!("{text}\ngood once, until {until}, for: desksession password change {}", clean(&one.user));
    Ok(Report::new(told, json!({"user_id": id.to_string(), "code": text, "good_until": until})))
}

fn show(store: &Store) -> Result<Report> {
    let users = rows::users(store).collect::<Result<Vec<_>>>()?;
    let believable = users.iter().all(|user| user.row == SESSION_OK);
    let heads = ["NAME", "ID", "STATE", "PERMISSIONS", "CREATED", "LAST LOGIN", "FAILURES", "SESSIONS"];
    let text = list(&heads, users.iter().map(cells).collect());
    let documents: Vec<Value> = users.iter().map(document).collect();
    let report = Report::new(text, json!({"users": documents}));
    Ok(report.exit(if believable { exit::YES } else { exit::EVIDENCE }))
}

fn cells(user: &User) -> Vec<String> {
    let id = output::id(user.user_id).unwrap_or_default();
    if user.row != SESSION_OK {
        return vec!["?".to_owned(), id, status::name(user.row).to_owned()];
    }
    let state = match (user.disabled, user.must_change) {
        (true, _) => "disabled",
        (false, true) => "has to change the password",
        (false, false) => "active",
    };
    vec![
        user.name.clone(),
        id,
        state.to_owned(),
        bits(user.permissions),
        time_text(user.created_at),
        time_text(user.last_login_at),
        user.failures.to_string(),
        user.live_sessions.to_string(),
    ]
}

fn document(user: &User) -> Value {
    json!({
        "user_id": output::id(user.user_id),
        "name": user.name,
        "disabled": user.disabled,
        "must_change": user.must_change,
        "permissions": bits(user.permissions),
        "created_at": output::time(user.created_at),
        "last_login_at": output::time(user.last_login_at),
        "password_changed_at": output::time(user.password_changed_at),
        "failures": user.failures,
        "live_sessions": user.live_sessions,
        "row": status::name(user.row),
    })
}
