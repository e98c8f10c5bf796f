//! The policy items of a store.

use super::{Store, audit};
use crate::policy::items::{self, Item};
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
        self.set_items(actor, &[(item_of(item)?, value)])
    }

    /// The time-outs and the stop of the throttle together: SESSION_PRESET_* of the header.
    pub fn policy_preset(&self, actor: Option<&str>, preset: u32) -> Result<()> {
        let unknown = || Error::new(SESSION_BAD_ARGUMENT, format!("there is no preset {preset}"));
        self.set_items(actor, items::preset(preset).ok_or_else(unknown)?)
    }

    fn set_items(&self, actor: Option<&str>, values: &[(Item, i64)]) -> Result<()> {
        let (mut policy, _) = self.read(|view, now| Ok((view.policy()?.policy, self.actor(view, now, actor)?)))?;
        let mut changes = false;
        for (item, value) in values {
            changes |= policy.get(*item) != *value;
            if !policy.set(*item, *value) {
                let outside = format!("{value} is outside the range of policy item {item:?}");
                return Err(Error::new(SESSION_BAD_ARGUMENT, outside));
            }
        }
        if !changes {
            return Ok(());
        }
        self.administer(actor, |change, now, actor| {
            let mut row = change.policy()?;
            let mut policy = row.policy.clone();
            for (item, value) in values {
                let old = policy.get(*item);
                let within = policy.set(*item, *value);
                debug_assert!(within);
                if old != *value {
                    let detail = format!("{}: {old} -> {value}", *item as u32);
                    let kind = audit::kind::POLICY_CHANGED;
                    change.record(NewEvent { kind, at: now.steady, actor, detail: &detail, ..NewEvent::default() })?;
                }
            }
            row.replace(policy);
            change.set_policy(&row)
        })
    }
}
