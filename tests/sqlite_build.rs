//! The SQLite inside is the one that .cargo/config.toml asks for.

use std::ffi::CString;

fn built_with(option: &str) -> bool {
    let option = CString::new(option).unwrap();
    // SAFETY: a NUL-terminated name; the call reads a table of constants.
    unsafe { rusqlite::ffi::sqlite3_compileoption_used(option.as_ptr()) != 0 }
}

#[test]
fn what_is_not_used_is_left_out() {
    for option in [
        "ENABLE_FTS3",
        "ENABLE_FTS5",
        "ENABLE_RTREE",
        "ENABLE_DBSTAT_VTAB",
        "ENABLE_LOAD_EXTENSION",
        "USE_URI",
        "ENABLE_API_ARMOR",
    ] {
        assert!(!built_with(option), "{option}");
    }
    for option in ["OMIT_LOAD_EXTENSION", "DQS=0", "THREADSAFE=1", "DEFAULT_MEMSTATUS=0"] {
        assert!(built_with(option), "{option}");
    }
    assert!(rusqlite::version_number() >= 3_051_003, "the WAL-reset race");
}
