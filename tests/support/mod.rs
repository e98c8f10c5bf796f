//! What the black-box tests share: the freshly built library, C programs compiled against it, and a home of their own.
#![cfg(unix)]
#![allow(dead_code)] // each test file uses a part of it

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A program that hangs is killed by SIGALRM after so many seconds, children of a parallel test run included.
const TIME_LIMIT: u32 = 540;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c");
const INCLUDE: &str = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/include");

pub const C: &[&str] = &["-std=c11", "-D_GNU_SOURCE", "-pthread"];
const STRICT: &[&str] = &["-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// The library that `cargo test` has just built: it lies beside this test, the one a folder higher may be stale.
pub fn library() -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    let name = format!("{}desksession{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let library = test.with_file_name(name);
    assert!(library.exists(), "{} is missing", library.display());
    library
}

pub fn header() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/desksession.h")).expect("the header")
}

/// The function names that the header declares.
pub fn functions() -> Vec<String> {
    let header = header();
    let code = header.lines().map(str::trim_start).filter(|line| !line.starts_with(['/', '*', '#']));
    let mut names: Vec<String> = code
        .filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("session_"))
        .map(str::to_owned)
        .collect();
    names.sort();
    assert!(names.len() >= 30, "the header was not understood: {names:?}");
    names
}

/// Says that a test was left out, past the test runner's capture; on a build machine that is a failure.
pub fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "must not be skipped on CI: {why}");
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Whether a tool is missing; if so the caller returns, and the test says so.
pub fn missing(tools: &[&str]) -> bool {
    let absent = tools.iter().find(|tool| Command::new(tool).arg("--version").output().is_err());
    if let Some(tool) = absent {
        skip(&format!("no {tool} here"));
    }
    absent.is_some()
}

/// Whether mounts and other accounts can be tried; if not, says so.
pub fn root() -> bool {
    // SAFETY: cannot fail.
    let root = unsafe { libc::geteuid() } == 0;
    if !root {
        skip("not root");
    }
    root
}

/// Compiles files of tests/c with the C compiler, without the library unless `flags` name it (see `linked`).
pub fn compile(sources: &[&str], flags: &[&str]) -> PathBuf {
    compile_with("cc", sources, flags)
}

pub fn compile_with(compiler: &str, sources: &[&str], flags: &[&str]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    (compiler, sources, flags).hash(&mut hasher);
    let stem = Path::new(sources[0]).file_stem().expect("a file name").to_string_lossy().into_owned();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = folder.join(format!("{stem}-{:016x}", hasher.finish()));
    // Tests run side by side: each writes a file of its own and moves it into place.
    let fresh = tempfile::NamedTempFile::new_in(folder).expect("target/tmp").into_temp_path();
    let sources = sources.iter().map(|source| Path::new(SOURCES).join(source));
    // Sources stand before the libraries they need.
    let (libraries, language): (Vec<&str>, Vec<&str>) =
        flags.iter().partition(|flag| !flag.starts_with('-') || flag.starts_with("-l"));
    let mut command = Command::new(compiler);
    command.args(STRICT).arg(INCLUDE).args(language).arg("-o").arg(&fresh).args(sources);
    run(command.args(["-x", "none"]).args(libraries));
    fresh.persist(&program).expect("rename");
    program
}

/// As `compile`, for C11, linked with the library.
pub fn linked(sources: &[&str], flags: &[&str]) -> PathBuf {
    let library = library();
    let flags: Vec<&str> = C.iter().chain(flags).copied().chain([text(&library)]).collect();
    compile(sources, &flags)
}

/// An empty folder that only its owner may enter, removed at the end.
pub fn temp_home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A program that keeps its keys in `home` and loads the fresh library.
pub fn command(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    let variable = if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
    command.env("XDG_DATA_HOME", home).env(variable, library().parent().expect("a folder"));
    limit(&mut command);
    command
}

/// The same under valgrind: a wrong access or a lost block is exit code 99.
pub fn valgrind(program: &Path, home: &Path) -> Command {
    let mut command = command("valgrind", home);
    command
        .args([
            "-q",
            "--error-exitcode=99",
            "--leak-check=full",
            "--show-leak-kinds=definite",
            "--errors-for-leak-kinds=definite",
        ])
        .arg(program);
    command
}

fn limit(command: &mut Command) {
    // SAFETY: alarm() is async-signal-safe, touches no memory and survives exec.
    unsafe {
        command.pre_exec(|| {
            libc::alarm(TIME_LIMIT);
            Ok(())
        })
    };
}

/// Runs a command that must succeed and gives what it printed.
pub fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{command:?}: {status}\n{stdout}{}", String::from_utf8_lossy(&stderr));
    stdout
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
