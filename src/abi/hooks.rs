//! For this project's own tests and benches (feature `test-hooks`, debug builds only): a panic behind the C boundary, a library
//! that writes extensions which the shipped one does not know, and stores of any size.

use super::types::session_store;
use super::{args, guard};
use crate::Error;
use crate::store::hooks::EXTENSION;
use std::io::Write;
use std::os::raw::c_char;

/// Rows of this table are written with an unknown extension from now on; NULL = of none.
#[unsafe(no_mangle)]
pub extern "C" fn session_test_ext(table: *const c_char, critical: u32) -> i32 {
    let args = || args::name_optional(table);
    guard::free(args, |table| {
        let tag: u16 = if critical == 0 { 0x0123 } else { 0x8123 };
        let value = b"from a newer minor version";
        let length = value.len() as u16;
        let ext = [&tag.to_be_bytes()[..], &length.to_be_bytes()[..], value].concat();
        *EXTENSION.lock() = table.map(|table| (table, ext));
        Ok(())
    })
}

/// Panics inside a call on a store.
#[unsafe(no_mangle)]
pub extern "C" fn session_test_panic(store: *mut session_store) -> i32 {
    guard::with(store, || Ok(()), |_, ()| panic!("session_test_panic"))
}

/// Makes users "user 0", ... with one password, and among them so many live sessions, whose tokens go to a file, line by line,
/// and so many that have ended.
#[unsafe(no_mangle)]
pub extern "C" fn session_test_fill(
    store: *mut session_store,
    password: *const c_char,
    password_len: usize,
    users: u32,
    live: u32,
    ended: u32,
    tokens: *const c_char,
) -> i32 {
    guard::with(
        store,
        || args::path(tokens),
        |store, path| {
            let made = store.fill(args::password(password, password_len)?, users, live, ended)?;
            let written = std::fs::File::create(&path).and_then(|file| {
                let mut file = std::io::BufWriter::new(file);
                made.iter().try_for_each(|token| writeln!(file, "{}", &**token))?;
                file.flush()
            });
            written.map_err(|error| Error::io("writing", &path, &error))
        },
    )
}
