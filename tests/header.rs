//! The committed header is the generated one, its numbers are pinned, and its constants are those of the library.
//! `BLESS=1 cargo test --test header` rewrites it.

use desksession::status;
use std::collections::BTreeMap;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include/desksession.h");
const GENERATED: &str = concat!(env!("OUT_DIR"), "/desksession.h");

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every `#define NAME number`.
fn constants(header: &str) -> BTreeMap<String, i64> {
    header
        .lines()
        .filter_map(|line| line.strip_prefix("#define SESSION_")?.split_once(' '))
        .filter_map(|(name, value)| Some((format!("SESSION_{name}"), value.parse().ok()?)))
        .collect()
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let generated = read(GENERATED);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(COMMITTED, &generated).unwrap();
    }
    assert!(generated == read(COMMITTED), "include/desksession.h is not what build.rs generates: run make header");
}

#[test]
fn statuses_are_pinned() {
    // Append-only. A number that changes here breaks programs that are installed.
    const PINNED: &str = "SESSION_OK 0 SESSION_BAD_CREDENTIALS 1 SESSION_THROTTLED 2 SESSION_UNKNOWN 3 SESSION_EXPIRED 4 \
        SESSION_IDLE 5 SESSION_LOGGED_OUT 6 SESSION_REVOKED 7 SESSION_CLOCK 8 SESSION_REUSED 9 SESSION_LOCKED 10 \
        SESSION_USER_DISABLED 11 SESSION_MUST_CHANGE 12 SESSION_SECOND_FACTOR 13 SESSION_TOO_MANY 14 SESSION_NOT_FRESH 15 \
        SESSION_USER_EXISTS 20 SESSION_USER_UNKNOWN 21 SESSION_NAME_REFUSED 22 SESSION_PASSWORD_WEAK 23 SESSION_NOT_ALLOWED 24 \
        SESSION_DONE 30 SESSION_BAD_ARGUMENT 100 SESSION_BAD_HANDLE 101 SESSION_BUFFER_TOO_SMALL 102 SESSION_BUSY 103 \
        SESSION_LIMIT 104 SESSION_IO 105 SESSION_DISK_FULL 106 SESSION_READ_ONLY 107 SESSION_CORRUPT 108 SESSION_TAMPERED 109 \
        SESSION_NOT_A_STORE 110 SESSION_FOREIGN 111 SESSION_NEWER 112 SESSION_NO_KEY 113 SESSION_KEY_MISMATCH 114 \
        SESSION_MISSING 115 SESSION_PERMISSION 116 SESSION_STORE_REPLACED 117 SESSION_NO_MEMORY 118 SESSION_FORKED 119 \
        SESSION_UNSUPPORTED 120 SESSION_INTERNAL 199";
    let words: Vec<&str> = PINNED.split_whitespace().collect();
    let header = constants(&read(COMMITTED));
    for pair in words.chunks(2) {
        let number: i32 = pair[1].parse().unwrap();
        assert_eq!(header.get(pair[0]), Some(&i64::from(number)));
        assert_eq!(status::name(number), pair[0]);
        assert!(!status::text(number).is_empty());
    }
    for unknown in [-1, 16, 98, 121, 200, i32::MAX, i32::MIN] {
        assert_eq!(status::name(unknown), "SESSION_?");
    }
}

#[test]
fn sizes_are_pinned() {
    let header = constants(&read(COMMITTED));
    for (name, value) in [
        ("TOKEN", 72),
        ("ID", 40),
        ("NAME", 256),
        ("LABEL", 64),
        ("CODE", 64),
        ("DETAIL", 256),
        ("ACCOUNT", 64),
        ("TABLE", 16),
        ("ERROR", 512),
    ] {
        assert_eq!(header[&format!("SESSION_{name}_SIZE")], value);
    }
    assert_eq!(header["SESSION_ABI_VERSION"], 1);
}

#[test]
fn every_function_documents_what_it_returns_and_since_when() {
    let header = read(COMMITTED);
    let mut documented = 0;
    for block in header.split("\n\n") {
        let code: String = block.lines().filter(|line| !line.starts_with("//")).collect();
        if code.contains("session_") && code.ends_with(");") {
            assert!(block.contains("// @return") && block.contains("Since ABI 1."), "{block}");
            documented += 1;
        }
    }
    assert!(documented >= 30, "{documented}");
}

#[test]
fn versions_agree() {
    let version = env!("CARGO_PKG_VERSION");
    let python = read(concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/python/pyproject.toml"));
    assert!(python.contains(&format!("version = \"{version}\"")), "bindings/python/pyproject.toml");
    let changes = read(concat!(env!("CARGO_MANIFEST_DIR"), "/CHANGELOG.md"));
    assert!(changes.contains(version), "CHANGELOG.md");
}
