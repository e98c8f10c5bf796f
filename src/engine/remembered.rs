//! Sessions that this handle has seen: their activity, which the disk learns of now and then, and for those that a verify said yes
//! to, what the yes rested on. It is said again from memory for as long as the store stands where it stood before those rows were
//! read and no limit has passed. Only a yes is ever served from here.

use crate::crypto::mac::{self, Tag};
use crate::model::SessionInfo;
use crate::platform::{Apart, place_of_thread};
use crate::policy::expiry::{Course, Limits};
use crate::policy::items::Policy;
use crate::policy::time::{Anchor, Reading};
use crate::store::Stamp;
use parking_lot::{Mutex, MutexGuard, RwLock};
use std::collections::HashMap;
use uuid::Uuid;
use zeroize::Zeroize;

/// Each thread keeps to one, so that threads do not meet.
const SHARDS: usize = 4;
/// Sessions in each, of some 400 bytes. Forgetting is safe: rows are read again, and activity counts up to a minute late.
const MOST: usize = 12 * 1024;

#[derive(Default)]
pub(super) struct Remembered {
    shards: [Apart<Mutex<Sessions>>; SHARDS],
    settings: RwLock<Option<(Stamp, Policy, Anchor)>>,
}

type Sessions = HashMap<Uuid, Session>;

struct Session {
    /// The latest activity in this shard.
    seen: i64,
    yes: Option<Box<Yes>>,
}

/// What a yes rested on.
pub(super) struct Yes {
    /// From before its rows were read.
    pub stamp: Stamp,
    pub anchor: Anchor,
    pub token_hash: Tag,
    /// As on disk.
    pub course: Course,
    pub limits: Limits,
    pub info: SessionInfo,
}

impl Drop for Yes {
    fn drop(&mut self) {
        self.token_hash.zeroize();
    }
}

impl Yes {
    /// `None`: a touch is due, or a limit has passed, as far as this shard knows.
    fn again(&self, reading: Reading, seen: &mut i64) -> Option<SessionInfo> {
        let now = self.anchor.now(reading);
        let mut course = Course { last_seen_at: self.course.last_seen_at.max(*seen), ..self.course };
        if course.end(self.limits, &now).is_some() || self.course.touch_due(self.limits, &now) {
            return None;
        }
        course.last_seen_at = course.seen(&now);
        *seen = course.last_seen_at;
        let mut info = self.info.clone();
        info.last_seen_at = course.last_seen_at.saturating_sub(course.ahead(&now));
        info.idle_expires_at = info.last_seen_at.saturating_add(self.limits.idle_ms);
        Some(info)
    }
}

impl Remembered {
    fn mine(&self) -> MutexGuard<'_, Sessions> {
        self.shards[place_of_thread(SHARDS)].0.lock()
    }

    /// Policy, and on what trusted time rests, if nothing has changed.
    pub fn settings(&self, stamp: Stamp) -> Option<(Policy, Anchor)> {
        self.settings.read().as_ref().filter(|known| known.0 == stamp).map(|known| (known.1.clone(), known.2))
    }

    /// `stamp`: from before they were read.
    pub fn learn_settings(&self, stamp: Stamp, policy: Policy, anchor: Anchor) {
        *self.settings.write() = Some((stamp, policy, anchor));
    }

    /// The same yes once more, if nothing has changed. Counts as activity.
    pub fn yes(
        &self,
        stamp: Stamp,
        session: Uuid,
        token_hash: impl FnOnce() -> Tag,
        reading: impl FnOnce() -> Reading,
    ) -> Option<SessionInfo> {
        let mut shard = self.mine();
        let Session { seen, yes } = shard.get_mut(&session)?;
        let yes = yes.as_ref().filter(|yes| yes.stamp == stamp)?;
        if mac::equal(&token_hash(), &yes.token_hash) { yes.again(reading(), seen) } else { None }
    }

    /// Activity, and what the yes to it rested on, where that can be told.
    pub fn saw(&self, session: Uuid, seen: i64, yes: Option<Box<Yes>>) {
        let mut shard = self.mine();
        if shard.len() >= MOST && !shard.contains_key(&session) {
            shard.clear();
        }
        let known = shard.entry(session).or_insert(Session { seen, yes: None });
        known.seen = known.seen.max(seen);
        known.yes = yes.or(known.yes.take());
    }

    /// By any thread.
    pub fn seen(&self, session: Uuid) -> i64 {
        let seen = |shard: &Apart<Mutex<Sessions>>| shard.0.lock().get(&session).map(|known| known.seen);
        self.shards.iter().filter_map(seen).max().unwrap_or(i64::MIN)
    }

    pub fn forget(&self, session: Uuid) {
        for shard in &self.shards {
            shard.0.lock().remove(&session);
        }
    }
}
