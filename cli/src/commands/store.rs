//! The store as a whole: made, checked, copied, adopted, purged.

use crate::args::{Backup, Init, Place};
use crate::output::{Report, clean, list};
use crate::{exit, rows, secrets};
use desksession::model::Fault;
use desksession::{Error, Result, Store, status};
use serde_json::json;

/// The password is asked for before anything is made.
pub fn init(place: &Place, init: &Init) -> Result<Report> {
    let first = init.name.as_ref().map(|name| Ok((name, init.source.new_password()?))).transpose()?;
    let store = place.create()?;
    let folder = store.about()?.folder;
    let folder = folder.to_string_lossy();
    let mut text = format!("made store {} in {}", store.id(), clean(&folder));
    let mut document = json!({"store_id": store.id().to_string(), "folder": folder});
    if let Some((name, password)) = first {
        let id = store.user_create(None, name, &password).map_err(|error| {
            let detail = format!("{}; the store was made, without a user: desksession user add", error.detail());
            Error::new(error.status(), detail)
        })?;
        text += &format!("\ncreated user {} with id {id}", clean(name));
        document["user_id"] = json!(id.to_string());
    }
    Ok(Report::new(text, document))
}

pub fn check(store: &Store) -> Result<Report> {
    let faults = store.check()?;
    let document = |fault: &Fault| {
        let status = status::name(fault.status);
        json!({"fault": status, "table": fault.table, "row": fault.row, "detail": fault.detail})
    };
    let documents: Vec<_> = faults.iter().map(document).collect();
    let document = json!({"whole": faults.is_empty(), "faults": documents});
    if faults.is_empty() {
        return Ok(Report::new("the store is whole", document));
    }
    let row = |fault: &Fault| {
        vec![status::name(fault.status).to_owned(), fault.table.clone(), fault.row.clone(), fault.detail.clone()]
    };
    let table = list(&["FAULT", "TABLE", "ROW", "DETAIL"], faults.iter().map(row).collect());
    Ok(Report::new(table, document).exit(exit::EVIDENCE))
}

pub fn backup(store: &Store, backup: &Backup) -> Result<Report> {
    let token = backup.actor.token()?;
    store.backup(token.as_deref(), &backup.new_folder)?;
    let folder = backup.new_folder.to_string_lossy();
    let text = format!("copied to {}; it holds neither key nor sessions", clean(&folder));
    Ok(Report::new(text, json!({"folder": folder})))
}

pub fn adopt(place: &Place, yes: bool) -> Result<Report> {
    let folder = place.folder()?;
    let folder = folder.to_string_lossy();
    let question = format!("Give the store in {} a new id and key? Every session ends.", clean(&folder));
    secrets::confirm(yes, &question)?;
    let store = place.adopt()?;
    let names = rows::users(&store).map(|user| Ok(user?.name)).collect::<Result<Vec<_>>>()?;
    let shown: Vec<_> = names.iter().map(|name| clean(name)).collect();
    let text = format!(
        "the store in {} is now {}\nwithout its old key nobody can tell whether a row was forged, so look who is in there: {}",
        clean(&folder),
        store.id(),
        shown.join(", ")
    );
    Ok(Report::new(text, json!({"store_id": store.id().to_string(), "folder": folder, "users": names})))
}

pub fn purge(store: &Store) -> Result<Report> {
    let removed = store.purge()?;
    Ok(Report::new(format!("removed {removed} rows"), json!({"removed": removed})))
}
