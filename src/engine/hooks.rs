//! For this project's own benches (feature `test-hooks`, debug builds only): as many accounts and sessions as are wanted, without
//! as many password hashes.

use super::hashing::{self, Password, Permit};
use super::users::insert_user;
use super::{Store, existing, names};
use crate::Result;
use crate::model::{LoginOptions, Token};
use crate::policy::expiry::Limits;
use crate::status::SESSION_LOGGED_OUT;
use crate::store::Effort;
use crate::store::records::SessionRow;
use std::ops::Range;
use uuid::Uuid;

/// Rows in one transaction.
const STEP: u32 = 10_000;

impl Store {
    /// "user 0", "user 1", ... with one password, and sessions spread among them: live ones, and ended ones in between.
    pub fn fill(&self, password: &[u8], users: u32, live: u32, ended: u32) -> Result<Vec<Token>> {
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
        let sessions = live + ended;
        // How many of the first ones live.
        let living = |first: u32| u64::from(first) * u64::from(live) / u64::from(sessions);
        for step in steps(sessions) {
            tokens.extend(self.write(Effort::Promised, |change, now| {
                let numbers = step.clone();
                let mut open = |number: u32| {
                    // A prime: who log in one after another are no neighbours in an index.
                    let user = existing(change, ids[number as usize * 7919 % ids.len()])?;
                    let login = self.open_session(change, now, user, &LoginOptions::default(), Limits::of(&policy, false))?;
                    let lives = living(number) < living(number + 1);
                    if !lives {
                        let session = change.session(login.info.session_id.expect("its id"))?.expect("just written");
                        let ended_as = SESSION_LOGGED_OUT.into();
                        change.put_session(&SessionRow { ended_at: now.steady, ended_as, ..session })?;
                    }
                    Ok(lives.then_some(login.token))
                };
                numbers.filter_map(|number| open(number).transpose()).collect::<Result<Vec<_>>>()
            })?);
        }
        Ok(tokens)
    }
}

fn steps(count: u32) -> impl Iterator<Item = Range<u32>> {
    (0..count.div_ceil(STEP)).map(move |step| step * STEP..count.min((step + 1) * STEP))
}
