//! Presets, and actors: whatever administers is done by somebody live, recorded with old and new value, or not done at all.

#[path = "support/store.rs"]
mod support;

use desksession::model::{Event, SessionInfo, User};
use desksession::status::*;
use desksession::{Result, Store};
use support::*;
use uuid::Uuid;

const AAL1: u32 = 1;
const AAL2: u32 = 2;
const AAL3: u32 = 3;
const DEFAULT: u32 = 4;
const OF_PRESETS: [u32; 5] = [item::ABSOLUTE, item::IDLE, item::REMEMBERED_ABSOLUTE, item::REMEMBERED_IDLE, item::STOP];

// Presets

fn policy(store: &Store) -> Vec<i64> {
    (1..=12).map(|item| store.policy_get(item).unwrap()).collect()
}

fn details(test: &TestStore, after: usize) -> Vec<String> {
    (after..test.events().len()).map(|after| test.event_next(after as i64).unwrap().detail).collect()
}

#[test]
fn presets_set_five_items_and_leave_the_others() {
    let test = TestStore::new();
    let before = policy(&test);
    for (preset, values) in [
        (AAL1, [30 * DAY, 30 * DAY, 30 * DAY, 30 * DAY, 100]),
        (AAL2, [DAY, HOUR, DAY, HOUR, 100]),
        (AAL3, [12 * HOUR, 15 * MINUTE, 12 * HOUR, 15 * MINUTE, 100]),
        (DEFAULT, [12 * HOUR, 30 * MINUTE, 30 * DAY, 14 * DAY, 0]),
    ] {
        test.policy_preset(None, preset).unwrap();
        assert_eq!(OF_PRESETS.map(|item| test.policy_get(item).unwrap()), values, "{preset}");
        assert_eq!(policy(&test.again())[4..9], before[4..9], "{preset}");
        assert_eq!(policy(&test)[10..], before[10..], "{preset}");
    }
    assert_eq!(policy(&test), before, "the defaults are those of a new store");
}

#[test]
fn every_item_that_a_preset_changes_has_its_event() {
    let test = TestStore::new();
    let begun = test.events().len();
    test.policy_preset(None, AAL2).unwrap();
    let told = ["1: 43200000 -> 86400000", "2: 1800000 -> 3600000", "3: 2592000000 -> 86400000"];
    assert_eq!(details(&test, begun), [&told[..], &["4: 1209600000 -> 3600000", "10: 0 -> 100"]].concat());
    assert_eq!(test.events()[begun..], [18; 5]);
    let all = test.events();
    test.policy_preset(None, AAL2).unwrap();
    assert_eq!(test.events(), all, "what is so already is not written");
    test.policy_preset(None, AAL3).unwrap();
    assert_eq!(details(&test, all.len()).len(), 4, "the stop stays");
}

#[test]
fn unknown_presets_change_nothing() {
    let test = TestStore::new();
    let before = (policy(&test), test.events());
    for preset in [0, 5, 6, 1 << 31, u32::MAX] {
        assert_eq!(status(&test.policy_preset(None, preset)), SESSION_BAD_ARGUMENT, "{preset}");
    }
    assert_eq!((policy(&test), test.events()), before);
}

#[test]
fn live_sessions_follow_to_the_shorter_side_only() {
    let (test, _) = TestStore::with_anna();
    let (short, long) = (test.log_in(), test.log_in_as("Anna Müller", true));
    test.policy_preset(None, AAL1).unwrap();
    test.clock.pass(30 * MINUTE);
    assert_eq!(test.verify_status(&short), SESSION_IDLE, "not lengthened");
    assert_eq!(test.verify_status(&long), SESSION_OK);
    test.policy_preset(None, AAL3).unwrap();
    test.clock.pass(15 * MINUTE);
    assert_eq!(test.verify_status(&long), SESSION_IDLE, "remembered gains nothing");
}

#[test]
fn aal1_knows_no_idle_limit() {
    let (test, _) = TestStore::with_anna();
    test.policy_preset(None, AAL1).unwrap();
    let token = test.log_in();
    test.clock.pass(30 * DAY - 1);
    assert_eq!(status(&test.peek(&token)), SESSION_OK);
    test.clock.pass(1);
    assert_eq!(test.verify_status(&token), SESSION_EXPIRED);
}

// Actors

type Call = fn(&Crew, &Store, Option<&str>) -> Result<()>;

/// Every call that takes an actor, with something to change; but backup, which has a test of its own below.
const ADMINISTER: [(&str, Call); 11] = [
    ("user_create", |_, store, actor| store.user_create(actor, "Carl", PASSWORD).map(|_| ())),
    ("user_rename", |crew, store, actor| store.user_rename(actor, crew.ben, "Bernd")),
    ("user_enable", |crew, store, actor| store.user_enable(actor, crew.ben, false)),
    ("user_permit", |crew, store, actor| store.user_permit(actor, crew.ben, 7)),
    ("user_unthrottle", |crew, store, actor| store.user_unthrottle(actor, crew.ben)),
    ("password_reset", |crew, store, actor| store.password_reset(actor, crew.ben).map(|_| ())),
    ("policy_set", |_, store, actor| store.policy_set(actor, item::IDLE, HOUR)),
    ("policy_preset", |_, store, actor| store.policy_preset(actor, AAL2)),
    ("revoke", |crew, store, actor| store.revoke(actor, crew.session)),
    ("revoke_user", |crew, store, actor| store.revoke_user(actor, crew.ben, None).map(|_| ())),
    ("user_delete", |crew, store, actor| store.user_delete(actor, crew.ben)),
];

/// Anna, who administers, and Ben, who is logged in and mistyped his password twice.
struct Crew {
    test: TestStore,
    anna: Uuid,
    ben: Uuid,
    session: Uuid,
}

impl std::ops::Deref for Crew {
    type Target = TestStore;
    fn deref(&self) -> &TestStore {
        &self.test
    }
}

impl Crew {
    fn new() -> Crew {
        let (test, anna) = TestStore::with_anna();
        let ben = test.user_create(None, "Ben", PASSWORD).unwrap();
        let session = test.peek(&test.log_in_as("Ben", false)).unwrap().session_id.unwrap();
        for _ in 0..2 {
            assert_eq!(test.try_login("Ben", OTHER), SESSION_BAD_CREDENTIALS);
        }
        Crew { test, anna, ben, session }
    }
}

/// All that can be read of a store, and the bytes of its database.
#[derive(PartialEq, Debug)]
struct Picture {
    policy: Vec<i64>,
    users: Vec<User>,
    sessions: Vec<SessionInfo>,
    events: Vec<Event>,
    files: [Vec<u8>; 2],
}

fn rows<T>(mut next: impl FnMut(Option<&T>) -> Result<T>) -> Vec<T> {
    let mut rows: Vec<T> = Vec::new();
    while let Ok(row) = next(rows.last()) {
        rows.push(row);
    }
    rows
}

fn look(test: &TestStore) -> Picture {
    Picture {
        policy: policy(test),
        users: rows(|last: Option<&User>| test.user_next(last.and_then(|user| user.user_id))),
        sessions: rows(|last: Option<&SessionInfo>| test.session_next(None, last.and_then(|session| session.session_id))),
        events: rows(|last: Option<&Event>| test.event_next(last.map_or(0, |event| event.id))),
        files: ["store.db", "store.db-wal"].map(|name| std::fs::read(test.folder().join(name)).unwrap()),
    }
}

#[test]
fn every_call_that_takes_an_actor_is_tested_here() {
    let header = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/desksession.h")).unwrap();
    let code: Vec<&str> = header.lines().filter(|line| !line.starts_with("//")).collect();
    let mut taking: Vec<String> = code
        .join(" ")
        .split(';')
        .filter(|declared| declared.contains("const char *actor"))
        .filter_map(|declared| declared.split_once("int32_t session_")?.1.split_once('(').map(|(name, _)| name.to_owned()))
        .collect();
    let mut tested: Vec<&str> = ADMINISTER.iter().map(|(name, _)| *name).chain(["backup"]).collect();
    taking.sort();
    tested.sort();
    assert_eq!(taking, tested);
}

#[test]
fn a_live_actor_is_recorded_with_the_old_and_the_new_value() {
    // What each call records last: the kind, about whom, the detail.
    let told: [(u32, &str); 11] = [
        (10, "Carl"),
        (11, "Ben -> Bernd"),
        (13, "enabled -> disabled"),
        (14, "0 -> 7"),
        (16, "2 -> 0"),
        (22, "until 2026-01-06T08:00:00.000Z"),
        (18, "2: 1800000 -> 3600000"),
        (18, "10: 0 -> 100"),
        (9, ""),
        (9, ""),
        (15, "Ben"),
    ];
    for ((name, call), (kind, detail)) in ADMINISTER.iter().zip(told) {
        let crew = Crew::new();
        let token = crew.log_in();
        let begun = crew.events().len();
        call(&crew, &crew, Some(&token)).unwrap();
        let events = look(&crew).events;
        let last = events.last().unwrap();
        assert_eq!((last.kind, last.detail.as_str()), (kind, detail), "{name}");
        assert!(events.len() > begun && events[begun..].iter().all(|event| event.actor_id == Some(crew.anna)), "{name}");
        let user = if kind == 18 { None } else { Some(crew.ben) };
        assert!(last.user_id == user || kind == 10, "{name}");
        assert_eq!(crew.verify_status(&token), SESSION_OK, "{name}");
    }
}

#[test]
fn enabling_again_tells_the_other_way_round() {
    let crew = Crew::new();
    let token = crew.log_in();
    crew.user_enable(Some(&token), crew.ben, false).unwrap();
    crew.user_enable(Some(&token), crew.ben, true).unwrap();
    assert_eq!(details(&crew, crew.events().len() - 1), ["disabled -> enabled"]);
}

/// Tokens that were once good, or never.
fn dead_actors(crew: &Crew) -> Vec<(&'static str, String)> {
    let mut dead = vec![("idle", crew.log_in())];
    crew.clock.pass(30 * MINUTE);
    dead.push(("logged out", crew.log_in()));
    crew.logout(&dead[1].1).unwrap();
    dead.push(("revoked", crew.log_in()));
    crew.revoke(None, crew.peek(&dead[2].1).unwrap().session_id.unwrap()).unwrap();
    for (what, name) in [("disabled", "Dora"), ("deleted", "Emil"), ("reset", "Fay")] {
        let id = crew.user_create(None, name, PASSWORD).unwrap();
        dead.push((what, crew.log_in_as(name, false)));
        match what {
            "disabled" => crew.user_enable(None, id, false).unwrap(),
            "deleted" => crew.user_delete(None, id).unwrap(),
            _ => drop(crew.password_reset(None, id).unwrap()),
        }
    }
    let live = crew.log_in();
    let other_secret = if live.ends_with('A') { "B" } else { "A" };
    dead.push(("of another secret", format!("{}{other_secret}", &live[..67])));
    dead.push(("of another store", Crew::new().log_in()));
    dead.extend([("cut", live[..60].to_owned()), ("empty", String::new()), ("an id", crew.anna.to_string())]);
    dead
}

#[test]
fn a_dead_actor_changes_not_a_byte() {
    let crew = Crew::new();
    let dead = dead_actors(&crew);
    let before = look(&crew);
    for (what, token) in &dead {
        for (name, call) in ADMINISTER {
            assert_eq!(status(&call(&crew, &crew, Some(token))), SESSION_NOT_ALLOWED, "{name}, {what}");
        }
        assert!(look(&crew) == before, "{what}");
    }
    for (name, call) in ADMINISTER {
        let crew = Crew::new();
        let before = look(&crew);
        call(&crew, &crew, None).unwrap();
        assert!(look(&crew) != before, "{name} has nothing to change here");
    }
}

#[test]
fn an_actor_at_the_limits_of_a_session() {
    let crew = Crew::new();
    let token = crew.log_in();
    for _ in 0..36 {
        crew.clock.pass(20 * MINUTE - 1);
        assert_eq!(crew.verify_status(&token), SESSION_OK);
    }
    crew.clock.pass(35);
    crew.user_permit(Some(&token), crew.ben, 1).unwrap();
    crew.clock.pass(1);
    assert_eq!(status(&crew.user_permit(Some(&token), crew.ben, 2)), SESSION_NOT_ALLOWED);
    assert_eq!(crew.user_get(crew.ben).unwrap().permissions, 1);
}

#[test]
fn a_dead_actor_is_not_told_who_or_what_exists() {
    let crew = Crew::new();
    let (nobody, actor) = (Uuid::nil(), Some("ds1_"));
    let answers = [
        status(&crew.user_create(actor, "Ben", PASSWORD)),
        status(&crew.user_rename(actor, nobody, "Ben")),
        status(&crew.user_enable(actor, nobody, false)),
        status(&crew.user_permit(actor, nobody, 1)),
        status(&crew.user_delete(actor, nobody)),
        status(&crew.user_unthrottle(actor, nobody)),
        status(&crew.password_reset(actor, nobody)),
        status(&crew.policy_set(actor, item::IDLE, 30 * MINUTE)),
        status(&crew.policy_preset(actor, DEFAULT)),
        status(&crew.revoke(actor, nobody)),
        status(&crew.revoke_user(actor, nobody, None)),
    ];
    assert_eq!(answers, [SESSION_NOT_ALLOWED; 11]);
}

#[test]
fn who_acts_against_themselves_is_recorded_and_then_out() {
    let against: [Call; 5] = [
        |crew, store, actor| store.user_enable(actor, crew.anna, false),
        |crew, store, actor| store.user_delete(actor, crew.anna),
        |crew, store, actor| store.password_reset(actor, crew.anna).map(|_| ()),
        |crew, store, actor| store.revoke_user(actor, crew.anna, None).map(|_| ()),
        |_, store, actor| store.revoke(actor, store.peek(actor.unwrap())?.session_id.unwrap()),
    ];
    for (number, call) in against.into_iter().enumerate() {
        let crew = Crew::new();
        let token = crew.log_in();
        call(&crew, &crew, Some(&token)).unwrap();
        let last = look(&crew).events.pop().unwrap();
        assert_eq!((last.actor_id, last.user_id), (Some(crew.anna), Some(crew.anna)), "{number}");
        assert_eq!(status(&crew.user_permit(Some(&token), crew.ben, 1)), SESSION_NOT_ALLOWED, "{number}");
    }
}

#[test]
fn a_backup_is_for_live_actors_too() {
    let crew = Crew::new();
    let dead = dead_actors(&crew);
    let (before, folder) = (look(&crew), crew.home.path().join("copy"));
    for (what, token) in &dead {
        assert_eq!(status(&crew.backup(Some(token), &folder)), SESSION_NOT_ALLOWED, "{what}");
    }
    assert!(look(&crew) == before && !folder.exists());
    let token = crew.log_in();
    crew.backup(Some(&token), &folder).unwrap();
    let last = look(&crew).events.pop().unwrap();
    assert_eq!((last.kind, last.actor_id), (21, Some(crew.anna)));
    assert!(folder.exists() && last.detail.ends_with("copy"), "{}", last.detail);
}

// The OS account

#[cfg(unix)]
#[test]
fn every_event_names_the_account_of_the_process() {
    let told = std::process::Command::new("id").arg("-un").output().expect("id");
    let account = String::from_utf8(told.stdout).unwrap();
    let crew = Crew::new();
    let events = look(&crew).events;
    assert!(events.len() > 5 && events.iter().all(|event| event.os_account == account.trim()), "{events:?}");
}
