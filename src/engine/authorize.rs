//! A second person says yes.

use super::authenticate::Purpose;
use super::hashing::Password;
use super::{Store, audit, names};
use crate::model::User;
use crate::status::*;
use crate::store::records::NewEvent;
use crate::{Error, Result};

const PURPOSE_BYTES: usize = 200;

impl Store {
    /// Checks and records; opens no session, and nothing about the requester's session or a last login changes.
    pub fn authorize(&self, requester: Option<&str>, name: &str, password: &[u8], purpose: &str) -> Result<User> {
        if purpose.is_empty() || !names::plain_text(purpose, PURPOSE_BYTES) {
            return Err(Error::new(SESSION_BAD_ARGUMENT, "a purpose of 1 to 200 bytes without control characters"));
        }
        let password = Password::new(password)?;
        let detail = format!("authorize: {purpose}");
        // A dead requester costs nobody an attempt. What counts is asked again inside the transaction.
        let asked_in = self.read(|view, now| self.actor_session(view, now, requester))?;
        let requester_ids = asked_in.map(|found| (found.user.id, found.session.id));
        let asked = Purpose { detail: &detail, requester: requester_ids };
        self.authenticate(name, &password, asked, &mut |_, _| Ok(()), &mut |change, now, proven| {
            let approver = &proven.user;
            if let Err(refusal) = proven.may_act() {
                return Ok(Err(refusal));
            }
            let requester = match self.actor_session(change, now, requester) {
                Err(error) if error.status() == SESSION_NOT_ALLOWED => return Ok(Err(error)),
                requester => requester?,
            };
            if requester.as_ref().is_some_and(|found| found.user.id == approver.id) {
                return Ok(Err(Error::new(SESSION_NOT_ALLOWED, "nobody says yes to their own request")));
            }
            change.record(NewEvent {
                kind: audit::kind::AUTHORIZED,
                at: now.steady,
                actor: Some(approver.id),
                user: requester.as_ref().map(|found| found.user.id),
                session: requester.as_ref().map(|found| found.session.id),
                detail: purpose,
            })?;
            self.shown(change, now, approver.clone()).map(Ok)
        })
    }
}
