"""Exceptions. Refused: the call worked and the answer is not yes. Fault: the call could not be carried out.
None of them ever holds a password, a token or a key."""

from __future__ import annotations

from typing import Dict, Optional, Type

from .records import Info
from .values import Status


class SessionError(Exception):
    """status: which; name: its name in C; detail: for logs, never branch on it."""

    def __init__(self, status: int, name: str, detail: str) -> None:
        super().__init__(status, name, detail)
        self.status, self.name, self.detail = Status(status), name, detail

    def __str__(self) -> str:
        # The library's own detail begins with the name.
        return self.detail if self.detail.startswith(self.name) else f"{self.name}: {self.detail}"


class Fault(SessionError):
    """The call could not be carried out. For a check this means: not logged in."""


class Refused(SessionError):
    """An answer that is not yes.

    info: whose session it was, where it has ended. retry_after: seconds to wait where a login was throttled,
    math.inf = until an administrator helps. None otherwise."""

    info: Optional[Info] = None
    retry_after: Optional[float] = None


class BadCredentials(Refused):
    """Wrong name or password; it is not told which."""


class Throttled(Refused):
    """Too many attempts: wait for retry_after seconds."""


class NotLoggedIn(Refused):
    """The token or session is unknown, or the session has ended: ask for the password again."""


class UserDisabled(Refused):
    """The password was right, but the user is disabled."""


class MustChange(Refused):
    """The password was right, but has to be changed first (Store.password_change)."""


class UserExists(Refused):
    """A user of that name exists."""


class UserUnknown(Refused):
    """No such user."""


class NameRefused(Refused):
    """The name is not allowed."""


class PasswordWeak(Refused):
    """The new password is too weak; Store.password_check tells why."""


class NotAllowed(Refused):
    """The session of the actor or requester is not live, or somebody would authorize their own request. Nothing was changed."""


_CLASSES: Dict[int, Type[SessionError]] = {
    Status.BAD_CREDENTIALS: BadCredentials,
    Status.THROTTLED: Throttled,
    Status.UNKNOWN: NotLoggedIn,
    Status.EXPIRED: NotLoggedIn,
    Status.IDLE: NotLoggedIn,
    Status.LOGGED_OUT: NotLoggedIn,
    Status.REVOKED: NotLoggedIn,
    Status.CLOCK: NotLoggedIn,
    Status.USER_DISABLED: UserDisabled,
    Status.MUST_CHANGE: MustChange,
    Status.USER_EXISTS: UserExists,
    Status.USER_UNKNOWN: UserUnknown,
    Status.NAME_REFUSED: NameRefused,
    Status.PASSWORD_WEAK: PasswordWeak,
    Status.NOT_ALLOWED: NotAllowed,
}


def class_of(status: int) -> Type[SessionError]:
    """Numbers we do not know are answers below 100 and faults otherwise, never yes."""
    return _CLASSES.get(status, Refused if 1 <= status <= 99 else Fault)
