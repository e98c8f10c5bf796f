//! The audit trail: edits, gaps, cuts at either end, and what purge may take.

#[cfg(unix)]
mod support;
#[path = "support/tamper.rs"]
mod tamper_support;

use desksession::Store;
use desksession::model::*;
use desksession::platform::clock::Clock;
use desksession::policy::time::Reading;
use desksession::status::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tamper_support::*;

// The audit trail

#[test]
fn a_cut_event_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let before = events(&store);
    case.change(1, "DELETE FROM audit WHERE id = 5");
    // 6 may be genuine, but what it was chained to is gone.
    assert_eq!(refused_events(&store), [5, 6]);
    let after = events(&store);
    assert_eq!(after.len(), before.len());
    assert_eq!((&after[..4], &after[6..]), (&before[..4], &before[6..]));
    assert_eq!(refused_events(&case.open()), [5, 6]);
}

#[test]
fn a_cut_tail_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let last = events(&store).len() as i64;
    case.change(2, &format!("DELETE FROM audit WHERE id > {}", last - 2));
    // What is missing in a row is told once, by its last id.
    assert_eq!(refused_events(&store), [last]);
    assert_eq!(refused_events(&case.open()), [last]);
    // It still shows once the trail goes on.
    store.user_permit(None, case.people.anna, 1).unwrap();
    store.user_permit(None, case.people.anna, 2).unwrap();
    let refused = refused_events(&store);
    assert!(refused.starts_with(&[last]) && !refused.contains(&(last + 2)), "{refused:?}");
    assert_eq!(events(&store).len() as i64, last + 1);
}

#[test]
fn a_cut_head_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.change(3, "DELETE FROM audit WHERE id < 4");
    assert_eq!(refused_events(&store), [3, 4]);
}

#[test]
fn an_empty_trail_shows() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    let all = events(&store).len();
    case.change(all, "DELETE FROM audit");
    assert_eq!(refused_events(&store), [all as i64]);
}

#[test]
fn swapped_and_added_events_show() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.sql(
        "UPDATE audit SET id = -1 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = -1",
    );
    let refused = refused_events(&store);
    assert!(refused.starts_with(&[3, 4]), "{refused:?}");
    let last = events(&store).len() as i64;
    for id in [last + 1, last + 7] {
        case.change(
            1,
            &format!("INSERT INTO audit SELECT {id}, kind, at, actor, user, session, detail, account, ext, mac FROM audit WHERE id = 2"),
        );
        assert!(refused_events(&store).contains(&id));
    }
}

/// The highest number there is: a list over it has to end as well.
#[test]
fn an_event_of_the_highest_number_ends_the_list() {
    let Some(case) = Case::new() else { return };
    let store = case.open();
    case.change(1, "INSERT INTO audit SELECT 9223372036854775807, kind, at, actor, user, session, detail, account, ext, mac FROM audit WHERE id = 2");
    assert!(refused_events(&store).iter().all(|id| *id == i64::MAX));
}

/// A clock that stands where the test puts it.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicI64>);

impl Clock for Hands {
    fn read(&self) -> Reading {
        let at = self.0.load(Ordering::SeqCst);
        Reading { wall: at, elapsed: at, boot: [1; 16] }
    }
}

const DAY: i64 = 86_400_000;
const AUDIT_KEEP_MS: u32 = 12;

/// A store whose first five events are ten days older than the others and no longer kept.
fn aged() -> Option<(Case, Store)> {
    let case = Case::new()?;
    let clock = Hands::default();
    clock.0.store(20_000 * DAY, Ordering::SeqCst);
    let folder = case.home().join("aged");
    let store = Store::open_with_clock(&folder, &options(OpenMode::CreateNew, caller(KEY)), Box::new(clock.clone())).unwrap();
    hash_fast(&store);
    let anna = store.user_create(None, ANNA, OF_ANNA).unwrap();
    store.policy_set(None, AUDIT_KEEP_MS, DAY).unwrap();
    assert_eq!(events(&store).len(), 5);
    clock.0.fetch_add(10 * DAY, Ordering::SeqCst);
    for permissions in 1..4 {
        store.user_permit(None, anna, permissions).unwrap();
    }
    Some((case, store))
}

#[test]
fn purge_keeps_the_chain() {
    let Some((case, store)) = aged() else { return };
    assert_eq!(store.purge().unwrap(), 5);
    let kept = events(&store);
    assert_eq!(kept.iter().map(|event| event.id).collect::<Vec<_>>(), [6, 7, 8, 9]);
    assert!(refused_events(&store).is_empty());
    assert_eq!(store.event_next(2).unwrap().id, 6);
    // What was purged does not come back, and the new head cannot be cut unseen.
    let database = case.home().join("aged/store.db");
    sqlite3(
        &database,
        "INSERT INTO audit SELECT 5, kind, at, actor, user, session, detail, account, ext, mac FROM audit WHERE id = 6",
    );
    assert_eq!(events(&store), kept);
    sqlite3(&database, "DELETE FROM audit WHERE id = 6");
    assert_eq!(refused_events(&store), [6, 7]);
    sqlite3(&database, "UPDATE meta SET first_event = 7");
    assert_eq!(status(store.event_next(0)), SESSION_TAMPERED);
}

#[test]
fn purge_removes_no_evidence() {
    let Some((case, store)) = aged() else { return };
    sqlite3(&case.home().join("aged/store.db"), "UPDATE audit SET detail = 'nothing' WHERE id = 3");
    assert_eq!(store.purge().unwrap(), 2);
    assert_eq!(refused_events(&store), [3]);
    assert_eq!(events(&store)[0].id, 3);
}

/// A missing event must not be taken for the end of what there is to purge, nor be forgotten.
#[test]
fn purge_stops_at_a_gap() {
    let Some((case, store)) = aged() else { return };
    sqlite3(&case.home().join("aged/store.db"), "DELETE FROM audit WHERE id = 3");
    assert_eq!(store.purge().unwrap(), 2);
    assert_eq!(refused_events(&store), [3, 4]);
}
