//! Users: create, read, rename, enable, permit, delete, unthrottle.

use super::hashing::{self, Password, Permit};
use super::sessions::{Ending, end_all};
use super::{Store, about, allowed_name, audit::kind, existing, names, new_id, tombstone, user_unknown};
use crate::crypto::kdf::Stored;
use crate::model::User;
use crate::policy::throttle::Attempts;
use crate::policy::time::Now;
use crate::status::*;
use crate::store::records::*;
use crate::store::{Change, Listed, View};
use crate::{Error, Result};
use uuid::Uuid;

impl Store {
    pub fn user_create(&self, actor: Option<&str>, name: &str, password: &[u8]) -> Result<Uuid> {
        let canonical = allowed_name(name)?;
        self.password_check(Some(name), password)?.accepted()?;
        let password = Password::new(password)?;
        let policy = self.read(|view, now| {
            self.actor(view, now, actor)?;
            // Saves the hash; what counts is asked again inside the transaction.
            if view.user_named(&canonical)?.is_some() {
                Err(Error::bare(SESSION_USER_EXISTS))
            } else {
                Ok(view.policy()?.policy)
            }
        })?;
        let stored = Permit::take()?.create(&password, hashing::cost(&policy))?;
        self.administer(actor, |change, now, actor| insert_user(change, now, actor, name, &canonical, &stored))
    }

    pub fn user_get(&self, id: Uuid) -> Result<User> {
        self.read(|view, now| {
            let user = view.user(id)?.filter(|user| user.state != DELETED).ok_or_else(user_unknown)?;
            self.shown(view, now, user)
        })
    }

    /// By any spelling that is the same name.
    pub fn user_find(&self, name: &str) -> Result<User> {
        let canonical = names::canonical(name).ok_or_else(user_unknown)?;
        self.read(|view, now| {
            let user = view.user_named(&canonical)?.ok_or_else(user_unknown)?;
            self.shown(view, now, user)
        })
    }

    /// The user after another, oldest first.
    pub fn user_next(&self, after: Option<Uuid>) -> Result<User> {
        self.read(|view, now| {
            let mut after = after;
            loop {
                let bad = |id, row| User { user_id: Some(id), row, ..User::default() };
                match view.user_after(after)?.ok_or_else(|| Error::bare(SESSION_DONE))? {
                    Listed::Bad(id, status) => return Ok(bad(id, status)),
                    Listed::Row(user) if user.state == DELETED => after = Some(user.id),
                    Listed::Row(user) => {
                        let id = user.id;
                        return match self.shown(view, now, user) {
                            Err(error) if matches!(error.status(), SESSION_TAMPERED | SESSION_NEWER) => {
                                Ok(bad(id, error.status()))
                            }
                            shown => shown,
                        };
                    }
                }
            }
        })
    }

    pub fn user_rename(&self, actor: Option<&str>, id: Uuid, new_name: &str) -> Result<()> {
        let canonical = allowed_name(new_name)?;
        self.administer(actor, |change, now, actor| {
            let mut user = existing(change, id)?;
            if user.name == new_name {
                return Ok(());
            }
            let detail = detail_of(&user.name, new_name);
            user.name = new_name.to_owned();
            user.canonical = Some(canonical.clone());
            change.put_user(&user)?;
            change.record(about(kind::USER_RENAMED, now, actor, id, &detail))
        })
    }

    pub fn user_enable(&self, actor: Option<&str>, id: Uuid, enabled: bool) -> Result<()> {
        let state = if enabled { ACTIVE } else { DISABLED };
        self.administer(actor, |change, now, actor| {
            let mut user = existing(change, id)?;
            if user.state == state {
                return Ok(());
            }
            user.state = state;
            if !enabled {
                end_all(change, now, &mut user, None, Ending::revoked(actor, "user disabled"))?;
            }
            change.put_user(&user)?;
            let kind = if enabled { kind::USER_ENABLED } else { kind::USER_DISABLED };
            change.record(about(kind, now, actor, id, if enabled { "disabled -> enabled" } else { "enabled -> disabled" }))
        })
    }

    pub fn user_permit(&self, actor: Option<&str>, id: Uuid, permissions: u64) -> Result<()> {
        self.administer(actor, |change, now, actor| {
            let mut user = existing(change, id)?;
            if user.permissions == permissions {
                return Ok(());
            }
            let detail = format!("{:x} -> {permissions:x}", user.permissions);
            user.permissions = permissions;
            change.put_user(&user)?;
            change.record(about(kind::USER_PERMITTED, now, actor, id, &detail))
        })
    }

    /// A tombstone stays. A row that is not ours is overwritten by it.
    pub fn user_delete(&self, actor: Option<&str>, id: Uuid) -> Result<()> {
        self.administer(actor, |change, now, actor| {
            let name = match change.user(id) {
                Ok(Some(user)) if user.state != DELETED => user.name,
                Ok(_) => return Err(user_unknown()),
                Err(error) if matches!(error.status(), SESSION_TAMPERED | SESSION_NEWER) => String::new(),
                Err(error) => return Err(error),
            };
            let mut tombstone = tombstone(id);
            end_all(change, now, &mut tombstone, None, Ending::revoked(actor, "user deleted"))?;
            change.remove_credentials(id)?;
            change.remove_attempts(id.as_bytes())?;
            change.put_user(&tombstone)?;
            change.record(about(kind::USER_DELETED, now, actor, id, &name))
        })
    }

    pub fn user_unthrottle(&self, actor: Option<&str>, id: Uuid) -> Result<()> {
        self.administer(actor, |change, now, actor| {
            existing(change, id)?;
            // A row that was deleted or changed is what this call repairs.
            let mut row = match change.attempts(id.as_bytes()) {
                Ok(row) => row.unwrap_or_else(|| no_attempts(id)),
                Err(error) if error.status() == SESSION_TAMPERED => no_attempts(id),
                Err(error) => return Err(error),
            };
            let failures = row.attempts.failures;
            row.attempts = Attempts::default();
            change.put_attempts(&row)?;
            change.record(about(kind::USER_UNTHROTTLED, now, actor, id, &format!("{failures} -> 0")))
        })
    }

    pub(super) fn shown(&self, view: &dyn View, now: &Now, user: UserRow) -> Result<User> {
        let gone = || Error::new(SESSION_TAMPERED, "the user's throttle row is gone; session_user_unthrottle writes it anew");
        let failures = view.attempts(user.id.as_bytes())?.ok_or_else(gone)?.attempts.failures;
        let mut live_sessions = 0;
        for id in view.open_sessions(user.id)? {
            let session = match view.session(id) {
                Ok(session) => session,
                Err(error) if matches!(error.status(), SESSION_TAMPERED | SESSION_NEWER) => None,
                Err(error) => return Err(error),
            };
            if let Some(session) = session {
                live_sessions += u32::from(self.judge(view, now, session)?.state == SESSION_OK);
            }
        }
        Ok(User {
            user_id: Some(user.id),
            name: user.name,
            disabled: user.state == DISABLED,
            must_change: user.must_change != 0,
            permissions: user.permissions,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            password_changed_at: user.password_changed_at,
            failures,
            live_sessions,
            row: SESSION_OK,
        })
    }
}

pub(super) fn insert_user(
    change: &mut dyn Change,
    now: &Now,
    actor: Option<Uuid>,
    name: &str,
    canonical: &str,
    stored: &Stored,
) -> Result<Uuid> {
    let id = new_id(now)?;
    change.put_user(&UserRow {
        id,
        canonical: Some(canonical.to_owned()),
        name: name.to_owned(),
        state: ACTIVE,
        must_change: 0,
        kinds: 1 << PASSWORD,
        epoch: 0,
        permissions: 0,
        created_at: now.steady,
        last_login_at: 0,
        password_changed_at: now.steady,
        ext: Vec::new(),
    })?;
    change.put_credential(&CredentialRow {
        user: id,
        kind: PASSWORD,
        secret: stored.to_phc(),
        changed_at: now.steady,
        expires_at: 0,
        set_back: now.set_back,
        ext: Vec::new(),
    })?;
    change.put_attempts(&no_attempts(id))?;
    change.record(about(kind::USER_CREATED, now, actor, id, name))?;
    Ok(id)
}

pub(super) fn no_attempts(user: Uuid) -> AttemptsRow {
    AttemptsRow { account: user.as_bytes().to_vec(), attempts: Attempts::default(), ext: Vec::new() }
}

/// Two names, cut to what a detail holds.
fn detail_of(old: &str, new: &str) -> String {
    const EACH: usize = 120;
    format!("{} -> {}", names::cut(old, EACH), names::cut(new, EACH))
}
