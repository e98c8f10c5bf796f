//! The audit trail, read line by line.

use super::Store;
use crate::model::Event;
use crate::status::{SESSION_BAD_ARGUMENT, SESSION_DONE, SESSION_OK};
use crate::{Error, Result};

/// SESSION_EVENT_* of the header (`abi/constant_table.rs` compares them).
pub mod kind {
    use crate::status::{SESSION_CLOCK, SESSION_EXPIRED};

    pub const STORE_CREATED: u32 = 1;
    pub const LOGIN_ATTEMPT: u32 = 2;
    pub const LOGIN: u32 = 3;
    pub const LOGIN_FAILED: u32 = 4;
    pub const LOGOUT: u32 = 5;
    pub const EXPIRED: u32 = 6;
    pub const IDLE: u32 = 7;
    pub const CLOCK: u32 = 8;
    pub const REVOKED: u32 = 9;
    pub const USER_CREATED: u32 = 10;
    pub const USER_RENAMED: u32 = 11;
    pub const USER_ENABLED: u32 = 12;
    pub const USER_DISABLED: u32 = 13;
    pub const USER_PERMITTED: u32 = 14;
    pub const USER_DELETED: u32 = 15;
    pub const USER_UNTHROTTLED: u32 = 16;
    pub const PASSWORD_CHANGED: u32 = 17;
    pub const POLICY_CHANGED: u32 = 18;
    pub const PURGED: u32 = 19;
    pub const ADOPTED: u32 = 20;
    pub const BACKED_UP: u32 = 21;
    pub const PASSWORD_RESET: u32 = 22;
    pub const AUTHORIZED: u32 = 23;

    /// Of an end that time brought.
    pub fn of_end(status: i32) -> u32 {
        match status {
            SESSION_EXPIRED => EXPIRED,
            SESSION_CLOCK => CLOCK,
            _ => IDLE,
        }
    }
}

impl Store {
    /// The event after another; 0 = the first. `Event::row` tells whether it can be believed.
    pub fn event_next(&self, after: i64) -> Result<Event> {
        if after < 0 {
            return Err(Error::new(SESSION_BAD_ARGUMENT, "a negative event id"));
        }
        let row = self.read(|view, _| view.event_after(after))?.ok_or_else(|| Error::bare(SESSION_DONE))?;
        if row.state != SESSION_OK {
            return Ok(Event { id: row.id, row: row.state, ..Event::default() });
        }
        Ok(Event {
            id: row.id,
            kind: u32::try_from(row.kind).unwrap_or(u32::MAX),
            at: row.at,
            actor_id: row.actor,
            user_id: row.user,
            session_id: row.session,
            detail: row.detail,
            os_account: row.account,
            row: SESSION_OK,
        })
    }
}
