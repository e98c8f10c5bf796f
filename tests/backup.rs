//! Backup, restoring it here and elsewhere, and adopting a store whose key is gone.

#[path = "support/store.rs"]
mod support;

use desksession::Store;
use desksession::model::{KeyChoice, OpenMode, OpenOptions, Scope};
use desksession::status::*;
use std::fs;
use std::path::Path;
use support::*;
use uuid::Uuid;
use zeroize::Zeroizing;

const BACKED_UP: u32 = 21;
const ADOPTED: u32 = 20;

fn other_key() -> OpenOptions {
    OpenOptions { key: Some(KeyChoice::Caller(Box::new(Zeroizing::new([43; 32])))), ..OpenOptions::default() }
}

fn adopt(test: &TestStore, folder: &Path, options: &OpenOptions) -> desksession::Result<Store> {
    Store::adopt_with_clock(folder, options, Box::new(test.clock.clone()))
}

fn open(test: &TestStore, folder: &Path, options: &OpenOptions) -> desksession::Result<Store> {
    Store::open_with_clock(folder, options, Box::new(test.clock.clone()))
}

fn kinds(store: &Store) -> Vec<u32> {
    let mut after = 0;
    std::iter::from_fn(|| {
        let event = store.event_next(after).ok()?;
        assert_eq!(event.row, SESSION_OK, "event {}", event.id);
        after = event.id;
        Some(event.kind)
    })
    .collect()
}

#[test]
fn a_backup_opens_with_the_same_key_and_has_no_session() {
    let (test, anna) = TestStore::with_anna();
    let token = test.log_in();
    let folder = test.home.path().join("copy");
    test.backup(Some(&token), &folder).unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>(), ["store.db"]);
    // Windows' rights are looked at in windows.rs.
    #[cfg(unix)]
    for (place, mode) in [(folder.clone(), 0o700), (folder.join("store.db"), 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o7777, mode, "{}", place.display());
    }
    let copy = open(&test, &folder, &options()).unwrap();
    assert_eq!(copy.user_find("anna müller").unwrap().user_id, Some(anna));
    assert_eq!(status(&copy.session_next(None, None)), SESSION_DONE);
    assert_eq!(status(&copy.verify(&token)), SESSION_UNKNOWN);
    assert_eq!(copy.check().unwrap().len(), 0);
    assert_eq!(kinds(&copy).last(), Some(&BACKED_UP));
    assert_eq!(test.verify_status(&token), SESSION_OK, "the store itself goes on");
    let last = test.events().len() as i64;
    let event = test.event_next(last - 1).unwrap();
    assert_eq!((event.kind, event.actor_id), (BACKED_UP, Some(anna)));
    assert_eq!(Path::new(&event.detail), folder.as_path());
}

#[test]
fn adopting_keeps_the_accounts_and_ends_the_sessions() {
    let (test, anna) = TestStore::with_anna();
    test.user_permit(None, anna, 5).unwrap();
    assert_eq!(test.try_login("Anna Müller", OTHER), SESSION_BAD_CREDENTIALS);
    let token = test.log_in();
    let events = test.events();
    let id = test.about().unwrap().store_id;
    assert_eq!(status(&open(&test, &test.folder(), &other_key())), SESSION_FOREIGN);

    let adopted = adopt(&test, &test.folder(), &other_key()).unwrap();
    let about = adopted.about().unwrap();
    assert_ne!(about.store_id, id);
    assert_eq!((about.scope, about.key_source), (Scope::User, 3));
    let user = adopted.user_find("Anna Müller").unwrap();
    assert_eq!((user.user_id, user.permissions, user.live_sessions), (Some(anna), 5, 0));
    assert_eq!(status(&adopted.session_next(None, None)), SESSION_DONE);
    assert_eq!(status(&adopted.verify(&token)), SESSION_UNKNOWN);
    assert_eq!(adopted.check().unwrap().len(), 0);
    let mut after = kinds(&adopted);
    assert_eq!(after.pop(), Some(ADOPTED));
    assert_eq!(after, events, "the trail is kept");
    let event = adopted.event_next(events.len() as i64).unwrap();
    assert!(event.detail.starts_with(&format!("was {id}; 1 users; 0 unreadable")), "{}", event.detail);
    adopted.login("Anna Müller", PASSWORD, &Default::default()).unwrap();

    // The handle from before says what happened, and writes nothing.
    assert_eq!(test.verify_status(&token), SESSION_STORE_REPLACED);
    assert_eq!(status(&test.logout(&token)), SESSION_STORE_REPLACED);
    assert_eq!(status(&test.user_permit(None, anna, 7)), SESSION_STORE_REPLACED);
    assert_eq!(status(&test.check()), SESSION_STORE_REPLACED);
    assert_eq!(status(&test.backup(None, &test.home.path().join("no"))), SESSION_STORE_REPLACED);
    assert_eq!(adopted.user_get(anna).unwrap().permissions, 5);
    assert_eq!(status(&open(&test, &test.folder(), &options())), SESSION_FOREIGN, "the old key is of no more use");
}

#[test]
fn nothing_is_adopted_while_the_key_works() {
    let (test, _) = TestStore::with_anna();
    let token = test.log_in();
    let before = fs::read(test.folder().join("store.db")).unwrap();
    assert_eq!(status(&adopt(&test, &test.folder(), &options())), SESSION_KEY_MISMATCH);
    assert_eq!(fs::read(test.folder().join("store.db")).unwrap(), before);
    assert_eq!(test.verify_status(&token), SESSION_OK);
    let create = OpenOptions { mode: OpenMode::CreateNew, ..other_key() };
    assert_eq!(status(&adopt(&test, &test.folder(), &create)), SESSION_BAD_ARGUMENT);
    assert_eq!(status(&adopt(&test, &test.folder(), &OpenOptions::default())), SESSION_BAD_ARGUMENT, "which new key?");
    assert_eq!(status(&adopt(&test, &test.home.path().join("none"), &other_key())), SESSION_MISSING);
    assert!(!test.home.path().join("none").exists());
    assert_eq!(test.verify_status(&token), SESSION_OK);
}

#[test]
fn a_lost_key_in_the_folder_is_replaced_and_a_wrong_one_kept() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("store");
    let by_store = || OpenOptions { key: Some(KeyChoice::Store), ..OpenOptions::default() };
    let store = Store::open(&folder, &by_store()).unwrap();
    store.policy_set(None, item::MEMORY, 19456).unwrap();
    store.policy_set(None, item::PASSES, 2).unwrap();
    store.user_create(None, "Anna", PASSWORD).unwrap();
    store.backup(None, &home.path().join("copy")).unwrap();
    drop(store);
    let copy = home.path().join("copy");
    assert_eq!(status(&Store::open(&copy, &OpenOptions::default())), SESSION_NO_KEY);
    let adopted = Store::adopt(&copy, &OpenOptions::default()).unwrap();
    adopted.login("Anna", PASSWORD, &Default::default()).unwrap();
    assert_eq!(adopted.about().unwrap().key_source, 2, "where the store records it");
    drop(adopted);
    Store::open(&copy, &OpenOptions::default()).unwrap().user_find("Anna").unwrap();

    let wrong = vec![9; 32];
    fs::write(folder.join("key"), &wrong).unwrap();
    assert_eq!(status(&Store::open(&folder, &OpenOptions::default())), SESSION_FOREIGN);
    let id = Store::adopt(&folder, &OpenOptions::default()).unwrap().about().unwrap().store_id;
    assert_eq!(fs::read(folder.join(format!("key.replaced-{id}"))).unwrap(), wrong);
    Store::open(&folder, &OpenOptions::default()).unwrap().user_find("Anna").unwrap();
}

#[test]
fn where_a_backup_may_not_go() {
    let (test, _) = TestStore::with_anna();
    let home = test.home.path();
    let events = test.events();
    fs::create_dir(home.join("empty")).unwrap();
    fs::write(home.join("file"), b"mine").unwrap();
    // Windows lets not everybody make links.
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", home.join("link")).unwrap();
    #[cfg(windows)]
    fs::write(home.join("link"), b"mine").unwrap();
    let nowhere = home.join("missing/copy");
    let places = [test.folder(), test.folder().join("copy"), home.join("empty"), home.join("file"), home.join("link"), nowhere];
    for place in places.iter().map(std::path::PathBuf::as_path).chain([Path::new("/"), Path::new(""), Path::new("..")]) {
        assert_eq!(status(&test.backup(None, place)), SESSION_BAD_ARGUMENT, "{}", place.display());
    }
    assert_eq!(test.events(), events, "nothing was begun");
    assert_eq!(fs::read(home.join("file")).unwrap(), b"mine");
    let mut names: Vec<_> = fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["empty", "file", "link", "store"]);
    assert_eq!(status(&test.backup(Some("ds1_none"), &home.join("copy"))), SESSION_NOT_ALLOWED);
    assert!(!home.join("copy").exists());
}

/// Accounts are made and sessions come and go while copies are taken: each copy is one moment, and restores.
#[test]
fn a_backup_under_load_is_one_moment() {
    // Under Wine a write takes some 20 ms.
    let quick = if cfg!(windows) { 5 } else { 100 };
    let (test, _) = TestStore::with_anna();
    let (store, folder) = (&test.store, test.home.path());
    std::thread::scope(|scope| {
        let writers = scope.spawn(|| {
            for number in 0..12 {
                store.user_create(None, &format!("user {number}"), PASSWORD).unwrap();
                let token = test.log_in();
                store.logout(&token).unwrap();
                // Quick ones, of which some fall between any two tables that are copied.
                (0..quick).for_each(|value| store.policy_set(None, item::FREE, value % 100).unwrap());
            }
        });
        let mut taken = 0;
        while !writers.is_finished() || taken < 2 {
            store.backup(None, &folder.join(format!("copy{taken}"))).unwrap();
            taken += 1;
        }
        for number in 0..taken {
            let copy = adopt(&test, &folder.join(format!("copy{number}")), &other_key()).unwrap();
            assert_eq!(*copy.check().unwrap(), []);
            assert_eq!(status(&copy.session_next(None, None)), SESSION_DONE);
            let created = kinds(&copy).iter().filter(|kind| **kind == 10).count();
            let mut after: Option<Uuid> = None;
            let users = std::iter::from_fn(|| {
                after = copy.user_next(after).ok()?.user_id;
                after
            });
            assert_eq!(users.count(), created, "as many users as the trail tells of");
        }
    });
}

/// The copy would have been somebody else's before it was full. (Windows' rights are told apart in platform/windows.)
#[cfg(unix)]
#[test]
fn no_backup_goes_where_others_could_exchange_it() {
    let (test, _) = TestStore::with_anna();
    let place = test.home.path().join("place");
    fs::create_dir(&place).unwrap();
    use std::os::unix::fs::PermissionsExt;
    for (mode, expected) in
        [(0o775, SESSION_PERMISSION), (0o757, SESSION_PERMISSION), (0o755, SESSION_OK), (0o1777, SESSION_OK)]
    {
        fs::set_permissions(&place, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(status(&test.backup(None, &place.join(format!("{mode:o}")))), expected, "{mode:o}");
    }
    assert_eq!(fs::read_dir(&place).unwrap().count(), 2);
    let strange = place.join("a\u{2028}b\nc");
    test.backup(None, &strange).unwrap();
    let last = test.about().unwrap().last_event;
    assert!(test.event_next(last - 1).unwrap().detail.ends_with("/place/a?b?c"));
}

/// An adoption begins a new time; a code lasts no longer for it, and works until then.
#[test]
fn a_code_gains_nothing_by_an_adoption() {
    for (before, after) in [(0, 0), (-200 * DAY, 0), (0, -200 * DAY), (200 * DAY, -400 * DAY)] {
        let (test, anna) = TestStore::with_anna();
        test.user_create(None, "Ben", OTHER).unwrap();
        test.clock.set_wall_by(before);
        let _any = test.try_login("Ben", OTHER);
        let code = test.password_reset(None, anna).unwrap().text;
        test.clock.set_wall_by(after);
        let adopted = adopt(&test, &test.folder(), &other_key()).unwrap();
        let login = || status(&adopted.login("Anna Müller", code.as_bytes(), &Default::default()));
        if after == 0 {
            assert_eq!(login(), SESSION_MUST_CHANGE);
        }
        test.clock.pass(DAY);
        assert_eq!(login(), SESSION_BAD_CREDENTIALS, "{before} {after}");
    }
}

#[test]
fn of_many_who_adopt_at_once_one_does() {
    let (test, _) = TestStore::with_anna();
    let by_store = || OpenOptions { key: Some(KeyChoice::Store), busy_timeout_ms: 20_000, ..OpenOptions::default() };
    let folder = test.folder();
    let statuses: Vec<i32> = std::thread::scope(|scope| {
        let adopting = || status(&adopt(&test, &folder, &by_store()));
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(adopting)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // The first took it from the caller's key; for the others the key in the folder works.
    assert_eq!(statuses.iter().filter(|status| **status == SESSION_OK).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == SESSION_KEY_MISMATCH).count(), 7, "{statuses:?}");
    let store = open(&test, &folder, &by_store()).unwrap();
    assert_eq!(kinds(&store).iter().filter(|kind| **kind == ADOPTED).count(), 1);
}
