"""Keeps a window alive during a login, and a session in step with a window: the part that knows no toolkit.

desksession.tk and desksession.qt fit it to tkinter and PySide6. Another toolkit needs its one-shot timer only, a function that
is called as after(milliseconds, function) and calls that function once, in the window's thread.
"""

from __future__ import annotations

import math
import threading
import time
from datetime import datetime, timezone
from functools import partial
from typing import Any, Callable, List, Optional, Tuple, TypeVar

from ._text import Password
from ._work import Work, Works
from .errors import Fault
from .records import Answer, Info, Login
from .store import Store
from .values import Status

T = TypeVar("T")
After = Callable[[int, Callable[[], None]], Any]
Warned = Callable[[Optional[int], bool], object]
Ended = Callable[[Answer], object]
_LOOK_MS = 15


class Background:
    """Runs calls that take a while on threads of their own, and hands over their outcome in the window's thread.

        background.login(store, name, password, done=signed_in, failed=tell)
        background.run(store.user_create, name, password, done=created, failed=tell)

    done gets what the call returned, failed the exception that it raised; one of the two is called once, or neither after
    close(), which is for when the window goes: a login that succeeds after that is logged out.
    """

    def __init__(self, after: After) -> None:
        self._after = after
        self._closed = False
        self._under_way: List[Work[Any]] = []

    @property
    def busy(self) -> bool:
        return bool(self._under_way)

    def login(
        self,
        store: Store,
        name: str,
        password: Password,
        remember: bool = False,
        label: str = "",
        *,
        done: Callable[[Login], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Store.login."""
        self._start(store._login_work(name, password, remember, label), done, failed)

    def run(
        self,
        call: Callable[..., T],
        *arguments: Any,
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
        **named: Any,
    ) -> None:
        """Any call but Store.login. It is not undone: a user that was created after close() is there."""
        self._start(Work(Works(), partial(call, *arguments, **named), lambda _: None), done, failed)

    def close(self) -> None:
        """Gives up what is under way. Waits for nothing."""
        self._closed = True
        for work in self._under_way:
            work.give_up()
        self._under_way.clear()

    def _start(self, work: Work[T], done: Callable[[T], object], failed: Callable[[Exception], object]) -> None:
        if self._closed:
            raise RuntimeError("this window is closed")
        outcomes: List[Callable[[], object]] = []

        def on_thread() -> None:
            try:
                outcomes.append(partial(done, work.run()))
            except Exception as error:
                outcomes.append(partial(failed, error))

        def look() -> None:
            if self._closed:
                return
            if not outcomes:
                self._after(_LOOK_MS, look)
                return
            self._under_way.remove(work)
            work.take()
            outcomes[0]()

        # Not a daemon: at exit Python waits for it, so that a late login is still logged out.
        threading.Thread(target=on_thread, name="desksession").start()
        self._under_way.append(work)
        self._after(_LOOK_MS, look)


class SessionGuard:
    """Tells a session of the window's activity, warns before it ends and tells why it ended.

    warned(seconds, can_stay) is called every second of the last minute, and as warned(None, True) once it is over because
    somebody stayed. can_stay: activity lengthens it; False at the absolute limit. ended(answer) is called once; answer.status
    says why.

    activity() is for every key and mouse event, and cheap: at most every 15 seconds it becomes a verify.
    """

    def __init__(
        self,
        after: After,
        store: Store,
        *,
        warned: Warned,
        ended: Ended,
        warn_before: float = 60.0,
        feed_every: float = 15.0,
        look_every: float = 1.0,
    ) -> None:
        self._after, self._store = after, store
        self._warned, self._ended = warned, ended
        self._warn_before, self._feed_every, self._look_every = warn_before, feed_every, int(look_every * 1000)
        self._token: Optional[str] = None
        self._rounds = 0

    def start(self, token: str) -> None:
        """For a new session; one that was guarded before is forgotten."""
        self._token, self._active, self._warning, self._fed = token, False, False, time.monotonic()
        self._rounds += 1
        self._look(self._rounds)

    def stop(self) -> None:
        """On sign-out and when the window goes."""
        self._token = None

    def activity(self) -> None:
        self._active = True

    def stay(self) -> None:
        """For the button "Stay signed in": activity that does not wait its turn."""
        if self._token is not None:
            self._tell(self._ask(feed=True))

    def _look(self, round: int) -> None:
        if self._token is None or round != self._rounds:
            return
        self._tell(self._ask(feed=self._active and time.monotonic() - self._fed >= self._feed_every))
        if self._token is not None:
            self._after(self._look_every, partial(self._look, round))

    def _ask(self, feed: bool) -> Optional[Answer]:
        assert self._token is not None
        if feed:
            self._active, self._fed = False, time.monotonic()
        try:
            return (self._store.check if feed else self._store.peek)(self._token)
        except Fault as fault:
            # Somebody else is in the store: ask again. Every other fault reads as "not logged in".
            return None if fault.status is Status.BUSY else Answer(fault.status, None)

    def _tell(self, answer: Optional[Answer]) -> None:
        if answer is None:
            return
        if not answer or answer.info is None:
            self.stop()
            self._ended(answer)
            return
        left, can_stay = _left(answer.info)
        if left <= self._warn_before:
            self._warning = True
            self._warned(max(0, math.ceil(left)), can_stay)
        elif self._warning:
            self._warning = False
            self._warned(None, True)


def _left(info: Info) -> Tuple[float, bool]:
    """Seconds to the end of a live session, and whether activity would lengthen it."""
    assert info.expires_at is not None and info.idle_expires_at is not None
    end = min(info.expires_at, info.idle_expires_at)
    return (end - datetime.now(timezone.utc)).total_seconds(), info.idle_expires_at < info.expires_at
