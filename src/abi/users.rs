//! Users and their passwords.

use super::args::{self, OutStruct, OutText};
use super::constants::{SESSION_CODE_SIZE, SESSION_ID_SIZE};
use super::guard;
use super::types::{session_store, session_user};
use std::os::raw::c_char;

/// Creates a user.
///
/// @param actor        token of who does it, checked live and recorded; NULL = the host program.
/// @param name         UTF-8; parts of RFC 8265 UsernameCaseMapped separated by single spaces ("Anna Müller"), at most 255 bytes.
///                     Case and width do not tell names apart; the name is shown as given here.
/// @param password     UTF-8 bytes, normalised to NFC; a NUL is a byte of it. Borrowed for the call, wiped from our memory.
/// @param password_len its length in bytes.
/// @param user_id      receives the id (a UUID), empty on failure.
/// @param user_id_cap  at least SESSION_ID_SIZE.
/// @return SESSION_OK; SESSION_USER_EXISTS; SESSION_NAME_REFUSED; SESSION_PASSWORD_WEAK: ask session_password_check why;
///   SESSION_NOT_ALLOWED; SESSION_LIMIT, SESSION_NO_MEMORY: try again; any fault of a writing call (see session_logout).
/// Hashes once (about 0.3 s at the default policy): not on a window's thread. Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_create(
    store: *mut session_store,
    actor: *const c_char,
    name: *const c_char,
    password: *const c_char,
    password_len: usize,
    user_id: *mut c_char,
    user_id_cap: usize,
) -> i32 {
    let args = || {
        let inputs = args::token_optional(actor).and_then(|actor| Ok((actor, args::name(name)?)));
        let out = OutText::sized(user_id, user_id_cap, SESSION_ID_SIZE)?;
        Ok((inputs?, out))
    };
    guard::with(store, args, |store, ((actor, name), out)| {
        let id = store.user_create(actor.as_deref(), &name, args::password(password, password_len)?)?;
        out.set(&id.to_string())
    })
}

/// Reads a user by id.
///
/// @param user_id id as text.
/// @param user    receives the user; set its size first.
/// @return SESSION_OK; SESSION_USER_UNKNOWN; SESSION_TAMPERED, SESSION_NEWER: of this row; any fault of a reading call
///   (see session_policy_get). Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_get(store: *mut session_store, user_id: *const c_char, user: *mut session_user) -> i32 {
    let args = || {
        let id = args::user_id(user_id);
        Ok((OutStruct::required(user)?, id?))
    };
    guard::with(store, args, |store, (out, id)| out.user(&store.user_get(id)?))
}

/// Reads a user by name, in any spelling that is the same name.
///
/// @param name UTF-8.
/// @param user receives the user; set its size first.
/// @return as session_user_get. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_find(store: *mut session_store, name: *const c_char, user: *mut session_user) -> i32 {
    let args = || {
        let name = args::name(name);
        Ok((OutStruct::required(user)?, name?))
    };
    guard::with(store, args, |store, (out, name)| out.user(&store.user_find(&name)?))
}

/// Reads the user after another, oldest first. SESSION_DONE at once: the store has no user yet.
///
/// @param after_user_id NULL = the first; an id need not exist any more.
/// @param user          receives the user; set its size first. A bad row comes flagged, with its id alone.
/// @return SESSION_OK; SESSION_DONE; SESSION_BAD_ARGUMENT; any fault of a reading call (see session_policy_get). Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_next(store: *mut session_store, after_user_id: *const c_char, user: *mut session_user) -> i32 {
    let args = || {
        let after = args::id_optional(after_user_id);
        Ok((OutStruct::required(user)?, after?))
    };
    guard::with(store, args, |store, (out, after)| out.user(&store.user_next(after)?))
}

/// Gives a user another name. Live sessions go on and show the new name.
///
/// @param actor    token of who does it; NULL = the host program.
/// @param user_id  id as text.
/// @param new_name as for session_user_create.
/// @return SESSION_OK; SESSION_USER_UNKNOWN; SESSION_USER_EXISTS; SESSION_NAME_REFUSED; SESSION_NOT_ALLOWED; any fault of a
///   writing call (see session_logout). Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_rename(
    store: *mut session_store,
    actor: *const c_char,
    user_id: *const c_char,
    new_name: *const c_char,
) -> i32 {
    let args = || Ok((args::token_optional(actor)?, args::user_id(user_id)?, args::name(new_name)?));
    guard::with(store, args, |store, (actor, id, new_name)| store.user_rename(actor.as_deref(), id, &new_name))
}

/// Enables or disables a user. Disabling ends all the user's sessions before it returns.
///
/// @param actor   token of who does it; NULL = the host program.
/// @param user_id id as text.
/// @param enabled 1 or 0; anything else is BAD_ARGUMENT.
/// @return SESSION_OK, also where nothing had to change; SESSION_USER_UNKNOWN; SESSION_NOT_ALLOWED; any fault of a writing
///   call (see session_logout). Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_enable(
    store: *mut session_store,
    actor: *const c_char,
    user_id: *const c_char,
    enabled: u32,
) -> i32 {
    let args = || Ok((args::token_optional(actor)?, args::user_id(user_id)?, args::yes_or_no(enabled)?));
    guard::with(store, args, |store, (actor, id, enabled)| store.user_enable(actor.as_deref(), id, enabled))
}

/// Sets a user's permission bits. They mean what the host says; live sessions show them at the next verify.
///
/// @param actor       token of who does it; NULL = the host program.
/// @param user_id     id as text.
/// @param permissions all 64 bits.
/// @return SESSION_OK, also where nothing had to change; SESSION_USER_UNKNOWN; SESSION_NOT_ALLOWED; any fault of a writing
///   call (see session_logout). Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_permit(
    store: *mut session_store,
    actor: *const c_char,
    user_id: *const c_char,
    permissions: u64,
) -> i32 {
    let args = || Ok((args::token_optional(actor)?, args::user_id(user_id)?));
    guard::with(store, args, |store, (actor, id)| store.user_permit(actor.as_deref(), id, permissions))
}

/// Deletes a user and ends all the user's sessions before it returns. The id never returns, the name is free again.
///
/// @param actor   token of who does it; NULL = the host program.
/// @param user_id id as text. Works on a bad row too.
/// @return SESSION_OK; SESSION_USER_UNKNOWN; SESSION_NOT_ALLOWED; any fault of a writing call (see session_logout).
/// Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_delete(store: *mut session_store, actor: *const c_char, user_id: *const c_char) -> i32 {
    let args = || Ok((args::token_optional(actor)?, args::user_id(user_id)?));
    guard::with(store, args, |store, (actor, id)| store.user_delete(actor.as_deref(), id))
}

/// Forgets a user's wrong attempts, so that the next login need not wait.
///
/// @param actor   token of who does it; NULL = the host program.
/// @param user_id id as text.
/// @return SESSION_OK; SESSION_USER_UNKNOWN; SESSION_NOT_ALLOWED; any fault of a writing call (see session_logout).
/// Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_user_unthrottle(store: *mut session_store, actor: *const c_char, user_id: *const c_char) -> i32 {
    let args = || Ok((args::token_optional(actor)?, args::user_id(user_id)?));
    guard::with(store, args, |store, (actor, id)| store.user_unthrottle(actor.as_deref(), id))
}

/// Tells whether a new password would be accepted, and why not. For a meter beside the field.
///
/// @param name         the user's name, UTF-8; NULL = none yet.
/// @param password     UTF-8 bytes.
/// @param password_len its length in bytes.
/// @param reason       receives SESSION_WEAK_*; NULL is fine. Written on SESSION_PASSWORD_WEAK too.
/// @param score        receives 0 (refused) to 4 (long and varied), a rough guide; NULL is fine. Written on SESSION_PASSWORD_WEAK too.
/// @return SESSION_OK; SESSION_PASSWORD_WEAK; SESSION_BAD_ARGUMENT; any fault of a reading call (see session_policy_get).
/// Hashes nothing. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_password_check(
    store: *mut session_store,
    name: *const c_char,
    password: *const c_char,
    password_len: usize,
    reason: *mut u32,
    score: *mut u32,
) -> i32 {
    let args = || {
        let name = args::name_optional(name);
        let (reason, score) = (args::out_number_optional(reason), args::out_number_optional(score));
        Ok((name?, reason?, score?))
    };
    guard::with(store, args, |store, (name, reason, score)| {
        let verdict = store.password_check(name.as_deref(), args::password(password, password_len)?)?;
        reason.set(verdict.reason as u32);
        score.set(verdict.score);
        verdict.accepted()
    })
}

/// Changes a password with the old one, and ends the user's other sessions before it returns. Throttled like a login.
///
/// @param name         UTF-8.
/// @param old_password UTF-8 bytes.
/// @param old_len      its length in bytes.
/// @param new_password UTF-8 bytes, checked as session_password_check does.
/// @param new_len      its length in bytes.
/// @param keep_token   a live session of this user that goes on; NULL ends all.
/// @return SESSION_OK; SESSION_BAD_CREDENTIALS; SESSION_THROTTLED: wait, session_login tells how long; SESSION_PASSWORD_WEAK,
///   also for a one-time code as the new password;
///   SESSION_USER_DISABLED: told after the right password only; SESSION_BAD_ARGUMENT: also where keep_token is not live or not
///   this user's, nothing changed; SESSION_LIMIT, SESSION_NO_MEMORY: try again; any fault of a writing call (see session_logout).
/// Hashes twice: not on a window's thread. Writes. Waits its turn behind other attempts at this account. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_password_change(
    store: *mut session_store,
    name: *const c_char,
    old_password: *const c_char,
    old_len: usize,
    new_password: *const c_char,
    new_len: usize,
    keep_token: *const c_char,
) -> i32 {
    let args = || Ok((args::name(name)?, args::token_optional(keep_token)?));
    guard::with(store, args, |store, (name, keep)| {
        let (old, new) = (args::password(old_password, old_len)?, args::password(new_password, new_len)?);
        store.password_change(&name, old, new, keep.as_deref())
    })
}

/// Puts a one-time code in the place of a user's password: for who forgot it. The old password stops and all sessions end before
/// it returns; the code is good for session_password_change alone, for 24 hours, once. A login with it is SESSION_MUST_CHANGE.
/// Wrong attempts are forgotten, so that the code can be used at once. A lost or damaged password row is written anew.
///
/// @param actor    token of who does it; NULL = the host program.
/// @param user_id  id as text.
/// @param code     receives the code, "7K2M-..." with 100 random bits; show it once. Typed in, case, spaces, dashes, and O for 0, I
///                 or L for 1 make no difference. Empty on failure.
/// @param code_cap at least SESSION_CODE_SIZE.
/// @return SESSION_OK; SESSION_USER_UNKNOWN; SESSION_NOT_ALLOWED; SESSION_LIMIT, SESSION_NO_MEMORY: try again; any fault of a writing
///   call (see session_logout). Hashes once: not on a window's thread. Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_password_reset(
    store: *mut session_store,
    actor: *const c_char,
    user_id: *const c_char,
    code: *mut c_char,
    code_cap: usize,
) -> i32 {
    let args = || {
        let inputs = args::token_optional(actor).and_then(|actor| Ok((actor, args::user_id(user_id)?)));
        let code = OutText::sized(code, code_cap, SESSION_CODE_SIZE)?;
        Ok((inputs?, code))
    };
    guard::with(store, args, |store, ((actor, id), out)| out.set(&store.password_reset(actor.as_deref(), id)?.text))
}
