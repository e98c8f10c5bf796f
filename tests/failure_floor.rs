//! Failures are held to 1.25 times the slowest of the process's last eight hashes: what was hashed for whom does not show. A
//! file of its own, because other tests' hashes would be among the last eight.

#[path = "support/store.rs"]
mod support;

use desksession::status::SESSION_BAD_CREDENTIALS;
use std::time::Instant;
use support::*;

#[test]
fn failures_take_at_least_as_long_as_the_slowest_recent_hash() {
    let (test, _) = TestStore::with_anna();
    test.policy_set(None, item::MEMORY, 65536).unwrap();
    test.policy_set(None, item::PASSES, 10).unwrap();
    let begun = Instant::now();
    test.user_create(None, "Ben", PASSWORD).unwrap();
    let slow = begun.elapsed();
    test.policy_set(None, item::MEMORY, 19456).unwrap();
    test.policy_set(None, item::PASSES, 2).unwrap();
    // One-sided: nothing here fails because the machine is slow, and a hash of these costs a tenth of the slow one.
    for (name, password) in [("Anna Müller", OTHER), ("nobody", OTHER), ("a\0b", OTHER), ("Anna Müller", &[b'x'; 2000][..])] {
        let begun = Instant::now();
        assert_eq!(test.try_login(name, password), SESSION_BAD_CREDENTIALS);
        let took = begun.elapsed();
        assert!(took > slow / 2, "{name:?}: {took:?}, and the slow one took {slow:?}");
    }
}
