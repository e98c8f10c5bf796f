//! The exported functions, one file per page of the header, and what stands between them and the engine.
//!
//! Each function is the same steps: read the inputs (they may lie inside an output: `session_next(store, NULL,
//! info.session_id, &info)`), clear the outputs, find the store, call the engine, write out; all of it under the guard. Only
//! passwords are read later, so that none is copied. No exported function calls another.

mod about;
mod args;
mod constant_table;
mod constants;
mod guard;
mod handles;
#[cfg(feature = "test-hooks")]
mod hooks;
mod sessions;
mod store;
mod types;
mod users;
