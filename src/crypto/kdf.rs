//! The password hash: argon2id (RFC 9106), version 0x13, stored as a PHC string.
//!
//! A stored string names its own cost, so this is held against floor and ceiling before anything is allocated.
//!
//! The hash is argon2-rust's: it finds AVX2 or AVX-512 when it runs, asks Linux for huge pages, and wipes its memory. The argon2
//! crate, whose loop compilers vectorise badly, takes about twice as long. But argon2-rust is young, and it is the CPU that chooses
//! what is run: so there is a known answer to give before the first hash, and the argon2 crate to agree with in the tests.

use super::{keys, mac};
use crate::status::{SESSION_INTERNAL, SESSION_NO_MEMORY, SESSION_TAMPERED};
use crate::{Error, Result};
use argon2_rust::params::{Memory, TagLen};
use argon2_rust::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64Unpadded, Encoding};
use once_cell::sync::OnceCell;
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
        argon2id(password, &salt, cost, &mut hash)?;
        Ok(Stored { cost, salt, hash })
    }

    /// What an account without a password is checked against: the same work, never equal to anything.
    pub fn dummy(cost: Cost) -> Stored {
        Stored { cost, salt: [0; SALT_SIZE], hash: Zeroizing::new([0; OUTPUT_SIZE]) }
    }

    pub fn matches(&self, password: &[u8]) -> Result<bool> {
        let mut hash = Zeroizing::new([0; OUTPUT_SIZE]);
        argon2id(password, &self.salt, self.cost, &mut hash)?;
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

/// Filled by the first hash of the process.
static RIGHT: OnceCell<()> = OnceCell::new();

/// What is stored and compared. An implementation that computes wrong would store what no other PC can verify, so without the
/// known answer there is no hash.
fn argon2id(password: &[u8], salt: &[u8; SALT_SIZE], cost: Cost, output: &mut [u8; OUTPUT_SIZE]) -> Result<()> {
    RIGHT.get_or_try_init(|| self_test(&KNOWN_ANSWER))?;
    let result = compute(password, salt, &[], &[], (cost.memory_kib, cost.passes, 1), output);
    // The crate wipes its memory, but not the one block of the password that BLAKE2b is at.
    keys::scrub_stack();
    result
}

/// Of 32 bytes 1, salted with 16 bytes 2: libsodium and the argon2 crate agree.
const KNOWN_ANSWER: [u8; OUTPUT_SIZE] = *b"\xa3\x47\x0a\x99\xd0\xcf\x35\x84\x8f\xf0\xc1\x9b\x01\x66\x32\xda\
    \xa0\x21\x5e\x8a\x59\x18\x94\xfc\x5c\xe9\xe4\x7a\x4d\x86\x81\x66";
/// The least that reaches every part: each quarter needs its addresses twice, and the second pass reads what it overwrites.
const KNOWN_COST: (u32, u32, u32) = (520, 2, 1);

fn self_test(expected: &[u8; OUTPUT_SIZE]) -> Result<()> {
    let mut found = [0; OUTPUT_SIZE];
    compute(&[1; 32], &[2; SALT_SIZE], &[], &[], KNOWN_COST, &mut found)?;
    if found == *expected {
        Ok(())
    } else {
        Err(Error::new(SESSION_INTERNAL, "argon2id computes wrong on this machine; no password is hashed or checked"))
    }
}

/// Argon2id with every input of RFC 9106, so that its test vectors run through the very code that logins use.
/// `(memory in KiB, passes, lanes)`. Memory that cannot be had is SESSION_NO_MEMORY, never an abort.
#[inline(never)] // benches/instructions.py leaves it out by its name
fn compute(
    password: &[u8],
    salt: &[u8],
    secret: &[u8],
    associated: &[u8],
    (memory_kib, passes, lanes): (u32, u32, u32),
    output: &mut [u8],
) -> Result<()> {
    let refused = |error| match error {
        argon2_rust::Error::MemoryAllocationError => {
            Error::new(SESSION_NO_MEMORY, format!("a password hash needs {} MiB", memory_kib.div_ceil(1024)))
        }
        error => Error::new(SESSION_INTERNAL, format!("argon2: {error}")),
    };
    Params::builder()
        .memory(Memory::kib(memory_kib.into()))
        .passes(passes)
        .lanes(lanes)
        .tag_len(TagLen::bytes(output.len() as u64))
        .build()
        .and_then(|params| {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_into_with_ad(password, salt, secret, associated, output)
        })
        .map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9106_section_5_3() {
        let mut tag = [0; 32];
        compute(&[1; 32], &[2; 16], &[3; 8], &[4; 12], (32, 3, 4), &mut tag).unwrap();
        let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
        assert_eq!(tag.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), expected);
    }

    fn second_opinion(password: &[u8], salt: &[u8], cost: (u32, u32, u32)) -> [u8; OUTPUT_SIZE] {
        let mut tag = [0; OUTPUT_SIZE];
        let params = argon2::Params::new(cost.0, cost.1, cost.2, Some(OUTPUT_SIZE)).unwrap();
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into(password, salt, &mut tag)
            .unwrap();
        tag
    }

    /// Costs on both sides of what gets huge pages; passwords that fill no, one and several blocks of BLAKE2b.
    #[test]
    fn the_argon2_crate_agrees() {
        let bytes: [u8; 1024] = std::array::from_fn(|at| at as u8);
        let cases = [
            (0, (8, 1, 1)),
            (1, (64, 2, 1)),
            (127, (1023, 3, 1)),
            (128, (2047, 1, 1)),
            (129, (2048, 1, 1)),
            (300, (19456, 2, 1)),
            (1024, (65536, 3, 1)),
        ];
        for (length, cost) in cases {
            let mut ours = [0; OUTPUT_SIZE];
            compute(&bytes[..length], &bytes[..SALT_SIZE], &[], &[], cost, &mut ours).unwrap();
            assert_eq!(ours, second_opinion(&bytes[..length], &bytes[..SALT_SIZE], cost), "{length} bytes, {cost:?}");
        }
    }

    #[test]
    fn a_wrong_answer_is_told() {
        assert_eq!(KNOWN_ANSWER, second_opinion(&[1; 32], &[2; SALT_SIZE], KNOWN_COST));
        self_test(&KNOWN_ANSWER).unwrap();
        for at in [0, OUTPUT_SIZE - 1] {
            let mut wrong = KNOWN_ANSWER;
            wrong[at] ^= 1;
            assert_eq!(self_test(&wrong).unwrap_err().status(), SESSION_INTERNAL);
        }
    }

    #[test]
    fn phc_round_trip_and_refusals() {
        let stored = Stored::create(b"correct horse battery", Cost { memory_kib: 19456, passes: 2 }).unwrap();
        assert!(RIGHT.get().is_some(), "the known answer comes first");
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
