//! A backup: one consistent look at everything but the sessions, as a store of its own without a key.

use super::folder::DATABASE;
use super::tables::Tables;
use super::{Snapshot, SqliteStore, connection, layout};
use crate::model::Scope;
use crate::platform::{self, Access};
use crate::status::*;
use crate::store::View;
use crate::{Error, Result};
use connection::{sql, sql_of};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

/// Everything but the sessions.
const COPIED: [&str; 6] = ["meta", "policy", "users", "credentials", "throttle", "audit"];

fn refused(path: &Path, why: &str) -> Error {
    Error::new(SESSION_BAD_ARGUMENT, format!("{} {why}", path.display()))
}

/// The whole path of a new folder, if a copy of the store in `own` may be made there.
pub fn check_target(own: &Path, new_folder: &Path) -> Result<PathBuf> {
    let new_folder = &platform::whole_path(new_folder)?;
    let (Some(parent), Some(name)) = (new_folder.parent(), new_folder.file_name()) else {
        return Err(refused(new_folder, "is no name of a new folder"));
    };
    // A missing parent may be a disk that is not there.
    let parent = platform::real_path(parent).map_err(|error| refused(new_folder, &format!("lies in no folder: {error}")))?;
    if parent.starts_with(own) {
        return Err(refused(new_folder, "lies in the store itself; choose another folder"));
    }
    platform::check_parent(&parent)?;
    let folder = parent.join(name);
    match folder.symlink_metadata() {
        Ok(_) => Err(refused(&folder, "exists; name a new folder")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(folder),
        Err(error) => Err(Error::io("looking at", &folder, &error)),
    }
}

/// The folder appears under its name once the copy is whole and on disk.
pub fn copy(store: &SqliteStore, new_folder: &Path) -> Result<()> {
    let mut draft = new_folder.as_os_str().to_owned();
    draft.push(format!("-{}.part", super::open::random_id()?.simple()));
    let draft = PathBuf::from(draft);
    let copied = (|| {
        platform::create_folder(&draft, Scope::User)?;
        fill(store, &draft)?;
        check_target(&store.folder(), new_folder)?;
        platform::rename(&draft, new_folder).map_err(|error| Error::io("naming", new_folder, &error))
    })();
    if let Err(error) = copied {
        let _ = fs::remove_file(draft.join(DATABASE));
        let _ = fs::remove_dir(&draft);
        return Err(error);
    }
    platform::sync_folder(new_folder.parent().expect("a folder in a folder"))
}

fn fill(store: &SqliteStore, draft: &Path) -> Result<()> {
    let path = draft.join(DATABASE);
    let file = platform::open_file(&path, Access::Own, true).map_err(|error| Error::io("making", &path, &error))?;
    let source = store.look_apart()?;
    let snapshot = Snapshot::begin(&source)?;
    layout::check_schema(&source)?;
    let tables = Tables { conn: &source, keys: &store.keys };
    // Of this store, and not of one that was adopted or put in its place.
    tables.meta().map_err(|error| store.explain(&source, error))?;
    let target = connection::open_alone(&path)?;
    target.execute_batch("BEGIN").map_err(sql)?;
    layout::create(&target)?;
    for table in COPIED {
        copy_table(&source, &target, table)?;
    }
    target.execute_batch("COMMIT").map_err(|error| sql_of(&target, error))?;
    snapshot.end()?;
    target.close().map_err(|(conn, error)| sql_of(&conn, error))?;
    file.sync_all().map_err(|error| Error::io("syncing", &path, &error))?;
    platform::sync_folder(draft)
}

/// Row by row as they are, with their MACs: a bad row stays one.
fn copy_table(source: &Connection, target: &Connection, table: &str) -> Result<()> {
    let mut rows = source.prepare(&format!("SELECT * FROM {table}")).map_err(sql)?;
    let places = vec!["?"; rows.column_count()].join(", ");
    let mut insert = target.prepare(&format!("INSERT INTO {table} VALUES ({places})")).map_err(sql)?;
    let columns = rows.column_count();
    let mut rows = rows.query([]).map_err(|error| sql_of(source, error))?;
    while let Some(row) = rows.next().map_err(|error| sql_of(source, error))? {
        for column in 0..columns {
            let value = row.get_ref(column).map_err(sql)?;
            insert.raw_bind_parameter(column + 1, rusqlite::types::ToSqlOutput::Borrowed(value)).map_err(sql)?;
        }
        insert.raw_execute().map_err(|error| sql_of(target, error))?;
    }
    Ok(())
}
