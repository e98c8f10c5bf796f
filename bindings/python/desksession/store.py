"""The store: every function of the C header as a method. The header says what each call does, costs and answers."""

from __future__ import annotations

import ctypes
import os
import weakref
from ctypes import byref
from typing import Iterator, List, Optional, Union

from . import _ffi
from ._call import ask, do, error, more
from ._text import Secrets, number, optional, text
from .values import (
    Answer,
    Event,
    Info,
    IntegrityFault,
    KeySource,
    Login,
    PasswordCheck,
    Scope,
    Status,
    User,
    Weak,
    event_from,
    info_from,
    integrity_fault_from,
    seconds_from,
    user_from,
)

Password = Union[str, bytes, bytearray]

_MAX_U32, _MAX_I64, _MAX_U64 = 2**32 - 1, 2**63 - 1, 2**64 - 1
# Where the secret was right, so that the library tells whose session it is or was.
_TELLING = {Status.OK, Status.EXPIRED, Status.IDLE, Status.LOGGED_OUT, Status.REVOKED, Status.CLOCK}


class Store:
    """A store of users and sessions in a folder. Any thread may use it; close it, or use it in a with statement.

    create: None opens the store and creates it where nothing is, True only creates, False only opens.
    key: 32 bytes, for a store whose key the host keeps (KeySource.CALLER).
    busy_timeout_ms: how long a call may wait for other processes; 0 = the library's default.

    Passwords are str, bytes (UTF-8) or bytearray. A bytearray (also as key) is zeroed after the call, whatever its
    outcome; str and bytes cannot be, Python may keep them in memory until it needs the space.
    actor is the token of the person who does it, None = the program itself.
    """

    def __init__(
        self,
        folder: Union[str, os.PathLike],
        *,
        create: Optional[bool] = None,
        key: Union[bytes, bytearray, None] = None,
        key_source: int = KeySource.RECORDED,
        scope: int = Scope.RECORDED,
        busy_timeout_ms: int = 0,
    ):
        with Secrets() as secrets:
            # The same name again, here and below: what a traceback with local variables shows is no secret.
            key = secrets.key(key)
            folder = text(os.fsdecode(folder), "folder")
            self._open(_ffi.session_open, folder, create, key, key_source, scope, busy_timeout_ms)

    @classmethod
    def app(
        cls,
        name: str,
        *,
        create: Optional[bool] = None,
        key: Union[bytes, bytearray, None] = None,
        key_source: int = KeySource.RECORDED,
        scope: int = Scope.RECORDED,
        busy_timeout_ms: int = 0,
    ) -> Store:
        """The store of a program, in the operating system's place for it (app_folder)."""
        store = cls.__new__(cls)
        with Secrets() as secrets:
            key = secrets.key(key)
            store._open(_ffi.session_open_app, text(name, "name"), create, key, key_source, scope, busy_timeout_ms)
        return store

    @classmethod
    def adopt(
        cls,
        folder: Union[str, os.PathLike],
        *,
        key: Union[bytes, bytearray, None] = None,
        key_source: int = KeySource.RECORDED,
        scope: int = Scope.RECORDED,
        busy_timeout_ms: int = 0,
    ) -> Store:
        """Opens a store whose key is gone for good, with a new one: accounts live on, every session ends.

        It takes the rows as they are: nobody can tell any more whether one was forged, so look at who is in there.
        Raises Fault, KEY_MISMATCH, where the key is still there: open the store then."""
        store = cls.__new__(cls)
        with Secrets() as secrets:
            key = secrets.key(key)
            folder = text(os.fsdecode(folder), "folder")
            store._open(_ffi.session_adopt, folder, None, key, key_source, scope, busy_timeout_ms)
        return store

    def _open(self, function, where, create, key, key_source, scope, busy_timeout_ms) -> None:
        options, handle = _ffi.sized(_ffi.session_options), ctypes.c_void_p()
        options.flags = 0 if create is None else _ffi.OPEN_CREATE if create else _ffi.OPEN_EXISTING
        options.key_source = number(key_source, "key_source", 0, _MAX_U32)
        options.scope = number(scope, "scope", 0, _MAX_U32)
        options.busy_timeout_ms = number(busy_timeout_ms, "busy_timeout_ms", 0, _MAX_U32)
        if key is not None:
            if len(key) != len(options.key):
                raise ValueError(f"key must be {len(options.key)} bytes")
            options.key_source = options.key_source or KeySource.CALLER
            key.copy_to(options.key)
        try:
            do(function, where, byref(options), byref(handle))
        finally:
            ctypes.memset(options.key, 0, len(options.key))
        self._handle = handle.value
        # Unlike __del__ it runs once, and at exit before the interpreter is taken apart.
        self._finalizer = weakref.finalize(self, _ffi.session_close, self._handle)

    def close(self) -> None:
        """Closes the store; sessions live on. Later calls raise BAD_HANDLE, a second close does nothing."""
        status = self._finalizer()
        if status not in (None, Status.OK):
            raise error(status)

    @property
    def closed(self) -> bool:
        return not self._finalizer.alive

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Sessions

    def login(self, name: str, password: Password, remember: bool = False, label: str = "") -> Login:
        """Hashes (about 0.3 s): not on a window's thread. Raises BadCredentials, Throttled, UserDisabled, MustChange."""
        options, info = _ffi.sized(_ffi.session_login_options), _ffi.sized(_ffi.session_info)
        with Secrets() as secrets:
            (password,) = secrets.passwords(password)
            token = secrets.buffer(_ffi.TOKEN_SIZE)
            options.flags = _ffi.LOGIN_REMEMBERED if remember else 0
            options.label = _label(label)
            who = self._handle, text(name, "name"), password, len(password)
            status = ask(_ffi.session_login, *who, byref(options), token, _ffi.TOKEN_SIZE, byref(info))
            if status != 0:
                raise error(status, retry_after=seconds_from(info.retry_after_ms))
            return Login(token.text(), info_from(info, status))

    def verify(self, token: str) -> Info:
        """Whose live session this is; raises on everything but yes. Counts as activity."""
        with Secrets() as secrets:
            token = secrets.token(token)
            answer = self._look(_ffi.session_verify, token)
        if not answer:
            raise error(answer.status, answer.info)
        return answer.info

    def check(self, token: str) -> Answer:
        """As verify, but answers instead of raising. A fault is still raised."""
        with Secrets() as secrets:
            token = secrets.token(token)
            return self._look(_ffi.session_verify, token)

    def peek(self, token: str) -> Answer:
        """As check, but does not count as activity and writes nothing. For timers and status bars."""
        with Secrets() as secrets:
            token = secrets.token(token)
            return self._look(_ffi.session_peek, token)

    def _look(self, function, token) -> Answer:
        info = _ffi.sized(_ffi.session_info)
        status = ask(function, self._handle, token, byref(info))
        return Answer(Status(status), info_from(info, status) if status in _TELLING else None)

    def logout(self, token: str) -> None:
        """Ends a session, on disk before it returns. No error if it had ended before."""
        with Secrets() as secrets:
            token = secrets.token(token)
            do(_ffi.session_logout, self._handle, token)

    def authorize(self, requester: Optional[str], name: str, password: Password, purpose: str) -> User:
        """A second person says yes: a manager's override, a witness. Records both and the purpose, opens no session.

        requester: token of who asks, None = the program itself. Whether the person may say yes is yours to decide: look at
        the permissions. Hashes (about 0.3 s). Raises BadCredentials, Throttled, UserDisabled, MustChange, NotAllowed."""
        user = _ffi.sized(_ffi.session_user)
        with Secrets() as secrets:
            (password,) = secrets.passwords(password)
            requester = secrets.token_or_none(requester, "requester")
            who = text(name, "name"), password, len(password)
            do(_ffi.session_authorize, self._handle, requester, *who, text(purpose, "purpose"), byref(user))
        return user_from(user)

    def sessions(self, user_id: Optional[str] = None, after: Optional[str] = None) -> Iterator[Info]:
        """Live and ended sessions, of one user or all, oldest first; state tells which. Never a token."""
        info = _ffi.sized(_ffi.session_info)
        of, after = optional(user_id, "user_id"), optional(after, "after")
        while more(_ffi.session_next, self._handle, of, after, byref(info)):
            yield info_from(info, info.state)
            after = info.session_id

    def revoke(self, session_id: str, *, actor: Optional[str] = None) -> None:
        with Secrets() as secrets:
            actor = secrets.token_or_none(actor)
            do(_ffi.session_revoke, self._handle, actor, text(session_id, "session_id"))

    def revoke_user(self, user_id: str, *, keep: Optional[str] = None, actor: Optional[str] = None) -> int:
        """Ends all sessions of a user but the one with the id keep; returns how many."""
        ended = ctypes.c_uint64()
        with Secrets() as secrets:
            actor = secrets.token_or_none(actor)
            do(_ffi.session_revoke_user, self._handle, actor, text(user_id, "user_id"), optional(keep, "keep"), byref(ended))
        return ended.value

    # Users

    def user_create(self, name: str, password: Password, *, actor: Optional[str] = None) -> str:
        """Returns the id. Hashes (about 0.3 s). Raises UserExists, NameRefused, PasswordWeak, NotAllowed."""
        with Secrets() as secrets:
            (password,) = secrets.passwords(password)
            actor = secrets.token_or_none(actor)
            user_id = ctypes.create_string_buffer(_ffi.ID_SIZE)
            who = self._handle, actor, text(name, "name"), password, len(password)
            do(_ffi.session_user_create, *who, user_id, len(user_id))
        return user_id.value.decode()

    def user_get(self, user_id: str) -> User:
        return self._user(_ffi.session_user_get, text(user_id, "user_id"))

    def user_find(self, name: str) -> User:
        """The user of that name, in any spelling that is the same name."""
        return self._user(_ffi.session_user_find, text(name, "name"))

    def _user(self, function, which: bytes) -> User:
        user = _ffi.sized(_ffi.session_user)
        do(function, self._handle, which, byref(user))
        return user_from(user)

    def users(self, after: Optional[str] = None) -> Iterator[User]:
        """Oldest first."""
        user = _ffi.sized(_ffi.session_user)
        after = optional(after, "after")
        while more(_ffi.session_user_next, self._handle, after, byref(user)):
            yield user_from(user)
            after = user.user_id

    def user_rename(self, user_id: str, new_name: str, *, actor: Optional[str] = None) -> None:
        self._administer(_ffi.session_user_rename, actor, user_id, text(new_name, "new_name"))

    def user_enable(self, user_id: str, *, actor: Optional[str] = None) -> None:
        self._administer(_ffi.session_user_enable, actor, user_id, 1)

    def user_disable(self, user_id: str, *, actor: Optional[str] = None) -> None:
        """Ends all the user's sessions before it returns."""
        self._administer(_ffi.session_user_enable, actor, user_id, 0)

    def user_permit(self, user_id: str, permissions: int, *, actor: Optional[str] = None) -> None:
        """Sets the 64 permission bits, which mean what the program says."""
        self._administer(_ffi.session_user_permit, actor, user_id, number(permissions, "permissions", 0, _MAX_U64))

    def user_delete(self, user_id: str, *, actor: Optional[str] = None) -> None:
        """Ends all the user's sessions before it returns. The id never returns, the name is free again."""
        self._administer(_ffi.session_user_delete, actor, user_id)

    def user_unthrottle(self, user_id: str, *, actor: Optional[str] = None) -> None:
        """Forgets wrong attempts, so that the next login need not wait."""
        self._administer(_ffi.session_user_unthrottle, actor, user_id)

    def _administer(self, function, actor, user_id, *rest) -> None:
        with Secrets() as secrets:
            actor = secrets.token_or_none(actor)
            do(function, self._handle, actor, text(user_id, "user_id"), *rest)

    # Passwords

    def password_check(self, password: Password, name: Optional[str] = None) -> PasswordCheck:
        """Whether a new password would be accepted, for a meter beside the field. Hashes nothing."""
        reason, score = ctypes.c_uint32(), ctypes.c_uint32()
        with Secrets() as secrets:
            (password,) = secrets.passwords(password)
            what = self._handle, optional(name, "name"), password, len(password)
            status = ask(_ffi.session_password_check, *what, byref(reason), byref(score))
        if status not in (Status.OK, Status.PASSWORD_WEAK):
            raise error(status)
        return PasswordCheck(status == Status.OK, Weak(reason.value), score.value)

    def password_change(self, name: str, old: Password, new: Password, keep_token: Optional[str] = None) -> None:
        """Hashes twice. Ends the user's other sessions; the one of keep_token goes on. Throttled like a login."""
        with Secrets() as secrets:
            old, new = secrets.passwords(old, new)
            keep_token = secrets.token_or_none(keep_token, "keep_token")
            do(_ffi.session_password_change, self._handle, text(name, "name"), old, len(old), new, len(new), keep_token)

    def password_reset(self, user_id: str, *, actor: Optional[str] = None) -> str:
        """Returns a one-time code in place of a forgotten password, good for password_change alone, for 24 hours: show it
        once. The old password stops, all sessions end. Hashes (about 0.3 s). Raises UserUnknown, NotAllowed."""
        with Secrets() as secrets:
            actor = secrets.token_or_none(actor)
            code = secrets.buffer(_ffi.CODE_SIZE)
            do(_ffi.session_password_reset, self._handle, actor, text(user_id, "user_id"), code, _ffi.CODE_SIZE)
            return code.text()

    # The store itself

    def policy_get(self, item: int) -> int:
        value = ctypes.c_int64()
        do(_ffi.session_policy_get, self._handle, number(item, "item", 0, _MAX_U32), byref(value))
        return value.value

    def policy_set(self, item: int, value: int, *, actor: Optional[str] = None) -> None:
        """For every process that uses the store. A value outside its range raises Fault, BAD_ARGUMENT."""
        item, value = number(item, "item", 0, _MAX_U32), number(value, "value", -_MAX_I64 - 1, _MAX_I64)
        with Secrets() as secrets:
            actor = secrets.token_or_none(actor)
            do(_ffi.session_policy_set, self._handle, actor, item, value)

    def policy_preset(self, preset: int, *, actor: Optional[str] = None) -> None:
        """Sets the time-outs and the stop of the throttle together."""
        preset = number(preset, "preset", 0, _MAX_U32)
        with Secrets() as secrets:
            actor = secrets.token_or_none(actor)
            do(_ffi.session_policy_preset, self._handle, actor, preset)

    def backup(self, new_folder: Union[str, os.PathLike], *, actor: Optional[str] = None) -> None:
        """Copies the store, while it is in use, into a folder that does not exist yet: accounts, policy and audit trail,
        no session and no key. The copy opens with the key that is here; elsewhere Store.adopt gives it a new one."""
        new_folder = text(os.fsdecode(new_folder), "new_folder")
        with Secrets() as secrets:
            actor = secrets.token_or_none(actor)
            do(_ffi.session_backup, self._handle, actor, new_folder)

    def integrity_check(self) -> List[IntegrityFault]:
        """Looks at every row, its MAC and the whole audit trail, and changes nothing. No fault: the store is whole."""
        count, fault = ctypes.c_uint64(), _ffi.sized(_ffi.session_fault)
        do(_ffi.session_check, self._handle, byref(count))
        found: List[IntegrityFault] = []
        while more(_ffi.session_fault_next, self._handle, fault.number, byref(fault)):
            found.append(integrity_fault_from(fault))
        return found

    def purge(self) -> int:
        """Removes what policy no longer keeps; returns how many rows. Call it once a day, say."""
        removed = ctypes.c_uint64()
        do(_ffi.session_purge, self._handle, byref(removed))
        return removed.value

    def events(self, after: int = 0) -> Iterator[Event]:
        """The audit trail, oldest first. A line that was edited or removed comes flagged as tampered, and reading goes on."""
        event = _ffi.sized(_ffi.session_event)
        after = number(after, "after", 0, _MAX_I64)
        while True:
            status = _ffi.session_event_next(self._handle, after, byref(event))
            if status == Status.DONE:
                return
            tampered = status == Status.TAMPERED and event.id > after
            if status != Status.OK and not tampered:
                raise error(status)
            yield event_from(event, tampered)
            after = event.id


def app_folder(name: str, scope: int = Scope.RECORDED) -> str:
    """The folder that Store.app uses. Creates nothing."""
    folder = ctypes.create_string_buffer(1 << 17)  # longer than any path
    do(_ffi.session_app_folder, text(name, "name"), number(scope, "scope", 0, _MAX_U32), folder, len(folder))
    return folder.value.decode()


def version() -> str:
    """The version of the loaded library, for people."""
    return _ffi.session_version().decode()


def abi_version() -> int:
    return _ffi.session_abi_version()


def constant(name: str) -> int:
    """The value of a constant of the C header, such as "SESSION_TOKEN_SIZE"."""
    value = ctypes.c_int64()
    do(_ffi.session_constant, text(name, "name"), byref(value))
    return value.value


def _label(label: str) -> bytes:
    data = text(label, "label")
    if len(data) >= _ffi.LABEL_SIZE:
        raise ValueError(f"label is longer than {_ffi.LABEL_SIZE - 1} bytes of UTF-8")
    return data
