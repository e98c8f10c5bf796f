"""The example program in a process of its own, used by keyboard alone: real key events through the X server."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from desksession import EventKind

from desktop.display import DisplayTest
from tests import PACKAGE
from tests.base import OTHER_PASSWORD, PASSWORD

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


class Keyboard(DisplayTest):
    def setUp(self):
        if not shutil.which("xdotool"):
            self.skipTest("skipped: no xdotool (Debian: xdotool)")
        super().setUp()
        self.program = subprocess.Popen(
            [sys.executable, "-m", "front_desk", "--folder", str(self.folder), "--language", "en"],
            cwd=EXAMPLES,
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.addCleanup(self.program.communicate)
        self.addCleanup(self.program.kill)
        self.window = self.found("Front Desk")
        self.focus()

    def xdotool(self, *arguments):
        command = ["xdotool", *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=60).stdout

    def found(self, title):
        """The window of that title, once it is there."""
        return self.until(lambda: self.xdotool("search", "--onlyvisible", "--name", f"^{title}$")).split()[0]

    def focus(self):
        """There is no window manager who would give it the keyboard."""
        self.xdotool("mousemove", "--window", self.window, "5", "5")
        self.xdotool("windowfocus", "--sync", self.window)

    def until(self, true):
        deadline = time.monotonic() + 30
        while not true():
            self.assertLess(time.monotonic(), deadline, "nothing came of it")
            self.assertIsNone(self.program.poll(), "the program is gone")
            time.sleep(0.02)
        return true()

    def type(self, *fields):
        """Types text; a name in angle brackets is a key."""
        for field in fields:
            if field.startswith("<"):
                self.xdotool("key", "--delay", "20", field[1:-1])
            else:
                self.xdotool("type", "--delay", "5", field)

    def told(self, kind):
        """The last event, once it is of this kind."""
        last = lambda: list(self.store.events())[-1]  # noqa: E731
        self.until(lambda: last().kind is kind)
        return last()

    def test_a_day_at_the_till(self):
        self.type("Anna", "<Tab>", PASSWORD, "<Tab>", "<Tab>", PASSWORD, "<Return>")
        anna = self.told(EventKind.LOGIN).user_id
        self.assertEqual((self.store.user_get(anna).user_name, self.store.user_get(anna).permissions), ("Anna", 3))
        bo = self.store.user_create("Bo", OTHER_PASSWORD)
        self.store.user_permit(bo, 2)
        self.until(self.wide)

        self.type("<space>")  # the button for refunds has the focus
        self.found("Refund")
        self.type("12.50", "<Tab>", "wrong size", "<Tab>", "Bo", "<Tab>", OTHER_PASSWORD, "<Return>")
        event = self.told(EventKind.AUTHORIZED)
        self.assertEqual((event.actor_id, event.user_id, event.detail), (bo, anna, "refund 12.50: wrong size"))
        self.until(lambda: not self.xdotool("search", "--onlyvisible", "--name", "^Refund$"))

        self.focus()
        self.type("<shift+Tab>", "<shift+Tab>", "<shift+Tab>", "<space>")
        self.assertEqual(self.told(EventKind.LOGOUT).user_id, anna)
        self.until(lambda: not self.wide())
        self.type(OTHER_PASSWORD, "<Return>")  # the name is still there
        self.assertEqual(self.told(EventKind.LOGIN_FAILED).user_id, anna)

    def wide(self):
        """Whether the page of somebody who is signed in is shown."""
        return int(self.xdotool("getwindowgeometry", "--shell", self.window).split("WIDTH=")[1].split()[0]) > 700
