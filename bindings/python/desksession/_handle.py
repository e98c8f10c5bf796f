"""A store's handle: opened, closed, kept open for calls whose outcome may have to be undone."""

from __future__ import annotations

import ctypes
import os
import weakref
from ctypes import byref
from typing import Any, Optional, Type, TypeVar, Union

from . import _ffi
from ._call import do, error
from ._text import MAX_U32, Secret, Secrets, number, text
from ._work import Works
from .values import KeySource, Scope, Status

Folder = Union[str, bytes, "os.PathLike[Any]"]
Key = Union[bytes, bytearray, None]
H = TypeVar("H", bound="Handle")


class Handle:
    """See Store."""

    def __init__(
        self,
        folder: Folder,
        *,
        create: Optional[bool] = None,
        key: Key = None,
        key_source: int = KeySource.RECORDED,
        scope: int = Scope.RECORDED,
        busy_timeout_ms: int = 0,
    ) -> None:
        with Secrets() as secrets:
            secret = secrets.key(key)
            del key  # Here and in other methods: a traceback may show local variables.
            self._open(_ffi.session_open, path_text(folder, "folder"), create, secret, key_source, scope, busy_timeout_ms)

    @classmethod
    def app(
        cls: Type[H],
        name: str,
        *,
        create: Optional[bool] = None,
        key: Key = None,
        key_source: int = KeySource.RECORDED,
        scope: int = Scope.RECORDED,
        busy_timeout_ms: int = 0,
    ) -> H:
        """The store of a program, in the operating system's place for it (app_folder)."""
        store = cls.__new__(cls)
        with Secrets() as secrets:
            secret = secrets.key(key)
            del key
            store._open(_ffi.session_open_app, text(name, "name"), create, secret, key_source, scope, busy_timeout_ms)
        return store

    @classmethod
    def adopt(
        cls: Type[H],
        folder: Folder,
        *,
        key: Key = None,
        key_source: int = KeySource.RECORDED,
        scope: int = Scope.RECORDED,
        busy_timeout_ms: int = 0,
    ) -> H:
        """Opens a store whose key is gone for good, with a new one: accounts live on, every session ends.

        It takes the rows as they are: nobody can tell any more whether one was forged, so look at who is in there.
        Raises Fault, KEY_MISMATCH, where the key is still there: open the store then."""
        store = cls.__new__(cls)
        with Secrets() as secrets:
            secret = secrets.key(key)
            del key
            store._open(_ffi.session_adopt, path_text(folder, "folder"), None, secret, key_source, scope, busy_timeout_ms)
        return store

    def _open(
        self,
        function: Any,
        where: bytes,
        create: Optional[bool],
        key: Optional[Secret],
        key_source: int,
        scope: int,
        busy_timeout_ms: int,
    ) -> None:
        options, self._handle = _ffi.sized(_ffi.session_options), ctypes.c_void_p()
        options.flags = 0 if create is None else _ffi.OPEN_CREATE if create else _ffi.OPEN_EXISTING
        options.key_source = number(key_source, "key_source", 0, MAX_U32)
        options.scope = number(scope, "scope", 0, MAX_U32)
        options.busy_timeout_ms = number(busy_timeout_ms, "busy_timeout_ms", 0, MAX_U32)
        if key is not None:
            if len(key) != len(options.key):
                raise ValueError(f"key must be {len(options.key)} bytes")
            options.key_source = options.key_source or KeySource.CALLER
            key.copy_to(options.key)
        try:
            do(function, where, byref(options), byref(self._handle))
        finally:
            ctypes.memset(options.key, 0, len(options.key))
        self._works = Works()
        # Unlike __del__ it runs once, and at exit before the interpreter is taken apart.
        self._finalizer = weakref.finalize(self, _ffi.session_close, self._handle)

    def _administer(self, function: Any, actor: Optional[str], *arguments: object) -> None:
        """For the calls that take an actor and answer with a status alone."""
        with Secrets() as secrets:
            acting = secrets.token_or_none(actor)
            del actor
            do(function, self._handle, acting, *arguments)

    def close(self) -> None:
        """Closes the store; sessions live on. Later calls raise BAD_HANDLE, a second close does nothing.

        A login_async or Background.login that nobody has the result of is given up: it is waited for and logged out."""
        status = self._works.close(self._finalizer)
        if status not in (None, Status.OK):
            raise error(status)

    @property
    def closed(self) -> bool:
        return not self._finalizer.alive

    def __enter__(self: H) -> H:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def path_text(path: Folder, what: str) -> bytes:
    return text(os.fsdecode(path), what)
