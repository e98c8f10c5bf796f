//! HMAC-SHA-256 (RFC 2104) over fields whose boundaries cannot be moved.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub const SIZE: usize = 32;
pub type Tag = [u8; SIZE];

/// A keyed state, ready to start. hmac's `zeroize` feature wipes it when dropped.
pub struct MacKey(Hmac<Sha256>);

/// One field of what is authenticated.
#[derive(Clone, Copy)]
pub enum Field<'a> {
    Int(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Null,
}

impl MacKey {
    pub fn new(key: &[u8; 32]) -> MacKey {
        MacKey(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    pub fn tag<'a>(&self, fields: impl IntoIterator<Item = Field<'a>>) -> Tag {
        let mut input = Input { mac: self.0.clone(), gathered: [0; GATHER], length: 0 };
        for field in fields {
            match field {
                Field::Int(value) => input.number(value),
                Field::Bytes(bytes) => input.add(2, bytes),
                Field::Text(text) => input.add(3, text.as_bytes()),
                Field::Null => input.gather(&[4]),
            }
        }
        input.mac.update(&input.gathered[..input.length]);
        input.mac.finalize().into_bytes().into()
    }

    /// As `tag` of these two fields, leaving no copy of the secret.
    pub fn tag_secret(&self, kind: &str, secret: &[u8]) -> Tag {
        let mut mac = self.0.clone();
        for (number, field) in [(3, kind.as_bytes()), (2, secret)] {
            mac.update(&head(number, field));
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Room for most rows: their blocks are hashed in one go, and it is the calls that cost.
const GATHER: usize = 512;

struct Input {
    mac: Hmac<Sha256>,
    gathered: [u8; GATHER],
    length: usize,
}

/// What stands before a value whose length may be any: kind and length.
fn head(kind: u8, value: &[u8]) -> [u8; 5] {
    let length = u32::try_from(value.len()).expect("SQLite's limit is a megabyte");
    let mut head = [kind; 5];
    head[1..].copy_from_slice(&length.to_be_bytes());
    head
}

impl Input {
    #[inline(always)]
    fn number(&mut self, value: i64) {
        let mut field = [1; 9];
        field[1..].copy_from_slice(&value.to_be_bytes());
        self.gather(&field);
    }

    #[inline(always)]
    fn add(&mut self, kind: u8, value: &[u8]) {
        self.gather(&head(kind, value));
        if !value.is_empty() {
            self.gather(value);
        }
    }

    #[inline(always)]
    fn gather(&mut self, bytes: &[u8]) {
        if bytes.len() > GATHER - self.length {
            self.mac.update(&self.gathered[..self.length]);
            self.length = 0;
        }
        match self.gathered[self.length..].get_mut(..bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.length += bytes.len();
            }
            None => self.mac.update(bytes),
        }
    }
}

/// In constant time; false where the lengths differ. Eight bytes at a time, since subtle hides every comparison from the compiler.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    let ((a_words, a_rest), (b_words, b_rest)) = (a.as_chunks(), b.as_chunks());
    let mut same = a_rest.ct_eq(b_rest);
    for (a, b) in a_words.iter().zip(b_words) {
        same &= u64::from_ne_bytes(*a).ct_eq(&u64::from_ne_bytes(*b));
    }
    a.len() == b.len() && same.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_the_length_count() {
        let bytes: [u8; 35] = std::array::from_fn(|at| at as u8);
        for length in 0..bytes.len() {
            assert!(equal(&bytes[..length], &bytes[..length]));
            assert!(!equal(&bytes[..length], &bytes[..length + 1]) && !equal(&bytes[..length + 1], &bytes[..length]));
            for at in 0..length {
                let mut other = bytes;
                other[at] ^= 0x80;
                assert!(!equal(&bytes[..length], &other[..length]), "{at} of {length}");
            }
        }
    }

    /// Also where the fields are more than what is gathered, one by one or together.
    #[test]
    fn a_tag_is_hmac_over_kinds_lengths_and_values() {
        let long = [7; 3 * GATHER];
        for (count, length) in [(0, 0), (1, 0), (1, GATHER - 5), (1, GATHER - 4), (1, long.len()), (60, 9), (3, GATHER - 9)] {
            let key = MacKey::new(&[1; 32]);
            let mut plain = key.0.clone();
            for _ in 0..count {
                plain.update(&[2]);
                plain.update(&(length as u32).to_be_bytes());
                plain.update(&long[..length]);
                plain.update(&[1, 255, 255, 255, 255, 255, 255, 255, 254, 4]);
            }
            let fields = (0..count).flat_map(|_| [Field::Bytes(&long[..length]), Field::Int(-2), Field::Null]);
            assert_eq!(key.tag(fields)[..], plain.finalize().into_bytes()[..], "{count} of {length}");
        }
        let key = MacKey::new(&[1; 32]);
        assert_eq!(key.tag_secret("token", b"secret"), key.tag([Field::Text("token"), Field::Bytes(b"secret")]));
    }
}
