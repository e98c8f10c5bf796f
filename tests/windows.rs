//! What only Windows has: access control lists, sealed keys, files that somebody else holds, names that are none. Runs under Wine
//! as well.
#![cfg(windows)]

#[path = "support/store.rs"]
mod support;

use desksession::model::{KeyChoice, LoginOptions, OpenMode, OpenOptions, Scope};
use desksession::platform::{self, Access};
use desksession::status::*;
use desksession::{Result, Store};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::*;

const NAME: &str = "Anna Müller";

fn usual() -> OpenOptions {
    OpenOptions { busy_timeout_ms: 20_000, ..OpenOptions::default() }
}

fn with_anna(folder: &Path, options: &OpenOptions) -> (Store, String) {
    let store = Store::open(folder, options).unwrap();
    store.policy_set(None, item::MEMORY, 19456).unwrap();
    store.policy_set(None, item::PASSES, 2).unwrap();
    store.user_create(None, NAME, PASSWORD).unwrap();
    let token = log_in(&store);
    (store, token)
}

fn log_in(store: &Store) -> String {
    store.login(NAME, PASSWORD, &LoginOptions::default()).unwrap().token.to_string()
}

fn key_file(store: &Store) -> PathBuf {
    platform::data_home().unwrap().join("desksession").join("keys").join(format!("{}.key", store.id()))
}

/// What an answer says to a log.
fn detail<T>(result: &Result<T>) -> String {
    result.as_ref().err().map_or_else(String::new, |error| error.detail().to_owned())
}

/// One of the ignored tests below, in a process of its own.
struct Helper(Child);

impl Helper {
    fn start(test: &str, variables: &[(&str, &str)]) -> Helper {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", test]).stdin(Stdio::piped()).stdout(Stdio::piped());
        Helper(command.envs(variables.iter().copied()).spawn().unwrap())
    }

    fn wait_for(&mut self, line: &str) {
        let (mut seen, mut byte) = (String::new(), [0]);
        let out = self.0.stdout.as_mut().unwrap();
        while !seen.ends_with(line) {
            assert_eq!(out.read(&mut byte).unwrap(), 1, "{seen}");
            seen.push(char::from(byte[0]));
        }
    }

    fn finish(mut self) {
        drop(self.0.stdin.take());
        let output = self.0.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn told(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")).into()
}

// Rights

/// In the system's own language: "O:...D:(A;OICI;FA;;;SY)".
fn rights_of(path: &Path) -> String {
    use std::os::windows::ffi::OsStrExt;
    use std::ptr::null_mut;
    use windows_sys::Win32::Security::{Authorization::*, *};
    let text: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let asked = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    let (mut rights, mut told, mut length) = (null_mut(), null_mut(), 0);
    // SAFETY: the path is NUL-terminated, and what is asked for lives for the calls. (Both blocks are left to the process's end.)
    unsafe {
        let none = null_mut();
        let failed =
            GetNamedSecurityInfoW(text.as_ptr(), SE_FILE_OBJECT, asked, none, none, none.cast(), none.cast(), &mut rights);
        assert_eq!(failed, 0, "{}", path.display());
        let done = ConvertSecurityDescriptorToStringSecurityDescriptorW(rights, SDDL_REVISION_1, asked, &mut told, &mut length);
        assert_ne!(done, 0);
        String::from_utf16_lossy(std::slice::from_raw_parts(told, length as usize)).trim_end_matches('\0').to_owned()
    }
}

fn only_for_its_owner(path: &Path) {
    let rights = rights_of(path);
    let owner = rights.strip_prefix("O:").unwrap().split(['G', 'D']).next().unwrap().to_owned();
    let entries: Vec<&str> = rights.split('(').skip(1).map(|entry| entry.trim_end_matches(')')).collect();
    assert!(!entries.is_empty(), "{}: {rights}", path.display());
    for entry in entries {
        let who = entry.rsplit(';').next().unwrap();
        assert!(who == owner || who == "SY", "{}: {rights}", path.display());
    }
}

#[test]
fn every_file_is_its_owners() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("deep").join("store");
    let (store, token) = with_anna(&folder, &usual());
    let backup = home.path().join("copy");
    store.backup(None, &backup).unwrap();
    let all = |folder: &Path| -> Vec<PathBuf> { fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect() };
    let mut places = vec![folder.clone(), home.path().join("deep"), backup.clone(), key_file(&store)];
    places.extend(all(&folder).into_iter().chain(all(&backup)));
    assert!(places.len() >= 4 + 4 + 1, "{places:?}");
    for path in &places {
        only_for_its_owner(path);
    }
    // What lies there already is looked at again.
    let again = Store::open(&folder, &usual()).unwrap();
    again.verify(&token).unwrap();
}

#[test]
fn what_is_open_to_others_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    drop(with_anna(&folder, &usual()));
    // As a program writes that knows nothing of rights: under Wine everybody may read it, elsewhere its folder's go on to it.
    let open = |path: &Path| rights_of(path).contains(";WD)");
    let database = folder.join("store.db");
    let content = fs::read(&database).unwrap();
    fs::remove_file(&database).unwrap();
    fs::write(&database, content).unwrap();
    let wanted = if open(&database) { SESSION_PERMISSION } else { SESSION_OK };
    let opened = Store::open(&folder, &usual());
    assert_eq!(status(&opened), wanted, "{}", detail(&opened));
    let plain = home.path().join("plain");
    fs::create_dir(&plain).unwrap();
    let opened = Store::open(&plain, &usual());
    assert_eq!(status(&opened), if open(&plain) { SESSION_PERMISSION } else { SESSION_OK });
    assert!(!open(&plain) || detail(&opened).contains("icacls"), "{}", detail(&opened));
}

#[test]
fn a_database_with_two_names_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    drop(with_anna(&folder, &usual()));
    fs::hard_link(folder.join("store.db"), home.path().join("second")).unwrap();
    assert_eq!(status(&Store::open(&folder, &usual())), SESSION_PERMISSION);
}

/// Wine 8 keeps the rights of one owner and of everybody, and none of groups: there a shared store is made and then not recognised.
#[test]
fn a_store_of_all_users() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("shared");
    let options = OpenOptions { scope: Some(Scope::Machine), ..usual() };
    let opened = Store::open(&folder, &options);
    if rights_of(&folder).contains(";BU)") {
        let store = opened.unwrap();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(rights_of(&path).contains(";BU)"), "{}: {}", path.display(), rights_of(&path));
        }
        assert!(folder.join("key").exists());
        drop(store);
        assert_eq!(status(&Store::open(&folder, &OpenOptions { scope: Some(Scope::User), ..usual() })), SESSION_PERMISSION);
        Store::open(&folder, &usual()).unwrap();
    } else {
        assert_eq!(status(&opened), SESSION_PERMISSION, "{}", detail(&opened));
        assert!(detail(&opened).contains("SESSION_SCOPE_MACHINE"), "{}", detail(&opened));
    }
    assert!(Store::app_folder("Till", Scope::Machine).unwrap().ends_with(r"ProgramData\Till\desksession"));
    assert!(Store::app_folder("Till", Scope::User).unwrap().ends_with(r"AppData\Local\Till\desksession"));
}

// Keys

#[test]
fn the_key_is_sealed_for_this_account() {
    let home = tempfile::tempdir().unwrap();
    let (store, _) = with_anna(&home.path().join("store"), &usual());
    let sealed = fs::read(key_file(&store)).unwrap();
    let mut key = [0; 32];
    platform::unseal(&sealed, store.id().as_bytes(), &mut key).unwrap();
    assert!(key != [0; 32] && !sealed.windows(8).any(|part| key.windows(8).any(|secret| secret == part)));
    // For this store alone, and not with a bit changed.
    assert!(platform::unseal(&sealed, &[7; 16], &mut key).is_err());
    let mut refused = 0;
    for at in 0..sealed.len() {
        let (mut other, mut found) = (sealed.clone(), key);
        other[at] ^= 1;
        refused += u32::from(platform::unseal(&other, store.id().as_bytes(), &mut found).is_err());
        // (Wine looks at the bytes it needs only.)
        assert_eq!(found, key, "byte {at}");
    }
    assert!(refused > 32, "{refused} of {}", sealed.len());
    assert!(platform::unseal(&[], store.id().as_bytes(), &mut key).is_err());
}

#[test]
fn a_key_that_cannot_be_unsealed_costs_the_sessions_and_no_account() {
    let home = tempfile::tempdir().unwrap();
    let (folder, other) = (home.path().join("store"), home.path().join("other"));
    let (store, token) = with_anna(&folder, &usual());
    let (stranger, _) = with_anna(&other, &usual());
    let key = key_file(&store);
    // Another store's sealed key, as after a mistake in copying; then one of nobody.
    fs::write(&key, fs::read(key_file(&stranger)).unwrap()).unwrap();
    drop(store);
    let opened = Store::open(&folder, &usual());
    assert_eq!(status(&opened), SESSION_NO_KEY, "{}", detail(&opened));
    assert!(detail(&opened).contains("unsealed"), "{}", detail(&opened));
    let adopted = Store::adopt(&folder, &usual()).unwrap();
    assert_eq!(status(&adopted.verify(&token)), SESSION_UNKNOWN);
    adopted.verify(&log_in(&adopted)).unwrap();
    drop(adopted);
    Store::open(&folder, &OpenOptions { mode: OpenMode::Existing, ..usual() }).unwrap();
}

/// As one account; Wine tells accounts apart by what its starter's environment says, so whoever runs this does it.
#[test]
#[ignore = "the first half of another_account_cannot_unseal_it: tools/windows/test.sh"]
fn an_account_leaves_a_store() {
    let (store, _) = with_anna(&told("PLACE").join("store"), &usual());
    fs::copy(key_file(&store), told("PLACE").join(key_file(&store).file_name().unwrap())).unwrap();
}

/// As another account that has come by the folder and the sealed key.
#[test]
#[ignore = "needs a store of another account: tools/windows/test.sh"]
fn another_account_cannot_unseal_it() {
    let folder = told("PLACE").join("store");
    let keys = platform::data_home().unwrap().join("desksession").join("keys");
    platform::create_folder(&keys, Scope::User).unwrap();
    for entry in fs::read_dir(told("PLACE")).unwrap().map(|entry| entry.unwrap()) {
        if entry.path().extension().is_some_and(|ending| ending == "key") {
            let mut stolen = platform::open_file(&keys.join(entry.file_name()), Access::Own, true).unwrap();
            stolen.write_all(&fs::read(entry.path()).unwrap()).unwrap();
        }
    }
    let opened = Store::open(&folder, &usual());
    assert_eq!(status(&opened), SESSION_NO_KEY, "{}", detail(&opened));
    assert!(detail(&opened).contains("unsealed"), "{}", detail(&opened));
    let adopted = Store::adopt(&folder, &usual()).unwrap();
    adopted.verify(&log_in(&adopted)).unwrap();
}

// Files that somebody holds

/// A virus scanner opens a file, lets nobody else in, and goes after five seconds.
#[test]
fn a_file_that_somebody_holds_is_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let (store, token) = with_anna(&folder, &usual());
    let key = key_file(&store);
    drop(store);
    let held = Duration::from_secs(5);
    std::thread::scope(|scope| {
        for file in [folder.join("store.db"), folder.join("lock"), folder.join("store.db-wal"), key] {
            // Side by side, each with a copy of the store, so that the test takes five seconds and not twenty.
            let (token, own) = (&token, home.path().join(file.file_name().unwrap()));
            let of_key = file.extension().is_some_and(|ending| ending == "key");
            let folder = if of_key { folder.clone() } else { copy(&folder, &own) };
            let file = if of_key { file } else { folder.join(file.file_name().unwrap()) };
            scope.spawn(move || {
                let mut scanner = Helper::start("as_a_virus_scanner", &[("HELD", file.to_str().unwrap())]);
                scanner.wait_for("held\n");
                let begun = Instant::now();
                let impatient = OpenOptions { busy_timeout_ms: 300, ..usual() };
                let opened = Store::open(&folder, &impatient);
                assert_eq!(status(&opened), SESSION_BUSY, "{}: {}", file.display(), detail(&opened));
                assert!(begun.elapsed() < Duration::from_secs(4), "{}: {:?}", file.display(), begun.elapsed());
                let opened = Store::open(&folder, &usual());
                assert!(opened.is_ok(), "{}: {}", file.display(), detail(&opened));
                assert!(begun.elapsed() > held / 2 && begun.elapsed() < 3 * held, "{}: {:?}", file.display(), begun.elapsed());
                opened.unwrap().verify(token).unwrap();
                scanner.finish();
            });
        }
    });
}

/// With the rights of a store, which a copy does not keep everywhere.
fn copy(from: &Path, to: &Path) -> PathBuf {
    platform::create_folder(to, Scope::User).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let mut file = platform::open_file(&to.join(entry.file_name()), Access::Own, true).unwrap();
        file.write_all(&fs::read(entry.path()).unwrap()).unwrap();
    }
    to.to_owned()
}

#[test]
#[ignore = "a part of a_file_that_somebody_holds_is_waited_for"]
fn as_a_virus_scanner() {
    let file = File::options().read(true).share_mode(0).open(told("HELD")).unwrap();
    println!("\nheld");
    std::thread::sleep(Duration::from_secs(5));
    drop(file);
}

/// A scanner that shares is in nobody's way, at any moment.
#[test]
fn a_scanner_that_shares_is_not_noticed() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let (store, token) = with_anna(&folder, &usual());
    let _held: Vec<File> =
        ["store.db", "store.db-wal", "store.db-shm", "lock"].map(|name| File::open(folder.join(name)).unwrap()).into();
    store.verify(&token).unwrap();
    store.logout(&token).unwrap();
    let again = Store::open(&folder, &usual()).unwrap();
    assert_eq!(status(&again.verify(&token)), SESSION_LOGGED_OUT);
    store.backup(None, &home.path().join("copy")).unwrap();
}

// Paths

#[test]
fn paths_that_mean_something_else_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let (store, _) = with_anna(&home.path().join("store"), &usual());
    let below = |name: &str| home.path().join(name);
    let verbatim = PathBuf::from(format!(r"\\?\{}.", home.path().join("store").display()));
    let surrogate = home.path().join(OsString::from_wide(&[u16::from(b'a'), 0xD800]));
    for bad in [
        below("store."),
        below("store "),
        below(r"a.\b"),
        below("store:stream"),
        below("store::$DATA"),
        below("CON"),
        below(r"nul\store"),
        below("COM1.store"),
        below("a?b"),
        below("a\u{1}b"),
        PathBuf::from("C:relative"),
        PathBuf::from(r"\\.\C:\store"),
        PathBuf::from(r"\\?\GLOBALROOT\store"),
        verbatim,
        surrogate,
    ] {
        for refused in [Store::open(&bad, &usual()), Store::adopt(&bad, &usual())] {
            assert_eq!(status(&refused), SESSION_BAD_ARGUMENT, "{}: {}", bad.display(), detail(&refused));
        }
        assert_eq!(status(&store.backup(None, &bad)), SESSION_BAD_ARGUMENT, "{}", bad.display());
    }
    for share in [r"\\server\share\store", r"\\?\UNC\server\share\store", "//server/share/store"] {
        let opened = Store::open(Path::new(share), &usual());
        assert_eq!(status(&opened), SESSION_UNSUPPORTED, "{share}: {}", detail(&opened));
    }
    let names: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["store"], "nothing was made");
}

#[test]
fn a_path_may_be_long_and_in_any_language() {
    let home = tempfile::tempdir().unwrap();
    let mut folder = home.path().join("Grüße 名前 🗝");
    // SQLite's usual layer takes 1040 bytes.
    while folder.as_os_str().len() < 1200 {
        folder.push("another folder that makes it longer");
    }
    let (store, token) = with_anna(&folder, &usual());
    store.logout(&token).unwrap();
    let backup = folder.with_file_name("copy");
    store.backup(None, &backup).unwrap();
    assert_eq!(store.check().unwrap().len(), 0);
    drop(store);
    // The same in the form that has no limit, and the copy with its key still there.
    let verbatim = PathBuf::from(format!(r"\\?\{}", folder.display()));
    let again = Store::open(&verbatim, &OpenOptions { mode: OpenMode::Existing, ..usual() }).unwrap();
    assert_eq!(status(&again.verify(&token)), SESSION_LOGGED_OUT);
    log_in(&Store::open(&backup, &OpenOptions { mode: OpenMode::Existing, ..usual() }).unwrap());
}

#[test]
fn names_are_the_same_in_either_case() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("Store");
    let (store, token) = with_anna(&folder, &usual());
    let other = Store::open(&home.path().join("STORE"), &usual()).unwrap();
    assert_eq!(other.id(), store.id());
    other.logout(&token).unwrap();
    assert_eq!(status(&store.verify(&token)), SESSION_LOGGED_OUT);
    drop((store, other));
    // As an old archive program unpacks it.
    for name in ["store.db", "lock"] {
        fs::rename(folder.join(name), folder.join("x")).unwrap();
        fs::rename(folder.join("x"), folder.join(name.to_uppercase())).unwrap();
    }
    let again = Store::open(&folder, &OpenOptions { mode: OpenMode::Existing, ..usual() }).unwrap();
    assert_eq!(status(&again.verify(&token)), SESSION_LOGGED_OUT);
}

// Media

#[test]
fn a_file_that_must_not_be_written_is_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    drop(with_anna(&folder, &usual()));
    for name in ["store.db", "lock"] {
        let path = folder.join(name);
        let mut rights = fs::metadata(&path).unwrap().permissions();
        rights.set_readonly(true);
        fs::set_permissions(&path, rights.clone()).unwrap();
        let opened = Store::open(&folder, &usual());
        // Under Wine, root writes it all the same.
        let refused = File::options().write(true).open(&path).is_err();
        assert_eq!(status(&opened), if refused { SESSION_PERMISSION } else { SESSION_OK }, "{name}: {}", detail(&opened));
        drop(opened);
        #[allow(clippy::permissions_set_readonly_false)] // of Windows' attribute, which says nothing of who
        rights.set_readonly(false);
        fs::set_permissions(&path, rights).unwrap();
    }
    Store::open(&folder, &usual()).unwrap();
}

/// On a volume that whoever runs this has mounted.
#[test]
#[ignore = "needs a folder on a read-only volume: tools/windows/test.sh"]
fn a_read_only_volume_is_told() {
    let opened = Store::open(&told("READ_ONLY").join("store"), &usual());
    assert!([SESSION_READ_ONLY, SESSION_PERMISSION].contains(&status(&opened)), "{}", detail(&opened));
}

/// A drive letter that stands for a share.
#[test]
#[ignore = "needs a network drive: tools/windows/test.sh"]
fn a_network_drive_is_refused() {
    let place = told("SHARE");
    let opened = Store::open(&place.join("store"), &usual());
    assert_eq!(status(&opened), SESSION_UNSUPPORTED, "{}", detail(&opened));
    assert!(detail(&opened).contains("network") && !place.join("store").exists(), "{}", detail(&opened));
}

// Time

#[test]
fn all_processes_live_in_the_same_boot() {
    let boot: String = platform::boot_id().iter().map(|byte| format!("{byte:02x}")).collect();
    Helper::start("as_another_process", &[("BOOT", &boot)]).finish();
}

#[test]
#[ignore = "a part of all_processes_live_in_the_same_boot"]
fn as_another_process() {
    let boot: String = platform::boot_id().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(std::env::var("BOOT").unwrap(), boot);
}

/// A caller's key needs neither a profile nor the account's seal.
#[test]
fn a_callers_key_is_not_kept() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let options = support::options();
    assert!(matches!(options.key, Some(KeyChoice::Caller(_))));
    let (store, _) = with_anna(&folder, &options);
    assert!(!key_file(&store).exists() && !folder.join("key").exists());
}
