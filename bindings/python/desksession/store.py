"""The store: every function of the C header as a method. The header says what each call does, costs and answers."""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import Iterator, List, Optional

from . import _ffi
from ._call import do, error, more
from ._handle import Folder, path_text
from ._sessions import Sessions
from ._text import MAX_I64, MAX_U32, number, text
from ._users import Users
from .records import Event, IntegrityFault
from .values import Scope, Status


class Store(Sessions, Users):
    """A store of users and sessions in a folder. Any thread may use it; close it, or use it in a with statement.

    create: None opens the store and creates it where nothing is, True only creates, False only opens.
    key: 32 bytes, for a store whose key the host keeps (KeySource.CALLER).
    busy_timeout_ms: how long a call may wait for other processes; 0 = the library's default.

    Passwords are str, bytes (UTF-8) or bytearray. A bytearray (also as key) is zeroed after the call, whatever its
    outcome; str and bytes cannot be, Python may keep them in memory until it needs the space.
    actor is the token of the person who does it, None = the program itself.

    Calls that hash a password take about 0.3 s. In a window run them with desksession.tk.Background or its like, in asyncio
    use the methods that end in _async.
    """

    def policy_get(self, item: int) -> int:
        value = ctypes.c_int64()
        do(_ffi.session_policy_get, self._handle, number(item, "item", 0, MAX_U32), byref(value))
        return value.value

    def policy_set(self, item: int, value: int, *, actor: Optional[str] = None) -> None:
        """For every process that uses the store. A value outside its range raises Fault, BAD_ARGUMENT."""
        setting = number(item, "item", 0, MAX_U32), number(value, "value", -MAX_I64 - 1, MAX_I64)
        self._administer(_ffi.session_policy_set, actor, *setting)

    def policy_preset(self, preset: int, *, actor: Optional[str] = None) -> None:
        """Sets the time-outs and the stop of the throttle together."""
        self._administer(_ffi.session_policy_preset, actor, number(preset, "preset", 0, MAX_U32))

    def backup(self, new_folder: Folder, *, actor: Optional[str] = None) -> None:
        """Copies the store, while it is in use, into a folder that does not exist yet: accounts, policy and audit trail,
        no session and no key. The copy opens with the key that is here; elsewhere Store.adopt gives it a new one."""
        self._administer(_ffi.session_backup, actor, path_text(new_folder, "new_folder"))

    def integrity_check(self) -> List[IntegrityFault]:
        """Looks at every row, its MAC and the whole audit trail, and changes nothing. No fault: the store is whole."""
        do(_ffi.session_check, self._handle, byref(ctypes.c_uint64()))
        found: List[IntegrityFault] = []
        while True:
            fault = _ffi.sized(_ffi.session_fault)
            if not more(_ffi.session_fault_next, self._handle, len(found), byref(fault)):
                return found
            found.append(IntegrityFault(fault))

    def purge(self) -> int:
        """Removes what policy no longer keeps; returns how many rows. Call it once a day, say."""
        removed = ctypes.c_uint64()
        do(_ffi.session_purge, self._handle, byref(removed))
        return removed.value

    def events(self, after: int = 0) -> Iterator[Event]:
        """The audit trail, oldest first. A line that was edited or removed comes flagged as tampered, one that only a newer
        library can read as newer, and reading goes on."""
        last = number(after, "after", 0, MAX_I64)
        while True:
            event = _ffi.sized(_ffi.session_event)
            status = _ffi.session_event_next(self._handle, last, byref(event))
            if status == Status.DONE:
                return
            flagged = status in (Status.TAMPERED, Status.NEWER) and event.id > last
            if status != Status.OK and not flagged:
                raise error(status)
            yield Event(event, status)
            last = event.id


def app_folder(name: str, scope: int = Scope.RECORDED) -> str:
    """The folder that Store.app uses. Creates nothing."""
    folder = ctypes.create_string_buffer(1 << 17)  # longer than any path
    do(_ffi.session_app_folder, text(name, "name"), number(scope, "scope", 0, MAX_U32), folder, len(folder))
    return folder.value.decode()


def version() -> str:
    """The version of the loaded library, for people."""
    text: bytes = _ffi.session_version()
    return text.decode()


def abi_version() -> int:
    number: int = _ffi.session_abi_version()
    return number


def constant(name: str) -> int:
    """The value of a constant of the C header, such as "SESSION_TOKEN_SIZE"."""
    value = ctypes.c_int64()
    do(_ffi.session_constant, text(name, "name"), byref(value))
    return value.value
