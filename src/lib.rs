//! desksession: logins and sessions for desktop apps.
//!
//! The map. A request travels down once and back: `abi` -> `engine` -> (`policy`, `crypto`, `store`, `platform`).
//!
//! - [`status`] every answer and fault; [`Error`] carries one; [`model`] what goes in and comes out.
//! - `abi` the exported C functions and nothing else, one file per page of the header. Raw pointers in `abi/args.rs` only.
//! - `engine` the use cases, one file each: [`Store`] and its methods. The only layer that combines.
//! - [`policy`] pure decisions over (row, now): expiry, throttle, trusted time, password rules, names. No I/O, no clock, no SQL.
//! - `crypto` the password hash, tokens, row MACs, key derivation. No SQL, no policy.
//! - `store` the storage trait in domain words, and SQLite behind it: rows and their MACs, the lock file, opening and creating.
//! - [`platform`] what differs by operating system: clock, places, access rights, byte-range locks, fork.
//!
//! Rules: only status 0 is yes; outputs are cleared first; one transaction per use case; time enters as a value;
//! secrets have no `Debug` and wipe themselves; every `unsafe` block says why it holds. ARCHITECTURE.md has the rest.

#![deny(unsafe_op_in_unsafe_fn)]
#![warn(clippy::undocumented_unsafe_blocks)]

#[cfg(panic = "abort")]
compile_error!("desksession stops panics at its C boundary and must be built with panic = \"unwind\"");

#[cfg(all(feature = "test-hooks", not(debug_assertions)))]
compile_error!("the feature test-hooks is for this project's own tests and never for a release");

mod abi;
mod crypto;
mod engine;
mod error;
pub mod model;
pub mod platform;
pub mod policy;
pub mod status;
mod store;

pub use engine::Store;
pub use error::{Error, Result};
