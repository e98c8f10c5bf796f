"""What goes into the library: checked text and numbers, and secrets that are wiped after the call."""

from __future__ import annotations

import ctypes
import operator
from typing import List, Optional, Union

from ._ffi import LABEL_SIZE

Password = Union[str, bytes, bytearray]

MAX_U32, MAX_I64, MAX_U64 = 2**32 - 1, 2**63 - 1, 2**64 - 1


def text(value: str, what: str) -> bytes:
    """UTF-8 for a NUL-terminated parameter. C would silently ignore what follows a NUL, so there must be none."""
    data = _encoded(value, what)
    if b"\0" in data:
        raise ValueError(f"{what} contains a NUL character")
    return data


def token_text(value: str) -> bytes:
    """As text(), quickly for what is a token. Not kept in a variable, which a traceback would show."""
    return value.encode() if type(value) is str and value.isascii() and "\0" not in value else text(value, "token")


def label_text(label: str) -> bytes:
    data = text(label, "label")
    if len(data) >= LABEL_SIZE:
        raise ValueError(f"label is longer than {LABEL_SIZE - 1} bytes of UTF-8")
    return data


def optional(value: Optional[str], what: str) -> Optional[bytes]:
    return None if value is None else text(value, what)


def number(value: int, what: str, low: int, high: int) -> int:
    """ctypes would silently cut what does not fit."""
    value = operator.index(value)
    if not low <= value <= high:
        raise ValueError(f"{what} must be from {low} to {high}")
    return value


def _encoded(value: str, what: str) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{what} must be str, not {type(value).__name__}")
    try:
        return value.encode()
    except UnicodeEncodeError:
        pass  # raised below, outside: an exception that is linked to this one would carry the text
    del value
    raise ValueError(f"{what} contains a lone surrogate, which is not a character and has no UTF-8")


class Secret:
    """A secret as a C function takes it. Without a repr of its own, so that no traceback shows it."""

    def __init__(self, data: Union[bytes, bytearray], size: int) -> None:
        self._as_parameter_ = (ctypes.c_char * size)()
        memoryview(self._as_parameter_).cast("B")[: len(data)] = data  # no copy in between
        self._length = len(data)

    def __len__(self) -> int:
        return self._length

    def text(self) -> str:
        return self._as_parameter_.value.decode()

    def copy_to(self, place: ctypes.Array[ctypes.c_uint8]) -> None:
        ctypes.memmove(place, self._as_parameter_, len(self))

    def wipe(self) -> None:
        ctypes.memset(self._as_parameter_, 0, ctypes.sizeof(self._as_parameter_))


class Secrets:
    """The secrets of one call: our copies, and a caller's bytearrays, are wiped at the end of the with block."""

    def __init__(self) -> None:
        self._made: List[Secret] = []
        self._given: List[bytearray] = []

    def __enter__(self) -> Secrets:
        return self

    def __exit__(self, *_: object) -> None:
        for secret in self._made:
            secret.wipe()
        for given in self._given:
            given[:] = bytes(len(given))

    def passwords(self, *values: Password) -> List[Secret]:
        self._given += [value for value in values if isinstance(value, bytearray)]
        return [self._password(value) for value in values]

    def token(self, value: str, what: str = "token") -> Secret:
        return self._keep(text(value, what))

    def token_or_none(self, value: Optional[str], what: str = "actor") -> Optional[Secret]:
        return None if value is None else self.token(value, what)

    def key(self, value: Union[bytes, bytearray, None]) -> Optional[Secret]:
        if isinstance(value, str):
            raise TypeError("key must be bytes or bytearray, not str")
        return None if value is None else self.passwords(value)[0]

    def buffer(self, size: int) -> Secret:
        return self._keep(b"", size)

    def _password(self, value: Password) -> Secret:
        if isinstance(value, (bytes, bytearray)):
            return self._keep(value)
        if isinstance(value, str):
            return self._keep(_encoded(value, "password"))
        raise TypeError(f"password must be str, bytes or bytearray, not {type(value).__name__}")

    def _keep(self, data: Union[bytes, bytearray], size: int = 0) -> Secret:
        self._made.append(Secret(data, size or len(data) + 1))
        return self._made[-1]
