//! A copy of the store, while it is in use.

use super::{Store, audit, names};
use crate::Result;
use crate::store::records::NewEvent;
use std::path::Path;

const DETAIL_BYTES: usize = 255;

impl Store {
    /// Accounts, policy and audit trail, no session and no key, into a folder that does not exist yet.
    pub fn backup(&self, actor: Option<&str>, new_folder: &Path) -> Result<()> {
        let new_folder = self.storage.check_copy(new_folder)?;
        // Recorded before: a copy that nobody knows of would be worse than an event without its copy.
        self.administer(actor, |change, now, actor| {
            let detail = &names::made_plain(&new_folder.to_string_lossy(), DETAIL_BYTES);
            change.record(NewEvent { kind: audit::kind::BACKED_UP, at: now.steady, actor, detail, ..NewEvent::default() })
        })?;
        self.storage.copy(&new_folder)
    }
}
