//! Raw pointers become checked values here, and nowhere else.
//!
//! The functions are not `unsafe fn`s because their callers, the exported functions, can add nothing to the one contract there
//! is, the header's: a pointer is NULL or leads to what the parameter says, for as long as the call lasts. NULL, lengths,
//! encodings, sizes and numbers are checked; no more than its published size is read or written of anything.

use super::constants::*;
use super::types::*;
use crate::crypto::keys;
use crate::model::*;
use crate::policy::{names, password};
use crate::status::*;
use crate::{Error, Result};
use std::ffi::CStr;
use std::os::raw::c_char;
use std::path::PathBuf;
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

fn bad(what: &str) -> Error {
    Error::new(SESSION_BAD_ARGUMENT, what)
}

// In

/// Longest path that is looked at.
const PATH_BYTES: usize = 32 * 1024;
/// Stands for every over-long text: over-long itself, and no name, token or password.
const OVER_LONG: &str = match std::str::from_utf8(&[b'~'; password::MAX_BYTES + 1]) {
    Ok(text) => text,
    Err(_) => unreachable!(),
};

/// At most `most` bytes are read before the NUL is missed: `Ok(None)`.
fn text<'a>(pointer: *const c_char, most: usize) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Err(bad("NULL"));
    }
    // SAFETY: not NULL, so NUL-terminated text by the header's contract; strnlen reads up to the NUL, or `most` + 1 bytes.
    let bytes = unsafe {
        let length = (0..=most).take_while(|at| *pointer.add(*at) != 0).count();
        std::slice::from_raw_parts(pointer.cast::<u8>(), length)
    };
    if bytes.len() > most {
        return Ok(None);
    }
    std::str::from_utf8(bytes).map(Some).map_err(|_| bad("text that is not UTF-8"))
}

/// A user's or program's name. An over-long one is no name, and is treated as such by whoever looks it up.
pub fn name(pointer: *const c_char) -> Result<String> {
    Ok(text(pointer, names::MAX_BYTES)?.unwrap_or(OVER_LONG).to_owned())
}

/// What a session_authorize is for. NULL is no purpose.
pub fn purpose(pointer: *const c_char) -> Result<String> {
    text(pointer, SESSION_PURPOSE_MAX)?.map(str::to_owned).ok_or_else(|| bad("a purpose of over 200 bytes"))
}

pub fn name_optional(pointer: *const c_char) -> Result<Option<String>> {
    if pointer.is_null() { Ok(None) } else { name(pointer).map(Some) }
}

pub fn path(pointer: *const c_char) -> Result<PathBuf> {
    text(pointer, PATH_BYTES)?.map(PathBuf::from).ok_or_else(|| bad("a path of over 32 KiB"))
}

/// A copy that is wiped; the caller's own may change or go.
pub fn token(pointer: *const c_char) -> Result<Token> {
    let text = text(pointer, SESSION_TOKEN_SIZE - 1)?.unwrap_or("");
    Ok(Token(Zeroizing::new(text.to_owned())))
}

pub fn token_optional(pointer: *const c_char) -> Result<Option<Token>> {
    if pointer.is_null() { Ok(None) } else { token(pointer).map(Some) }
}

/// Borrowed for the call. Of an over-long one not a byte is read.
pub fn password<'a>(pointer: *const c_char, length: usize) -> Result<&'a [u8]> {
    match (pointer.is_null(), length) {
        (true, 0) => Ok(&[]),
        (true, _) => Err(bad("a NULL password")),
        (false, length) if length > SESSION_PASSWORD_MAX => Ok(OVER_LONG.as_bytes()),
        // SAFETY: not NULL, so `length` bytes by the header's contract, and `length` is small.
        (false, length) => Ok(unsafe { std::slice::from_raw_parts(pointer.cast(), length) }),
    }
}

fn id(pointer: *const c_char) -> Result<Option<Uuid>> {
    let text = text(pointer, SESSION_ID_SIZE - 1)?.filter(|text| text.len() == 36);
    Ok(text.and_then(|text| Uuid::try_parse(text).ok()))
}

/// Text that is no id is the id of nobody.
pub fn user_id(pointer: *const c_char) -> Result<Uuid> {
    id(pointer)?.ok_or_else(|| Error::new(SESSION_USER_UNKNOWN, "not a user id"))
}

pub fn user_id_optional(pointer: *const c_char) -> Result<Option<Uuid>> {
    if pointer.is_null() { Ok(None) } else { user_id(pointer).map(Some) }
}

pub fn session_id(pointer: *const c_char) -> Result<Uuid> {
    id(pointer)?.ok_or_else(|| Error::new(SESSION_UNKNOWN, "not a session id"))
}

/// Where to go on, or what to spare: an id or NULL.
pub fn id_optional(pointer: *const c_char) -> Result<Option<Uuid>> {
    if pointer.is_null() { Ok(None) } else { id(pointer)?.map(Some).ok_or_else(|| bad("not an id")) }
}

pub fn yes_or_no(number: u32) -> Result<bool> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(bad("neither 0 nor 1")),
    }
}

/// A struct of the header: begins with its size as a u32.
trait Sized32: Copy {}

impl Sized32 for session_options {}
impl Sized32 for session_login_options {}
impl Sized32 for session_info {}
impl Sized32 for session_user {}
impl Sized32 for session_event {}
impl Sized32 for session_fault {}

/// The size alone is read first: nothing is known of the rest before it is right.
fn size_of<T: Sized32>(pointer: *const T) -> Result<()> {
    if !pointer.is_aligned() {
        return Err(bad("a struct that is not aligned"));
    }
    // SAFETY: not NULL (the callers ask), aligned, and begins with a u32 by the header's contract.
    let size = unsafe { pointer.cast::<u32>().read() };
    if size as usize == std::mem::size_of::<T>() { Ok(()) } else { Err(bad("a struct whose size member is not its size")) }
}

fn read<T: Sized32>(pointer: *const T) -> Result<Option<T>> {
    if pointer.is_null() {
        return Ok(None);
    }
    size_of(pointer)?;
    // SAFETY: not NULL, aligned, and as large as it says. Every bit pattern is a value of these structs.
    Ok(Some(unsafe { pointer.read() }))
}

pub fn open_options(pointer: *const session_options) -> Result<OpenOptions> {
    let Some(mut given) = read(pointer)? else { return Ok(OpenOptions::default()) };
    let mut key = keys::blank_root();
    key.copy_from_slice(&given.key);
    given.key.zeroize();
    let mode = match given.flags {
        0 => OpenMode::OpenOrCreate,
        SESSION_OPEN_EXISTING => OpenMode::Existing,
        SESSION_OPEN_CREATE => OpenMode::CreateNew,
        _ => return Err(bad("session_options.flags")),
    };
    let choice = match given.key_source {
        0 => None,
        SESSION_KEY_USER => Some(KeyChoice::User),
        SESSION_KEY_STORE => Some(KeyChoice::Store),
        SESSION_KEY_CALLER => Some(KeyChoice::Caller(key)),
        SESSION_KEY_KEYSTORE => return Err(Error::new(SESSION_UNSUPPORTED, "SESSION_KEY_KEYSTORE is not built yet")),
        _ => return Err(bad("session_options.key_source")),
    };
    let scope = scope(given.scope)?;
    if given.reserved != 0 {
        return Err(bad("session_options.reserved"));
    }
    Ok(OpenOptions { mode, key: choice, scope, busy_timeout_ms: given.busy_timeout_ms })
}

/// `None`: 0.
pub fn scope(number: u32) -> Result<Option<Scope>> {
    match number {
        0 => Ok(None),
        SESSION_SCOPE_USER => Ok(Some(Scope::User)),
        SESSION_SCOPE_MACHINE => Ok(Some(Scope::Machine)),
        _ => Err(bad("a scope that is neither SESSION_SCOPE_USER nor _MACHINE")),
    }
}

pub fn login_options(pointer: *const session_login_options) -> Result<LoginOptions> {
    let Some(given) = read(pointer)? else { return Ok(LoginOptions::default()) };
    let remembered = match given.flags {
        0 => false,
        SESSION_LOGIN_REMEMBERED => true,
        _ => return Err(bad("session_login_options.flags")),
    };
    let label = given.label.map(|byte| byte as u8);
    let label = CStr::from_bytes_until_nul(&label).map_err(|_| bad("a label without a NUL"))?;
    let label = label.to_str().map_err(|_| bad("a label that is not UTF-8"))?.to_owned();
    Ok(LoginOptions { remembered, label })
}

// Out

/// A text buffer, cleared.
pub struct OutText {
    pointer: *mut c_char,
    capacity: usize,
}

impl OutText {
    /// Of a published size.
    pub fn sized(pointer: *mut c_char, capacity: usize, needed: usize) -> Result<OutText> {
        let out = Self::any(pointer, capacity)?;
        if capacity < needed {
            return Err(Error::new(SESSION_BUFFER_TOO_SMALL, format!("{capacity} bytes, and {needed} are needed")));
        }
        Ok(OutText { capacity: needed, ..out })
    }

    /// Of any size but 0.
    pub fn any(pointer: *mut c_char, capacity: usize) -> Result<OutText> {
        if pointer.is_null() {
            return Err(bad("a NULL buffer"));
        }
        if capacity == 0 {
            return Err(Error::new(SESSION_BUFFER_TOO_SMALL, "0 bytes"));
        }
        // SAFETY: not NULL, so at least one byte by the header's contract.
        unsafe { pointer.write(0) };
        Ok(OutText { pointer, capacity })
    }

    pub fn set(&self, text: &str) -> Result<()> {
        if text.len() >= self.capacity {
            let needed = text.len() + 1;
            return Err(Error::new(SESSION_BUFFER_TOO_SMALL, format!("{} bytes, and {needed} are needed", self.capacity)));
        }
        // SAFETY: the buffer has `capacity` bytes by the header's contract, and text and NUL are no more. `copy`, not
        // `copy_nonoverlapping`: a host may pass overlapping buffers.
        unsafe {
            std::ptr::copy(text.as_ptr(), self.pointer.cast(), text.len());
            self.pointer.add(text.len()).write(0);
        }
        Ok(())
    }

    /// What fits; SESSION_BUFFER_TOO_SMALL where that is not all.
    pub fn set_cut(&self, text: &str) -> Result<()> {
        let most = self.capacity.min(SESSION_ERROR_SIZE) - 1;
        let cut = names::cut(text, most);
        self.set(cut)?;
        let all = cut.len() == text.len() || self.capacity >= SESSION_ERROR_SIZE;
        if all { Ok(()) } else { Err(Error::bare(SESSION_BUFFER_TOO_SMALL)) }
    }
}

/// A number, cleared; NULL where the header allows it.
pub struct OutNumber<T>(*mut T);

pub fn out_number<T: Default>(pointer: *mut T) -> Result<OutNumber<T>> {
    if pointer.is_null() { Err(bad("a NULL output")) } else { out_number_optional(pointer) }
}

pub fn out_number_optional<T: Default>(pointer: *mut T) -> Result<OutNumber<T>> {
    if !pointer.is_aligned() {
        return Err(bad("an output that is not aligned"));
    }
    let out = OutNumber(pointer);
    out.set(T::default());
    Ok(out)
}

impl<T> OutNumber<T> {
    pub fn set(&self, value: T) {
        if !self.0.is_null() {
            // SAFETY: not NULL and aligned, so a number of this type by the header's contract.
            unsafe { self.0.write(value) };
        }
    }
}

/// A handle, cleared.
pub fn out_handle(pointer: *mut *mut session_store) -> Result<OutNumber<*mut session_store>> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(bad("a NULL output"));
    }
    let out = OutNumber(pointer);
    out.set(std::ptr::null_mut());
    Ok(out)
}

/// A struct, cleared but for its size; NULL where the header allows it.
pub struct OutStruct<T>(*mut T);

/// A value of a struct with nothing in it but its size.
trait Blank: Sized32 {
    fn blank() -> Self;
}

macro_rules! blank {
    ($($type:ty),*) => {$(impl Blank for $type {
        fn blank() -> Self {
            // SAFETY: integers and arrays of integers, for which all zero is a value.
            let mut value: Self = unsafe { std::mem::zeroed() };
            value.size = std::mem::size_of::<Self>() as u32;
            value
        }
    })*};
}
blank!(session_info, session_user, session_event, session_fault);

#[expect(private_bounds, reason = "the structs of the header are all there is")]
impl<T: Blank> OutStruct<T> {
    pub fn required(pointer: *mut T) -> Result<OutStruct<T>> {
        if pointer.is_null() { Err(bad("a NULL output")) } else { Self::optional(pointer) }
    }

    pub fn optional(pointer: *mut T) -> Result<OutStruct<T>> {
        if !pointer.is_null() {
            size_of(pointer.cast_const())?;
        }
        let out = OutStruct(pointer);
        out.write(T::blank());
        Ok(out)
    }

    fn write(&self, value: T) {
        if !self.0.is_null() {
            // SAFETY: not NULL, aligned, and as large as it says: checked in `optional`.
            unsafe { self.0.write(value) };
        }
    }
}

fn fill<const N: usize>(array: &mut [c_char; N], text: &str) -> Result<()> {
    if text.len() >= N {
        return Err(Error::new(SESSION_INTERNAL, "a text longer than its field"));
    }
    for (place, byte) in array.iter_mut().zip(text.bytes()) {
        *place = byte as c_char;
    }
    Ok(())
}

fn fill_id(array: &mut [c_char; SESSION_ID_SIZE], id: Option<Uuid>) -> Result<()> {
    id.map_or(Ok(()), |id| fill(array, id.hyphenated().encode_lower(&mut Uuid::encode_buffer())))
}

/// The flags of a listed row that was refused.
fn refused(row: i32, tampered: u32, newer: u32) -> u32 {
    match row {
        SESSION_TAMPERED => tampered,
        SESSION_NEWER => newer,
        _ => 0,
    }
}

impl OutStruct<session_info> {
    pub fn session(&self, info: &SessionInfo) -> Result<()> {
        let mut out = session_info::blank();
        let remembered = if info.remembered { SESSION_INFO_REMEMBERED } else { 0 };
        out.flags = remembered | refused(info.row, SESSION_INFO_TAMPERED, SESSION_INFO_NEWER);
        out.created_at = info.created_at;
        out.authenticated_at = info.authenticated_at;
        out.last_seen_at = info.last_seen_at;
        out.expires_at = info.expires_at;
        out.idle_expires_at = info.idle_expires_at;
        out.ended_at = info.ended_at;
        out.retry_after_ms = info.retry_after_ms;
        out.permissions = info.permissions;
        out.state = info.state;
        fill_id(&mut out.session_id, info.session_id)?;
        fill_id(&mut out.user_id, info.user_id)?;
        fill(&mut out.user_name, &info.user_name)?;
        fill(&mut out.label, &info.label)?;
        self.write(out);
        Ok(())
    }

    /// Some answers that are not yes tell whose session it was.
    pub fn session_even_if_refused<T>(&self, result: Result<T>) -> Result<T> {
        if let Some(info) = result.as_ref().err().and_then(Error::info) {
            self.session(info)?;
        }
        result
    }
}

impl OutStruct<session_user> {
    pub fn user(&self, user: &User) -> Result<()> {
        let mut out = session_user::blank();
        out.flags = if user.disabled { SESSION_USER_DISABLED_FLAG } else { 0 }
            | if user.must_change { SESSION_USER_MUST_CHANGE_FLAG } else { 0 }
            | refused(user.row, SESSION_USER_TAMPERED_FLAG, SESSION_USER_NEWER_FLAG);
        out.created_at = user.created_at;
        out.last_login_at = user.last_login_at;
        out.password_changed_at = user.password_changed_at;
        out.permissions = user.permissions;
        out.failures = user.failures;
        out.live_sessions = user.live_sessions;
        fill_id(&mut out.user_id, user.user_id)?;
        fill(&mut out.user_name, &user.name)?;
        self.write(out);
        Ok(())
    }
}

impl OutStruct<session_event> {
    pub fn event(&self, event: &Event) -> Result<()> {
        let mut out = session_event::blank();
        out.kind = event.kind;
        out.id = event.id;
        out.at = event.at;
        fill_id(&mut out.actor_id, event.actor_id)?;
        fill_id(&mut out.user_id, event.user_id)?;
        fill_id(&mut out.session_id, event.session_id)?;
        fill(&mut out.detail, &event.detail)?;
        fill(&mut out.os_account, &event.os_account)?;
        self.write(out);
        Ok(())
    }
}

impl OutStruct<session_fault> {
    pub fn fault(&self, number: u64, fault: &Fault) -> Result<()> {
        let mut out = session_fault::blank();
        out.status = fault.status;
        out.number = number;
        fill(&mut out.table, &fault.table)?;
        fill(&mut out.row, &fault.row)?;
        fill(&mut out.detail, &fault.detail)?;
        self.write(out);
        Ok(())
    }
}
