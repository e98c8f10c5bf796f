//! Passwords: what a new one is worth, and changing one.

use super::hashing::{self, Password, Permit};
use super::sessions::{Ending, end_all};
use super::{Store, about, audit::kind};
use crate::crypto::token::Parts;
use crate::model::PasswordVerdict;
use crate::policy::items::{Item, Policy};
use crate::policy::password::{self, Weakness};
use crate::status::*;
use crate::store::records::ACTIVE;
use crate::{Error, Result};
use std::cell::RefCell;

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
        self.authenticate(name, &old, "password change", hash, &mut |change, now, proven| {
            let user = &proven.user;
            if user.state != ACTIVE {
                return Ok(Err(Error::bare(SESSION_USER_DISABLED)));
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
}
