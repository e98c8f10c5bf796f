"""Who is it, and is it still them: the session calls of a store."""

from __future__ import annotations

import asyncio
import ctypes
from ctypes import byref
from typing import Any, Iterator, Optional

from . import _ffi
from ._call import ask, do, error, more
from ._handle import Handle
from ._text import Password, Secrets, label_text, optional, text, token_text
from ._work import Work
from .records import Answer, Info, Login, User, seconds_from
from .values import Status

_INFO_SIZE = ctypes.sizeof(_ffi.session_info)
# Where the secret was right, so that the library tells whose session it is or was.
_TELLING = {Status.OK, Status.EXPIRED, Status.IDLE, Status.LOGGED_OUT, Status.REVOKED, Status.CLOCK}


class Sessions(Handle):
    def login(self, name: str, password: Password, remember: bool = False, label: str = "") -> Login:
        """Hashes (about 0.3 s): not on a window's thread. Raises BadCredentials, Throttled, UserDisabled, MustChange.

        remember: the longer limits; ask the person first. label: what a session list shows, such as "Till 2"."""
        options, info = _ffi.sized(_ffi.session_login_options), _ffi.sized(_ffi.session_info)
        with Secrets() as secrets:
            (secret,) = secrets.passwords(password)
            del password
            token = secrets.buffer(_ffi.TOKEN_SIZE)
            options.flags = _ffi.LOGIN_REMEMBERED if remember else 0
            options.label = label_text(label)
            who = self._handle, text(name, "name"), secret, len(secret)
            status = ask(_ffi.session_login, *who, byref(options), token, _ffi.TOKEN_SIZE, byref(info))
            if status != 0:
                raise error(status, retry_after=seconds_from(info.retry_after_ms))
            return Login(token.text(), Info(info))

    async def login_async(self, name: str, password: Password, remember: bool = False, label: str = "") -> Login:
        """As login, on a worker thread. A login that succeeds after its task was cancelled is logged out."""
        work = self._login_work(name, password, remember, label)
        try:
            return await asyncio.to_thread(work.run)
        except asyncio.CancelledError:
            work.give_up()  # the thread goes on
            raise
        finally:
            work.take()

    def _login_work(self, name: str, password: Password, remember: bool, label: str) -> Work[Login]:
        return Work(self._works, lambda: self.login(name, password, remember, label), lambda login: self.logout(login.token))

    def verify(self, token: str) -> Info:
        """Whose live session this is; raises NotLoggedIn on everything else. Counts as activity."""
        info = self._look(_ffi.session_verify, token)
        if info._status == 0:
            return info
        del token
        raise error(info._status, info if info._status in _TELLING else None)

    def check(self, token: str) -> Answer:
        """As verify, but answers instead of raising. A fault is still raised."""
        return self._answer(_ffi.session_verify, token)

    def peek(self, token: str) -> Answer:
        """As check, but does not count as activity and writes nothing. For timers and status bars."""
        return self._answer(_ffi.session_peek, token)

    def _answer(self, function: Any, token: str) -> Answer:
        info = self._look(function, token)
        return Answer(Status(info._status), info if info._status in _TELLING else None)

    def _look(self, function: Any, token: str) -> Info:
        info = _ffi.session_info(_INFO_SIZE)
        status = function(self._handle, token_text(token), byref(info))
        if 0 <= status <= 99:
            return Info(info, status)
        del token
        raise error(status)

    def logout(self, token: str) -> None:
        """Ends a session, on disk before it returns. No error if it had ended before."""
        with Secrets() as secrets:
            secret = secrets.token(token)
            del token
            do(_ffi.session_logout, self._handle, secret)

    def authorize(self, requester: Optional[str], name: str, password: Password, purpose: str) -> User:
        """A second person says yes: a manager's override, a witness. Records both and the purpose, opens no session.

        requester: token of who asks, None = the program itself. Whether the person may say yes is yours to decide: look at
        the permissions. Hashes (about 0.3 s). Raises BadCredentials, Throttled, UserDisabled, MustChange, NotAllowed."""
        user = _ffi.sized(_ffi.session_user)
        with Secrets() as secrets:
            (secret,) = secrets.passwords(password)
            asking = secrets.token_or_none(requester, "requester")
            del password, requester
            who = text(name, "name"), secret, len(secret)
            do(_ffi.session_authorize, self._handle, asking, *who, text(purpose, "purpose"), byref(user))
        return User(user)

    async def authorize_async(self, requester: Optional[str], name: str, password: Password, purpose: str) -> User:
        """As authorize, on a worker thread."""
        return await asyncio.to_thread(self.authorize, requester, name, password, purpose)

    def sessions(self, user_id: Optional[str] = None, after: Optional[str] = None) -> Iterator[Info]:
        """Live and ended sessions, of one user or all, oldest first; state tells which. Never a token."""
        of, last = optional(user_id, "user_id"), optional(after, "after")
        while True:
            info = _ffi.sized(_ffi.session_info)
            if not more(_ffi.session_next, self._handle, of, last, byref(info)):
                return
            yield Info(info, info.state)
            last = info.session_id

    def revoke(self, session_id: str, *, actor: Optional[str] = None) -> None:
        """Ends a session by its id."""
        self._administer(_ffi.session_revoke, actor, text(session_id, "session_id"))

    def revoke_user(self, user_id: str, *, keep: Optional[str] = None, actor: Optional[str] = None) -> int:
        """Ends all sessions of a user but the one with the id keep; returns how many."""
        ended = ctypes.c_uint64()
        which = text(user_id, "user_id"), optional(keep, "keep")
        self._administer(_ffi.session_revoke_user, actor, *which, byref(ended))
        return ended.value
