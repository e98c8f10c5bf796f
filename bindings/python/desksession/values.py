"""Numbers with names, as the C header has them."""

from __future__ import annotations

import enum
from typing import Optional


class _Numbers(enum.IntEnum):
    """A number that this package does not know (a newer library wrote it) keeps its value, named NUMBER_n."""

    @classmethod
    def _missing_(cls, value: object) -> Optional[_Numbers]:
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
