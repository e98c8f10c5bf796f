"""Who there is: the calls of a store for users and their passwords."""

from __future__ import annotations

import asyncio
import ctypes
from ctypes import byref
from typing import Any, Iterator, Optional

from . import _ffi
from ._call import ask, do, error, more
from ._handle import Handle
from ._text import MAX_U64, Password, Secrets, number, optional, text
from .records import PasswordCheck, User
from .values import Status, Weak


class Users(Handle):
    def user_create(self, name: str, password: Password, *, actor: Optional[str] = None) -> str:
        """Returns the id. Hashes (about 0.3 s). Raises UserExists, NameRefused, PasswordWeak, NotAllowed."""
        with Secrets() as secrets:
            (secret,) = secrets.passwords(password)
            acting = secrets.token_or_none(actor)
            del password, actor
            user_id = ctypes.create_string_buffer(_ffi.ID_SIZE)
            who = self._handle, acting, text(name, "name"), secret, len(secret)
            do(_ffi.session_user_create, *who, user_id, len(user_id))
        return user_id.value.decode()

    async def user_create_async(self, name: str, password: Password, *, actor: Optional[str] = None) -> str:
        """As user_create, on a worker thread."""
        return await asyncio.to_thread(self.user_create, name, password, actor=actor)

    def user_get(self, user_id: str) -> User:
        return self._user(_ffi.session_user_get, text(user_id, "user_id"))

    def user_find(self, name: str) -> User:
        """The user of that name, in any spelling that is the same name."""
        return self._user(_ffi.session_user_find, text(name, "name"))

    def _user(self, function: Any, which: bytes) -> User:
        user = _ffi.sized(_ffi.session_user)
        do(function, self._handle, which, byref(user))
        return User(user)

    def users(self, after: Optional[str] = None) -> Iterator[User]:
        """Oldest first."""
        last = optional(after, "after")
        while True:
            user = _ffi.sized(_ffi.session_user)
            if not more(_ffi.session_user_next, self._handle, last, byref(user)):
                return
            yield User(user)
            last = user.user_id

    def user_rename(self, user_id: str, new_name: str, *, actor: Optional[str] = None) -> None:
        """Live sessions go on and show the new name. Raises UserExists, NameRefused."""
        self._administer(_ffi.session_user_rename, actor, text(user_id, "user_id"), text(new_name, "new_name"))

    def user_enable(self, user_id: str, *, actor: Optional[str] = None) -> None:
        self._administer(_ffi.session_user_enable, actor, text(user_id, "user_id"), 1)

    def user_disable(self, user_id: str, *, actor: Optional[str] = None) -> None:
        """Ends all the user's sessions before it returns."""
        self._administer(_ffi.session_user_enable, actor, text(user_id, "user_id"), 0)

    def user_permit(self, user_id: str, permissions: int, *, actor: Optional[str] = None) -> None:
        """Sets the 64 permission bits, which mean what the program says."""
        bits = number(permissions, "permissions", 0, MAX_U64)
        self._administer(_ffi.session_user_permit, actor, text(user_id, "user_id"), bits)

    def user_delete(self, user_id: str, *, actor: Optional[str] = None) -> None:
        """Ends all the user's sessions before it returns. The id never returns, the name is free again."""
        self._administer(_ffi.session_user_delete, actor, text(user_id, "user_id"))

    def user_unthrottle(self, user_id: str, *, actor: Optional[str] = None) -> None:
        """Forgets wrong attempts, so that the next login need not wait."""
        self._administer(_ffi.session_user_unthrottle, actor, text(user_id, "user_id"))

    def password_check(self, password: Password, name: Optional[str] = None) -> PasswordCheck:
        """Whether a new password would be accepted, for a meter beside the field. Hashes nothing."""
        reason, score = ctypes.c_uint32(), ctypes.c_uint32()
        with Secrets() as secrets:
            (secret,) = secrets.passwords(password)
            del password
            what = self._handle, optional(name, "name"), secret, len(secret)
            status = ask(_ffi.session_password_check, *what, byref(reason), byref(score))
        if status not in (Status.OK, Status.PASSWORD_WEAK):
            raise error(status)
        return PasswordCheck(status == Status.OK, Weak(reason.value), score.value)

    def password_change(self, name: str, old: Password, new: Password, keep_token: Optional[str] = None) -> None:
        """Hashes twice. Ends the user's other sessions; the one of keep_token goes on. Throttled like a login."""
        with Secrets() as secrets:
            before, after = secrets.passwords(old, new)
            keep = secrets.token_or_none(keep_token, "keep_token")
            del old, new, keep_token
            passwords = before, len(before), after, len(after)
            do(_ffi.session_password_change, self._handle, text(name, "name"), *passwords, keep)

    async def password_change_async(self, name: str, old: Password, new: Password, keep_token: Optional[str] = None) -> None:
        """As password_change, on a worker thread."""
        await asyncio.to_thread(self.password_change, name, old, new, keep_token)

    def password_reset(self, user_id: str, *, actor: Optional[str] = None) -> str:
        """Returns a one-time code in place of a forgotten password, good for password_change alone, for 24 hours: show it
        once. The old password stops, all sessions end. Hashes (about 0.3 s). Raises UserUnknown, NotAllowed."""
        with Secrets() as secrets:
            acting = secrets.token_or_none(actor)
            del actor
            code = secrets.buffer(_ffi.CODE_SIZE)
            do(_ffi.session_password_reset, self._handle, acting, text(user_id, "user_id"), code, _ffi.CODE_SIZE)
            return code.text()

    async def password_reset_async(self, user_id: str, *, actor: Optional[str] = None) -> str:
        """As password_reset, on a worker thread."""
        return await asyncio.to_thread(self.password_reset, user_id, actor=actor)
