"""The C header in ctypes: constants, structs, one line per function. No logic; include/desksession.h explains them."""

import ctypes
from ctypes import POINTER, c_char, c_char_p, c_int32, c_int64, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from typing import Any, Type, TypeVar

from . import _library

TOKEN_SIZE, ID_SIZE, NAME_SIZE, LABEL_SIZE, CODE_SIZE, DETAIL_SIZE, ERROR_SIZE = 72, 40, 256, 64, 64, 256, 512
ACCOUNT_SIZE, TABLE_SIZE = 64, 16
PASSWORD_MAX, PURPOSE_MAX = 1024, 200
OPEN_EXISTING, OPEN_CREATE = 1, 2
LOGIN_REMEMBERED = 1
INFO_REMEMBERED, INFO_TAMPERED, INFO_NEWER = 1, 2, 4
USER_DISABLED_FLAG, USER_MUST_CHANGE_FLAG, USER_TAMPERED_FLAG, USER_NEWER_FLAG = 1, 2, 4, 8


class session_options(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("key_source", c_uint32),
        ("scope", c_uint32),
        ("busy_timeout_ms", c_uint32),
        ("reserved", c_uint32),
        ("key", c_uint8 * 32),
    ]


class session_fault(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32),
        ("status", c_int32),
        ("number", c_uint64),
        ("table", c_char * TABLE_SIZE),
        ("row", c_char * ID_SIZE),
        ("detail", c_char * DETAIL_SIZE),
    ]


class session_user(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("created_at", c_int64),
        ("last_login_at", c_int64),
        ("password_changed_at", c_int64),
        ("permissions", c_uint64),
        ("failures", c_uint32),
        ("live_sessions", c_uint32),
        ("user_id", c_char * ID_SIZE),
        ("user_name", c_char * NAME_SIZE),
    ]


class session_login_options(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("label", c_char * LABEL_SIZE),
    ]


class session_info(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32),
        ("flags", c_uint32),
        ("created_at", c_int64),
        ("authenticated_at", c_int64),
        ("last_seen_at", c_int64),
        ("expires_at", c_int64),
        ("idle_expires_at", c_int64),
        ("ended_at", c_int64),
        ("retry_after_ms", c_int64),
        ("permissions", c_uint64),
        ("session_id", c_char * ID_SIZE),
        ("user_id", c_char * ID_SIZE),
        ("user_name", c_char * NAME_SIZE),
        ("label", c_char * LABEL_SIZE),
        ("state", c_int32),
        ("reserved", c_uint32),
    ]


class session_event(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32),
        ("kind", c_uint32),
        ("id", c_int64),
        ("at", c_int64),
        ("actor_id", c_char * ID_SIZE),
        ("user_id", c_char * ID_SIZE),
        ("session_id", c_char * ID_SIZE),
        ("detail", c_char * DETAIL_SIZE),
        ("os_account", c_char * ACCOUNT_SIZE),
    ]


_loaded = _library.load()

S = TypeVar("S", bound=ctypes.Structure)


def _function(name: str, *argtypes: Any, restype: Any = c_int32) -> Any:
    function = getattr(_loaded, name)
    function.argtypes, function.restype = argtypes, restype
    return function


def _unchecked(name: str) -> Any:
    """Without argtypes, whose checks take 0.3 us: for calls that are made at every click. Each argument has to be of ctypes, or
    bytes."""
    function = getattr(_loaded, name)
    function.restype = c_int32
    return function


_store, _text, _size, _buffer = c_void_p, c_char_p, c_size_t, c_char_p
_options, _login_options = POINTER(session_options), POINTER(session_login_options)
_user, _info, _event = POINTER(session_user), POINTER(session_info), POINTER(session_event)
_fault = POINTER(session_fault)
_u32, _i64, _u64 = POINTER(c_uint32), POINTER(c_int64), POINTER(c_uint64)

session_open = _function("session_open", _text, _options, POINTER(_store))
session_open_app = _function("session_open_app", _text, _options, POINTER(_store))
session_adopt = _function("session_adopt", _text, _options, POINTER(_store))
session_close = _function("session_close", _store)
session_app_folder = _function("session_app_folder", _text, c_uint32, _buffer, _size)
session_policy_get = _function("session_policy_get", _store, c_uint32, _i64)
session_policy_set = _function("session_policy_set", _store, _text, c_uint32, c_int64)
session_policy_preset = _function("session_policy_preset", _store, _text, c_uint32)
session_backup = _function("session_backup", _store, _text, _text)
session_check = _function("session_check", _store, _u64)
session_fault_next = _function("session_fault_next", _store, c_uint64, _fault)
session_purge = _function("session_purge", _store, _u64)
session_user_create = _function("session_user_create", _store, _text, _text, _text, _size, _buffer, _size)
session_user_get = _function("session_user_get", _store, _text, _user)
session_user_find = _function("session_user_find", _store, _text, _user)
session_user_next = _function("session_user_next", _store, _text, _user)
session_user_rename = _function("session_user_rename", _store, _text, _text, _text)
session_user_enable = _function("session_user_enable", _store, _text, _text, c_uint32)
session_user_permit = _function("session_user_permit", _store, _text, _text, c_uint64)
session_user_delete = _function("session_user_delete", _store, _text, _text)
session_user_unthrottle = _function("session_user_unthrottle", _store, _text, _text)
session_password_check = _function("session_password_check", _store, _text, _text, _size, _u32, _u32)
session_password_change = _function("session_password_change", _store, _text, _text, _size, _text, _size, _text)
session_password_reset = _function("session_password_reset", _store, _text, _text, _buffer, _size)
session_login = _function("session_login", _store, _text, _text, _size, _login_options, _buffer, _size, _info)
session_verify = _unchecked("session_verify")
session_peek = _unchecked("session_peek")
session_logout = _function("session_logout", _store, _text)
session_authorize = _function("session_authorize", _store, _text, _text, _text, _size, _text, _user)
session_next = _function("session_next", _store, _text, _text, _info)
session_revoke = _function("session_revoke", _store, _text, _text)
session_revoke_user = _function("session_revoke_user", _store, _text, _text, _text, _u64)
session_event_next = _function("session_event_next", _store, c_int64, _event)
session_abi_version = _function("session_abi_version", restype=c_uint32)
session_version = _function("session_version", restype=c_char_p)
session_status_name = _function("session_status_name", c_int32, restype=c_char_p)
session_status_text = _function("session_status_text", c_int32, restype=c_char_p)
session_last_error = _function("session_last_error", _buffer, _size)
session_constant = _function("session_constant", _text, _i64)


def sized(struct: Type[S]) -> S:
    """A new struct of that class with its size member set."""
    return struct(ctypes.sizeof(struct))
