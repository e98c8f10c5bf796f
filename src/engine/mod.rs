//! The use cases, one file each: the only layer that combines policy, crypto, store and platform.

pub(crate) mod audit;
mod authenticate;
mod authorize;
mod backup;
mod check;
mod hashing;
#[cfg(feature = "test-hooks")]
mod hooks;
mod login;
mod passwords;
mod policy;
mod purge;
mod remembered;
mod sessions;
mod users;
mod verify;

use crate::crypto::keys::{self, Keys};
use crate::crypto::{mac, token};
use crate::model::*;
use crate::platform::clock::{Clock, SystemClock};
use crate::policy::time::{Anchor, Now};
use crate::policy::{file_names, names};
use crate::status::*;
use crate::store::records::{DELETED, NewEvent, SHARED, UserRow};
use crate::store::sqlite::{self, SqliteStore};
use crate::store::{Change, Effort, Storage, View};
use crate::{Error, Result};
use parking_lot::Mutex;
use remembered::Remembered;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;
use verify::{Found, Over};

/// An open store. Any thread may use it.
pub struct Store {
    storage: Box<dyn Storage>,
    keys: Arc<Keys>,
    folder: PathBuf,
    clock: Box<dyn Clock>,
    app_name: Option<String>,
    remembered: Remembered,
    over: Over,
    /// Of the last check.
    faults: Mutex<Arc<Vec<Fault>>>,
}

impl Store {
    /// Opens the store in a folder and creates it on first use.
    pub fn open(folder: &Path, options: &OpenOptions) -> Result<Store> {
        Self::open_with_clock(folder, options, Box::new(SystemClock))
    }

    /// As `open`, with time from elsewhere.
    pub fn open_with_clock(folder: &Path, options: &OpenOptions, clock: Box<dyn Clock>) -> Result<Store> {
        let store = Self::open_unscrubbed(folder, options, clock);
        keys::scrub_stack();
        store
    }

    #[inline(never)]
    fn open_unscrubbed(folder: &Path, options: &OpenOptions, clock: Box<dyn Clock>) -> Result<Store> {
        check_options(options)?;
        Ok(Self::around(sqlite::open(folder, options, clock.read(), audit::kind::STORE_CREATED)?, clock))
    }

    fn around(storage: SqliteStore, clock: Box<dyn Clock>) -> Store {
        Store {
            keys: storage.keys(),
            folder: storage.folder(),
            storage: Box::new(storage),
            clock,
            app_name: None,
            remembered: Remembered::default(),
            over: Over::default(),
            faults: Mutex::default(),
        }
    }

    /// Gives a store whose key is gone a new one: accounts live on, sessions end.
    pub fn adopt(folder: &Path, options: &OpenOptions) -> Result<Store> {
        Self::adopt_with_clock(folder, options, Box::new(SystemClock))
    }

    /// As `adopt`, with time from elsewhere.
    pub fn adopt_with_clock(folder: &Path, options: &OpenOptions, clock: Box<dyn Clock>) -> Result<Store> {
        let store = Self::adopt_unscrubbed(folder, options, clock);
        keys::scrub_stack();
        store
    }

    #[inline(never)]
    fn adopt_unscrubbed(folder: &Path, options: &OpenOptions, clock: Box<dyn Clock>) -> Result<Store> {
        check_options(options)?;
        if options.mode == OpenMode::CreateNew {
            return Err(Error::new(SESSION_BAD_ARGUMENT, "SESSION_OPEN_CREATE: only a store that exists can be adopted"));
        }
        Ok(Self::around(sqlite::adopt(folder, options, clock.read(), audit::kind::ADOPTED)?, clock))
    }

    /// Opens the store of a program in the operating system's place for it.
    pub fn open_app(app_name: &str, options: &OpenOptions) -> Result<Store> {
        let mut store = Self::open(&Self::app_folder(app_name, options.scope.unwrap_or_default())?, options)?;
        store.app_name = Some(app_name.to_owned());
        Ok(store)
    }

    /// Where `open_app` looks.
    pub fn app_folder(app_name: &str, scope: Scope) -> Result<PathBuf> {
        let odd = app_name.len() > 64 || app_name.starts_with(['.', ' ']) || app_name.contains(char::is_control);
        if odd || file_names::refusal(app_name).is_some() {
            return Err(Error::new(SESSION_BAD_ARGUMENT, "a program's name has to be usable as a folder's name everywhere"));
        }
        let place = match scope {
            Scope::User => crate::platform::data_home()?,
            Scope::Machine => crate::platform::machine_data()?,
        };
        Ok(place.join(app_name).join("desksession"))
    }

    /// The id of this store, for its key's file name and for support.
    pub fn id(&self) -> Uuid {
        self.storage.id()
    }

    /// What the store records of itself.
    pub fn about(&self) -> Result<About> {
        let meta = self.read(|view, _| view.meta())?;
        Ok(About {
            store_id: meta.store,
            created_at: meta.created_at,
            scope: if meta.scope == SHARED { Scope::Machine } else { Scope::User },
            key_source: meta.key_source as u32,
            first_event: meta.first_event,
            last_event: meta.last_event,
            folder: self.folder.clone(),
        })
    }

    /// One consistent look.
    fn read<T>(&self, mut look: impl FnMut(&dyn View, &Now) -> Result<T>) -> Result<T> {
        self.read_at(|view, now, _| look(view, now))
    }

    /// As `read`, and on what trusted time rests.
    fn read_at<T>(&self, mut look: impl FnMut(&dyn View, &Now, Anchor) -> Result<T>) -> Result<T> {
        let mut seen = None;
        self.storage.read(&mut |view| {
            let anchor = view.meta()?.anchor;
            seen = Some(look(view, &anchor.now(self.clock.read()), anchor)?);
            Ok(())
        })?;
        seen.ok_or_else(|| Error::bare(SESSION_INTERNAL))
    }

    /// One transaction; trusted time moves along with it.
    fn write<T>(&self, effort: Effort, mut work: impl FnMut(&mut dyn Change, &Now) -> Result<T>) -> Result<T> {
        let mut done = None;
        self.storage.write(effort, &mut |change| {
            let anchor = change.meta()?.anchor;
            let now = anchor.now(self.clock.read());
            change.set_anchor(anchor.advanced(&now));
            done = Some(work(change, &now)?);
            Ok(())
        })?;
        done.ok_or_else(|| Error::bare(SESSION_INTERNAL))
    }

    /// A call that administers: the actor is checked in the same transaction, so that nothing happens for a dead one.
    fn administer<T>(
        &self,
        actor: Option<&str>,
        mut work: impl FnMut(&mut dyn Change, &Now, Option<Uuid>) -> Result<T>,
    ) -> Result<T> {
        self.write(Effort::Promised, |change, now| {
            let actor = self.actor(change, now, actor)?;
            work(change, now, actor)
        })
    }

    /// Who an actor's token belongs to.
    fn actor(&self, view: &dyn View, now: &Now, token: Option<&str>) -> Result<Option<Uuid>> {
        Ok(self.actor_session(view, now, token)?.map(|found| found.user.id))
    }

    /// The live session of an actor. Not live: SESSION_NOT_ALLOWED.
    fn actor_session(&self, view: &dyn View, now: &Now, token: Option<&str>) -> Result<Option<Found>> {
        let Some(token) = token else { return Ok(None) };
        let refused = || Error::new(SESSION_NOT_ALLOWED, "the actor's session is not live");
        let parts = token::Parts::parse(token).ok_or_else(refused)?;
        match self.find(view, now, &parts) {
            Ok(found) if found.state == SESSION_OK => Ok(Some(found)),
            Ok(_) => Err(refused()),
            Err(error) if error.status() == SESSION_UNKNOWN => Err(refused()),
            Err(error) => Err(error),
        }
    }
}

fn check_options(options: &OpenOptions) -> Result<()> {
    if let Some(KeyChoice::Caller(key)) = &options.key
        && mac::equal(key.as_slice(), &[0; 32])
    {
        return Err(Error::new(SESSION_BAD_ARGUMENT, "a caller's key that is all zero"));
    }
    Ok(())
}

/// A new public id: UUID version 7, so that ids sort by time.
fn new_id(now: &Now) -> Result<Uuid> {
    let mut random = [0; 10];
    crate::crypto::random(&mut random)?;
    Ok(uuid::Builder::from_unix_timestamp_millis(now.steady.max(0) as u64, &random).into_uuid())
}

fn user_unknown() -> Error {
    Error::bare(SESSION_USER_UNKNOWN)
}

/// A name that a user may have, in both forms.
fn allowed_name(name: &str) -> Result<String> {
    names::canonical(name).ok_or_else(|| {
        Error::new(SESSION_NAME_REFUSED, "RFC 8265 UsernameCaseMapped parts separated by single spaces, at most 255 bytes")
    })
}

/// An event about a user, as most are.
fn about<'a>(kind: u32, now: &Now, actor: Option<Uuid>, user: Uuid, detail: &'a str) -> NewEvent<'a> {
    NewEvent { kind, at: now.steady, actor, user: Some(user), session: None, detail }
}

/// A user who was not deleted.
fn existing(view: &dyn View, id: Uuid) -> Result<UserRow> {
    view.user(id)?.filter(|user| user.state != DELETED).ok_or_else(user_unknown)
}

/// What stays of a deleted user, so that the id never returns.
fn tombstone(id: Uuid) -> UserRow {
    UserRow {
        id,
        canonical: None,
        name: String::new(),
        state: DELETED,
        must_change: 0,
        kinds: 0,
        epoch: 0,
        permissions: 0,
        created_at: 0,
        last_login_at: 0,
        password_changed_at: 0,
        ext: Vec::new(),
    }
}
