//! Properties of the pure policy layer, over inputs that nobody thought of.

use desksession::policy::expiry::{Course, End, Limits};
use desksession::policy::items::{Item, Policy};
use desksession::policy::names;
use desksession::policy::password::{self, Weakness};
use desksession::policy::throttle::{Attempts, Decision, delay_ms};
use desksession::policy::time::{Anchor, Now, Reading};
use proptest::prelude::*;

fn moment() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(i64::MAX), Just(i64::MIN), 0..4_000_000_000_000_i64]
}

fn reading() -> impl Strategy<Value = Reading> {
    (moment(), moment(), 0..3_u8).prop_map(|(wall, elapsed, boot)| Reading { wall, elapsed, boot: [boot; 16] })
}

fn sane_reading() -> impl Strategy<Value = Reading> {
    (1_000_000_000_000..4_000_000_000_000_i64, 0..100_000_000_000_i64).prop_map(|(wall, elapsed)| Reading {
        wall,
        elapsed,
        boot: [1; 16],
    })
}

fn number() -> impl Strategy<Value = u32> {
    1..=12_u32
}

fn later(reading: Reading, passed: i64, wall_set_by: i64) -> Reading {
    Reading { wall: reading.wall + passed + wall_set_by, elapsed: reading.elapsed + passed, ..reading }
}

fn course(now: &Now, remembered: bool) -> Course {
    Course { remembered, authenticated_at: now.steady, last_seen_at: now.steady, set_back: now.set_back }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_reading_of_any_clock_panics(first in reading(), second in reading(), limit in 1..i64::MAX, idle in 1..i64::MAX) {
        let anchor = Anchor::first(first);
        let now = anchor.now(second);
        prop_assert!(now.latest >= now.steady);
        let _ = anchor.advanced(&now).now(first);
        let _ = anchor.believing(&now).now(first);
        let course = Course { remembered: false, authenticated_at: first.wall, last_seen_at: second.wall, set_back: 0 };
        let _ = course.end(Limits { absolute_ms: limit, idle_ms: idle }, &now);
        let attempts = Attempts { failures: 9, wait_ms: 16_000, at: first.wall, elapsed: first.elapsed, boot: first.boot };
        let _ = attempts.decide(true, &Policy::default(), &now);
    }

    #[test]
    fn within_a_boot_time_passes_exactly_whatever_the_wall_says(
        first in sane_reading(), passed in 0..10_000_000_000_i64, set in -1_000_000_000_000..0_i64,
    ) {
        let now = Anchor::first(first).now(later(first, passed, set));
        prop_assert_eq!(now.steady, first.wall + passed);
    }

    #[test]
    fn a_clock_set_back_never_lengthens(
        first in sane_reading(), passed in 0..100_000_000_i64, set in -1_000_000_000_000..0_i64,
        absolute in 1..100_000_000_i64, idle in 1..100_000_000_i64, remembered: bool,
    ) {
        let anchor = Anchor::first(first);
        let course = course(&anchor.now(first), remembered);
        let end = course.end(Limits { absolute_ms: absolute, idle_ms: idle }, &anchor.now(later(first, passed, set)));
        if passed >= absolute.min(idle) {
            prop_assert!(end.is_some());
        }
    }

    #[test]
    fn logins_that_believe_a_clock_set_back_never_lengthen_either(
        first in sane_reading(), before in 0..50_000_000_i64, set in -1_000_000_000_000..0_i64, after in 0..50_000_000_i64,
        limit in 1..100_000_000_i64, remembered: bool,
    ) {
        let anchor = Anchor::first(first);
        let course = course(&anchor.now(first), remembered);
        let at_login = later(first, before, set);
        let anchor = anchor.believing(&anchor.now(at_login));
        let now = anchor.now(later(at_login, after, 0));
        let end = course.end(Limits { absolute_ms: limit, idle_ms: limit }, &now);
        if before + after >= limit {
            prop_assert!(end.is_some());
        } else if remembered {
            prop_assert_eq!(end, None, "and it does not end early");
        }
    }

    #[test]
    fn advancing_the_anchor_changes_no_time(first in sane_reading(), a in 0..1_000_000_000_i64, b in 0..1_000_000_000_i64) {
        let anchor = Anchor::first(first);
        let between = anchor.now(later(first, a, 0));
        let last = later(first, a + b, 0);
        prop_assert_eq!(anchor.advanced(&between).now(last).steady, anchor.now(last).steady);
    }

    #[test]
    fn limits_are_exact(first in sane_reading(), absolute in 1..1_000_000_000_i64, idle in 1..1_000_000_000_i64, off in -1..=1_i64) {
        let anchor = Anchor::first(first);
        let now = anchor.now(later(first, (absolute.min(idle) + off).max(0), 0));
        let end = course(&now, false);
        let begun = Course { authenticated_at: first.wall, last_seen_at: first.wall, ..end };
        let expected = match off {
            -1 => None,
            _ if absolute <= idle || absolute <= idle + off => Some(End::Expired),
            _ => Some(End::Idle),
        };
        prop_assert_eq!(begun.end(Limits { absolute_ms: absolute, idle_ms: idle }, &now), expected);
    }

    #[test]
    fn waits_grow_and_never_pass_the_cap(failures in 0..u32::MAX, free in 0..=100_i64, cap in 1000..=86_400_000_i64) {
        let mut policy = Policy::default();
        prop_assert!(policy.set(Item::ThrottleFree, free));
        prop_assert!(policy.set(Item::ThrottleCapMs, cap));
        let delay = delay_ms(failures, &policy);
        prop_assert!((0..=cap).contains(&delay));
        prop_assert!(delay <= delay_ms(failures.saturating_add(1), &policy));
        prop_assert_eq!(delay == 0, i64::from(failures) <= free);
    }

    #[test]
    fn no_clock_makes_a_wait_longer_than_its_count(
        first in reading(), second in reading(), failures in 1..200_u32, wait in moment(),
    ) {
        let policy = Policy::default();
        let attempts = Attempts { failures, wait_ms: wait, at: first.wall, elapsed: first.elapsed, boot: first.boot };
        match attempts.decide(false, &policy, &Anchor::first(first).now(second)) {
            Decision::Wait(ms, moved) => {
                prop_assert!(ms > 0 && ms <= delay_ms(failures, &policy));
                prop_assert!(moved.is_none_or(|moved| moved.failures == failures && moved.wait_ms == ms));
            }
            Decision::Go(counted) => prop_assert_eq!(counted.failures, failures + 1),
            Decision::Stopped => prop_assert!(false, "there is no stop by default"),
        }
    }

    #[test]
    fn policies_survive_their_bytes(values in prop::collection::vec((number(), any::<i64>()), 0..20)) {
        let mut policy = Policy::default();
        for (number, value) in values {
            let before = policy.clone();
            let item = Item::from_number(number).unwrap();
            if !policy.set(item, value) {
                prop_assert_eq!(&policy, &before);
            }
        }
        prop_assert_eq!(Policy::from_bytes(&policy.to_bytes()), Some(policy));
    }

    #[test]
    fn names_are_prepared_once_and_for_all(name in "\\PC{1,20}( \\PC{1,20})?") {
        if let Some(canonical) = names::canonical(&name) {
            prop_assert_eq!(names::canonical(&canonical), Some(canonical.clone()));
            prop_assert!(canonical.len() <= 255 && !canonical.contains("  "));
        }
    }

    #[test]
    fn any_password_is_weighed_without_harm(password in any::<String>(), name in any::<String>(), min in 8..=64_i64) {
        let (weakness, score) = password::weigh(&password, Some(&name), Some("till"), min);
        prop_assert_eq!(weakness == Weakness::Not, score > 0);
        prop_assert!(score <= 4);
    }
}

#[test]
fn every_code_point_is_prepared_once_and_for_all() {
    let mut allowed = 0;
    for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
        if let Some(canonical) = names::canonical(&format!("a{c}b")) {
            assert_eq!(names::canonical(&canonical), Some(canonical.clone()), "{c:?}");
            allowed += 1;
        }
    }
    assert!(allowed > 50_000, "{allowed}");
}
