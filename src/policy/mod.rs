//! Pure decisions over (row, now): no I/O, no clock, no SQL.

pub mod expiry;
pub mod file_names;
pub mod items;
pub mod names;
pub mod password;
pub mod throttle;
pub mod time;
