//! A store whose key is gone gets a new id and a new key, in one transaction: accounts live on, sessions end, the audit trail is
//! linked anew. Rows are taken as found, for without the old key nobody can tell a forged one.

use super::connection::{sql, sql_of};
use super::folder;
use super::key_file::{self, SetAside};
use super::lock_file::{Generation, LockFile, State};
use super::open::{self, Opened, Opening, recorded};
use super::tables::{Tables, Writing, decode};
use super::{SqliteStore, Waits, layout};
use crate::crypto::keys::{Keys, blank_root};
use crate::model::OpenOptions;
use crate::platform::lock::patiently;
use crate::policy::expiry::CODE_MS;
use crate::policy::items::Policy;
use crate::policy::names::{self, plain_text};
use crate::policy::throttle::Attempts;
use crate::policy::time::{Anchor, Reading};
use crate::status::*;
use crate::store::records::*;
use crate::store::{Change, View};
use crate::{Error, Result};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;
use uuid::Uuid;

/// `event_adopted` is what the audit trail goes on with.
pub fn adopt(folder: &Path, options: &OpenOptions, now: Reading, event_adopted: u32) -> Result<SqliteStore> {
    let deadline = Instant::now() + Waits::of(options.busy_timeout_ms).write;
    patiently(deadline, || {
        let entered = folder::enter(folder, options, true, deadline)?;
        open::with_lock(entered, options, now, |opening, lock| opening.adopt(lock, event_adopted))
    })
}

impl Opening<'_> {
    fn adopt(&self, lock: &LockFile, event: u32) -> Result<Opened> {
        if self.database().symlink_metadata().is_err() {
            return Err(Error::new(SESSION_MISSING, format!("there is no store in {}", self.place.folder.display())));
        }
        let mut conn = self.connect_existing()?;
        open::check_ours(&conn)?;
        let old = self.old_meta(&conn)?;
        let id = open::random_id()?;
        let source = self.new_source(old.as_ref())?;
        let adoption = Adoption { id, source, old, event };
        let aside = if source == key_file::STORE { SetAside::key(self.place, id)? } else { None };
        let prepared = self.prepare(lock, &mut conn, &adoption).inspect_err(|_| {
            key_file::discard(source, self.place, id);
            aside.iter().for_each(SetAside::put_back);
        });
        let Prepared { keys, generation, transaction } = prepared?;
        generation.begin();
        // Where this fails, nobody knows what is on disk: both keys stay, and the generation stays odd.
        let committed = transaction.commit();
        committed.map_err(|error| sql_of(&conn, error))?;
        generation.settle();
        lock.write_header(id, State::Ready)?;
        self.connected(id, keys, conn)
    }

    /// What the store says of itself, if anything. Where its key still opens it there is nothing to adopt.
    fn old_meta(&self, conn: &Connection) -> Result<Option<Meta>> {
        let nothing = Keys::derive(&blank_root(), Uuid::nil());
        let meta = match (Tables { conn, keys: &nothing }).unverified_meta() {
            Err(error) if error.status() == SESSION_TAMPERED => return Ok(None),
            meta => meta?,
        };
        check_extensions(&meta.ext)?;
        let root = match key_file::load(meta.key_source, self.options.key.as_ref(), self.place, meta.store) {
            // Gone, or nobody can tell where it was.
            Err(error) if matches!(error.status(), SESSION_NO_KEY | SESSION_TAMPERED) => return Ok(Some(meta)),
            root => root?,
        };
        let keys = Keys::derive(&root, meta.store);
        match (Tables { conn, keys: &keys }).meta() {
            // One account's store in a group's folder, or the other way round, opens for nobody.
            Ok(_) if self.fits(&meta).is_err() => Ok(Some(meta)),
            Ok(_) => Err(Error::new(SESSION_KEY_MISMATCH, "the store's own key still opens it; nothing was changed")),
            Err(error) if error.status() == SESSION_TAMPERED => Ok(Some(meta)),
            Err(error) => Err(error),
        }
    }

    /// As demanded, else as recorded.
    fn new_source(&self, old: Option<&Meta>) -> Result<i64> {
        let scope = self.place.access.scope();
        let recorded = old.map(|meta| meta.key_source);
        match (&self.options.key, recorded) {
            (Some(choice), _) => Ok(key_file::source_of(choice)),
            (None, Some(key_file::CALLER)) => {
                Err(Error::new(SESSION_BAD_ARGUMENT, "pass the new key with SESSION_KEY_CALLER, or choose another source"))
            }
            // One account's store that is to be a group's from now on cannot keep its key with the account.
            (None, Some(source @ (key_file::USER | key_file::STORE))) if key_file::check_source(source, scope).is_ok() => {
                Ok(source)
            }
            (None, _) => Ok(key_file::wanted_source(None, scope)),
        }
    }

    /// The key is on disk before the transaction that needs it; a kill in between leaves a store that still wants adopting.
    fn prepare<'a>(&self, lock: &LockFile, conn: &'a mut Connection, adoption: &Adoption) -> Result<Prepared<'a>> {
        let root = key_file::create(adoption.source, self.options.key.as_ref(), self.place, adoption.id)?;
        let keys = Keys::derive(&root, adoption.id);
        if lock.header()?.is_none() {
            lock.write_header(adoption.id, State::Ready)?;
        }
        let generation = lock.map()?;
        open::use_wal(conn)?;
        self.check_wal(conn)?;
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
        layout::check_schema(&transaction)?;
        adoption.rewrite(Tables { conn: &transaction, keys: &keys }, self)?;
        Ok(Prepared { keys, generation, transaction })
    }
}

struct Prepared<'a> {
    keys: Keys,
    generation: Generation,
    transaction: Transaction<'a>,
}

struct Adoption {
    id: Uuid,
    source: i64,
    old: Option<Meta>,
    event: u32,
}

impl Adoption {
    fn rewrite(&self, tables: Tables<'_>, opening: &Opening<'_>) -> Result<()> {
        let conn = tables.conn;
        let mut unreadable = 0;
        let users: Vec<UserRow> = found(conn, &mut unreadable, sound_user)?;
        let live: BTreeSet<Uuid> = users.iter().filter(|user| user.state != DELETED).map(|user| user.id).collect();
        let mut credentials: Vec<CredentialRow> = found(conn, &mut unreadable, |row: &CredentialRow| live.contains(&row.user))?;
        for code in credentials.iter_mut().filter(|row| row.expires_at != 0) {
            // Time begins anew here: no code may gain by it.
            code.expires_at = code.expires_at.min(opening.now.wall.saturating_add(CODE_MS));
            code.set_back = 0;
        }
        let attempts: Vec<AttemptsRow> = found(conn, &mut 0, |row: &AttemptsRow| {
            // Those of names that nobody has lie under a hash of the old key.
            Uuid::from_slice(&row.account).is_ok_and(|user| live.contains(&user))
        })?;
        let events: Vec<EventRow> = found(conn, &mut unreadable, sound_event)?;
        let policy: Vec<PolicyRow> = found(conn, &mut unreadable, |_| true)?;
        policy.iter().try_for_each(|policy| check_extensions(&policy.ext))?;
        for table in [
            Meta::TABLE,
            PolicyRow::TABLE,
            UserRow::TABLE,
            CredentialRow::TABLE,
            SessionRow::TABLE,
            AttemptsRow::TABLE,
            EventRow::TABLE,
        ] {
            conn.execute(&format!("DELETE FROM {table}"), []).map_err(sql)?;
        }
        let policy = policy.into_iter().next().unwrap_or_else(|| PolicyRow::new(Policy::default()));
        let mut writing = Writing::first(tables, self.new_meta(opening, events.first()), &policy)?;
        users.iter().try_for_each(|user| writing.put(user))?;
        credentials.iter().try_for_each(|credential| writing.put(credential))?;
        let throttled: BTreeSet<&[u8]> = attempts.iter().map(|row| row.account.as_slice()).collect();
        for user in live.iter().filter(|user| !throttled.contains(user.as_bytes().as_slice())) {
            writing.put(&AttemptsRow { account: user.as_bytes().to_vec(), attempts: Attempts::default(), ext: Vec::new() })?;
        }
        attempts.iter().try_for_each(|row| writing.put(row))?;
        events.iter().try_for_each(|event| writing.append(event))?;
        let before = self.old.as_ref().map_or_else(|| "an unreadable id".to_owned(), |meta| meta.store.to_string());
        let detail = format!("was {before}; {} users; {unreadable} unreadable rows left out", live.len());
        writing.record(NewEvent { kind: self.event, at: opening.now.wall, detail: &detail, ..NewEvent::default() })?;
        writing.finish()
    }

    fn new_meta(&self, opening: &Opening<'_>, first_event: Option<&EventRow>) -> Meta {
        let first_event = first_event.map_or(1, |event| event.id);
        Meta {
            store: self.id,
            key_source: self.source,
            scope: recorded(opening.place.access.scope()),
            created_at: self.old.as_ref().map_or(opening.now.wall, |meta| meta.created_at),
            anchor: Anchor::first(opening.now),
            first_event,
            before_first: Vec::new(),
            last_event: first_event - 1,
            last_link: Vec::new(),
            ext: self.old.as_ref().map_or_else(Vec::new, |meta| meta.ext.clone()),
        }
    }
}

/// Every row that can be read and is wanted, in the order of its key; the others are counted.
fn found<R: Row>(conn: &Connection, left_out: &mut u64, wanted: impl Fn(&R) -> bool) -> Result<Vec<R>> {
    let mut statement = conn.prepare(&format!("SELECT * FROM {} ORDER BY {}", R::TABLE, R::COLUMNS[0])).map_err(sql)?;
    let mut rows = statement.query([]).map_err(sql)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(|error| sql_of(conn, error))? {
        match decode::<R>(row) {
            Ok((row, _)) if wanted(&row) => found.push(row),
            _ => *left_out += 1,
        }
    }
    Ok(found)
}

/// Texts that fit the header's fields. (What a name's canonical form is may differ between versions of Unicode.)
fn sound_user(user: &UserRow) -> bool {
    plain_text(&user.name, names::MAX_BYTES) && user.canonical.as_ref().is_none_or(|name| name.len() <= names::MAX_BYTES)
}

fn sound_event(event: &EventRow) -> bool {
    const MOST: i64 = 1 << 53;
    (1..MOST).contains(&event.id) && plain_text(&event.detail, 255) && plain_text(&event.account, 63)
}
