//! Removes what policy no longer keeps, in steps that let others in between.

use super::{Store, audit};
use crate::Result;
use crate::policy::items::{DAY, Item};
use crate::store::records::NewEvent;
use crate::store::{Change, Effort, Step};

/// Rows looked at in one transaction.
const STEP: usize = 500;

impl Store {
    pub fn purge(&self) -> Result<u64> {
        let (ended_before, events_before, tried_before) = self.read(|view, now| {
            let policy = view.policy()?.policy;
            let keep_events = policy.get(Item::AuditKeepMs);
            let events_before = if keep_events == 0 { i64::MIN } else { now.steady.saturating_sub(keep_events) };
            Ok((now.steady.saturating_sub(policy.get(Item::EndedKeepMs)), events_before, now.steady.saturating_sub(DAY)))
        })?;
        let removed = self.in_steps(|change, after| change.purge_sessions(ended_before, after, STEP))?
            + self.in_steps(|change, after| change.purge_attempts(tried_before, after, STEP))?
            + self.in_steps(|change, _| change.purge_events(events_before, STEP))?;
        if removed > 0 {
            // Brings the steps to disk as well.
            self.write(Effort::Promised, |change, now| {
                let detail = removed.to_string();
                change.record(NewEvent { kind: audit::kind::PURGED, at: now.steady, detail: &detail, ..NewEvent::default() })
            })?;
        }
        Ok(removed)
    }

    fn in_steps(&self, mut step: impl FnMut(&mut dyn Change, Option<&[u8]>) -> Result<Step>) -> Result<u64> {
        let (mut removed, mut after) = (0, None);
        loop {
            self.storage.give_way()?;
            let done = self.write(Effort::Stepwise, |change, _| step(change, after.as_deref()))?;
            removed += done.removed as u64;
            after = done.next;
            if after.is_none() {
                return Ok(removed);
            }
        }
    }
}
