//! What lies in a folder, whether it is fit for a store, and who may enter it.

use super::lock_file::{self, LockFile};
use super::{Waits, key_file, layout};
use crate::model::{OpenOptions, Scope};
use crate::platform::{self, Access};
use crate::status::*;
use crate::{Error, Result};
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

pub const DATABASE: &str = "store.db";
pub const WAL: &str = "store.db-wal";
pub const SHM: &str = "store.db-shm";
/// Of a database that is not in WAL mode yet: a new one, a backup.
pub const JOURNAL: &str = "store.db-journal";
const OURS: [&str; 7] = [lock_file::NAME, key_file::NAME, "key.new", WAL, SHM, JOURNAL, DATABASE];

/// What lies in the folder, by the names in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Nothing,
    OnlyLock,
    Database,
}

/// A folder that is fit for a store, with its lock file open.
pub struct Entered {
    pub folder: PathBuf,
    pub access: Access,
    pub lock: LockFile,
    pub waits: Waits,
    pub deadline: Instant,
    pub open_store: platform::OpenStore,
}

/// Makes the folder where nothing is, unless there has to be a store.
pub fn enter(folder: &Path, options: &OpenOptions, must_exist: bool, deadline: Instant) -> Result<Entered> {
    let open_store = platform::OpenStore::new()?;
    let folder = platform::whole_path(folder)?;
    platform::check_volume(&folder)?;
    let found = look(&folder)?;
    if must_exist && found == Found::Nothing {
        return Err(Error::new(SESSION_MISSING, format!("there is no store in {}", folder.display())));
    }
    if found == Found::Nothing {
        let scope = options.scope.unwrap_or_default();
        let source = key_file::wanted_source(options.key.as_ref(), scope);
        key_file::check_source(source, scope)?;
        if source == key_file::USER {
            // Before anything is made: there has to be a place for the key.
            platform::data_home()?;
        }
        platform::create_folder(&folder, scope)?;
    }
    let access = platform::folder_access(&folder)?;
    check_scope(&folder, access, found, options)?;
    // SQLite is told to refuse every symbolic link in a path; those above the folder are the account's own business.
    let folder = platform::real_path(&folder).map_err(|error| Error::io("resolving", &folder, &error))?;
    // A link may have led elsewhere.
    platform::check_volume(&folder)?;
    let waits = Waits::of(options.busy_timeout_ms);
    platform::check_file(&folder.join(DATABASE), access)?;
    platform::check_file(&folder.join(lock_file::NAME), access)?;
    let lock = LockFile::open(&folder, access)?;
    platform::check_file(&folder.join(lock_file::NAME), access)?;
    Ok(Entered { folder, access, lock, waits, deadline, open_store })
}

/// What is demanded, and a new store's scope, has to fit the rights of the folder: nothing is shared by accident.
fn check_scope(folder: &Path, access: Access, found: Found, options: &OpenOptions) -> Result<()> {
    let wanted = if found == Found::Nothing { Some(options.scope.unwrap_or_default()) } else { options.scope };
    let (path, keep, share) = (folder.display(), platform::HOW_TO_KEEP, platform::HOW_TO_SHARE);
    let refusal = match (wanted, access) {
        (Some(Scope::User), Access::Shared(group)) => {
            format!("{path} is open to group {group}; open it with SESSION_SCOPE_MACHINE, or {keep}")
        }
        (Some(Scope::Machine), Access::Own) => {
            format!("{path} is one account's; for SESSION_SCOPE_MACHINE {share}")
        }
        (None, Access::Shared(_)) if !platform::trusted_owner(folder) => {
            format!("{path} was made by another account; open it with SESSION_SCOPE_MACHINE if that is meant")
        }
        _ => return Ok(()),
    };
    Err(Error::new(SESSION_PERMISSION, refusal))
}

/// Touches nothing. Something that is no store is told before rights are: nobody should open up a folder for our sake.
fn look(folder: &Path) -> Result<Found> {
    let data = match fs::symlink_metadata(folder) {
        Ok(data) => data,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(Error::io("looking at", folder, &error)),
    };
    let not_a_store =
        |what: &str| Error::new(SESSION_NOT_A_STORE, format!("{} {what}; choose another folder", folder.display()));
    if !data.is_dir() {
        return Err(not_a_store("is not a folder"));
    }
    let entries = fs::read_dir(folder).map_err(|error| {
        // Who may not even list it is told whom it belongs to.
        let closed = error.kind() == ErrorKind::PermissionDenied;
        let refusal = closed.then(|| platform::folder_access(folder).err()).flatten();
        refusal.unwrap_or_else(|| Error::io("listing", folder, &error))
    })?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(|error| Error::io("listing", folder, &error))?.file_name());
    }
    let has = |name: &str| names.iter().any(|found| platform::same_name(found, name));
    match (has(DATABASE), has(lock_file::NAME)) {
        (true, false) => {
            check_database_header(&folder.join(DATABASE))?.ok_or_else(|| not_a_store("holds another program's database"))?;
            Ok(Found::Database)
        }
        (true, true) => Ok(Found::Database),
        // What a creation that was cut off may have left, and nothing else.
        (false, true) if names.iter().all(|name| OURS.iter().any(|ours| platform::same_name(name, ours))) => {
            Ok(Found::OnlyLock)
        }
        // Or a store whose database is gone, whatever lies beside it.
        (false, true) if lock_file::is_ours(folder) => Ok(Found::OnlyLock),
        (false, true) => Err(not_a_store("is not empty and holds no store")),
        (false, false) if names.is_empty() => Ok(Found::Nothing),
        (false, false) => Err(not_a_store("is not empty and holds no store")),
    }
}

/// `Ok(None)`: another program's, or no database at all.
pub fn check_database_header(path: &Path) -> Result<Option<()>> {
    // A pipe would make everybody wait.
    if !fs::metadata(path).is_ok_and(|data| data.is_file()) {
        return Ok(None);
    }
    let mut header = [0_u8; 100];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(Error::io("reading", path, &error)),
    }
    let ours = header[..16] == *b"SQLite format 3\0" && header[68..72] == layout::APPLICATION_ID.to_be_bytes();
    Ok(ours.then_some(()))
}
