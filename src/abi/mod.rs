//! The exported functions, one file per page of the header, and what stands between them and the engine.
//!
//! Each function is the same four steps: guard, clear and check the outputs, parse the arguments, call the engine and write
//! out. No exported function calls another.

mod about;
pub(crate) mod args;
mod constant_table;
mod constants;
pub(crate) mod guard;
mod handles;
mod sessions;
mod store;
pub(crate) mod types;
mod users;
