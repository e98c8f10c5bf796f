//! Where the root key of a store lies, by source.

use crate::crypto::{self, keys::RootKey, keys::blank_root};
use crate::model::KeyChoice;
use crate::platform;
use crate::status::*;
use crate::{Error, Result};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub const NAME: &str = "key";

/// As recorded in meta: SESSION_KEY_* of the header.
pub const USER: i64 = 1;
pub const STORE: i64 = 2;
pub const CALLER: i64 = 3;

pub fn source_of(choice: &KeyChoice) -> i64 {
    match choice {
        KeyChoice::User => USER,
        KeyChoice::Store => STORE,
        KeyChoice::Caller(_) => CALLER,
    }
}

fn path(source: i64, folder: &Path, store: Uuid) -> Result<PathBuf> {
    match source {
        USER => Ok(platform::data_home()?.join("desksession").join("keys").join(format!("{store}.key"))),
        STORE => Ok(folder.join(NAME)),
        _ => Err(Error::new(SESSION_TAMPERED, "the recorded key source")),
    }
}

/// The key of a store that exists.
pub fn load(source: i64, choice: Option<&KeyChoice>, folder: &Path, store: Uuid) -> Result<RootKey> {
    match (source, choice) {
        (CALLER, Some(KeyChoice::Caller(key))) => Ok(key.clone()),
        (CALLER, _) => Err(Error::new(SESSION_NO_KEY, "this store's key is the caller's: pass it with SESSION_KEY_CALLER")),
        _ => read(&path(source, folder, store)?),
    }
}

fn read(path: &Path) -> Result<RootKey> {
    let missing = |why: &str| Error::new(SESSION_NO_KEY, format!("the key {} {why}", path.display()));
    if platform::check_private_file(path)?.is_none() {
        return Err(missing("is gone"));
    }
    let mut key = blank_root();
    let mut file = fs::File::open(path).map_err(|error| Error::io("opening the key", path, &error))?;
    let whole = file.metadata().is_ok_and(|data| data.len() == 32);
    match file.read_exact(&mut key[..]) {
        Ok(()) if whole => Ok(key),
        _ => Err(missing("is damaged")),
    }
}

/// The key of a store that is being created; one that a cut-off creation left is used, never overwritten.
pub fn create(choice: Option<&KeyChoice>, folder: &Path, store: Uuid) -> Result<(i64, RootKey)> {
    let source = choice.map_or(USER, source_of);
    if let Some(KeyChoice::Caller(key)) = choice {
        return Ok((CALLER, key.clone()));
    }
    let path = path(source, folder, store)?;
    match path.symlink_metadata() {
        Ok(_) => return Ok((source, read(&path)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("looking at the key", &path, &error)),
    }
    let parent = path.parent().expect("a file in a folder");
    platform::create_private_folder(parent)?;
    let mut key = blank_root();
    crypto::random(&mut key[..])?;
    // Nobody else writes a key of this id: its creator holds the store's lock.
    let draft = path.with_extension("new");
    let written = (|| {
        let mut file = platform::open_private_file(&draft, true, false)?;
        file.set_len(0)?;
        file.write_all(&key[..])?;
        file.sync_all()?;
        fs::rename(&draft, &path)
    })();
    written.map_err(|error| Error::io("writing the key", &path, &error))?;
    platform::sync_folder(parent)?;
    Ok((source, key))
}
