//! Versions, names of numbers, the last error.

use super::args::{self, OutText};
use super::constants::SESSION_ABI_VERSION;
use super::{constant_table, guard};
use crate::error::Error;
use crate::status;
use crate::status::SESSION_BAD_ARGUMENT;
use std::os::raw::c_char;

/// The ABI version of the loaded library. A program built for another one must not go on.
///
/// @return SESSION_ABI_VERSION. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_abi_version() -> u32 {
    SESSION_ABI_VERSION
}

/// The version of the loaded library, for people.
///
/// @return a static text such as "0.1.0"; never free it. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The name of a status, "SESSION_EXPIRED".
///
/// @param status any number.
/// @return a static text, "SESSION_?" for an unknown number; never NULL, never free it. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_status_name(status: i32) -> *const c_char {
    status::c_strings(status).0.as_ptr().cast()
}

/// One English sentence for a log.
///
/// @param status any number.
/// @return a static text; never NULL, never free it. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_status_text(status: i32) -> *const c_char {
    status::c_strings(status).1.as_ptr().cast()
}

/// What exactly failed in this thread's last call, with the remedy where there is one. For logs: never branch on it. Holds
/// no secret. Empty after a call that succeeded; every call clears it but this one, session_status_* and the versions.
///
/// @param text receives the text, UTF-8, cut at a character to what fits.
/// @param cap  bytes of the buffer; SESSION_ERROR_SIZE holds every text.
/// @return SESSION_OK; SESSION_BUFFER_TOO_SMALL: it was cut; SESSION_BAD_ARGUMENT: NULL. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_last_error(text: *mut c_char, cap: usize) -> i32 {
    guard::keeping_last_error(|last| OutText::any(text, cap)?.set_cut(last))
}

/// The value of a constant of this header by its name, for languages that see no macros. Also "sizeof(session_info)" and so on.
///
/// @param name  such as "SESSION_TOKEN_SIZE".
/// @param value receives the value, 0 on failure.
/// @return SESSION_OK; SESSION_BAD_ARGUMENT: no such constant, or NULL; SESSION_FORKED; SESSION_INTERNAL. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_constant(name: *const c_char, value: *mut i64) -> i32 {
    let args = || {
        let name = args::name(name);
        let out = args::out_number(value)?;
        Ok((name?, out))
    };
    guard::free(args, |(name, out)| {
        out.set(constant_table::find(&name).ok_or_else(|| Error::new(SESSION_BAD_ARGUMENT, "no such constant"))?);
        Ok(())
    })
}
