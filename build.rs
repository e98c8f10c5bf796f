//! Generates the C header into OUT_DIR (tests/header.rs compares it with include/desksession.h), compiles the one C file,
//! names the shared library for its loader, and tells Windows what it is.

use std::env;
use std::path::PathBuf;

/// In the order in which they appear in the header.
const PAGES: [&str; 7] = [
    "src/status.rs",
    "src/abi/constants.rs",
    "src/abi/types.rs",
    "src/abi/store.rs",
    "src/abi/users.rs",
    "src/abi/sessions.rs",
    "src/abi/about.rs",
];

fn main() {
    header();
    system_calls();
    link_arguments();
    version_resource();
}

fn header() {
    let mut builder = cbindgen::Builder::new()
        .with_config(cbindgen::Config::from_file("include/cbindgen.toml").expect("include/cbindgen.toml"));
    println!("cargo:rerun-if-changed=include/cbindgen.toml");
    for page in PAGES {
        println!("cargo:rerun-if-changed={page}");
        builder = builder.with_src(page);
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("OUT_DIR")).join("desksession.h");
    builder.generate().expect("the header").write_to_file(out);
}

fn system_calls() {
    println!("cargo:rerun-if-changed=src/platform/unix_calls.c");
    if env::var_os("CARGO_CFG_UNIX").is_some() {
        cc::Build::new().file("src/platform/unix_calls.c").warnings(true).compile("desksession_calls");
    }
}

fn link_arguments() {
    let argument = |text: &str| println!("cargo:rustc-cdylib-link-arg={text}");
    match env::var("CARGO_CFG_TARGET_OS").expect("target").as_str() {
        "linux" | "freebsd" => {
            // Unversioned: the library ships beside the program; session_abi_version() guards compatibility.
            argument("-Wl,-soname,libdesksession.so");
            // Rust's thread-local destructors do not survive dlclose.
            argument("-Wl,-z,nodelete");
        }
        "macos" => argument("-Wl,-install_name,@rpath/libdesksession.dylib"),
        _ => {}
    }
}

/// What Windows shows of the DLL. (This package's own test programs get it too: winresource knows no cdylib.)
fn version_resource() {
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return;
    }
    const VFT_DLL: u64 = 2;
    const ENGLISH: u16 = 0x0409;
    let about = |name: &str| env::var(format!("CARGO_PKG_{name}")).expect("set by Cargo");
    let description = about("DESCRIPTION");
    let made = winresource::WindowsResource::new()
        .set_language(ENGLISH)
        .set_version_info(winresource::VersionInfo::FILETYPE, VFT_DLL)
        .set("FileDescription", description.split(':').next().unwrap_or_default())
        .set("InternalName", "desksession")
        .set("OriginalFilename", "desksession.dll")
        .set("LegalCopyright", &format!("Copyright (c) The desksession authors. {}", about("LICENSE")))
        .compile();
    // Whoever has a C compiler for Windows has this too; a DLL that does not tell its version is not to be shipped.
    made.expect("the version resource: windres (of the GNU binutils for the target) or rc.exe (of the Windows SDK)");
}
