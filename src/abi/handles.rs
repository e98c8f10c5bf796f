//! Handles: keys into a table, counted up and never used again, so that a closed or invented one is found out.

use super::types::session_store;
use crate::engine::Store;
use crate::platform::{Apart, place_of_thread};
use crate::status::{SESSION_BAD_HANDLE, SESSION_INTERNAL, SESSION_LIMIT};
use crate::{Error, Result};
use parking_lot::{Mutex, RwLock};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MOST: usize = 1000;
/// Handles look like odd numbers of no mapped page, so that a host that dereferences one faults at once.
const STEP: usize = 2;
/// Copies of the table. Each thread reads one, so that threads do not meet at every call.
const COPIES: usize = 4;

/// An open store, and whether a call on it has panicked.
pub struct Open {
    store: Store,
    poisoned: AtomicBool,
}

/// A table's own hold on a store; a call in flight holds it too, and the last to let go closes the store.
pub struct Held(Apart<Arc<Open>>);

impl Deref for Held {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.0.0.store
    }
}

type Table = BTreeMap<usize, Arc<Held>>;

static TABLES: [Apart<RwLock<Table>>; COPIES] = [const { Apart(RwLock::new(BTreeMap::new())) }; COPIES];
/// The last key given out; 0 = none yet. Taken before the tables by whoever changes them.
static LAST: Mutex<usize> = Mutex::new(0);

fn table() -> &'static RwLock<Table> {
    &TABLES[place_of_thread(COPIES)].0
}

/// Before a store is created that no handle could be given for.
pub fn check_room() -> Result<()> {
    if TABLES[0].0.read().len() < MOST {
        Ok(())
    } else {
        Err(Error::new(SESSION_LIMIT, "over 1000 open handles in this process"))
    }
}

pub fn insert(store: Store) -> Result<*mut session_store> {
    let mut last = LAST.lock();
    check_room()?;
    if *last == 0 {
        *last = first_key()?;
    }
    *last = last.wrapping_add(STEP);
    let open = Arc::new(Open { store, poisoned: AtomicBool::new(false) });
    for table in &TABLES {
        table.0.write().insert(*last, Arc::new(Held(Apart(Arc::clone(&open)))));
    }
    Ok(std::ptr::without_provenance_mut(*last))
}

/// Somewhere in the lower half, so that a guess, or a handle of another copy of this library, is found out too.
fn first_key() -> Result<usize> {
    let mut random = [0; 4];
    crate::crypto::random(&mut random)?;
    Ok((u32::from_ne_bytes(random) >> 1) as usize | 1)
}

/// `None`: no such handle. The store lives on for as long as the call holds it.
pub fn find(handle: *mut session_store) -> Result<Option<Arc<Held>>> {
    match table().read().get(&handle.addr()) {
        Some(held) if held.0.0.poisoned.load(Ordering::Relaxed) => {
            Err(Error::new(SESSION_INTERNAL, "the handle is of no more use"))
        }
        held => Ok(held.cloned()),
    }
}

/// NULL is fine.
pub fn remove(handle: *mut session_store) -> Result<()> {
    if handle.is_null() {
        return Ok(());
    }
    let last = LAST.lock();
    let removed: Vec<_> = TABLES.iter().filter_map(|table| table.0.write().remove(&handle.addr())).collect();
    drop(last);
    if removed.is_empty() { Err(Error::new(SESSION_BAD_HANDLE, "closed already, or no handle at all")) } else { Ok(()) }
}

pub fn poison(handle: *mut session_store) {
    if let Some(held) = table().read().get(&handle.addr()) {
        held.0.0.poisoned.store(true, Ordering::Relaxed);
    }
}
