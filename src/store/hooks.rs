//! For this project's own tests (feature `test-hooks`, debug builds only): rows are written with an extension that the shipped
//! library does not know, as a newer minor version would.

use super::records::Row;
use parking_lot::Mutex;

/// Table, and the extension that every written row of it gets.
type Extension = Option<(String, Vec<u8>)>;

pub static EXTENSION: Mutex<Extension> = Mutex::new(None);

pub fn extended<R: Row + Clone>(row: &R) -> R {
    let mut row = row.clone();
    if let Some((_, ext)) = EXTENSION.lock().as_ref().filter(|(table, _)| table == R::TABLE)
        && row.ext().is_empty()
    {
        *row.ext_mut() = ext.clone();
    }
    row
}
