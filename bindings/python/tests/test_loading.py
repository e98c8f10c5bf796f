"""The library is found where it is said to be, and nowhere else; the documentation's example works."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

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


class Documentation(StoreTest):
    def test_quickstart(self):
        script = (SOURCES / "quickstart.py").read_text(encoding="utf-8")
        done = python(script, self.home / "quick")
        self.assertEqual((done.stdout, done.stderr), ("Hello, Anna Müller\nlogged out\n", ""))

    def test_readme_shows_the_quickstart(self):
        script = (SOURCES / "quickstart.py").read_text(encoding="utf-8")
        self.assertIn(script.split('"""\n\n')[1], (SOURCES / "README.md").read_text(encoding="utf-8"))
