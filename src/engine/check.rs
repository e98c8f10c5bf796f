//! Looks at all there is and changes nothing.

use super::Store;
use crate::model::Fault;
use crate::status::{SESSION_BAD_ARGUMENT, SESSION_DONE};
use crate::{Error, Result};
use std::sync::Arc;

impl Store {
    /// Every fault there is; none: the store is whole.
    pub fn check(&self) -> Result<Arc<Vec<Fault>>> {
        let found = Arc::new(self.storage.check()?);
        *self.faults.lock() = Arc::clone(&found);
        Ok(found)
    }

    /// The fault after another of the last check, and its number, counted from 1.
    pub fn fault_next(&self, after: u64) -> Result<(u64, Fault)> {
        let faults = Arc::clone(&self.faults.lock());
        let at = usize::try_from(after).map_err(|_| Error::new(SESSION_BAD_ARGUMENT, "there is no such fault"))?;
        let fault = faults.get(at).ok_or_else(|| Error::bare(SESSION_DONE))?;
        Ok((after + 1, fault.clone()))
    }
}
