//! Looks at everything: pages, schema, every row and its MAC, what belongs together, the whole audit trail. Changes nothing.

use super::connection::sql_of;
use super::tables::{Tables, decode};
use super::{Snapshot, SqliteStore, layout};
use crate::crypto::kdf::Stored;
use crate::crypto::mac;
use crate::model::Fault;
use crate::policy::names;
use crate::status::*;
use crate::store::View;
use crate::store::records::*;
use crate::{Error, Result};
use rusqlite::types::ValueRef;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Lines of SQLite's own check; what is wrong with more pages than these is wrong with all.
const PAGE_FAULTS: u32 = 1000;
/// Stands where a table's name does.
const DATABASE: &str = "database";
const DETAIL_BYTES: usize = 255;

pub fn check(store: &SqliteStore) -> Result<Vec<Fault>> {
    let conn = store.look_apart()?;
    let snapshot = Snapshot::begin(&conn)?;
    let mut check = Check { tables: Tables { conn: &conn, keys: &store.keys }, faults: Vec::new() };
    // Of this store, and not of one that was adopted or put in its place.
    if let Err(error) = check.tables.meta() {
        let error = store.explain(&conn, error);
        if error.status() == SESSION_STORE_REPLACED {
            return Err(error);
        }
    }
    check.database()?;
    check.rows()?;
    snapshot.end()?;
    Ok(check.faults)
}

struct Check<'a> {
    tables: Tables<'a>,
    faults: Vec<Fault>,
}

/// Live users, with the kinds of credentials that each must have; and who was deleted.
#[derive(Default)]
struct Accounts {
    live: BTreeMap<Uuid, i64>,
    deleted: BTreeSet<Uuid>,
}

impl Check<'_> {
    fn fault(&mut self, status: i32, table: &str, row: impl ToString, detail: impl ToString) {
        let detail = names::made_plain(&detail.to_string(), DETAIL_BYTES);
        self.faults.push(Fault { status, table: table.to_owned(), row: row.to_string(), detail });
    }

    /// What says that the store is not as it was written is a fault; that it could not be read is an error.
    fn fault_or_error(&mut self, table: &str, error: Error) -> Result<()> {
        match error.status() {
            SESSION_TAMPERED | SESSION_NEWER | SESSION_CORRUPT => self.fault(error.status(), table, "", error.detail()),
            SESSION_NOT_A_STORE => self.fault(SESSION_TAMPERED, table, "", error.detail()),
            _ => return Err(error),
        }
        Ok(())
    }

    fn database(&mut self) -> Result<()> {
        let conn = self.tables.conn;
        let lines = conn.prepare(&format!("PRAGMA integrity_check({PAGE_FAULTS})")).and_then(|mut statement| {
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()
        });
        match lines {
            Ok(lines) => {
                for line in lines.iter().filter(|line| *line != "ok") {
                    self.fault(SESSION_CORRUPT, DATABASE, "", line);
                }
            }
            Err(error) => self.fault_or_error(DATABASE, sql_of(conn, error))?,
        }
        for look in [layout::check_application, layout::check_version, layout::check_schema] {
            if let Err(error) = look(conn) {
                self.fault_or_error(DATABASE, error)?;
            }
        }
        Ok(())
    }

    fn rows(&mut self) -> Result<()> {
        let meta = self.only_row::<Meta>()?;
        self.only_row::<PolicyRow>()?;
        let accounts = self.users()?;
        self.credentials(&accounts)?;
        self.throttle(&accounts)?;
        self.each(|check, session: SessionRow| {
            if !accounts.live.contains_key(&session.user) && !accounts.deleted.contains(&session.user) {
                check.fault(SESSION_TAMPERED, SessionRow::TABLE, session.id, "its user is gone");
            }
        })?;
        meta.map_or(Ok(()), |meta| self.events(&meta))
    }

    /// Calls `good` with every row whose MAC is right; names the others.
    fn each<R: Row>(&mut self, mut good: impl FnMut(&mut Self, R)) -> Result<()> {
        self.scan(R::TABLE, &mut |check, row| match check.tables.checked::<R>(row) {
            Ok(row) => good(check, row),
            Err(error) => check.fault(error.status(), R::TABLE, name_of(row), error.detail()),
        })
    }

    fn scan(&mut self, table: &str, take: &mut dyn FnMut(&mut Self, &rusqlite::Row<'_>)) -> Result<()> {
        let conn = self.tables.conn;
        let scanned = conn.prepare(&format!("SELECT * FROM {table}")).and_then(|mut statement| {
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                take(self, row);
            }
            Ok(())
        });
        scanned.or_else(|error| self.fault_or_error(table, sql_of(conn, error)))
    }

    fn only_row<R: Row>(&mut self) -> Result<Option<R>> {
        let before = self.faults.len();
        let mut only = None;
        self.each(|_, row| only = Some(row))?;
        if only.is_none() && self.faults.len() == before {
            self.fault(SESSION_TAMPERED, R::TABLE, "", "the row is gone");
        }
        Ok(only)
    }

    fn users(&mut self) -> Result<Accounts> {
        let mut accounts = Accounts::default();
        self.each(|_, user: UserRow| {
            if user.state == DELETED {
                accounts.deleted.insert(user.id);
            } else {
                accounts.live.insert(user.id, user.kinds);
            }
        })?;
        Ok(accounts)
    }

    fn credentials(&mut self, accounts: &Accounts) -> Result<()> {
        let mut missing = accounts.live.clone();
        self.each(|check, row: CredentialRow| {
            let bit = u32::try_from(row.kind).ok().and_then(|kind| 1_i64.checked_shl(kind)).unwrap_or(0);
            match missing.get_mut(&row.user) {
                Some(kinds) if *kinds & bit != 0 => *kinds &= !bit,
                _ => check.fault(SESSION_TAMPERED, CredentialRow::TABLE, row.user, "no user is to have it"),
            }
            if row.kind == PASSWORD
                && let Err(error) = Stored::from_phc(&row.secret)
            {
                check.fault(error.status(), CredentialRow::TABLE, row.user, error.detail());
            }
        })?;
        for (user, _) in missing.into_iter().filter(|(_, kinds)| *kinds != 0) {
            self.fault(
                SESSION_TAMPERED,
                UserRow::TABLE,
                user,
                "a credential is gone; session_password_reset writes a password anew",
            );
        }
        Ok(())
    }

    fn throttle(&mut self, accounts: &Accounts) -> Result<()> {
        let mut missing: BTreeSet<Uuid> = accounts.live.keys().copied().collect();
        self.each(|check, row: AttemptsRow| {
            if let Ok(user) = Uuid::from_slice(&row.account)
                && !missing.remove(&user)
            {
                check.fault(SESSION_TAMPERED, AttemptsRow::TABLE, user, "there is no such user");
            }
        })?;
        for user in missing {
            let detail = "the throttle row is gone; session_user_unthrottle writes it anew";
            self.fault(SESSION_TAMPERED, UserRow::TABLE, user, detail);
        }
        Ok(())
    }

    /// From the first kept event to the last, each linked to the one before.
    fn events(&mut self, meta: &Meta) -> Result<()> {
        let mut expected = meta.first_event;
        let mut before = Some(meta.before_first.clone());
        self.scan(EventRow::TABLE, &mut |check, row| {
            let decoded = decode::<EventRow>(row);
            let id = row.get(0).unwrap_or(i64::MIN);
            if id < expected || id > meta.last_event {
                return check.fault(SESSION_TAMPERED, EventRow::TABLE, id, "outside the audit trail");
            }
            if id > expected {
                check.fault(SESSION_TAMPERED, EventRow::TABLE, expected, format!("events {expected} to {} are gone", id - 1));
                before = None;
            }
            expected = id + 1;
            let before =
                before.replace(row.get_ref("mac").ok().and_then(|link| link.as_blob().ok()).unwrap_or_default().to_vec());
            let Ok((event, link)) = decoded else {
                return check.fault(SESSION_TAMPERED, EventRow::TABLE, id, "not as this library writes it");
            };
            let chained = before.is_some_and(|before| mac::equal(&event.link(&check.tables.keys.audit, &before), &link));
            if !chained || (id == meta.last_event && !mac::equal(&link, &meta.last_link)) {
                check.fault(SESSION_TAMPERED, EventRow::TABLE, id, "edited, or the event before it is not the one it followed");
            } else if let Err(error) = check_extensions(&event.ext) {
                check.fault(error.status(), EventRow::TABLE, id, error.detail());
            }
        })?;
        if expected <= meta.last_event {
            let detail = format!("events {expected} to {} are gone", meta.last_event);
            self.fault(SESSION_TAMPERED, EventRow::TABLE, expected, detail);
        }
        Ok(())
    }
}

/// By its key: an id as it is shown everywhere, a number, or bytes in hexadecimal.
fn name_of(row: &rusqlite::Row<'_>) -> String {
    match row.get_ref(0) {
        Ok(ValueRef::Integer(number)) => number.to_string(),
        Ok(ValueRef::Blob(bytes)) => Uuid::from_slice(bytes).map_or_else(|_| hexadecimal(bytes), |id| id.to_string()),
        _ => String::new(),
    }
}

/// As much of it as an id is long.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
