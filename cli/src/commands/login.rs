//! Logging in and out, and one's own password.

use crate::args::{Login, Password};
use crate::output::{self, Report, table};
use crate::secrets;
use desksession::model::{LoginOptions, SessionInfo, time_text};
use desksession::{Result, Store};
use serde_json::json;

pub fn login(store: &Store, login: &Login) -> Result<Report> {
    let password = login.source.password("Password: ")?;
    let options = LoginOptions { remembered: login.remembered, label: login.label.clone() };
    let done = store.login(&login.name, &password, &options)?;
    let document = json!({"token": &*done.token, "session": output::session(&done.info)});
    Ok(Report::new(&*done.token, document))
}

pub fn whoami(store: &Store, peek: bool) -> Result<Report> {
    let token = secrets::token()?;
    let info = if peek { store.peek(&token) } else { store.verify(&token) }?;
    Ok(Report::new(facts(&info), json!({"session": output::session(&info)})))
}

fn facts(info: &SessionInfo) -> String {
    let facts = [
        ("user", info.user_name.clone()),
        ("user id", output::id(info.user_id).unwrap_or_default()),
        ("permissions", output::bits(info.permissions)),
        ("session id", output::id(info.session_id).unwrap_or_default()),
        ("label", info.label.clone()),
        ("logged in", time_text(info.authenticated_at)),
        ("ends", time_text(info.expires_at)),
        ("ends if idle", time_text(info.idle_expires_at)),
        ("remembered", if info.remembered { "yes" } else { "no" }.to_owned()),
    ];
    table(&facts.map(|(what, fact)| vec![what.to_owned(), fact]))
}

pub fn logout(store: &Store) -> Result<Report> {
    store.logout(&secrets::token()?)?;
    Ok(Report::new("logged out", json!({})))
}

pub fn password(store: &Store, command: &Password) -> Result<Report> {
    let Password::Change { name, keep_me, source } = command;
    let keep = keep_me.then(|| secrets::token_variable("--keep-me")).transpose()?;
    let old = source.password("Old password or one-time code: ")?;
    let new = source.new_password()?;
    store.password_change(name, &old, &new, keep.as_deref())?;
    Ok(Report::new("the password was changed", json!({})))
}
