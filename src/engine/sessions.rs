//! Ending sessions and listing them.

use super::{Store, audit, existing, tombstone};
use crate::crypto::token::Parts;
use crate::model::SessionInfo;
use crate::policy::time::Now;
use crate::status::*;
use crate::store::records::*;
use crate::store::{Change, Effort, Listed};
use crate::{Error, Result};
use uuid::Uuid;

/// Why and by whom a session ends.
#[derive(Clone, Copy)]
pub(super) struct Ending<'a> {
    pub status: i32,
    pub kind: u32,
    pub actor: Option<Uuid>,
    pub detail: &'a str,
}

impl<'a> Ending<'a> {
    pub fn revoked(actor: Option<Uuid>, detail: &'a str) -> Ending<'a> {
        Ending { status: SESSION_REVOKED, kind: audit::kind::REVOKED, actor, detail }
    }
}

/// Ends a session that lives; the first end stays. A row that is not ours cannot be rewritten, so it goes.
pub(super) fn end(change: &mut dyn Change, now: &Now, id: Uuid, ending: Ending<'_>) -> Result<()> {
    let user = match change.session(id) {
        Ok(None) => return Ok(()),
        Ok(Some(row)) if row.ended_at != 0 => return Ok(()),
        Ok(Some(mut row)) => {
            row.ended_at = now.steady.max(1);
            row.ended_as = ending.status.into();
            change.put_session(&row)?;
            Some(row.user)
        }
        Err(error) if matches!(error.status(), SESSION_TAMPERED | SESSION_NEWER) => {
            change.remove_session(id)?;
            None
        }
        Err(error) => return Err(error),
    };
    change.record(NewEvent {
        kind: ending.kind,
        at: now.steady,
        actor: ending.actor,
        user,
        session: Some(id),
        detail: ending.detail,
    })
}

/// Ends all sessions of a user but one; how many. The caller stores the user, whose epoch moves on: a session that is missed
/// here, because somebody emptied an index, is over all the same.
pub(super) fn end_all(
    change: &mut dyn Change,
    now: &Now,
    user: &mut UserRow,
    except: Option<Uuid>,
    ending: Ending<'_>,
) -> Result<u64> {
    user.epoch = user.epoch.wrapping_add(1);
    let mut ended = 0;
    for id in change.open_sessions(user.id)? {
        if Some(id) != except {
            end(change, now, id, ending)?;
            ended += 1;
        }
    }
    if let Some(mut kept) = except.and_then(|id| change.session(id).ok().flatten())
        && kept.user == user.id
        && kept.epoch == user.epoch.wrapping_sub(1)
    {
        kept.epoch = user.epoch;
        change.put_session(&kept)?;
    }
    Ok(ended)
}

impl Store {
    /// Ok for any genuine token, which is not live afterwards.
    pub fn logout(&self, token: &str) -> Result<()> {
        let token = Parts::parse(token).ok_or_else(|| Error::bare(SESSION_UNKNOWN))?;
        // An unknown token is not worth a write, and one that ended needs none.
        let found = self.read(|view, now| self.find(view, now, &token))?;
        if found.session.ended_at != 0 {
            return Ok(());
        }
        self.write(Effort::Promised, |change, now| {
            let found = self.find(change, now, &token)?;
            let actor = Some(found.user.id);
            let ending = Ending { status: SESSION_LOGGED_OUT, kind: audit::kind::LOGOUT, actor, detail: "" };
            end(change, now, found.session.id, ending)
        })
    }

    /// The session after another, of one user or of all; live and ended ones.
    pub fn session_next(&self, user: Option<Uuid>, after: Option<Uuid>) -> Result<SessionInfo> {
        self.read(|view, now| {
            let listed = view.session_after(user, after)?.ok_or_else(|| Error::bare(SESSION_DONE))?;
            let bad = |id, row| SessionInfo { session_id: Some(id), row, state: row, ..SessionInfo::default() };
            match listed {
                Listed::Bad(id, status) => Ok(bad(id, status)),
                Listed::Row(session) => {
                    let id = session.id;
                    match self.judge(view, now, session) {
                        Ok(found) => Ok(found.info(now)),
                        Err(error) if matches!(error.status(), SESSION_TAMPERED | SESSION_NEWER) => Ok(bad(id, error.status())),
                        Err(error) => Err(error),
                    }
                }
            }
        })
    }

    pub fn revoke(&self, actor: Option<&str>, session: Uuid) -> Result<()> {
        self.administer(actor, |change, now, actor| {
            if !change.session_exists(session)? {
                return Err(Error::bare(SESSION_UNKNOWN));
            }
            end(change, now, session, Ending::revoked(actor, ""))
        })
    }

    /// How many ended.
    pub fn revoke_user(&self, actor: Option<&str>, user: Uuid, except: Option<Uuid>) -> Result<u64> {
        self.administer(actor, |change, now, actor| {
            let ending = Ending::revoked(actor, "");
            let mut row = match existing(change, user) {
                Err(error) if matches!(error.status(), SESSION_TAMPERED | SESSION_NEWER) => {
                    // The row cannot be rewritten, and verifies nobody.
                    return end_all(change, now, &mut tombstone(user), except, ending);
                }
                row => row?,
            };
            let ended = end_all(change, now, &mut row, except, ending)?;
            change.put_user(&row)?;
            Ok(ended)
        })
    }
}
