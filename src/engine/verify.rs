//! Is this token live, and whose is it?

use super::remembered::Yes;
use super::{Store, audit};
use crate::crypto::{mac, token::Parts};
use crate::model::SessionInfo;
use crate::policy::expiry::{Course, End, Limits};
use crate::policy::items::Policy;
use crate::policy::time::{Anchor, Now};
use crate::status::*;
use crate::store::records::*;
use crate::store::{Effort, Stamp, View};
use crate::{Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use uuid::Uuid;

/// A session whose secret was right, its user, and what a verify answers.
pub(super) struct Found {
    /// With the activity that this handle knows of.
    pub session: SessionRow,
    /// `last_seen_at` as it is on disk.
    pub stored_seen_at: i64,
    pub user: UserRow,
    pub limits: Limits,
    pub state: i32,
}

/// Ends that could not be recorded yet.
#[derive(Default)]
pub(super) struct Over(Mutex<HashMap<Uuid, i32>>);

/// Forgetting is safe: an end is found again.
const MOST: usize = 4096;

impl Over {
    fn put(&self, session: Uuid, state: i32) {
        let mut over = self.0.lock();
        if over.len() >= MOST {
            over.clear();
        }
        over.insert(session, state);
    }

    fn get(&self, session: Uuid) -> Option<i32> {
        self.0.lock().get(&session).copied()
    }

    fn forget(&self, session: Uuid) {
        self.0.lock().remove(&session);
    }
}

pub(super) fn course(session: &SessionRow) -> Course {
    Course {
        remembered: session.remembered != 0,
        authenticated_at: session.authenticated_at,
        last_seen_at: session.last_seen_at,
        set_back: session.set_back,
    }
}

fn status_of(end: End) -> i32 {
    match end {
        End::Clock => SESSION_CLOCK,
        End::Expired => SESSION_EXPIRED,
        End::Idle => SESSION_IDLE,
    }
}

impl Found {
    fn ended_at(&self, now: &Now) -> i64 {
        let session = &self.session;
        match self.state {
            _ if session.ended_at != 0 => session.ended_at,
            SESSION_OK => 0,
            SESSION_EXPIRED => session.authenticated_at.saturating_add(self.limits.absolute_ms),
            SESSION_IDLE => session.last_seen_at.saturating_add(self.limits.idle_ms),
            _ => now.steady,
        }
    }

    pub fn info(self, now: &Now) -> SessionInfo {
        let ended_at = self.ended_at(now);
        let session = self.session;
        // Shown on today's time line, not on that of the login.
        let ahead = course(&session).ahead(now);
        let expires_at = session.authenticated_at.saturating_add(self.limits.absolute_ms).saturating_sub(ahead);
        SessionInfo {
            session_id: Some(session.id),
            user_id: Some(self.user.id),
            user_name: self.user.name,
            label: session.label,
            remembered: session.remembered != 0,
            created_at: session.created_at,
            authenticated_at: session.authenticated_at,
            last_seen_at: session.last_seen_at.saturating_sub(ahead),
            expires_at,
            idle_expires_at: session.last_seen_at.saturating_add(self.limits.idle_ms).saturating_sub(ahead),
            ended_at,
            retry_after_ms: 0,
            permissions: self.user.permissions,
            state: self.state,
            row: SESSION_OK,
        }
    }

    fn answer(self, now: &Now) -> Result<SessionInfo> {
        let state = self.state;
        let info = self.info(now);
        if state == SESSION_OK { Ok(info) } else { Err(Error::with_info(state, info)) }
    }
}

impl Store {
    /// Counts as activity.
    pub fn verify(&self, token: &str) -> Result<SessionInfo> {
        let token = Parts::parse(token).ok_or_else(|| Error::bare(SESSION_UNKNOWN))?;
        let stamp = self.storage.stamp();
        if let Some(info) = stamp.and_then(|stamp| self.yes_again(stamp, &token)) {
            return Ok(info);
        }
        let (mut found, now, anchor) = self.look(stamp, &token)?;
        if found.state == SESSION_OK {
            self.saw(&mut found, &now);
            return Ok(self.learn(stamp, anchor, found, &now));
        } else if found.session.ended_at == 0 && matches!(found.state, SESSION_CLOCK | SESSION_EXPIRED | SESSION_IDLE) {
            self.note_end(&found);
        }
        found.answer(&now)
    }

    /// Does not count as activity and writes nothing.
    pub fn peek(&self, token: &str) -> Result<SessionInfo> {
        let token = Parts::parse(token).ok_or_else(|| Error::bare(SESSION_UNKNOWN))?;
        let (found, now) = self.read(|view, now| Ok((self.find(view, now, &token)?, *now)))?;
        found.answer(&now)
    }

    /// Where policy and anchor are known since this stamp, only the session and its user are looked at.
    fn look(&self, stamp: Option<Stamp>, token: &Parts) -> Result<(Found, Now, Anchor)> {
        if let Some((policy, anchor)) = stamp.and_then(|stamp| self.remembered.settings(stamp)) {
            let now = anchor.now(self.clock.read());
            let (session, user) =
                self.storage.session_and_user(token.session())?.ok_or_else(|| Error::bare(SESSION_UNKNOWN))?;
            self.check_secret(token, &session)?;
            return Ok((self.judge_with(session, user?, &policy, &now), now, anchor));
        }
        self.read_at(|view, now, anchor| {
            let found = self.find(view, now, token)?;
            if let Some(stamp) = stamp {
                self.remembered.learn_settings(stamp, view.policy()?.policy, anchor);
            }
            Ok((found, *now, anchor))
        })
    }

    fn check_secret(&self, token: &Parts, session: &SessionRow) -> Result<()> {
        let right = mac::equal(&token.hash(&self.keys.token), &session.token_hash);
        if right { Ok(()) } else { Err(Error::bare(SESSION_UNKNOWN)) }
    }

    fn yes_again(&self, stamp: Stamp, token: &Parts) -> Option<SessionInfo> {
        self.remembered.yes(stamp, token.session(), || token.hash(&self.keys.token), || self.clock.read())
    }

    /// `stamp`: from before the rows were read.
    fn learn(&self, stamp: Option<Stamp>, anchor: Anchor, found: Found, now: &Now) -> SessionInfo {
        let (session, seen, limits) = (found.session.id, found.session.last_seen_at, found.limits);
        let course = Course { last_seen_at: found.stored_seen_at, ..course(&found.session) };
        let token_hash = found.session.token_hash;
        let info = found.info(now);
        let rests_on = |stamp| Box::new(Yes { stamp, anchor, token_hash, course, limits, info: info.clone() });
        self.remembered.saw(session, seen, stamp.map(rests_on));
        info
    }

    /// In this order: no such id or wrong secret, bad row, first recorded end, clock, absolute limit, idle limit.
    pub(super) fn find(&self, view: &dyn View, now: &Now, token: &Parts) -> Result<Found> {
        let session = view.session(token.session())?.ok_or_else(|| Error::bare(SESSION_UNKNOWN))?;
        self.check_secret(token, &session)?;
        self.judge(view, now, session)
    }

    pub(super) fn judge(&self, view: &dyn View, now: &Now, session: SessionRow) -> Result<Found> {
        let gone = || Error::new(SESSION_TAMPERED, "the session's user is gone");
        let user = view.user(session.user)?.ok_or_else(gone)?;
        Ok(self.judge_with(session, user, &view.policy()?.policy, now))
    }

    fn judge_with(&self, mut session: SessionRow, user: UserRow, policy: &Policy, now: &Now) -> Found {
        let limits = Limits { absolute_ms: session.absolute_ms, idle_ms: session.idle_ms }
            .and(Limits::of(policy, session.remembered != 0));
        let stored_seen_at = session.last_seen_at;
        if session.ended_at == 0 {
            session.last_seen_at = session.last_seen_at.max(self.remembered.seen(session.id));
        }
        let state = if session.ended_at != 0 {
            // Never yes, whatever it says.
            i32::try_from(session.ended_as).ok().filter(|state| *state != SESSION_OK).unwrap_or(SESSION_REVOKED)
        } else if user.state != ACTIVE || session.epoch != user.epoch {
            SESSION_REVOKED
        } else if let Some(end) = self.over.get(session.id) {
            end
        } else {
            course(&session).end(limits, now).map_or(SESSION_OK, status_of)
        };
        Found { session, stored_seen_at, user, limits, state }
    }

    /// Counts activity: for this handle at once, on disk now and then. Never waits, never changes the answer.
    fn saw(&self, found: &mut Found, now: &Now) {
        let session = &mut found.session;
        let seen = course(session).seen(now);
        let stored = Course { last_seen_at: found.stored_seen_at, ..course(session) };
        session.last_seen_at = seen;
        if stored.touch_due(found.limits, now) {
            self.touch(session.id, seen);
        }
    }

    fn touch(&self, session: Uuid, seen: i64) {
        let _lost_without_regret = self.write(Effort::Passing, |change, _| {
            match change.session(session)? {
                // Never revives: an ended row is left alone.
                Some(mut row) if row.ended_at == 0 && row.last_seen_at < seen => {
                    row.last_seen_at = seen;
                    change.put_session(&row)
                }
                _ => Ok(()),
            }
        });
    }

    /// Records an end that time brought, so that no later clock brings the session back.
    fn note_end(&self, found: &Found) {
        let id = found.session.id;
        self.over.put(id, found.state);
        self.remembered.forget(id);
        let noted = self.write(Effort::Noted, |change, now| {
            let Some(mut row) = change.session(id)?.filter(|row| row.ended_at == 0) else { return Ok(()) };
            row.ended_at = found.ended_at(now).max(1);
            row.ended_as = found.state.into();
            change.put_session(&row)?;
            change.record(NewEvent {
                kind: audit::kind::of_end(found.state),
                at: now.steady,
                user: Some(row.user),
                session: Some(id),
                ..NewEvent::default()
            })
        });
        if noted.is_ok() {
            self.over.forget(id);
        }
    }
}
