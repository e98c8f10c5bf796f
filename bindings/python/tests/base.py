"""A store in a temporary folder, with the fastest password hash that policy allows."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import desksession
from desksession import Policy, Store

from tests import PACKAGE

PASSWORD = "violet kettle under 7 stairs"
OTHER_PASSWORD = "nine grey herons by the weir"


class StoreTest(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="desksession-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        # Key files and application folders lie below this one.
        before = os.environ.get("XDG_DATA_HOME")
        os.environ["XDG_DATA_HOME"] = str(self.home)
        self.addCleanup(self._restore, before)
        self.folder = self.home / "store"
        self.store = Store(self.folder)
        self.addCleanup(self.store.close)
        fast(self.store)

    @staticmethod
    def _restore(before):
        if before is None:
            del os.environ["XDG_DATA_HOME"]
        else:
            os.environ["XDG_DATA_HOME"] = before

    def user(self, name="Anna Müller", password=PASSWORD):
        return self.store.user_create(name, password)

    def login(self, name="Anna Müller", password=PASSWORD, **options):
        return self.store.login(name, password, **options)

    def refused(self, exception, status, call, *arguments, **named):
        with self.assertRaises(exception) as caught:
            call(*arguments, **named)
        self.assertIs(caught.exception.status, status)
        return caught.exception

    def fault(self, status, call, *arguments, **named):
        return self.refused(desksession.Fault, status, call, *arguments, **named)


def fast(store):
    store.policy_set(Policy.KDF_MEMORY_KIB, 19456)
    store.policy_set(Policy.KDF_PASSES, 2)


def python(script, *arguments, text="", cwd=None, **environment):
    """Runs a script in an interpreter of its own; secrets go in as text on its standard input."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        input=text,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8", **environment},
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=120,
    )
