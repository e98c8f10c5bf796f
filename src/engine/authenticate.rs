//! The one path that takes a password of an account, whatever for: turn, permit, reservation, hash, outcome.
//!
//! The attempt is paid for on disk before the hash, so neither parallel callers nor a kill gain a free guess; a right
//! password gets its payment back in the transaction that acts on it.

use super::hashing::{self, Password, Permit};
use super::{Store, audit, names};
use crate::crypto::kdf::Stored;
use crate::crypto::mac::Field;
use crate::model::SessionInfo;
use crate::policy::items::Policy;
use crate::policy::throttle::{Attempts, Decision};
use crate::policy::time::Now;
use crate::status::*;
use crate::store::records::*;
use crate::store::{Change, Effort};
use crate::{Error, Result};
use std::time::Instant;
use uuid::Uuid;

/// Who is meant, whether or not there is such a user.
pub struct Account {
    canonical: Option<String>,
    /// 16 bits of a keyed hash: the turn, and the throttle row of a name that no user has.
    place: u16,
}

/// What a password is asked for, as the audit trail shows it.
#[derive(Clone, Copy, Default)]
pub struct Purpose<'a> {
    pub detail: &'a str,
    /// Who asks for somebody else's password, and in which session.
    pub requester: Option<(Uuid, Uuid)>,
}

impl<'a> Purpose<'a> {
    pub fn of(detail: &'a str) -> Purpose<'a> {
        Purpose { detail, requester: None }
    }

    fn event(&self, kind: u32, now: &Now, user: Option<Uuid>) -> NewEvent<'a> {
        let (actor, session) = self.requester.unzip();
        NewEvent { kind, at: now.steady, actor, user, session, detail: self.detail }
    }
}

/// A right password, and what acting on it needs.
pub struct Proven {
    pub user: UserRow,
    pub credential: CredentialRow,
    pub policy: Policy,
}

impl Proven {
    /// Only now is it told: the password was right.
    pub fn may_act(&self) -> Result<()> {
        match (self.user.state, self.user.must_change) {
            (ACTIVE, 0) => Ok(()),
            (ACTIVE, _) => Err(Error::bare(SESSION_MUST_CHANGE)),
            _ => Err(Error::bare(SESSION_USER_DISABLED)),
        }
    }
}

/// What happens in the transaction that follows the right password.
type Act<'a, T> = dyn FnMut(&mut dyn Change, &Now, &Proven) -> Result<Result<T>> + 'a;

/// An attempt that was paid for.
struct Reserved {
    user: Option<UserRow>,
    credential: Option<CredentialRow>,
    stored: Stored,
    policy: Policy,
}

enum Reservation {
    Paid(Box<Reserved>),
    /// Milliseconds, or -1.
    Wait(i64),
}

impl Store {
    fn account(&self, name: &str) -> Account {
        let canonical = names::canonical(name);
        let key = canonical.as_deref().unwrap_or(name);
        let hash = self.keys.account.tag([Field::Int(canonical.is_some().into()), Field::Text(key)]);
        Account { canonical, place: u16::from_be_bytes([hash[0], hash[1]]) }
    }

    /// After the right password runs `prepare` (hashes belong there, no lock is held) and then `act` in one transaction. What
    /// `act` answers inside is answered after the commit.
    pub(super) fn authenticate<T>(
        &self,
        name: &str,
        password: &Password,
        purpose: Purpose<'_>,
        prepare: &mut dyn FnMut(&Permit, &Policy) -> Result<()>,
        act: &mut Act<'_, T>,
    ) -> Result<T> {
        let account = self.account(name);
        let mut begun = None;
        let mut outcome = None;
        self.storage.in_turn(account.place, &mut || {
            let permit = Permit::take()?;
            begun = Some(Instant::now());
            outcome = Some(self.attempt(&account, password, purpose, &mut |policy| prepare(&permit, policy), &permit, act));
            Ok(())
        })?;
        let outcome = outcome.ok_or_else(|| Error::bare(SESSION_INTERNAL))?;
        if let (Err(error), Some(begun)) = (&outcome, begun)
            && error.status() == SESSION_BAD_CREDENTIALS
        {
            std::thread::sleep(hashing::failure_floor().saturating_sub(begun.elapsed()));
        }
        outcome
    }

    fn attempt<T>(
        &self,
        account: &Account,
        password: &Password,
        purpose: Purpose<'_>,
        prepare: &mut dyn FnMut(&Policy) -> Result<()>,
        permit: &Permit,
        act: &mut Act<'_, T>,
    ) -> Result<T> {
        let reserved = match self.write(Effort::Reserved, |change, now| reserve(change, now, account, purpose))? {
            Reservation::Paid(reserved) => *reserved,
            Reservation::Wait(retry_after_ms) => {
                let info = SessionInfo { retry_after_ms, state: SESSION_THROTTLED, ..SessionInfo::default() };
                return Err(Error::with_info(SESSION_THROTTLED, info));
            }
        };
        let Reserved { user, credential, stored, policy } = reserved;
        let one_time = credential.as_ref().is_some_and(|credential| credential.expires_at != 0);
        let matches =
            if one_time { permit.matches(&stored, &password.as_code())? } else { permit.matches(&stored, password)? };
        if let (true, Some(user), Some(credential)) = (matches, user.as_ref(), credential) {
            let user_id = user.id;
            prepare(&policy)?;
            let upgraded = if one_time { None } else { upgrade(permit, password, &stored, &policy) };
            let acted = self.write(Effort::Promised, |change, now| {
                // Whatever changed while we hashed decides: the password may be another by now.
                let current = change.credential(user_id, PASSWORD)?;
                let user = change.user(user_id)?.filter(|user| user.canonical == account.canonical);
                let good = !credential.expired(now) && current.as_ref() == Some(&credential);
                let (Some(user), true) = (user, good) else {
                    change.record(purpose.event(audit::kind::LOGIN_FAILED, now, Some(user_id)))?;
                    return Ok(Err(Error::bare(SESSION_BAD_CREDENTIALS)));
                };
                let mut attempts = own_attempts(change, &user)?;
                attempts.attempts = Attempts::default();
                change.put_attempts(&attempts)?;
                let mut credential = credential.clone();
                if let Some(upgraded) = &upgraded {
                    credential.secret = upgraded.to_phc();
                    change.put_credential(&credential)?;
                }
                act(change, now, &Proven { user, credential, policy: policy.clone() })
            })?;
            return acted;
        }
        self.write(Effort::Reserved, |change, now| {
            change.record(purpose.event(audit::kind::LOGIN_FAILED, now, user.as_ref().map(|user| user.id)))
        })?;
        Err(Error::bare(SESSION_BAD_CREDENTIALS))
    }
}

/// A hash weaker than policy is made anew with the password at hand. A failure to do so does not fail the login.
fn upgrade(permit: &Permit, password: &Password, stored: &Stored, policy: &Policy) -> Option<Stored> {
    let cost = hashing::cost(policy);
    if stored.cost.below(cost) { permit.create(password, cost).ok() } else { None }
}

/// The throttle row that every user has; without it, guesses would not be counted.
fn own_attempts(change: &dyn Change, user: &UserRow) -> Result<AttemptsRow> {
    change
        .attempts(user.id.as_bytes())?
        .ok_or_else(|| Error::new(SESSION_TAMPERED, "a user's throttle row is gone; session_user_unthrottle writes it anew"))
}

fn reserve(change: &mut dyn Change, now: &Now, account: &Account, purpose: Purpose<'_>) -> Result<Reservation> {
    let policy = change.policy()?.policy;
    let user = match &account.canonical {
        Some(canonical) => change.user_named(canonical)?,
        None => None,
    };
    let mut row = match &user {
        Some(user) => own_attempts(change, user)?,
        None => {
            let account = account.place.to_be_bytes();
            let fresh = || AttemptsRow { account: account.to_vec(), attempts: Attempts::default(), ext: Vec::new() };
            change.attempts(&account)?.unwrap_or_else(fresh)
        }
    };
    match row.attempts.decide(user.is_none(), &policy, now) {
        Decision::Stopped => return Ok(Reservation::Wait(-1)),
        Decision::Wait(wait, moved) => {
            if let Some(moved) = moved {
                row.attempts = moved;
                change.put_attempts(&row)?;
            }
            return Ok(Reservation::Wait(wait));
        }
        Decision::Go(counted) => row.attempts = counted,
    }
    let credential = match &user {
        // A newer version asks this user for more than a password.
        Some(user) if user.kinds & !(1 << PASSWORD) != 0 => {
            return Err(Error::new(SESSION_NEWER, "the user has a kind of credential that this version does not know"));
        }
        Some(user) if user.kinds & (1 << PASSWORD) != 0 => {
            let gone = || Error::new(SESSION_TAMPERED, "a user's password row is gone");
            Some(change.credential(user.id, PASSWORD)?.ok_or_else(gone)?)
        }
        _ => None,
    };
    let stored = match &credential {
        Some(credential) => Stored::from_phc(&credential.secret)?,
        None => Stored::dummy(hashing::cost(&policy)),
    };
    change.put_attempts(&row)?;
    // A name that nobody has is not written down: it may be a password typed into the wrong field.
    change.record(purpose.event(audit::kind::LOGIN_ATTEMPT, now, user.as_ref().map(|user| user.id)))?;
    Ok(Reservation::Paid(Box::new(Reserved { user, credential, stored, policy })))
}
