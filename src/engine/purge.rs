//! Removes what policy no longer keeps, in steps that let others in between.

use super::{Store, audit};
use crate::Result;
use crate::policy::items::{DAY, Item};
use crate::store::records::NewEvent;
use crate::store::{Change, Effort};

const STEP: usize = 500;

impl Store {
    pub fn purge(&self) -> Result<u64> {
        let (ended_before, events_before, tried_before) = self.read(|view, now| {
            let policy = view.policy()?.policy;
            let keep_events = policy.get(Item::AuditKeepMs);
            let events_before = if keep_events == 0 { i64::MIN } else { now.steady.saturating_sub(keep_events) };
            Ok((now.steady.saturating_sub(policy.get(Item::EndedKeepMs)), events_before, now.steady.saturating_sub(DAY)))
        })?;
        let removed = self.in_steps(&mut |change| change.purge_sessions(ended_before, STEP))?
            + self.in_steps(&mut |change| change.purge_attempts(tried_before, STEP))?
            + self.in_steps(&mut |change| change.purge_events(events_before, STEP))?;
        if removed > 0 {
            self.write(Effort::Promised, |change, now| {
                let detail = removed.to_string();
                change.record(NewEvent { kind: audit::kind::PURGED, at: now.steady, detail: &detail, ..NewEvent::default() })
            })?;
        }
        Ok(removed)
    }

    fn in_steps(&self, step: &mut dyn FnMut(&mut dyn Change) -> Result<usize>) -> Result<u64> {
        let mut removed = 0;
        loop {
            let now_removed = self.write(Effort::Promised, |change, _| step(change))?;
            removed += now_removed as u64;
            if now_removed < STEP {
                return Ok(removed);
            }
        }
    }
}
