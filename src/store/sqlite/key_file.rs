//! Where the root key of a store lies, by source.

use crate::crypto::{self, keys::RootKey, keys::blank_root};
use crate::model::{KeyChoice, Scope};
use crate::platform::{self, Access};
use crate::status::*;
use crate::{Error, Result};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

pub const NAME: &str = "key";
/// More than any sealed key needs.
const LARGEST: u64 = 4096;

/// As recorded in meta: SESSION_KEY_* of the header.
pub const USER: i64 = 1;
pub const STORE: i64 = 2;
pub const CALLER: i64 = 3;

/// As chosen; of a new store by default the account's own place, or the folder that several accounts share.
pub fn wanted_source(choice: Option<&KeyChoice>, scope: Scope) -> i64 {
    match (choice, scope) {
        (Some(choice), _) => source_of(choice),
        (None, Scope::User) => USER,
        (None, Scope::Machine) => STORE,
    }
}

pub fn check_source(source: i64, scope: Scope) -> Result<()> {
    if source == USER && scope == Scope::Machine {
        return Err(Error::new(SESSION_BAD_ARGUMENT, "SESSION_KEY_USER would keep the other accounts out"));
    }
    Ok(())
}

pub fn source_of(choice: &KeyChoice) -> i64 {
    match choice {
        KeyChoice::User => USER,
        KeyChoice::Store => STORE,
        KeyChoice::Caller(_) => CALLER,
    }
}

/// The folder of a store, and who may enter it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub folder: &'a Path,
    pub access: Access,
}

/// Where a key is kept, who may open it there, and how.
struct Kept {
    path: PathBuf,
    access: Access,
    /// An account's own is sealed for it, where the system has a way to, and for this store.
    sealed_for: Option<Uuid>,
}

impl Kept {
    fn of(source: i64, place: Place<'_>, store: Uuid) -> Result<Kept> {
        match source {
            USER => {
                let path = platform::data_home()?.join("desksession").join("keys").join(format!("{store}.key"));
                Ok(Kept { path, access: Access::Own, sealed_for: Some(store) })
            }
            STORE => Ok(Kept { path: place.folder.join(NAME), access: place.access, sealed_for: None }),
            _ => Err(Error::new(SESSION_TAMPERED, "the recorded key source")),
        }
    }

    fn seal(&self, key: &RootKey) -> Result<Zeroizing<Vec<u8>>> {
        match self.sealed_for {
            Some(store) => platform::seal(key, store.as_bytes()),
            None => Ok(Zeroizing::new(key.to_vec())),
        }
    }

    /// `Err`: why it is no key.
    fn unseal(&self, bytes: &[u8], key: &mut RootKey) -> std::result::Result<(), String> {
        match self.sealed_for {
            Some(store) => platform::unseal(bytes, store.as_bytes(), key),
            None if bytes.len() == key.len() => {
                key.copy_from_slice(bytes);
                Ok(())
            }
            None => Err("is damaged".to_owned()),
        }
    }
}

/// The key of a store that exists.
pub fn load(source: i64, choice: Option<&KeyChoice>, place: Place<'_>, store: Uuid) -> Result<RootKey> {
    match (source, choice) {
        (CALLER, Some(KeyChoice::Caller(key))) => Ok(key.clone()),
        (CALLER, _) => Err(Error::new(SESSION_NO_KEY, "this store's key is the caller's: pass it with SESSION_KEY_CALLER")),
        _ => read(&Kept::of(source, place, store)?),
    }
}

fn read(kept: &Kept) -> Result<RootKey> {
    let path = &kept.path;
    let missing = |why: &str| Error::new(SESSION_NO_KEY, format!("the key {} {why}", path.display()));
    if platform::check_file(path, kept.access)?.is_none() {
        return Err(missing("is gone"));
    }
    let file = fs::File::open(path).map_err(|error| Error::io("opening the key", path, &error))?;
    // Room for all of it at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST as usize + 1));
    file.take(LARGEST).read_to_end(&mut bytes).map_err(|_| missing("cannot be read"))?;
    let mut key = blank_root();
    kept.unseal(&bytes, &mut key).map(|()| key).map_err(|why| missing(&why))
}

/// The key of a store that is being created; one that a cut-off creation left is used, never overwritten.
pub fn create(source: i64, choice: Option<&KeyChoice>, place: Place<'_>, store: Uuid) -> Result<RootKey> {
    check_source(source, place.access.scope())?;
    if let (CALLER, Some(KeyChoice::Caller(key))) = (source, choice) {
        return Ok(key.clone());
    }
    let kept = Kept::of(source, place, store)?;
    let path = &kept.path;
    match path.symlink_metadata() {
        Ok(_) => return read(&kept),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("looking at the key", path, &error)),
    }
    let parent = path.parent().expect("a file in a folder");
    platform::create_folder(parent, Scope::User)?;
    let mut key = blank_root();
    crypto::random(&mut key[..])?;
    // Nobody else writes a key of this id: its creator holds the store's lock.
    let draft = path.with_extension("new");
    let bytes = kept.seal(&key)?;
    let written = (|| {
        let mut file = platform::open_file(&draft, kept.access, true)?;
        file.set_len(0)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        drop(file);
        platform::rename(&draft, path)
    })();
    written.map_err(|error| Error::io("writing the key", path, &error))?;
    platform::sync_folder(parent)?;
    Ok(key)
}

/// A key that no store came to need.
pub fn discard(source: i64, place: Place<'_>, store: Uuid) {
    if let Ok(kept) = Kept::of(source, place, store) {
        // One that stays protects nothing and is in nobody's way.
        let _ = fs::remove_file(kept.path);
    }
}

/// Where a new key in the store's folder would take the place of one that does not fit, that one is kept under another name.
pub struct SetAside {
    from: PathBuf,
    to: PathBuf,
}

impl SetAside {
    /// `store`: the new id, so that nothing is overwritten.
    pub fn key(place: Place<'_>, store: Uuid) -> Result<Option<SetAside>> {
        let from = place.folder.join(NAME);
        let to = place.folder.join(format!("{NAME}.replaced-{store}"));
        match platform::rename(&from, &to) {
            Ok(()) => Ok(Some(SetAside { from, to })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("setting aside", &from, &error)),
        }
    }

    pub fn put_back(&self) {
        // Neither key fits; which one lies there is a matter of tidiness.
        let _ = platform::rename(&self.to, &self.from);
    }
}
