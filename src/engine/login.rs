//! Name and password in, a session and its token out.

use super::authenticate::Purpose;
use super::hashing::Password;
use super::verify::Found;
use super::{Store, audit, names, new_id};
use crate::crypto::token::Parts;
use crate::model::{Login, LoginOptions, Token};
use crate::policy::expiry::Limits;
use crate::policy::time::Now;
use crate::status::*;
use crate::store::Change;
use crate::store::records::*;
use crate::{Error, Result};

const LABEL_BYTES: usize = 63;

impl Store {
    pub fn login(&self, name: &str, password: &[u8], options: &LoginOptions) -> Result<Login> {
        if !names::plain_text(&options.label, LABEL_BYTES) {
            return Err(Error::new(SESSION_BAD_ARGUMENT, "a label of at most 63 bytes without control characters"));
        }
        let password = Password::new(password)?;
        self.authenticate(name, &password, Purpose::of("login"), &mut |_, _| Ok(()), &mut |change, now, proven| {
            if let Err(refusal) = proven.may_act() {
                return Ok(Err(refusal));
            }
            let anchor = change.meta()?.anchor.believing(now);
            change.set_anchor(anchor);
            let now = anchor.now(now.reading);
            let limits = Limits::of(&proven.policy, options.remembered);
            self.open_session(change, &now, proven.user.clone(), options, limits).map(Ok)
        })
    }

    pub(super) fn open_session(
        &self,
        change: &mut dyn Change,
        now: &Now,
        mut user: UserRow,
        options: &LoginOptions,
        limits: Limits,
    ) -> Result<Login> {
        let token = Parts::new(new_id(now)?)?;
        let session = SessionRow {
            id: token.session(),
            user: user.id,
            token_hash: token.hash(&self.keys.token),
            epoch: user.epoch,
            remembered: options.remembered.into(),
            created_at: now.steady,
            authenticated_at: now.steady,
            last_seen_at: now.steady,
            set_back: now.set_back,
            absolute_ms: limits.absolute_ms,
            idle_ms: limits.idle_ms,
            ended_at: 0,
            ended_as: SESSION_OK.into(),
            label: options.label.clone(),
            ext: Vec::new(),
        };
        change.put_session(&session)?;
        user.last_login_at = now.steady;
        change.put_user(&user)?;
        change.record(NewEvent {
            kind: audit::kind::LOGIN,
            at: now.steady,
            actor: Some(user.id),
            user: Some(user.id),
            session: Some(session.id),
            detail: "",
        })?;
        let found = Found { stored_seen_at: session.last_seen_at, session, user, limits, state: SESSION_OK };
        Ok(Login { token: Token(token.text()), info: found.info(now) })
    }
}
