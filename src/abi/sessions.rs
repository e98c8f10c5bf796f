//! Sessions: log in, verify, log out, list, revoke; and the audit trail.

use super::args::{self, OutStruct, OutText};
use super::constants::SESSION_TOKEN_SIZE;
use super::guard;
use super::types::{session_event, session_info, session_login_options, session_store, session_user};
use std::os::raw::c_char;

/// Checks name and password and opens a session.
///
/// @param name         UTF-8, in any spelling that is the same name.
/// @param password     UTF-8 bytes; a NUL is a byte of it. Borrowed for the call, wiped from our memory.
/// @param password_len its length in bytes.
/// @param options      NULL = the defaults.
/// @param token        receives the token, the one secret of the session: keep it in memory, hand it to session_verify. Empty on failure.
/// @param token_cap    at least SESSION_TOKEN_SIZE.
/// @param info         receives the session; set its size first; NULL is fine. On SESSION_THROTTLED: retry_after_ms.
/// @return SESSION_OK; SESSION_BAD_CREDENTIALS: say "wrong name or password", no more; SESSION_THROTTLED: say how long to wait;
///   SESSION_USER_DISABLED, SESSION_MUST_CHANGE: told after the right password only; SESSION_LIMIT, SESSION_NO_MEMORY: try
///   again; any fault of a writing call (see session_logout).
/// Hashes once (about 0.3 s at the default policy): not on a window's thread. Writes. Waits its turn behind other attempts at
/// this account. A failure takes at least 1.25 times this process's slowest recent hash. Since ABI 1.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn session_login(
    store: *mut session_store,
    name: *const c_char,
    password: *const c_char,
    password_len: usize,
    options: *const session_login_options,
    token: *mut c_char,
    token_cap: usize,
    info: *mut session_info,
) -> i32 {
    let args = || {
        let inputs = args::name(name).and_then(|name| Ok((name, args::login_options(options)?)));
        let (token, info) = (OutText::sized(token, token_cap, SESSION_TOKEN_SIZE), OutStruct::optional(info));
        Ok((inputs?, token?, info?))
    };
    guard::with(store, args, |store, ((name, options), token, info)| {
        let login = store.login(&name, args::password(password, password_len)?, &options);
        let login = info.session_even_if_refused(login)?;
        info.session(&login.info)?;
        token.set(&login.token)
    })
}

/// Tells whose live session a token is. Counts as activity. Call it before every protected action.
///
/// @param token NUL-terminated text from session_login.
/// @param info  receives the session; set its size first; NULL is fine. Also written, with ended_at, on the answers marked *.
/// @return SESSION_OK: live; SESSION_UNKNOWN; SESSION_EXPIRED*, SESSION_IDLE*, SESSION_LOGGED_OUT*, SESSION_REVOKED*,
///   SESSION_CLOCK*: ended, ask for the password again; SESSION_TAMPERED, SESSION_NEWER: the row was refused; any fault of a
///   reading call (see session_policy_get): not logged in.
/// Hashes no password. Writes at most once a minute and waits for nobody to do so. Since ABI 1.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn session_verify(store: *mut session_store, token: *const c_char, info: *mut session_info) -> i32 {
    let args = || {
        let token = args::token(token);
        Ok((OutStruct::optional(info)?, token?))
    };
    guard::with(store, args, |store, (out, token)| out.session(&out.session_even_if_refused(store.verify(&token))?))
}

/// As session_verify, but does not count as activity and writes nothing. For timers and status bars.
///
/// @param token NUL-terminated text from session_login.
/// @param info  receives the session; set its size first; NULL is fine.
/// @return as session_verify. Since ABI 1.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn session_peek(store: *mut session_store, token: *const c_char, info: *mut session_info) -> i32 {
    let args = || {
        let token = args::token(token);
        Ok((OutStruct::optional(info)?, token?))
    };
    guard::with(store, args, |store, (out, token)| out.session(&out.session_even_if_refused(store.peek(&token))?))
}

/// Ends a session. On disk before it returns; no verify that starts afterwards, in any process, accepts the token.
///
/// @param token NUL-terminated text from session_login.
/// @return SESSION_OK for any genuine token, also one that ended before; SESSION_UNKNOWN: no such token;
///   faults of a writing call: SESSION_BAD_ARGUMENT; SESSION_BAD_HANDLE; SESSION_BUSY: another process held the store past the
///   time-out, try again; SESSION_IO; SESSION_DISK_FULL; SESSION_READ_ONLY; SESSION_CORRUPT; SESSION_TAMPERED; SESSION_NEWER;
///   SESSION_STORE_REPLACED: close and open again; SESSION_NO_MEMORY; SESSION_FORKED; SESSION_INTERNAL. After a fault the
///   session may live on: tell the person.
/// Hashes no password. Writes. May wait for another process up to the time-out. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_logout(store: *mut session_store, token: *const c_char) -> i32 {
    guard::with(store, || args::token(token), |store, token| store.logout(&token))
}

/// A second person says yes: a manager's override, a witness, a signature. Checks name and password as session_login does, under
/// the same throttle, records who asked, who said yes and for what, and opens no session: nothing about the requester's session
/// or anybody's last login changes. Whether that person may say yes is yours to decide: look at who->permissions.
/// The event says that the person gave the password for this purpose, not that you went along with it.
///
/// @param requester    token of who asks; NULL = the host program.
/// @param name         of the second person, UTF-8.
/// @param password     UTF-8 bytes.
/// @param password_len its length in bytes.
/// @param purpose      what for, as the audit trail shows it: UTF-8, 1 to SESSION_PURPOSE_MAX bytes, no control characters.
/// @param who          receives the second person; set its size first; NULL is fine.
/// @return SESSION_OK: yes, recorded; SESSION_BAD_CREDENTIALS; SESSION_THROTTLED: wait, session_login tells how long;
///   SESSION_USER_DISABLED, SESSION_MUST_CHANGE: told after the right password only; SESSION_NOT_ALLOWED: the requester's session
///   is not live, or, told after the right password only, it is the requester's own account; SESSION_BAD_ARGUMENT: the purpose;
///   SESSION_LIMIT, SESSION_NO_MEMORY: try again; any fault of a writing call (see session_logout).
/// Hashes once: not on a window's thread. Writes. Waits its turn behind other attempts at this account. Since ABI 1.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn session_authorize(
    store: *mut session_store,
    requester: *const c_char,
    name: *const c_char,
    password: *const c_char,
    password_len: usize,
    purpose: *const c_char,
    who: *mut session_user,
) -> i32 {
    let args = || {
        let inputs =
            args::token_optional(requester).and_then(|requester| Ok((requester, args::name(name)?, args::purpose(purpose)?)));
        let out = OutStruct::optional(who)?;
        Ok((inputs?, out))
    };
    guard::with(store, args, |store, ((requester, name, purpose), out)| {
        let password = args::password(password, password_len)?;
        out.user(&store.authorize(requester.as_deref(), &name, password, &purpose)?)
    })
}

/// Reads the session after another, oldest first; live and ended ones, `info->state` tells.
///
/// @param user_id          of this user; NULL = of all.
/// @param after_session_id NULL = the first; an id need not exist any more.
/// @param info             receives the session; set its size first. Never a token. A bad row comes flagged, with its id alone.
/// @return SESSION_OK; SESSION_DONE; SESSION_USER_UNKNOWN: user_id is no id; SESSION_BAD_ARGUMENT; any fault of a reading call
///   (see session_policy_get). Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_next(
    store: *mut session_store,
    user_id: *const c_char,
    after_session_id: *const c_char,
    info: *mut session_info,
) -> i32 {
    let args = || {
        let inputs = args::user_id_optional(user_id).and_then(|user| Ok((user, args::id_optional(after_session_id)?)));
        Ok((OutStruct::required(info)?, inputs?))
    };
    guard::with(store, args, |store, (out, (user, after))| out.session(&store.session_next(user, after)?))
}

/// Ends a session by its id.
///
/// @param actor      token of who does it; NULL = the host program.
/// @param session_id id as text. Works on a bad row too.
/// @return SESSION_OK, also where it had ended before; SESSION_UNKNOWN; SESSION_NOT_ALLOWED; any fault of a writing call
///   (see session_logout). Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_revoke(store: *mut session_store, actor: *const c_char, session_id: *const c_char) -> i32 {
    let args = || Ok((args::token_optional(actor)?, args::session_id(session_id)?));
    guard::with(store, args, |store, (actor, id)| store.revoke(actor.as_deref(), id))
}

/// Ends all sessions of a user but one.
///
/// @param actor             token of who does it; NULL = the host program.
/// @param user_id           id as text.
/// @param except_session_id this one goes on; NULL = none does.
/// @param ended             receives how many ended; NULL is fine.
/// @return SESSION_OK; SESSION_USER_UNKNOWN; SESSION_NOT_ALLOWED; any fault of a writing call (see session_logout).
/// Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_revoke_user(
    store: *mut session_store,
    actor: *const c_char,
    user_id: *const c_char,
    except_session_id: *const c_char,
    ended: *mut u64,
) -> i32 {
    let args = || {
        let inputs = args::token_optional(actor)
            .and_then(|actor| Ok((actor, args::user_id(user_id)?, args::id_optional(except_session_id)?)));
        let out = args::out_number_optional(ended)?;
        Ok((inputs?, out))
    };
    guard::with(store, args, |store, ((actor, id, except), out)| {
        out.set(store.revoke_user(actor.as_deref(), id, except)?);
        Ok(())
    })
}

/// Reads the event after another, oldest first, and checks its place in the chain.
///
/// @param after_id 0 = the first.
/// @param event    receives the event; set its size first. On SESSION_TAMPERED: the id alone, so that reading can go on after it.
/// @return SESSION_OK; SESSION_DONE; SESSION_TAMPERED: this event was edited, or is missing with all before it back to after_id (with
///   id 0 more is wrong than one event: stop); SESSION_NEWER: as SESSION_TAMPERED, written by a newer library; SESSION_BAD_ARGUMENT;
///   any fault of a reading call (see session_policy_get). Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_event_next(store: *mut session_store, after_id: i64, event: *mut session_event) -> i32 {
    guard::with(
        store,
        || OutStruct::required(event),
        |store, out| {
            let event = store.event_next(after_id)?;
            out.event(&event)?;
            event.intact()
        },
    )
}
