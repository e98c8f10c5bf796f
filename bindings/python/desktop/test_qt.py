"""desksession.qt in real windows."""

import os
import threading
import time
import unittest

from desksession import Policy, Status

from tests.base import OTHER_PASSWORD, PASSWORD, StoreTest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
try:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

    from desksession.qt import Background, SessionGuard
except ImportError:
    QApplication = None


@unittest.skipUnless(QApplication, "skipped: no PySide6 (from PyPI: PySide6-Essentials)")
class PySide(StoreTest):
    def setUp(self):
        super().setUp()
        self.program = QApplication.instance() or QApplication([])
        self.anna = self.user()
        self.widget = QWidget()
        self.done, self.failed = [], []
        self.heard = {"done": self.done.append, "failed": self.failed.append}

    def wait(self, until):
        deadline = time.monotonic() + 30
        while not until():
            self.assertLess(time.monotonic(), deadline)
            self.program.processEvents()

    def close(self):
        self.widget.deleteLater()
        self.program.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
        del self.widget

    def test_login(self):
        background = Background(self.widget)
        background.login(self.store, "Anna Müller", PASSWORD, **self.heard)
        self.wait(lambda: self.done)
        background.login(self.store, "Anna Müller", OTHER_PASSWORD, **self.heard)
        self.wait(lambda: self.failed)
        self.assertTrue(self.store.check(self.done[0].token))

    def test_the_window_is_closed_meanwhile(self):
        Background(self.widget).login(self.store, "Anna Müller", PASSWORD, **self.heard)
        self.close()
        self.wait(lambda: not [thread for thread in threading.enumerate() if thread.name == "desksession"])
        self.program.processEvents()
        self.assertEqual((self.done, self.failed), ([], []))
        self.assertEqual([session.state for session in self.store.sessions()], [Status.LOGGED_OUT])

    def test_guard(self):
        self.store.policy_set(Policy.IDLE_MS, 1000)
        ended, warned, field = [], [], QLineEdit(self.widget)
        times = {"warn_before": 0.5, "feed_every": 0.1, "look_every": 0.02}
        guard = SessionGuard(self.widget, self.store, warned=lambda *told: warned.append(told), ended=ended.append, **times)
        guard.start(self.login().token)
        for act in (lambda: QTest.keyClick(field, "a"), lambda: QTest.mouseClick(field, Qt.MouseButton.LeftButton)) * 10:
            act()
            over = time.monotonic() + 0.08
            self.wait(lambda: time.monotonic() > over)
        self.assertEqual((ended, warned), ([], []))
        self.wait(lambda: ended)
        self.assertIs(ended[0].status, Status.IDLE)
        self.assertTrue(warned)
        self.close()
