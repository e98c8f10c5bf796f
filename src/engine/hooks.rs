//! For this project's own benches (feature `test-hooks`, debug builds only): as many accounts and sessions as are wanted, without
//! as many password hashes.

use super::hashing::{self, Password, Permit};
use super::users::insert_user;
use super::{Store, existing, names};
use crate::Result;
use crate::model::{LoginOptions, Token};
use crate::policy::expiry::Limits;
use crate::store::Effort;
use std::ops::Range;
use uuid::Uuid;

/// Rows in one transaction.
const STEP: u32 = 10_000;

impl Store {
    /// "user 0", "user 1", ... with one password, and live sessions that go round among them.
    pub fn fill(&self, password: &[u8], users: u32, sessions: u32) -> Result<Vec<Token>> {
        let policy = self.read(|view, _| Ok(view.policy()?.policy))?;
        let stored = Permit::take()?.create(&Password::new(password)?, hashing::cost(&policy))?;
        let mut ids: Vec<Uuid> = Vec::new();
        for step in steps(users) {
            ids.extend(self.write(Effort::Promised, |change, now| {
                let numbers = step.clone();
                let insert = |number: u32| {
                    let name = format!("user {number}");
                    let canonical = names::canonical(&name).expect("a name");
                    insert_user(change, now, None, &name, &canonical, &stored)
                };
                numbers.map(insert).collect::<Result<Vec<_>>>()
            })?);
        }
        let mut tokens = Vec::new();
        for step in steps(sessions) {
            tokens.extend(self.write(Effort::Promised, |change, now| {
                let numbers = step.clone();
                let open = |number: u32| {
                    let user = existing(change, ids[number as usize % ids.len()])?;
                    let limits = Limits::of(&policy, false);
                    Ok(self.open_session(change, now, user, &LoginOptions::default(), limits)?.token)
                };
                numbers.map(open).collect::<Result<Vec<_>>>()
            })?);
        }
        Ok(tokens)
    }
}

fn steps(count: u32) -> impl Iterator<Item = Range<u32>> {
    (0..count.div_ceil(STEP)).map(move |step| step * STEP..count.min((step + 1) * STEP))
}
