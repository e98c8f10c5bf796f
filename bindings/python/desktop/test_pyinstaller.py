"""The wheel in a program of one file: the hook in the wheel packs the library, and the program finds it."""

import importlib.util
import os
import subprocess
import sys
import unittest
from importlib import metadata

from tests import SOURCES
from tests.base import StoreTest


def installed():
    try:
        return metadata.version("desksession") is not None
    except metadata.PackageNotFoundError:
        return False


@unittest.skipUnless(importlib.util.find_spec("PyInstaller"), "skipped: no PyInstaller (from PyPI: pyinstaller)")
@unittest.skipUnless(installed(), "skipped: the wheel is not installed")
class OneFile(StoreTest):
    def test_it_runs(self):
        places = [f"--{kind}path={self.home / kind}" for kind in ("dist", "work", "spec")]
        command = [sys.executable, "-m", "PyInstaller", "--onefile", "--log-level=ERROR", *places]
        built = self.run_in_home([*command, SOURCES / "quickstart.py"])
        self.assertEqual(built.returncode, 0, built.stdout)
        done = self.run_in_home([self.home / "dist" / "quickstart", self.home / "quick"])
        self.assertEqual((done.stdout, done.returncode), ("Hello, Anna Müller\nlogged out\n", 0))

    def run_in_home(self, command):
        environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DESKSESSION_LIBRARY")}
        return subprocess.run(
            command,
            cwd=self.home,
            env={**environment, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8", "HOME": str(self.home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
        )
