//! The policy items of a store.

use super::{Store, audit};
use crate::policy::items::Item;
use crate::status::SESSION_BAD_ARGUMENT;
use crate::store::records::NewEvent;
use crate::{Error, Result};

fn item_of(number: u32) -> Result<Item> {
    Item::from_number(number).ok_or_else(|| Error::new(SESSION_BAD_ARGUMENT, format!("there is no policy item {number}")))
}

impl Store {
    pub fn policy_get(&self, item: u32) -> Result<i64> {
        let item = item_of(item)?;
        self.read(|view, _| Ok(view.policy()?.policy.get(item)))
    }

    /// Setting the value that an item has writes nothing.
    pub fn policy_set(&self, actor: Option<&str>, item: u32, value: i64) -> Result<()> {
        let item = item_of(item)?;
        let (mut policy, _) = self.read(|view, now| Ok((view.policy()?.policy, self.actor(view, now, actor)?)))?;
        let old = policy.get(item);
        if !policy.set(item, value) {
            return Err(Error::new(SESSION_BAD_ARGUMENT, format!("{value} is outside the range of policy item {item:?}")));
        }
        if old == value {
            return Ok(());
        }
        self.administer(actor, |change, now, actor| {
            let mut row = change.policy()?;
            let mut policy = row.policy.clone();
            let old = policy.get(item);
            let within = policy.set(item, value);
            debug_assert!(within);
            row.replace(policy);
            change.set_policy(&row)?;
            let detail = format!("{}: {old} -> {value}", item as u32);
            change.record(NewEvent {
                kind: audit::kind::POLICY_CHANGED,
                at: now.steady,
                actor,
                detail: &detail,
                ..NewEvent::default()
            })
        })
    }
}
