//! Keys, tokens, one-time codes, row MACs, the password hash. No SQL, no policy.

pub mod code;
pub mod kdf;
pub mod keys;
pub mod mac;
pub mod token;

/// Fills a buffer from the operating system's generator; a failure is an error, never a fallback.
pub fn random(buffer: &mut [u8]) -> crate::Result<()> {
    getrandom::fill(buffer).map_err(|error| {
        crate::Error::new(crate::status::SESSION_IO, format!("the operating system's random generator: {error}"))
    })
}
