"""Calling the library: its numbers become answers or exceptions."""

from __future__ import annotations

import ctypes
from typing import Callable, Optional

from . import _ffi, errors
from .records import Info
from .values import Status


def ask(function: Callable[..., int], *arguments: object) -> int:
    """Returns yes (0) or another answer; raises on a fault."""
    status = function(*arguments)
    if 0 <= status <= 99:
        return status
    raise error(status)


def do(function: Callable[..., int], *arguments: object) -> None:
    """Raises on everything but yes."""
    status = function(*arguments)
    if status != 0:
        raise error(status)


def more(function: Callable[..., int], *arguments: object) -> bool:
    """For the *_next functions: whether there was a row."""
    status = function(*arguments)
    if status not in (Status.OK, Status.DONE):
        raise error(status)
    return status == Status.OK


def error(status: int, info: Optional[Info] = None, retry_after: Optional[float] = None) -> errors.SessionError:
    """The exception for the status of this thread's last call; the library keeps its detail until the next one."""
    text = ctypes.create_string_buffer(_ffi.ERROR_SIZE)
    _ffi.session_last_error(text, len(text))
    detail = text.value or _ffi.session_status_text(status)
    made = errors.class_of(status)(status, _ffi.session_status_name(status).decode(), detail.decode(errors="replace"))
    if isinstance(made, errors.Refused):
        made.info, made.retry_after = info, retry_after
    return made
