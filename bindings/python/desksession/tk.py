"""For tkinter: desksession.window fitted to a window."""

from __future__ import annotations

import tkinter
from typing import Any, Callable, Set

from . import window as _window
from .store import Store
from .window import Ended, Warned

_ACTIVITY = ("<KeyPress>", "<ButtonPress>", "<Motion>", "<MouseWheel>")


# Python may collect garbage in any thread, and Tcl aborts the process where that takes a Tk in another thread than its own.
# So none is ever garbage. There is one in a program, as a rule.
_kept: Set[tkinter.Misc] = set()


class Timer:
    """`after` of a window, whose pending calls die with the window instead of failing."""

    def __init__(self, window: tkinter.Misc, closed: Callable[[], object] = lambda: None) -> None:
        self._window, self._closed = window, closed
        self._pending: Set[str] = set()
        _kept.add(window.nametowidget("."))
        window.bind("<Destroy>", self._destroyed, add="+")

    def __call__(self, milliseconds: int, function: Callable[[], None]) -> None:
        def fire() -> None:
            self._pending.discard(name)
            function()

        name = self._window.after(milliseconds, fire)
        self._pending.add(name)

    def _destroyed(self, event: tkinter.Event[Any]) -> None:
        if str(event.widget) != str(self._window):  # a toplevel hears of its children too
            return
        for name in self._pending:
            self._window.after_cancel(name)
        self._pending.clear()
        self._closed()


class Background(_window.Background):
    """Runs calls on threads of their own while the window lives. Closes itself with the window."""

    def __init__(self, window: tkinter.Misc) -> None:
        super().__init__(Timer(window, self.close))


class SessionGuard(_window.SessionGuard):
    """Watches keys and mouse in all windows of the program. Stops itself with the window; one is enough for many sessions."""

    def __init__(self, window: tkinter.Misc, store: Store, *, warned: Warned, ended: Ended, **seconds: float) -> None:
        super().__init__(Timer(window, self.stop), store, warned=warned, ended=ended, **seconds)
        for event in _ACTIVITY:
            window.bind_all(event, lambda _: self.activity(), add="+")
