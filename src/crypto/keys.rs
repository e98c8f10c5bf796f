//! The root key of a store and the keys derived from it (HKDF-SHA-256, RFC 5869), one per purpose.

use super::mac::MacKey;
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

/// 32 bytes, never inside the database. Boxed, so that moving it leaves no copy on the stack.
pub type RootKey = Box<Zeroizing<[u8; 32]>>;

pub fn blank_root() -> RootKey {
    Box::new(Zeroizing::new([0; 32]))
}

/// Overwrites what earlier calls left below this frame: key derivation and password hash work on the stack, and not all of it
/// wipes itself.
#[inline(never)]
pub fn scrub_stack() {
    std::hint::black_box(&mut [0xA5_u8; 64 * 1024]);
}

/// Wiped when dropped, with the handle.
pub struct Keys {
    /// Hashes of token secrets.
    pub token: MacKey,
    /// MACs of rows.
    pub row: MacKey,
    /// The chain of the audit trail.
    pub audit: MacKey,
    /// Places of accounts in the throttle, so that names tried are not written down.
    pub account: MacKey,
}

impl Keys {
    pub fn derive(root: &RootKey, store: Uuid) -> Keys {
        let hkdf = Hkdf::<Sha256>::new(Some(store.as_bytes()), root.as_slice());
        let key = |purpose: &str| {
            let mut key = Zeroizing::new([0; 32]);
            let info = [b"desksession/v1/", purpose.as_bytes()];
            hkdf.expand_multi_info(&info, &mut key[..]).expect("32 bytes are within HKDF's limit");
            MacKey::new(&key)
        };
        Keys { token: key("token"), row: key("row"), audit: key("audit"), account: key("account") }
    }
}
