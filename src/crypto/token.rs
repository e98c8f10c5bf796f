//! The token: "ds1_" and 64 characters of base64url, which are a 16-byte session id and a 32-byte secret. One spelling only.

use super::mac::{MacKey, Tag};
use base64ct::{Base64UrlUnpadded, Encoding};
use uuid::Uuid;
use zeroize::Zeroizing;

pub const PREFIX: &str = "ds1_";
pub const LENGTH: usize = PREFIX.len() + 64;
const BYTES: usize = 48;

/// A parsed token.
pub struct Parts {
    bytes: Zeroizing<[u8; BYTES]>,
}

impl Parts {
    pub fn new(session: Uuid) -> crate::Result<Parts> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        bytes[..16].copy_from_slice(session.as_bytes());
        super::random(&mut bytes[16..])?;
        Ok(Parts { bytes })
    }

    /// 48 bytes are 64 characters without spare bits, and base64ct refuses every character outside the alphabet: no second
    /// spelling of a token exists.
    pub fn parse(text: &str) -> Option<Parts> {
        let encoded = text.strip_prefix(PREFIX).filter(|encoded| encoded.len() == LENGTH - PREFIX.len())?;
        let mut bytes = Zeroizing::new([0; BYTES]);
        let decoded = Base64UrlUnpadded::decode(encoded, &mut bytes[..]).ok()?.len();
        (decoded == BYTES).then_some(Parts { bytes })
    }

    pub fn session(&self) -> Uuid {
        Uuid::from_slice(&self.bytes[..16]).expect("16 bytes")
    }

    pub fn text(&self) -> Zeroizing<String> {
        let mut encoded = Zeroizing::new([0_u8; LENGTH - PREFIX.len()]);
        let encoded = Base64UrlUnpadded::encode(&self.bytes[..], &mut encoded[..]).expect("64 characters for 48 bytes");
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.push_str(PREFIX);
        text.push_str(encoded);
        text
    }

    /// What the store keeps of it.
    pub fn hash(&self, key: &MacKey) -> Tag {
        key.tag_secret("token", &self.bytes[..])
    }
}
