"""For PySide6: desksession.window fitted to a widget."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

from . import window as _window
from .store import Store
from .window import Ended, Warned

_ACTIVITY = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel)


class Background(_window.Background):
    """Runs calls on threads of their own while the widget lives. Closes itself with the widget."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(QTimer.singleShot)
        widget.destroyed.connect(self.close)


class SessionGuard(_window.SessionGuard):
    """Watches keys and mouse in all windows of the program. Stops itself with the widget; one is enough for many sessions."""

    def __init__(self, widget: QObject, store: Store, *, warned: Warned, ended: Ended, **seconds: float) -> None:
        super().__init__(QTimer.singleShot, store, warned=warned, ended=ended, **seconds)
        self._filter = _Activity(self)
        program = QCoreApplication.instance()
        if program is None:
            raise RuntimeError("make the QApplication first")
        program.installEventFilter(self._filter)
        widget.destroyed.connect(self.stop)


class _Activity(QObject):
    def __init__(self, guard: SessionGuard) -> None:
        super().__init__()
        self._guard = guard

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTIVITY:
            self._guard.activity()
        return False
