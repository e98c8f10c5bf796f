//! Keys in files of this account, sealed with the data protection API: without the account's password, or its profile on this
//! machine, the file is of no use. (Programs of the same account can unseal it.)

use super::{Local, done};
use crate::status::SESSION_IO;
use crate::{Error, Result};
use std::io;
use std::ptr::{null, null_mut};
use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
};
use windows_sys::core::w;
use zeroize::{Zeroize, Zeroizing};

fn blob(bytes: &[u8]) -> CRYPT_INTEGER_BLOB {
    CRYPT_INTEGER_BLOB { cbData: bytes.len() as u32, pbData: bytes.as_ptr().cast_mut() }
}

/// Takes what a function allocated, and wipes it there.
///
/// # Safety
/// `made` holds a block of LocalAlloc of the length it says, and nobody else has it.
unsafe fn take(made: CRYPT_INTEGER_BLOB) -> Zeroizing<Vec<u8>> {
    let block = Local(made.pbData.cast());
    // SAFETY: as long as said, by the contract above, and freed after this.
    let bytes = unsafe { std::slice::from_raw_parts_mut(block.0.cast::<u8>(), made.cbData as usize) };
    let taken = Zeroizing::new(bytes.to_vec());
    bytes.zeroize();
    taken
}

/// Seals a key for this account on this machine. `context` (no secret) has to be given again to unseal it.
pub fn seal(key: &[u8; 32], context: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let mut made = blob(&[]);
    let (name, flags) = (w!("desksession key"), CRYPTPROTECT_UI_FORBIDDEN);
    // SAFETY: the blobs are as long as they say, are only read, and live for the call, as `made` does.
    let sealed = done(unsafe { CryptProtectData(&blob(key), name, &blob(context), null(), null(), flags, &mut made) });
    sealed.map_err(|error| {
        let remedy = "use SESSION_KEY_STORE or SESSION_KEY_CALLER where an account has no profile";
        Error::new(SESSION_IO, format!("sealing the key for this account: {error}; {remedy}"))
    })?;
    // SAFETY: on success it is ours.
    Ok(unsafe { take(made) })
}

/// What `seal` made; `Err` says why it is no key.
pub fn unseal(sealed: &[u8], context: &[u8], key: &mut [u8; 32]) -> std::result::Result<(), String> {
    let mut made = blob(&[]);
    let flags = CRYPTPROTECT_UI_FORBIDDEN;
    // SAFETY: the blobs are as long as they say, are only read, and live for the call, as `made` does.
    let opened =
        done(unsafe { CryptUnprotectData(&blob(sealed), null_mut(), &blob(context), null(), null(), flags, &mut made) });
    opened.map_err(|error: io::Error| format!("cannot be unsealed by this account on this machine: {error}"))?;
    // SAFETY: on success it is ours.
    let opened = unsafe { take(made) };
    if opened.len() != key.len() {
        return Err("is damaged".to_owned());
    }
    key.copy_from_slice(&opened);
    Ok(())
}
