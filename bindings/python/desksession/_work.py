"""Calls that take a while, on other threads, and what becomes of their result when nobody waits for it any more."""

from __future__ import annotations

import threading
from typing import Any, Callable, Generic, List, Set, TypeVar

from .errors import SessionError

T = TypeVar("T")


class Works:
    """Those that use one store: under way until somebody takes the result."""

    def __init__(self) -> None:
        self.lock = threading.Condition()
        self.under_way: Set[Work[Any]] = set()
        self.running = 0

    def close(self, close: Callable[[], T]) -> T:
        """Gives up all, waits until no thread is in one, and closes what they use before another can begin."""
        for work in list(self.under_way):
            work.give_up()
        with self.lock:
            self.lock.wait_for(lambda: not self.running)
            return close()


class Work(Generic[T]):
    """A call whose caller may give up. A result that nobody takes is undone."""

    def __init__(self, works: Works, call: Callable[[], T], undo: Callable[[T], object]) -> None:
        self._works, self._call, self._undo = works, call, undo
        self._wanted = True
        self._results: List[T] = []
        works.under_way.add(self)

    def run(self) -> T:
        """For the worker thread."""
        works = self._works
        with works.lock:
            works.running += 1
        try:
            result = self._call()
            with works.lock:
                self._results.append(result)
                wanted = self._wanted
            if not wanted:
                self.give_up()
            return result
        finally:
            with works.lock:
                works.running -= 1
                works.lock.notify_all()

    def take(self) -> None:
        """For the thread that waited: the result, or failure, has arrived."""
        self._works.under_way.discard(self)

    def give_up(self) -> None:
        """For the thread that waited. A result that came in this very moment is undone before it returns."""
        with self._works.lock:
            self._wanted = False
            results, self._results = self._results, []
        self._works.under_way.discard(self)
        for result in results:
            try:
                self._undo(result)
            except SessionError:
                pass  # nobody is there who could be told
