//! Handles: keys into a table, counted up and never used again, so that a closed or invented one is found out.

use super::types::session_store;
use crate::engine::Store;
use crate::status::{SESSION_BAD_HANDLE, SESSION_INTERNAL, SESSION_LIMIT};
use crate::{Error, Result};
use once_cell::sync::Lazy;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MOST: usize = 1000;
/// Handles look like odd numbers of no mapped page, so that a host that dereferences one faults at once.
const STEP: usize = 2;

struct Open {
    store: Arc<Store>,
    poisoned: AtomicBool,
}

#[derive(Default)]
struct Table {
    open: BTreeMap<usize, Open>,
    last: usize,
}

static TABLE: Lazy<RwLock<Table>> = Lazy::new(|| RwLock::new(Table::default()));

/// Before a store is created that no handle could be given for.
pub fn check_room() -> Result<()> {
    if TABLE.read().open.len() < MOST {
        Ok(())
    } else {
        Err(Error::new(SESSION_LIMIT, "over 1000 open handles in this process"))
    }
}

pub fn insert(store: Store) -> Result<*mut session_store> {
    check_room()?;
    let mut table = TABLE.write();
    if table.last == 0 {
        table.last = first_key()?;
    }
    table.last = table.last.wrapping_add(STEP);
    let key = table.last;
    table.open.insert(key, Open { store: Arc::new(store), poisoned: AtomicBool::new(false) });
    Ok(std::ptr::without_provenance_mut(key))
}

/// Somewhere in the lower half, so that a guess, or a handle of another copy of this library, is found out too.
fn first_key() -> Result<usize> {
    let mut random = [0; 4];
    crate::crypto::random(&mut random)?;
    Ok((u32::from_ne_bytes(random) >> 1) as usize | 1)
}

/// `None`: no such handle. The store lives on for as long as the call holds it.
pub fn find(handle: *mut session_store) -> Result<Option<Arc<Store>>> {
    match TABLE.read().open.get(&handle.addr()) {
        Some(open) if open.poisoned.load(Ordering::Relaxed) => {
            Err(Error::new(SESSION_INTERNAL, "the handle is of no more use"))
        }
        Some(open) => Ok(Some(Arc::clone(&open.store))),
        None => Ok(None),
    }
}

/// NULL is fine.
pub fn remove(handle: *mut session_store) -> Result<()> {
    if handle.is_null() {
        return Ok(());
    }
    let removed = TABLE.write().open.remove(&handle.addr());
    removed.map(drop).ok_or_else(|| Error::new(SESSION_BAD_HANDLE, "closed already, or no handle at all"))
}

pub fn poison(handle: *mut session_store) {
    if let Some(open) = TABLE.read().open.get(&handle.addr()) {
        open.poisoned.store(true, Ordering::Relaxed);
    }
}
