"""The library is found where it is said to be, and nowhere else; the documentation's example works."""

import ctypes
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace
from unittest import mock

from desksession import _library

from tests import LIBRARY, PACKAGE, SOURCES
from tests.base import StoreTest, python

IMPORT = "import desksession; print(desksession.abi_version())"


class Loading(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="desksession-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def refused(self, *words, variable="", package=PACKAGE):
        """The import fails with one OSError, whose sentence has these words."""
        done = python(IMPORT, cwd=self.folder, DESKSESSION_LIBRARY=str(variable), PYTHONPATH=str(package))
        self.assertEqual((done.stdout, done.returncode), ("", 1))
        last = done.stderr.strip().splitlines()[-1]
        self.assertTrue(last.startswith("OSError: "), last)
        for word in words:
            self.assertIn(str(word), last)

    def package(self):
        """A copy of the package without a library beside it."""
        shutil.copytree(PACKAGE / "desksession", self.folder / "desksession", ignore=shutil.ignore_patterns(_library.FILE))
        return self.folder

    def test_missing(self):
        beside, nowhere = self.package() / "desksession" / _library.FILE, self.folder / "nowhere.so"
        self.refused("DESKSESSION_LIBRARY", "is not set", beside, package=self.folder)
        self.refused("DESKSESSION_LIBRARY", nowhere, beside, variable=nowhere)

    def test_never_the_working_directory(self):
        package = self.package()
        shutil.copy(LIBRARY, self.folder / _library.FILE)
        self.refused("is not set", package=package)
        self.refused("full path", variable=_library.FILE, package=package)

    def test_beside_the_package(self):
        package = self.package()
        shutil.copy(LIBRARY, self.folder / "desksession" / _library.FILE)
        done = python(IMPORT, cwd=package, DESKSESSION_LIBRARY="", PYTHONPATH=str(package))
        self.assertEqual((done.stdout, done.stderr), ("1\n", ""))

    def test_not_a_library(self):
        text = self.folder / "text.so"
        text.write_text("not a library")
        self.refused("cannot load", text, variable=text)

    @unittest.skipUnless(shutil.which("cc"), "skipped: no C compiler (cc)")
    def test_another_abi(self):
        other = self.build("unsigned session_abi_version(void) { return 9; }")
        self.refused(other, "ABI version 9", "needs 1", variable=other)
        self.refused("not the desksession library", variable=self.build("int nothing;"))

    def build(self, source):
        library = self.folder / f"other{len(source)}.so"
        command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(library)]
        subprocess.run(command, input=source.encode(), check=True, timeout=60)
        return library


class OnWindows(unittest.TestCase):
    """What is said there, with the words of ctypes and the version that Python would tell."""

    def why(self, error, *version, number=None):
        error.winerror = number
        told = mock.Mock(return_value=SimpleNamespace(platform_version=version))
        with mock.patch.multiple(sys, platform="win32", getwindowsversion=told, create=True):
            with mock.patch.object(ctypes, "CDLL", side_effect=error), self.assertRaises(OSError) as caught:
                _library.load()
        self.assertIs(caught.exception.__class__, OSError)
        start, why = str(caught.exception).split(": ", 1)
        self.assertEqual(start, f"cannot load {LIBRARY}")
        return why

    def setUp(self):
        environment = mock.patch.dict("os.environ", {_library.VARIABLE: str(LIBRARY)})
        environment.start()
        self.addCleanup(environment.stop)

    def test_older_than_it_can_be(self):
        wanted = "desksession needs Windows 10 (version 1607) or Server 2016, or newer; this is Windows "
        for version in ((6, 1, 7601), (6, 3, 9600), (10, 0, 10586), (10, 0, 14392)):
            for error in (FileNotFoundError("Could not find module"), OSError(22, "The specified procedure could not be found")):
                self.assertEqual(self.why(error, *version), wanted + ".".join(map(str, version)))

    def test_new_enough(self):
        missing = FileNotFoundError("Could not find module 'x' (or one of its dependencies). Try using the full path")
        for version in ((10, 0, 14393), (10, 0, 22631), (11, 0, 0)):
            self.assertEqual(self.why(missing, *version), "a library that it needs is missing (error 126)")
            self.assertIn("blocked", self.why(OSError(22, "blocked by your administrator"), *version, number=1260))

    def test_another_processor(self):
        for version in ((6, 3, 9600), (10, 0, 22631)):
            why = self.why(OSError(8, "%1 is not a valid Win32 application"), *version, number=193)
            self.assertEqual(why, "it is no library, or one for another processor than this Python (error 193)")

    def test_a_full_path_has_a_drive(self):
        for name in ("\\folder\\desksession.dll", "C:desksession.dll", "desksession.dll"):
            with mock.patch.dict("os.environ", {_library.VARIABLE: name}), mock.patch.object(_library, "Path", PureWindowsPath):
                self.assertRaisesRegex(OSError, "full path", _library.load)


class Documentation(StoreTest):
    def test_quickstart(self):
        script = (SOURCES / "quickstart.py").read_text(encoding="utf-8")
        done = python(script, self.home / "quick")
        self.assertEqual((done.stdout, done.stderr), ("Hello, Anna Müller\nlogged out\n", ""))

    def test_readme_shows_the_quickstart(self):
        script = (SOURCES / "quickstart.py").read_text(encoding="utf-8")
        self.assertIn(script.split('"""\n\n')[1], (SOURCES / "README.md").read_text(encoding="utf-8"))
