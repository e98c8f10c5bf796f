//! The store: open, close, where it lies, its policy, its upkeep.

use super::args::{self, OutStruct, OutText};
use super::types::{session_fault, session_options, session_store};
use super::{guard, handles};
use crate::crypto::keys::scrub_stack;
use crate::engine::Store;
use crate::model::OpenOptions;
use crate::status::SESSION_UNSUPPORTED;
use crate::{Error, Result};
use std::os::raw::c_char;

/// What every way to open a store is: a place and options in, a handle out.
fn handed_out<P>(
    options: *const session_options,
    store: *mut *mut session_store,
    place: impl FnOnce() -> Result<P>,
    open: impl FnOnce(&P, &OpenOptions) -> Result<Store>,
) -> i32 {
    let args = || {
        let inputs = place().and_then(|place| Ok((place, args::open_options(options)?)));
        let out = args::out_handle(store)?;
        Ok((inputs?, out))
    };
    let status = guard::free(args, |((place, options), out)| {
        handles::check_room()?;
        out.set(handles::insert(open(&place, &options)?)?);
        Ok(())
    });
    // A caller's key came in over the stack.
    scrub_stack();
    status
}

/// Opens the store in a folder and creates it on first use.
///
/// @param folder  path of the store's folder, UTF-8. None or an empty one is a new store; missing parents are created. On Windows
///                with a drive letter or relative to the working directory, of any length, "\\?\C:\..." too.
/// @param options NULL = the defaults.
/// @param store   receives the handle, NULL on failure. Close it with session_close. Any thread may use it.
/// @return SESSION_OK;
///   SESSION_BAD_ARGUMENT: fix the call (NULL, not UTF-8, wrong size, all-zero caller key, SESSION_OPEN_CREATE on a store; on
///   Windows a path that would mean something else: a device's name, "C:relative", a stream, a part that ends in a dot or a space);
///   SESSION_MISSING: no store with SESSION_OPEN_EXISTING, or its database is gone: restore a backup;
///   SESSION_NOT_A_STORE: something else lies there, choose another folder;
///   SESSION_PERMISSION: session_last_error names path and remedy; also where the folder's rights do not fit the scope;
///   SESSION_NO_KEY, SESSION_FOREIGN: the key is gone or another's: bring it back, or session_adopt keeps the accounts;
///   SESSION_KEY_MISMATCH: the store records another key source than demanded;
///   SESSION_CORRUPT, SESSION_TAMPERED: restore a backup; SESSION_NEWER: update this library;
///   SESSION_BUSY: another process is at it; on Windows also a virus scanner or backup that held a file past the time-out;
///   SESSION_IO, SESSION_DISK_FULL, SESSION_READ_ONLY, SESSION_NO_MEMORY, SESSION_LIMIT (over 1000 open handles);
///   SESSION_UNSUPPORTED: a network file system, on Windows a volume that keeps no access rights (FAT), the key store;
///   SESSION_FORKED; SESSION_INTERNAL.
/// Hashes no password. Writes when it creates. May wait for another process up to the time-out. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_open(folder: *const c_char, options: *const session_options, store: *mut *mut session_store) -> i32 {
    handed_out(options, store, || args::path(folder), |folder, options| Store::open(folder, options))
}

/// Opens the store of a program in the operating system's place for its scope (session_app_folder) and creates it on first use.
///
/// @param app_name the program's name, UTF-8, 1 to 64 bytes, usable as a folder name. New passwords may not be that name.
/// @param options  NULL = the defaults.
/// @param store    receives the handle, NULL on failure.
/// @return as session_open. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_open_app(
    app_name: *const c_char,
    options: *const session_options,
    store: *mut *mut session_store,
) -> i32 {
    handed_out(options, store, || args::name(app_name), |app_name, options| Store::open_app(app_name, options))
}

/// Opens a store whose key is gone for good: another PC, a lost profile, a restored backup. It gets a new id and a new key; all
/// accounts live on, every session ends, an event tells of it. Handles that others have on it answer SESSION_STORE_REPLACED.
/// Its scope becomes what the rights of the folder say, so that this also makes one account's store a group's.
/// It takes the rows as they are: without the old key nobody can tell whether one was forged, so look at who is in there.
///
/// @param folder  path of the store's folder, UTF-8.
/// @param options as session_open; key_source says where the new key goes, 0 = where the store records it. With
///                SESSION_KEY_CALLER the key passed is the new one. SESSION_OPEN_CREATE is SESSION_BAD_ARGUMENT.
/// @param store   receives the handle, NULL on failure.
/// @return SESSION_OK; SESSION_KEY_MISMATCH: the key the store records still opens it, nothing was changed, use session_open;
///   SESSION_MISSING: there is no store; SESSION_CORRUPT, SESSION_TAMPERED: the database itself is damaged, restore a backup;
///   SESSION_NEWER: a newer library wrote something this one must not ignore; SESSION_BUSY and the other faults of session_open.
///   Nothing was changed, but for SESSION_IO, SESSION_DISK_FULL and SESSION_STORE_REPLACED: try session_open first.
/// Hashes no password. Writes every row in one transaction. May wait for another process up to the time-out. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_adopt(folder: *const c_char, options: *const session_options, store: *mut *mut session_store) -> i32 {
    handed_out(options, store, || args::path(folder), |folder, options| Store::adopt(folder, options))
}

/// Closes a store. Calls in flight on other threads finish safely; sessions live on.
///
/// @param store NULL is fine and does nothing.
/// @return SESSION_OK; SESSION_BAD_HANDLE: closed already or garbage; SESSION_FORKED; SESSION_INTERNAL.
/// Writes a checkpoint if nobody else is writing; waits for nobody. Wipes the keys in memory. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_close(store: *mut session_store) -> i32 {
    guard::free(|| Ok(()), |()| handles::remove(store))
}

/// Tells which folder session_open_app uses: $XDG_DATA_HOME or ~/.local/share, ~/Library/Application Support, or
/// %LOCALAPPDATA%, then the program's name, then "desksession"; in machine scope /var/lib, /Library/Application Support or
/// %ProgramData% takes the first's place. Creates nothing.
///
/// @param app_name   the program's name, as for session_open_app.
/// @param scope      SESSION_SCOPE_*; 0 = SESSION_SCOPE_USER.
/// @param folder     receives the path, UTF-8.
/// @param folder_cap bytes of the buffer.
/// @return SESSION_OK; SESSION_BAD_ARGUMENT; SESSION_BUFFER_TOO_SMALL: use a larger one (4096 always suffices on Linux);
///   SESSION_NO_KEY: there is no per-user place; SESSION_UNSUPPORTED: a path that is not UTF-8; SESSION_FORKED;
///   SESSION_INTERNAL. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_app_folder(app_name: *const c_char, scope: u32, folder: *mut c_char, folder_cap: usize) -> i32 {
    let args = || {
        let inputs = args::name(app_name).and_then(|name| Ok((name, args::scope(scope)?)));
        let out = OutText::any(folder, folder_cap)?;
        Ok((inputs?, out))
    };
    guard::free(args, |((app_name, scope), out)| {
        let path = Store::app_folder(&app_name, scope.unwrap_or_default())?;
        out.set(path.to_str().ok_or_else(|| Error::new(SESSION_UNSUPPORTED, "the path is not UTF-8"))?)
    })
}

/// Reads a policy item.
///
/// @param item  SESSION_POLICY_*.
/// @param value receives the value, 0 on failure.
/// @return SESSION_OK; SESSION_BAD_ARGUMENT: unknown item or NULL; SESSION_BAD_HANDLE; SESSION_TAMPERED; SESSION_CORRUPT;
///   SESSION_NEWER; SESSION_STORE_REPLACED; SESSION_BUSY; SESSION_IO; SESSION_DISK_FULL; SESSION_PERMISSION; SESSION_NO_MEMORY;
///   SESSION_FORKED; SESSION_INTERNAL. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_policy_get(store: *mut session_store, item: u32, value: *mut i64) -> i32 {
    guard::with(
        store,
        || args::out_number(value),
        |store, out| {
            out.set(store.policy_get(item)?);
            Ok(())
        },
    )
}

/// Sets a policy item for every process. Live sessions follow at their next verify, to the shorter side. Setting the value
/// it has already writes nothing.
///
/// @param actor token of who does it, checked live and recorded; NULL = the host program.
/// @param item  SESSION_POLICY_*.
/// @param value within the item's range.
/// @return SESSION_OK; SESSION_NOT_ALLOWED; SESSION_BAD_ARGUMENT: unknown item or outside its range, nothing changed;
///   any fault of a writing call (see session_logout). Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_policy_set(store: *mut session_store, actor: *const c_char, item: u32, value: i64) -> i32 {
    guard::with(store, || args::token_optional(actor), |store, actor| store.policy_set(actor.as_deref(), item, value))
}

/// Sets the time-outs and the stop of the throttle together, in one transaction.
///
/// @param actor  token of who does it, checked live and recorded; NULL = the host program.
/// @param preset SESSION_PRESET_*.
/// @return SESSION_OK, also where nothing had to change; SESSION_NOT_ALLOWED; SESSION_BAD_ARGUMENT: unknown preset;
///   any fault of a writing call (see session_logout). Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_policy_preset(store: *mut session_store, actor: *const c_char, preset: u32) -> i32 {
    guard::with(store, || args::token_optional(actor), |store, actor| store.policy_preset(actor.as_deref(), preset))
}

/// Copies the store into a new folder while it is in use: one consistent look at accounts, policy and audit trail. The copy holds
/// no session and no key. A key outside the store's folder (SESSION_KEY_USER on this account, _CALLER) opens it; else session_adopt
/// gives it a new one.
///
/// @param actor      token of who does it, checked live and recorded; NULL = the host program.
/// @param new_folder path of a folder that does not exist yet, in one that does; UTF-8. Appears only once the copy is whole and
///                   on disk; for this OS account only, since it holds password hashes. A copy that was cut off leaves a
///                   folder that begins with this name and ends in .part, which may be removed. Nobody else may be able to
///                   change the folder it lies in.
/// @return SESSION_OK; SESSION_NOT_ALLOWED; SESSION_BAD_ARGUMENT: new_folder exists, lies in the store's own folder, or its parent
///   does not exist; SESSION_DISK_FULL, SESSION_IO, SESSION_PERMISSION: of the new folder, or the one it lies in, too; any fault of a writing call (see
///   session_logout). Writes. Others go on meanwhile. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_backup(store: *mut session_store, actor: *const c_char, new_folder: *const c_char) -> i32 {
    let args = || Ok((args::token_optional(actor)?, args::path(new_folder)?));
    guard::with(store, args, |store, (actor, folder)| store.backup(actor.as_deref(), &folder))
}

/// Checks all there is: the database's pages and schema, every row and its MAC, what belongs together, the whole audit trail.
/// Changes nothing. session_fault_next then names each fault.
///
/// @param faults receives how many were found; 0 = the store is whole.
/// @return SESSION_OK: the check was carried out, look at faults; any fault of a reading call (see session_policy_get).
/// Reads everything (some seconds for a million rows). Others go on meanwhile. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_check(store: *mut session_store, faults: *mut u64) -> i32 {
    guard::with(
        store,
        || args::out_number(faults),
        |store, out| {
            out.set(store.check()?.len() as u64);
            Ok(())
        },
    )
}

/// Reads the fault after another that the last session_check on this handle found, whichever thread made it.
///
/// @param after 0 = the first.
/// @param fault receives the fault; set its size first.
/// @return SESSION_OK; SESSION_DONE; SESSION_BAD_ARGUMENT; SESSION_BAD_HANDLE; SESSION_FORKED; SESSION_INTERNAL. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_fault_next(store: *mut session_store, after: u64, fault: *mut session_fault) -> i32 {
    guard::with(
        store,
        || OutStruct::required(fault),
        |store, out| {
            let (number, found) = store.fault_next(after)?;
            out.fault(number, &found)
        },
    )
}

/// Removes what policy no longer keeps: sessions ended long enough ago, old events, forgotten guesses at unknown names.
/// Goes in steps, and others write between them. Call it once a day, say.
///
/// @param removed receives how many rows were removed; NULL is fine.
/// @return SESSION_OK; any fault of a writing call (see session_logout); what was removed before a fault stays removed.
/// Writes. Since ABI 1.
#[unsafe(no_mangle)]
pub extern "C" fn session_purge(store: *mut session_store, removed: *mut u64) -> i32 {
    guard::with(
        store,
        || args::out_number_optional(removed),
        |store, out| {
            out.set(store.purge()?);
            Ok(())
        },
    )
}
