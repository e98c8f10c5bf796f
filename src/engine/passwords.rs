//! Passwords: what a new one is worth, changing one, and a one-time code for who forgot it.

use super::authenticate::Purpose;
use super::hashing::{self, Password, Permit};
use super::sessions::{Ending, end_all};
use super::users::no_attempts;
use super::{Store, about, audit::kind, existing};
use crate::crypto::{code, token::Parts};
use crate::model::{Code, PasswordVerdict, time_text};
use crate::policy::expiry::CODE_MS;
use crate::policy::items::{Item, Policy};
use crate::policy::password::{self, Weakness};
use crate::status::*;
use crate::store::records::{ACTIVE, AttemptsRow, CredentialRow, PASSWORD, Row};
use crate::{Error, Result};
use std::cell::RefCell;
use uuid::Uuid;

impl Store {
    /// Why a new password would be refused, if it would.
    pub fn password_check(&self, name: Option<&str>, password: &[u8]) -> Result<PasswordVerdict> {
        let min = self.policy_get(Item::PasswordMin as u32)?;
        if password.len() > password::MAX_BYTES {
            return Ok(PasswordVerdict { reason: Weakness::Long, score: 0 });
        }
        let text =
            std::str::from_utf8(password).map_err(|_| Error::new(SESSION_BAD_ARGUMENT, "a password that is not UTF-8"))?;
        let (reason, score) = password::weigh(text, name, self.app_name.as_deref(), min);
        Ok(PasswordVerdict { reason, score })
    }

    /// With the old one; the user's other sessions end.
    pub fn password_change(&self, name: &str, old: &[u8], new: &[u8], keep_token: Option<&str>) -> Result<()> {
        self.password_check(Some(name), new)?.accepted()?;
        let (old, new) = (Password::new(old)?, Password::new(new)?);
        let not_kept = || Error::new(SESSION_BAD_ARGUMENT, "keep_token is not a live session of this user");
        let keep = keep_token.map(|token| Parts::parse(token).ok_or_else(not_kept)).transpose()?;
        let fresh = RefCell::new(String::new());
        let hash = &mut |permit: &Permit, policy: &Policy| {
            *fresh.borrow_mut() = permit.create(&new, hashing::cost(policy))?.to_phc();
            Ok(())
        };
        self.authenticate(name, &old, Purpose::of("password change"), hash, &mut |change, now, proven| {
            let user = &proven.user;
            if user.state != ACTIVE {
                return Ok(Err(Error::bare(SESSION_USER_DISABLED)));
            }
            if proven.credential.expires_at != 0 && old.as_code().is(&new.as_code()) {
                // Whoever handed the code out would know the password.
                return Ok(Err(Error::new(SESSION_PASSWORD_WEAK, "the one-time code cannot become the password")));
            }
            let mut kept = None;
            if let Some(token) = &keep {
                match self.find(change, now, token) {
                    Ok(found) if found.state == SESSION_OK && found.user.id == user.id => kept = Some(found.session.id),
                    Ok(_) => return Ok(Err(not_kept())),
                    Err(error) if error.status() == SESSION_UNKNOWN => return Ok(Err(not_kept())),
                    Err(error) => return Err(error),
                }
            }
            let mut credential = proven.credential.clone();
            credential.secret = fresh.borrow().clone();
            credential.changed_at = now.steady;
            credential.expires_at = 0;
            change.put_credential(&credential)?;
            let mut row = user.clone();
            row.must_change = 0;
            row.password_changed_at = now.steady;
            end_all(change, now, &mut row, kept, Ending::revoked(Some(user.id), "password changed"))?;
            change.put_user(&row)?;
            change.record(about(kind::PASSWORD_CHANGED, now, Some(user.id), user.id, ""))?;
            Ok(Ok(()))
        })
    }
    /// Puts a one-time code in the place of the password; all sessions end.
    pub fn password_reset(&self, actor: Option<&str>, id: Uuid) -> Result<Code> {
        let policy = self.read(|view, now| {
            self.actor(view, now, actor)?;
            // Saves the hash; what counts is asked again inside the transaction.
            existing(view, id)?;
            Ok(view.policy()?.policy)
        })?;
        let text = code::new()?;
        let password = Password::new(text.as_bytes())?.as_code();
        let secret = Permit::take()?.create(&password, hashing::cost(&policy))?.to_phc();
        let expires_at = self.administer(actor, |change, now, actor| {
            let mut user = existing(change, id)?;
            let expires_at = now.steady.saturating_add(CODE_MS);
            let ext = extensions_of(change.credential(id, PASSWORD))?;
            change.put_credential(&CredentialRow {
                user: id,
                kind: PASSWORD,
                secret: secret.clone(),
                changed_at: now.steady,
                expires_at,
                set_back: now.set_back,
                ext,
            })?;
            user.kinds |= 1 << PASSWORD;
            user.must_change = 1;
            end_all(change, now, &mut user, None, Ending::revoked(actor, "password reset"))?;
            change.put_user(&user)?;
            let ext = extensions_of(change.attempts(id.as_bytes()))?;
            change.put_attempts(&AttemptsRow { ext, ..no_attempts(id) })?;
            let until = format!("until {}", time_text(expires_at));
            change.record(about(kind::PASSWORD_RESET, now, actor, id, &until))?;
            Ok(expires_at)
        })?;
        Ok(Code { text, expires_at })
    }
}

/// What a newer version added to a row that is written anew; a row that is gone or not ours has nothing to keep.
fn extensions_of<R: Row>(row: Result<Option<R>>) -> Result<Vec<u8>> {
    match row {
        Ok(row) => Ok(row.map_or_else(Vec::new, |row| row.ext().to_vec())),
        Err(error) if error.status() == SESSION_TAMPERED => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
