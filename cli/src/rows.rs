//! Lists of a store, row after row.

use desksession::model::{Event, SessionInfo, User};
use desksession::status::{SESSION_DONE, SESSION_INTERNAL};
use desksession::{Error, Result, Store};
use uuid::Uuid;

pub fn users(store: &Store) -> impl Iterator<Item = Result<User>> {
    each(|after| store.user_next(after), |user| user.user_id)
}

pub fn sessions(store: &Store, user: Option<Uuid>) -> impl Iterator<Item = Result<SessionInfo>> {
    each(move |after| store.session_next(user, after), |session| session.session_id)
}

/// An event without an id says that more than one event is wrong, and ends the list.
pub fn events_after(store: &Store, first: i64) -> impl Iterator<Item = Result<Event>> {
    each(move |after| store.event_next(after.unwrap_or(first)), |event| (event.id != 0).then_some(event.id))
}

/// Until SESSION_DONE, a fault, or a row after which there is no going on.
fn each<T, K: Copy>(next: impl Fn(Option<K>) -> Result<T>, key: impl Fn(&T) -> Option<K>) -> impl Iterator<Item = Result<T>> {
    let (mut after, mut over) = (None, false);
    std::iter::from_fn(move || {
        if over {
            return None;
        }
        let row = next(after);
        after = row.as_ref().ok().and_then(&key);
        over = after.is_none();
        Some(row).filter(|row| !matches!(row, Err(error) if error.status() == SESSION_DONE))
    })
}

/// A text in the form of an id is always one, so that nobody is reached by taking another's id for a name.
pub fn user_id(store: &Store, name_or_id: &str) -> Result<Uuid> {
    match hyphenated(name_or_id) {
        Some(id) => Ok(id),
        None => present(store.user_find(name_or_id)?.user_id),
    }
}

fn hyphenated(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

/// What only rows that are not ours lack.
pub fn present(id: Option<Uuid>) -> Result<Uuid> {
    id.ok_or_else(|| Error::new(SESSION_INTERNAL, "a row without its id"))
}
