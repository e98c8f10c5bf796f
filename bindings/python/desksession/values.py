"""What the library tells: numbers with names, and plain values made from its structs."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Optional

from . import _ffi


class _Numbers(enum.IntEnum):
    """A number that this package does not know (a newer library wrote it) keeps its value, named NUMBER_n."""

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"NUMBER_{value}", int(value)
        return member


class Status(_Numbers):
    """How a call ended. Only OK is yes, and only OK is true in a truth test; 1 to 99 are answers, 100 and up are faults."""

    OK = 0
    BAD_CREDENTIALS = 1
    THROTTLED = 2
    UNKNOWN = 3
    EXPIRED = 4
    IDLE = 5
    LOGGED_OUT = 6
    REVOKED = 7
    CLOCK = 8
    REUSED = 9
    LOCKED = 10
    USER_DISABLED = 11
    MUST_CHANGE = 12
    SECOND_FACTOR = 13
    TOO_MANY = 14
    NOT_FRESH = 15
    USER_EXISTS = 20
    USER_UNKNOWN = 21
    NAME_REFUSED = 22
    PASSWORD_WEAK = 23
    NOT_ALLOWED = 24
    DONE = 30
    BAD_ARGUMENT = 100
    BAD_HANDLE = 101
    BUFFER_TOO_SMALL = 102
    BUSY = 103
    LIMIT = 104
    IO = 105
    DISK_FULL = 106
    READ_ONLY = 107
    CORRUPT = 108
    TAMPERED = 109
    NOT_A_STORE = 110
    FOREIGN = 111
    NEWER = 112
    NO_KEY = 113
    KEY_MISMATCH = 114
    MISSING = 115
    PERMISSION = 116
    STORE_REPLACED = 117
    NO_MEMORY = 118
    FORKED = 119
    UNSUPPORTED = 120
    INTERNAL = 199

    def __bool__(self) -> bool:
        return self.value == 0


class KeySource(_Numbers):
    RECORDED = 0
    USER = 1
    STORE = 2
    CALLER = 3
    KEYSTORE = 4


class Scope(_Numbers):
    RECORDED = 0
    USER = 1
    MACHINE = 2


class Policy(_Numbers):
    """Items of Store.policy_get and policy_set; the header gives ranges and defaults."""

    ABSOLUTE_MS = 1
    IDLE_MS = 2
    REMEMBERED_ABSOLUTE_MS = 3
    REMEMBERED_IDLE_MS = 4
    PASSWORD_MIN = 5
    KDF_MEMORY_KIB = 6
    KDF_PASSES = 7
    THROTTLE_FREE = 8
    THROTTLE_CAP_MS = 9
    THROTTLE_STOP = 10
    ENDED_KEEP_MS = 11
    AUDIT_KEEP_MS = 12


class Preset(_Numbers):
    """For Store.policy_preset: the time-outs of NIST SP 800-63B-4. A password alone is AAL1, whatever the time-outs."""

    AAL1_TIMEOUTS = 1
    AAL2_TIMEOUTS = 2
    AAL3_TIMEOUTS = 3
    DEFAULT_TIMEOUTS = 4


class Weak(_Numbers):
    """Why a new password is refused."""

    NOT = 0
    SHORT = 1
    LONG = 2
    COMMON = 3
    USER_NAME = 4
    APP_NAME = 5
    REPEATS = 6
    SEQUENCE = 7


class EventKind(_Numbers):
    NONE = 0
    STORE_CREATED = 1
    LOGIN_ATTEMPT = 2
    LOGIN = 3
    LOGIN_FAILED = 4
    LOGOUT = 5
    EXPIRED = 6
    IDLE = 7
    CLOCK = 8
    REVOKED = 9
    USER_CREATED = 10
    USER_RENAMED = 11
    USER_ENABLED = 12
    USER_DISABLED = 13
    USER_PERMITTED = 14
    USER_DELETED = 15
    USER_UNTHROTTLED = 16
    PASSWORD_CHANGED = 17
    POLICY_CHANGED = 18
    PURGED = 19
    ADOPTED = 20
    BACKED_UP = 21
    PASSWORD_RESET = 22
    AUTHORIZED = 23


@dataclass(frozen=True)
class Info:
    """A session. True in a truth test only while it is live, so an ended one never reads as yes."""

    session_id: str
    user_id: str
    user_name: str
    label: str
    state: Status
    permissions: int
    created_at: Optional[datetime]
    authenticated_at: Optional[datetime]
    last_seen_at: Optional[datetime]
    expires_at: Optional[datetime]
    idle_expires_at: Optional[datetime]
    ended_at: Optional[datetime]
    remembered: bool
    tampered: bool
    newer: bool

    def __bool__(self) -> bool:
        return self.state is Status.OK and not self.tampered and not self.newer


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


@dataclass(frozen=True)
class User:
    user_id: str
    user_name: str
    permissions: int
    created_at: Optional[datetime]
    last_login_at: Optional[datetime]
    password_changed_at: Optional[datetime]
    failures: int
    live_sessions: int
    disabled: bool
    must_change: bool
    tampered: bool
    newer: bool


@dataclass(frozen=True)
class Event:
    """One line of the audit trail. A tampered one was edited or removed: only its id is known."""

    id: int
    at: Optional[datetime]
    kind: EventKind
    actor_id: str
    user_id: str
    session_id: str
    detail: str
    os_account: str
    tampered: bool


@dataclass(frozen=True)
class IntegrityFault:
    """What Store.integrity_check found against one row, or against the database as a whole (table "database").

    status is TAMPERED, NEWER or CORRUPT. row is the id of a user or session as user_delete and revoke take it, or empty."""

    status: Status
    table: str
    row: str
    detail: str


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _time(milliseconds: int) -> Optional[datetime]:
    return _EPOCH + timedelta(milliseconds=milliseconds) if milliseconds else None


def seconds_from(milliseconds: int) -> Optional[float]:
    """How long to wait: math.inf = until an administrator helps."""
    if milliseconds < 0:
        return math.inf
    return milliseconds / 1000 if milliseconds else None


def info_from(struct: _ffi.session_info, state: int) -> Info:
    return Info(
        session_id=struct.session_id.decode(),
        user_id=struct.user_id.decode(),
        user_name=struct.user_name.decode(),
        label=struct.label.decode(),
        state=Status(state),
        permissions=struct.permissions,
        created_at=_time(struct.created_at),
        authenticated_at=_time(struct.authenticated_at),
        last_seen_at=_time(struct.last_seen_at),
        expires_at=_time(struct.expires_at),
        idle_expires_at=_time(struct.idle_expires_at),
        ended_at=_time(struct.ended_at),
        remembered=bool(struct.flags & _ffi.INFO_REMEMBERED),
        tampered=bool(struct.flags & _ffi.INFO_TAMPERED),
        newer=bool(struct.flags & _ffi.INFO_NEWER),
    )


def user_from(struct: _ffi.session_user) -> User:
    return User(
        user_id=struct.user_id.decode(),
        user_name=struct.user_name.decode(),
        permissions=struct.permissions,
        created_at=_time(struct.created_at),
        last_login_at=_time(struct.last_login_at),
        password_changed_at=_time(struct.password_changed_at),
        failures=struct.failures,
        live_sessions=struct.live_sessions,
        disabled=bool(struct.flags & _ffi.USER_DISABLED_FLAG),
        must_change=bool(struct.flags & _ffi.USER_MUST_CHANGE_FLAG),
        tampered=bool(struct.flags & _ffi.USER_TAMPERED_FLAG),
        newer=bool(struct.flags & _ffi.USER_NEWER_FLAG),
    )


def event_from(struct: _ffi.session_event, tampered: bool) -> Event:
    return Event(
        id=struct.id,
        at=_time(struct.at),
        kind=EventKind(struct.kind),
        actor_id=struct.actor_id.decode(),
        user_id=struct.user_id.decode(),
        session_id=struct.session_id.decode(),
        detail=struct.detail.decode(),
        os_account=struct.os_account.decode(),
        tampered=tampered,
    )


def integrity_fault_from(struct: _ffi.session_fault) -> IntegrityFault:
    return IntegrityFault(
        status=Status(struct.status),
        table=struct.table.decode(),
        row=struct.row.decode(),
        detail=struct.detail.decode(),
    )
