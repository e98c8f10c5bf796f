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
        let mut mac = self.0.clone();
        // Kind, length, and a number itself go in at once: it is the calls that cost.
        let mut head = [0; 17];
        for field in fields {
            let (kind, length) = match field {
                Field::Int(_) => (1, 8),
                Field::Bytes(bytes) => (2, bytes.len()),
                Field::Text(text) => (3, text.len()),
                Field::Null => (4, 0),
            };
            head[0] = kind;
            head[1..9].copy_from_slice(&(length as u64).to_be_bytes());
            match field {
                Field::Int(value) => {
                    head[9..].copy_from_slice(&value.to_be_bytes());
                    mac.update(&head);
                }
                Field::Bytes(bytes) => {
                    mac.update(&head[..9]);
                    mac.update(bytes);
                }
                Field::Text(text) => {
                    mac.update(&head[..9]);
                    mac.update(text.as_bytes());
                }
                Field::Null => mac.update(&head[..9]),
            }
        }
        mac.finalize().into_bytes().into()
    }
}

/// In constant time; false where the lengths differ.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
