"""Values that the library tells. A record reads like a frozen dataclass, but converts a member of its C struct only when it is
asked for: a verify before every click should not make six datetimes that nobody looks at."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, ClassVar, Generic, List, Optional, Tuple, Type, TypeVar, Union, overload

from . import _ffi
from .values import EventKind, Status, Weak

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class _Field(Generic[T]):
    """A member of the C struct, of the field's own name or of another one."""

    def __init__(self, convert: Callable[[Any], T], member: str = "") -> None:
        self._convert, self._member = convert, member

    def __set_name__(self, owner: type, name: str) -> None:
        self._member = self._member or name

    @overload
    def __get__(self, record: None, owner: type) -> _Field[T]: ...

    @overload
    def __get__(self, record: Record, owner: type) -> T: ...

    def __get__(self, record: Optional[Record], owner: type) -> Union[_Field[T], T]:
        return self if record is None else self._convert(getattr(record._struct, self._member))


class Record:
    __slots__ = ("_struct", "_status")
    _names: ClassVar[List[str]]

    def __init__(self, struct: ctypes.Structure, status: int = 0) -> None:
        """The struct belongs to the record from now on; status is what the call answered that wrote it."""
        self._struct, self._status = struct, status

    def __init_subclass__(cls) -> None:
        cls._names = [name for name, value in vars(cls).items() if isinstance(value, (_Field, property))]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._names)})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> Tuple[Type[Record], Tuple[ctypes.Structure, int]]:
        return type(self), (self._struct, self._status)

    def _key(self) -> Tuple[bytes, int]:
        return bytes(self._struct), self._status


def _text(member: str = "") -> _Field[str]:
    return _Field(bytes.decode, member)


def _number() -> _Field[int]:
    return _Field(int)


def _time() -> _Field[Optional[datetime]]:
    """With time zone (UTC), None where there is none. astimezone() makes local time of it."""
    return _Field(lambda milliseconds: _EPOCH + timedelta(milliseconds=milliseconds) if milliseconds else None)


def _flag(bit: int) -> _Field[bool]:
    return _Field(lambda flags: bool(flags & bit), "flags")


class Info(Record):
    """A session. True in a truth test only while it is live, so an ended one never reads as yes."""

    __slots__ = ()
    session_id = _text()
    user_id = _text()
    user_name = _text()
    label = _text()
    permissions = _number()
    created_at = _time()
    authenticated_at = _time()
    last_seen_at = _time()
    expires_at = _time()
    idle_expires_at = _time()
    ended_at = _time()
    remembered = _flag(_ffi.INFO_REMEMBERED)
    tampered = _flag(_ffi.INFO_TAMPERED)
    newer = _flag(_ffi.INFO_NEWER)

    @property
    def state(self) -> Status:
        """OK = live, else how it ended."""
        return Status(self._status)

    def __bool__(self) -> bool:
        return self._status == 0 and not self.tampered and not self.newer


class User(Record):
    __slots__ = ()
    user_id = _text()
    user_name = _text()
    permissions = _number()
    created_at = _time()
    last_login_at = _time()
    password_changed_at = _time()
    failures = _number()
    live_sessions = _number()
    disabled = _flag(_ffi.USER_DISABLED_FLAG)
    must_change = _flag(_ffi.USER_MUST_CHANGE_FLAG)
    tampered = _flag(_ffi.USER_TAMPERED_FLAG)
    newer = _flag(_ffi.USER_NEWER_FLAG)


class Event(Record):
    """One line of the audit trail. Of one that was edited or removed (tampered), or that a newer library wrote (newer), only
    the id is known."""

    __slots__ = ()
    id = _number()
    at = _time()
    kind = _Field(EventKind)
    actor_id = _text()
    user_id = _text()
    session_id = _text()
    detail = _text()
    os_account = _text()

    @property
    def tampered(self) -> bool:
        return self._status == Status.TAMPERED

    @property
    def newer(self) -> bool:
        return self._status == Status.NEWER


class IntegrityFault(Record):
    """What Store.integrity_check found against one row, or against the database as a whole (table "database").

    status is TAMPERED, NEWER or CORRUPT. row is the id of a user or session as user_delete and revoke take it, or empty."""

    __slots__ = ()
    status = _Field(Status)
    table = _text()
    row = _text()
    detail = _text()


@dataclass(frozen=True)
class Answer:
    """What Store.check and Store.peek found. True in a truth test only if the session is live; info tells whose
    session it is, or was where it has ended, and is None where the token was not genuine."""

    status: Status
    info: Optional[Info]

    def __bool__(self) -> bool:
        return self.status is Status.OK


@dataclass(frozen=True)
class Login:
    """A new session. The token is its one secret: repr does not show it."""

    token: str = field(repr=False)
    info: Info


@dataclass(frozen=True)
class PasswordCheck:
    """True in a truth test only if the password would be accepted. score: 0 (refused) to 4, for a meter."""

    accepted: bool
    reason: Weak
    score: int

    def __bool__(self) -> bool:
        return self.accepted


def seconds_from(milliseconds: int) -> Optional[float]:
    """How long to wait: math.inf = until an administrator helps."""
    if milliseconds < 0:
        return math.inf
    return milliseconds / 1000 if milliseconds else None
