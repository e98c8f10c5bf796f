//! Rows in SQLite: every read checks the MAC, every write makes it.

use super::connection::sql;
use crate::crypto::keys::Keys;
use crate::crypto::mac::{self, Field};
use crate::policy::time::Anchor;
use crate::status::*;
use crate::store::records::*;
use crate::store::{Change, Listed, Step, View};
use crate::{Error, Result};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Params, params};
use uuid::Uuid;

const USER: &str = "SELECT * FROM users WHERE id = ?1";
const SESSION: &str = "SELECT * FROM sessions WHERE id = ?1";

/// What a read transaction sees.
pub struct Tables<'a> {
    pub conn: &'a Connection,
    pub keys: &'a Keys,
}

/// What a write transaction changes; the meta row is written once, at its end.
pub struct Writing<'a> {
    tables: Tables<'a>,
    meta: Meta,
    stored: Meta,
}

struct Reader<'a, 'b> {
    row: &'a rusqlite::Row<'b>,
    at: usize,
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> ValueRef<'a> {
        self.at += 1;
        self.row.get_ref(self.at - 1).unwrap_or(ValueRef::Null)
    }
}

fn wrong_type<E>(_: E) -> Error {
    Error::new(SESSION_TAMPERED, "a column of another type")
}

impl Columns for Reader<'_, '_> {
    fn int(&mut self) -> Result<i64> {
        self.next().as_i64().map_err(wrong_type)
    }
    fn blob(&mut self) -> Result<&[u8]> {
        self.next().as_blob().map_err(wrong_type)
    }
    fn text(&mut self) -> Result<String> {
        self.next().as_str().map(str::to_owned).map_err(wrong_type)
    }
    fn optional_text(&mut self) -> Result<Option<String>> {
        self.next().as_str_or_null().map(|text| text.map(str::to_owned)).map_err(wrong_type)
    }
}

struct Bound<'a>(Field<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Field::Int(value) => ValueRef::Integer(value),
            Field::Bytes(bytes) => ValueRef::Blob(bytes),
            Field::Text(text) => ValueRef::Text(text.as_bytes()),
            Field::Null => ValueRef::Null,
        }))
    }
}

/// `SELECT *` gives the columns in the order of `layout.rs`, which is that of the row types; every transaction makes sure of it.
pub fn decode<R: Row>(row: &rusqlite::Row<'_>) -> Result<(R, Vec<u8>)> {
    decode_at(row, 0)
}

fn decode_at<R: Row>(row: &rusqlite::Row<'_>, at: usize) -> Result<(R, Vec<u8>)> {
    let mut reader = Reader { row, at };
    let decoded = R::decode(&mut reader)?;
    Ok((decoded, reader.bytes()?))
}

fn tampered(table: &str) -> Error {
    Error::new(SESSION_TAMPERED, format!("a row of table {table} was changed by somebody else"))
}

impl Tables<'_> {
    fn raw<T>(
        &self,
        query: &str,
        values: impl Params,
        take: impl FnOnce(&rusqlite::Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.conn.prepare_cached(query).map_err(sql)?;
        let mut rows = statement.query(values).map_err(sql)?;
        rows.next().map_err(sql)?.map(take).transpose()
    }

    pub fn checked<R: Row>(&self, row: &rusqlite::Row<'_>) -> Result<R> {
        self.checked_at(row, 0)
    }

    fn checked_at<R: Row>(&self, row: &rusqlite::Row<'_>, at: usize) -> Result<R> {
        let (decoded, stored) = decode_at::<R>(row, at)?;
        if !mac::equal(&decoded.mac(&self.keys.row), &stored) {
            return Err(tampered(R::TABLE));
        }
        check_extensions(decoded.ext())?;
        Ok(decoded)
    }

    fn one<R: Row>(&self, query: &str, values: impl Params) -> Result<Option<R>> {
        self.raw(query, values, |row| self.checked(row))
    }

    /// In one statement, which is one look. A user who is gone is a row that cannot be read.
    pub fn session_and_user(&self, session: Uuid) -> Result<Option<(SessionRow, Result<UserRow>)>> {
        const BOTH: &str = "SELECT s.*, u.* FROM sessions s LEFT JOIN users u ON u.id = s.user WHERE s.id = ?1";
        self.raw(BOTH, [session.as_bytes()], |row| {
            // After the columns of the session and its MAC.
            Ok((self.checked(row)?, self.checked_at(row, SessionRow::COLUMNS.len() + 1)))
        })
    }

    /// `next` finds an id, `row` the row of an id: a row that cannot even be read is still told by its id.
    fn listed<R: Row>(&self, next: &str, values: impl Params, row: &str) -> Result<Option<Listed<R>>> {
        let id = self.raw(next, values, |row| row.get::<_, Vec<u8>>(0).map_err(sql))?;
        let Some(id) = id.and_then(|id| Uuid::from_slice(&id).ok()) else { return Ok(None) };
        match self.one(row, [id.as_bytes()]) {
            Ok(row) => Ok(row.map(Listed::Row)),
            Err(error) if matches!(error.status(), SESSION_TAMPERED | SESSION_NEWER) => {
                Ok(Some(Listed::Bad(id, error.status())))
            }
            Err(error) => Err(error),
        }
    }

    /// Before the key is known: who this store says it is, and where its key lies.
    pub fn unverified_meta(&self) -> Result<Meta> {
        let meta = self.raw("SELECT * FROM meta WHERE id = 1", [], decode::<Meta>)?;
        meta.map(|(meta, _)| meta).ok_or_else(|| tampered(Meta::TABLE))
    }

    /// `None` also where it is no link at all.
    fn link_of(&self, event: i64) -> Result<Option<Vec<u8>>> {
        let link = self.raw("SELECT mac FROM audit WHERE id = ?1", [event], |row| {
            Ok(row.get_ref(0).ok().and_then(|link| link.as_blob().ok().map(<[u8]>::to_vec)))
        })?;
        Ok(link.flatten())
    }

    fn event(&self, meta: &Meta, row: &rusqlite::Row<'_>) -> Result<EventRow> {
        let Ok((mut event, link)) = decode::<EventRow>(row) else {
            return Ok(EventRow::unbelievable(row.get(0).map_err(sql)?));
        };
        let before = if event.id == meta.first_event { Some(meta.before_first.clone()) } else { self.link_of(event.id - 1)? };
        let chained = before.is_some_and(|before| mac::equal(&event.link(&self.keys.audit, &before), &link));
        let last = event.id != meta.last_event || mac::equal(&link, &meta.last_link);
        event.state = match check_extensions(&event.ext) {
            _ if !chained || !last || event.id > meta.last_event => SESSION_TAMPERED,
            Err(error) => error.status(),
            Ok(()) => SESSION_OK,
        };
        Ok(event)
    }
}

impl View for Tables<'_> {
    fn meta(&self) -> Result<Meta> {
        self.one("SELECT * FROM meta WHERE id = 1", [])?.ok_or_else(|| tampered(Meta::TABLE))
    }

    fn policy(&self) -> Result<PolicyRow> {
        self.one("SELECT * FROM policy WHERE id = 1", [])?.ok_or_else(|| tampered(PolicyRow::TABLE))
    }

    fn user(&self, id: Uuid) -> Result<Option<UserRow>> {
        self.one(USER, [id.as_bytes()])
    }

    fn user_named(&self, canonical: &str) -> Result<Option<UserRow>> {
        let user: Option<UserRow> = self.one("SELECT * FROM users WHERE canonical = ?1", [canonical])?;
        match user {
            // The index says so, the row does not.
            Some(user) if user.canonical.as_deref() != Some(canonical) => Err(tampered(UserRow::TABLE)),
            user => Ok(user),
        }
    }

    fn user_after(&self, after: Option<Uuid>) -> Result<Option<Listed<UserRow>>> {
        const NEXT: &str = "SELECT id FROM users WHERE id > ?1 AND length(id) = 16 AND typeof(id) = 'blob' ORDER BY id LIMIT 1";
        self.listed(NEXT, [after.unwrap_or_default().as_bytes()], USER)
    }

    fn credential(&self, user: Uuid, kind: i64) -> Result<Option<CredentialRow>> {
        self.one("SELECT * FROM credentials WHERE user = ?1 AND kind = ?2", params![user.as_bytes(), kind])
    }

    fn session(&self, id: Uuid) -> Result<Option<SessionRow>> {
        self.one(SESSION, [id.as_bytes()])
    }

    fn session_after(&self, user: Option<Uuid>, after: Option<Uuid>) -> Result<Option<Listed<SessionRow>>> {
        const NEXT: &str =
            "SELECT id FROM sessions WHERE id > ?1 AND length(id) = 16 AND typeof(id) = 'blob' ORDER BY id LIMIT 1";
        const OF_USER: &str = "SELECT id FROM sessions WHERE user = ?2 AND id > ?1 AND length(id) = 16 AND typeof(id) = 'blob'
                               ORDER BY id LIMIT 1";
        let after = after.unwrap_or_default();
        match user {
            Some(user) => self.listed(OF_USER, [after.as_bytes(), user.as_bytes()], SESSION),
            None => self.listed(NEXT, [after.as_bytes()], SESSION),
        }
    }

    fn open_sessions(&self, user: Uuid) -> Result<Vec<Uuid>> {
        const OPEN: &str =
            "SELECT id FROM sessions WHERE user = ?1 AND ended_at = 0 AND length(id) = 16 AND typeof(id) = 'blob'
                            ORDER BY id";
        let mut statement = self.conn.prepare_cached(OPEN).map_err(sql)?;
        let ids = statement.query_map([user.as_bytes()], |row| row.get::<_, Vec<u8>>(0)).map_err(sql)?;
        ids.map(|id| Uuid::from_slice(&id.map_err(sql)?).map_err(wrong_type)).collect()
    }

    fn attempts(&self, account: &[u8]) -> Result<Option<AttemptsRow>> {
        self.one("SELECT * FROM throttle WHERE account = ?1", [account])
    }

    fn event_after(&self, after: i64) -> Result<Option<EventRow>> {
        let meta = self.meta()?;
        let Some(expected) = after.max(meta.first_event - 1).checked_add(1) else { return Ok(None) };
        let found =
            self.raw("SELECT * FROM audit WHERE id >= ?1 ORDER BY id LIMIT 1", [expected], |row| self.event(&meta, row))?;
        match found {
            Some(event) if event.id == expected || expected > meta.last_event => Ok(Some(event)),
            None if expected > meta.last_event => Ok(None),
            // Cut out, or cut off at the end: told once for all that are missing in a row.
            Some(event) => Ok(Some(EventRow::unbelievable(event.id - 1))),
            None => Ok(Some(EventRow::unbelievable(meta.last_event))),
        }
    }

    fn session_exists(&self, id: Uuid) -> Result<bool> {
        self.raw("SELECT 1 FROM sessions WHERE id = ?1", [id.as_bytes()], |_| Ok(())).map(|found| found.is_some())
    }
}

impl<'a> Writing<'a> {
    pub fn new(tables: Tables<'a>, meta: Meta) -> Writing<'a> {
        Writing { tables, stored: meta.clone(), meta }
    }

    /// The first rows of a new store, in the transaction that makes its tables.
    pub fn first(tables: Tables<'a>, meta: Meta, policy: &PolicyRow) -> Result<Writing<'a>> {
        let writing = Writing::new(tables, meta);
        writing.put(&writing.meta.clone())?;
        writing.put(policy)?;
        Ok(writing)
    }

    /// Links an event to the one before.
    pub fn append(&mut self, row: &EventRow) -> Result<()> {
        let link = row.link(&self.tables.keys.audit, &self.meta.last_link);
        self.put_with(row, &link)?;
        self.meta.last_event = row.id;
        self.meta.last_link = link.to_vec();
        Ok(())
    }

    pub fn finish(self) -> Result<()> {
        if self.meta != self.stored { self.put(&self.meta) } else { Ok(()) }
    }

    pub fn put<R: Row + Clone>(&self, row: &R) -> Result<()> {
        #[cfg(feature = "test-hooks")]
        let row = &crate::store::hooks::extended(row);
        self.put_with(row, &row.mac(&self.tables.keys.row))
    }

    fn put_with<R: Row>(&self, row: &R, mac: &[u8]) -> Result<()> {
        let places: Vec<String> = (1..=R::COLUMNS.len() + 1).map(|place| format!("?{place}")).collect();
        let updates: Vec<String> =
            R::COLUMNS[R::KEYS..].iter().chain(&["mac"]).map(|column| format!("{column} = excluded.{column}")).collect();
        let statement = format!(
            "INSERT INTO {} ({}, mac) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
            R::TABLE,
            R::COLUMNS.join(", "),
            places.join(", "),
            R::COLUMNS[..R::KEYS].join(", "),
            updates.join(", "),
        );
        let values = row.fields().into_iter().chain([Field::Bytes(mac)]).map(Bound);
        self.run(&statement, rusqlite::params_from_iter(values)).map(|_| ())
    }

    /// Walks along the key, so that a whole purge looks at each row once.
    fn purge_next(&self, table: &str, key: &str, old: &str, before: i64, after: Option<&[u8]>, most: usize) -> Result<Step> {
        let most = most as i64;
        // Any number sorts before any blob, and the empty blob after all that is none.
        let after = ToSqlOutput::Borrowed(after.map_or(ValueRef::Integer(i64::MIN), ValueRef::Blob));
        let next =
            format!("SELECT count(*), max({key}) FROM (SELECT {key} FROM {table} WHERE {key} > ?1 ORDER BY {key} LIMIT ?2)");
        let found = self.tables.raw(&next, params![after, most], |row| {
            let last = row.get_ref(1).map_err(sql)?.as_blob().unwrap_or_default().to_vec();
            Ok((row.get::<_, i64>(0).map_err(sql)?, last))
        })?;
        let (looked_at, last) = found.unwrap_or_default();
        let delete = format!("DELETE FROM {table} WHERE {key} > ?2 AND {key} <= ?3 AND ({old})");
        let removed = self.run(&delete, params![before, after, last])?;
        Ok(Step { removed, next: (looked_at == most).then_some(last) })
    }

    pub fn run(&self, statement: &str, values: impl Params) -> Result<usize> {
        self.tables.conn.prepare_cached(statement).and_then(|mut prepared| prepared.execute(values)).map_err(sql)
    }
}

impl View for Writing<'_> {
    fn meta(&self) -> Result<Meta> {
        Ok(self.meta.clone())
    }
    fn policy(&self) -> Result<PolicyRow> {
        self.tables.policy()
    }
    fn user(&self, id: Uuid) -> Result<Option<UserRow>> {
        self.tables.user(id)
    }
    fn user_named(&self, canonical: &str) -> Result<Option<UserRow>> {
        self.tables.user_named(canonical)
    }
    fn user_after(&self, after: Option<Uuid>) -> Result<Option<Listed<UserRow>>> {
        self.tables.user_after(after)
    }
    fn credential(&self, user: Uuid, kind: i64) -> Result<Option<CredentialRow>> {
        self.tables.credential(user, kind)
    }
    fn session(&self, id: Uuid) -> Result<Option<SessionRow>> {
        self.tables.session(id)
    }
    fn session_after(&self, user: Option<Uuid>, after: Option<Uuid>) -> Result<Option<Listed<SessionRow>>> {
        self.tables.session_after(user, after)
    }
    fn open_sessions(&self, user: Uuid) -> Result<Vec<Uuid>> {
        self.tables.open_sessions(user)
    }
    fn attempts(&self, account: &[u8]) -> Result<Option<AttemptsRow>> {
        self.tables.attempts(account)
    }
    fn event_after(&self, after: i64) -> Result<Option<EventRow>> {
        self.tables.event_after(after)
    }
    fn session_exists(&self, id: Uuid) -> Result<bool> {
        self.tables.session_exists(id)
    }
}

impl Change for Writing<'_> {
    fn set_anchor(&mut self, anchor: Anchor) {
        self.meta.anchor = anchor;
    }

    fn set_policy(&mut self, row: &PolicyRow) -> Result<()> {
        self.put(row)
    }

    fn put_user(&mut self, row: &UserRow) -> Result<()> {
        if let Some(canonical) = &row.canonical {
            let other = "SELECT 1 FROM users WHERE canonical = ?1 AND id <> ?2";
            if self.tables.raw(other, params![canonical, row.id.as_bytes()], |_| Ok(()))?.is_some() {
                return Err(Error::bare(SESSION_USER_EXISTS));
            }
        }
        self.put(row)
    }

    fn put_credential(&mut self, row: &CredentialRow) -> Result<()> {
        self.put(row)
    }

    fn remove_credentials(&mut self, user: Uuid) -> Result<()> {
        self.run("DELETE FROM credentials WHERE user = ?1", [user.as_bytes()]).map(|_| ())
    }

    fn put_session(&mut self, row: &SessionRow) -> Result<()> {
        self.put(row)
    }

    fn remove_session(&mut self, id: Uuid) -> Result<()> {
        self.run("DELETE FROM sessions WHERE id = ?1", [id.as_bytes()]).map(|_| ())
    }

    fn put_attempts(&mut self, row: &AttemptsRow) -> Result<()> {
        self.put(row)
    }

    fn remove_attempts(&mut self, account: &[u8]) -> Result<()> {
        self.run("DELETE FROM throttle WHERE account = ?1", [account]).map(|_| ())
    }

    fn record(&mut self, event: NewEvent<'_>) -> Result<()> {
        #[cfg_attr(not(feature = "test-hooks"), allow(unused_mut))]
        let mut row = EventRow {
            id: self.meta.last_event + 1,
            kind: i64::from(event.kind),
            at: event.at,
            actor: event.actor,
            user: event.user,
            session: event.session,
            detail: event.detail.to_owned(),
            account: crate::platform::account().to_owned(),
            ext: Vec::new(),
            state: SESSION_OK,
        };
        #[cfg(feature = "test-hooks")]
        {
            row = crate::store::hooks::extended(&row);
        }
        self.append(&row)
    }

    fn purge_sessions(&mut self, before: i64, after: Option<&[u8]>, most: usize) -> Result<Step> {
        let old = "(ended_at > 0 AND ended_at <= ?1) OR (ended_at = 0 AND authenticated_at + absolute_ms <= ?1)";
        self.purge_next("sessions", "id", old, before, after, most)
    }

    fn purge_events(&mut self, before: i64, most: usize) -> Result<Step> {
        let mut removed = 0;
        while removed < most && self.meta.first_event <= self.meta.last_event {
            let id = self.meta.first_event;
            let event = self.tables.raw("SELECT * FROM audit WHERE id = ?1", [id], |row| self.tables.event(&self.meta, row))?;
            // What was tampered with stays: it is evidence.
            let Some(_) = event.filter(|event| event.at < before && event.state == SESSION_OK) else { break };
            self.meta.before_first = self.tables.link_of(id)?.unwrap_or_default();
            self.meta.first_event = id + 1;
            self.run("DELETE FROM audit WHERE id = ?1", [id])?;
            removed += 1;
        }
        Ok(Step { removed, next: (removed == most).then(Vec::new) })
    }

    fn purge_attempts(&mut self, before: i64, after: Option<&[u8]>, most: usize) -> Result<Step> {
        self.purge_next("throttle", "account", "length(account) = 2 AND at < ?1", before, after, most)
    }
}
