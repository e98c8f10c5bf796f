//! The password hash: argon2id (RFC 9106), version 0x13, stored as a PHC string.
//!
//! The argon2 crate verifies with whatever parameters a stored string names, so these are held against floor and ceiling
//! before anything is allocated.

use super::mac;
use crate::status::{SESSION_INTERNAL, SESSION_NO_MEMORY, SESSION_TAMPERED};
use crate::{Error, Result};
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use base64ct::{Base64Unpadded, Encoding};
use zeroize::Zeroizing;

pub const SALT_SIZE: usize = 16;
pub const OUTPUT_SIZE: usize = 32;

/// Floor: OWASP Password Storage (19 MiB, t = 2, p = 1). Ceiling: what a desktop can spare.
const MEMORY_KIB: std::ops::RangeInclusive<u32> = 19456..=262144;
const PASSES: std::ops::RangeInclusive<u32> = 2..=10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

/// A stored password: cost, salt, hash.
pub struct Stored {
    pub cost: Cost,
    salt: [u8; SALT_SIZE],
    hash: Zeroizing<[u8; OUTPUT_SIZE]>,
}

impl Cost {
    /// Anything this library may have written.
    pub fn allowed(self) -> bool {
        MEMORY_KIB.contains(&self.memory_kib) && PASSES.contains(&self.passes)
    }

    /// Weaker than policy in memory or passes: hash again at the next login.
    pub fn below(self, policy: Cost) -> bool {
        self.memory_kib < policy.memory_kib || self.passes < policy.passes
    }
}

impl Stored {
    /// Hashes a new password under a fresh salt.
    pub fn create(password: &[u8], cost: Cost) -> Result<Stored> {
        let mut salt = [0; SALT_SIZE];
        super::random(&mut salt)?;
        let mut hash = Zeroizing::new([0; OUTPUT_SIZE]);
        argon2id(password, &salt, &[], &[], (cost.memory_kib, cost.passes, 1), &mut hash[..])?;
        Ok(Stored { cost, salt, hash })
    }

    /// What an account without a password is checked against: the same work, never equal to anything.
    pub fn dummy(cost: Cost) -> Stored {
        Stored { cost, salt: [0; SALT_SIZE], hash: Zeroizing::new([0; OUTPUT_SIZE]) }
    }

    pub fn matches(&self, password: &[u8]) -> Result<bool> {
        let mut hash = Zeroizing::new([0; OUTPUT_SIZE]);
        argon2id(password, &self.salt, &[], &[], (self.cost.memory_kib, self.cost.passes, 1), &mut hash[..])?;
        Ok(mac::equal(&hash[..], &self.hash[..]))
    }

    pub fn to_phc(&self) -> String {
        format!(
            "$argon2id$v=19$m={},t={},p=1${}${}",
            self.cost.memory_kib,
            self.cost.passes,
            Base64Unpadded::encode_string(&self.salt),
            Base64Unpadded::encode_string(&self.hash[..]),
        )
    }

    /// Only the one spelling that `to_phc` writes, within floor and ceiling.
    pub fn from_phc(text: &str) -> Result<Stored> {
        Self::parse(text)
            .filter(|stored| stored.to_phc() == text)
            .ok_or_else(|| Error::new(SESSION_TAMPERED, "a stored password hash whose parameters this library never writes"))
    }

    fn parse(text: &str) -> Option<Stored> {
        let mut parts = text.strip_prefix("$argon2id$v=19$m=")?.split('$');
        let mut numbers = parts.next()?.strip_suffix(",p=1")?.split(",t=");
        let cost = Cost { memory_kib: numbers.next()?.parse().ok()?, passes: numbers.next()?.parse().ok()? };
        let mut stored = Stored::dummy(cost);
        let salt = Base64Unpadded::decode(parts.next()?, &mut stored.salt).ok()?.len();
        let hash = Base64Unpadded::decode(parts.next()?, &mut stored.hash[..]).ok()?.len();
        let complete = numbers.next().is_none() && parts.next().is_none();
        (complete && cost.allowed() && salt == SALT_SIZE && hash == OUTPUT_SIZE).then_some(stored)
    }
}

/// Argon2id with every input of RFC 9106, so that its test vectors run through the very code that logins use.
/// `(memory in KiB, passes, lanes)`. Memory that cannot be had is SESSION_NO_MEMORY, never an abort.
#[inline(never)] // benches/instructions.py leaves it out by its name
pub(crate) fn argon2id(
    password: &[u8],
    salt: &[u8],
    secret: &[u8],
    associated: &[u8],
    (memory_kib, passes, lanes): (u32, u32, u32),
    output: &mut [u8],
) -> Result<()> {
    let refused = |error: argon2::Error| match error {
        argon2::Error::OutOfMemory => Error::new(SESSION_NO_MEMORY, format!("a password hash needs {} MiB", memory_kib / 1024)),
        error => Error::new(SESSION_INTERNAL, format!("argon2: {error}")),
    };
    let params = ParamsBuilder::new()
        .m_cost(memory_kib)
        .t_cost(passes)
        .p_cost(lanes)
        .output_len(output.len())
        .data(AssociatedData::new(associated).map_err(refused)?)
        .build()
        .map_err(refused)?;
    Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params)
        .and_then(|argon2| argon2.hash_password_into(password, salt, output))
        .map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9106_section_5_3() {
        let mut tag = [0; 32];
        argon2id(&[1; 32], &[2; 16], &[3; 8], &[4; 12], (32, 3, 4), &mut tag).unwrap();
        let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
        assert_eq!(tag.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), expected);
    }

    #[test]
    fn phc_round_trip_and_refusals() {
        let stored = Stored::create(b"correct horse battery", Cost { memory_kib: 19456, passes: 2 }).unwrap();
        let phc = stored.to_phc();
        assert!(Stored::from_phc(&phc).unwrap().matches(b"correct horse battery").unwrap());
        assert!(!Stored::from_phc(&phc).unwrap().matches(b"correct horse batterz").unwrap());
        for weak in ["m=8,t=2", "m=4194304,t=2", "m=19456,t=1", "m=19456,t=11", "m=019456,t=2", "m=19456,t=2,t=2"] {
            let status = Stored::from_phc(&phc.replace("m=19456,t=2", weak)).map(|_| ()).unwrap_err().status();
            assert_eq!(status, SESSION_TAMPERED, "{weak}");
        }
        for broken in [phc.replace("argon2id", "argon2i"), phc.replace("v=19", "v=16"), format!("{phc}="), format!("{phc}$")] {
            assert!(Stored::from_phc(&broken).is_err(), "{broken}");
        }
    }
}
