"""Other processes, other threads, another SQLite, the end of the interpreter."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unittest
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import desksession
from desksession import EventKind, Policy, Status, Store

from tests import PACKAGE
from tests.base import PASSWORD, StoreTest, python

FORK = unittest.skipUnless(hasattr(os, "fork"), "skipped: this system has no fork")


class OtherProcesses(StoreTest):
    def test_logout_is_seen(self):
        self.user()
        token = self.login().token
        script = (
            "import sys, desksession\n"
            "with desksession.Store(sys.argv[1], create=False) as store:\n"
            "    token = input()\n"
            "    print(store.verify(token).user_name)\n"
            "    store.logout(token)\n"
        )
        self.assertTrue(self.store.check(token))
        done = python(script, self.folder, text=token)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("Anna Müller\n", "", 0))
        self.assertIs(self.store.check(token).status, Status.LOGGED_OUT)

    @FORK
    def test_fork(self):
        self.user()
        token = self.login().token

        def child():
            statuses = [status_of(self.store.check, token), status_of(self.store.login, "Anna Müller", PASSWORD)]
            statuses += [status_of(Store, self.folder), status_of(desksession.app_folder, "a"), status_of(self.store.close)]
            return statuses

        self.assertEqual(forked(child), [Status.FORKED] * 5)
        self.assertTrue(self.store.check(token))
        self.store.logout(token)
        self.assertIs(self.store.check(token).status, Status.LOGGED_OUT)
        self.login()

    @FORK
    def test_fork_with_nothing_open(self):
        self.store.close()
        self.assertEqual(forked(lambda: [status_of(Store, self.folder)]), [Status.OK])

    @FORK
    def test_fork_while_others_are_in_the_library(self):
        self.user()
        token, over = self.login().token, threading.Event()

        def work():
            while not over.is_set():
                assert self.store.check(token)
                self.store.policy_set(Policy.PASSWORD_MIN, 8)
                self.store.policy_set(Policy.PASSWORD_MIN, 9)

        def child():
            return [status_of(self.store.check, token), status_of(Store, self.folder), status_of(self.store.close)]

        with ThreadPoolExecutor(4) as pool:
            working = [pool.submit(work) for _ in range(4)]
            try:
                for _ in range(20):
                    self.assertEqual(forked(child), [Status.FORKED] * 3)
            finally:
                over.set()
            for each in working:
                each.result()
        self.assertTrue(self.store.check(token))

    @FORK
    def test_a_forked_child_exits_quietly(self):
        script = (
            "import os, sys, desksession\n"
            "store = desksession.Store(sys.argv[1])\n"
            "if os.fork() == 0: sys.exit(0)\n"
            "assert os.wait()[1] == 0\n"
            "print(store.policy_get(1) > 0)\n"
        )
        done = python(script, self.folder)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("True\n", "", 0))

    def test_spawn(self):
        """multiprocessing with the start method that the documentation asks for."""
        script = (
            "import multiprocessing, sys, desksession\n"
            "from concurrent.futures import ProcessPoolExecutor\n"
            "store = desksession.Store(sys.argv[1])\n"
            "pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('spawn'))\n"
            "print(pool.submit(desksession.constant, 'SESSION_TOKEN_SIZE').result())\n"
            "pool.shutdown()\n"
        )
        done = python(script, self.folder)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("72\n", "", 0))


class Shutdown(StoreTest):
    def test_with_an_open_store(self):
        script = (
            "import sys, desksession\n"
            "store = desksession.Store(sys.argv[1])\n"
            "store.user_create('Bo', 'violet kettle under 7 stairs')\n"
            "class Cycle: pass\n"
            "cycle = Cycle(); cycle.self = cycle; cycle.store = desksession.Store(sys.argv[1])\n"
            "rows = store.events(); next(rows)\n"
            "print(store.login('Bo', 'violet kettle under 7 stairs').token)\n"
        )
        done = python(script, self.folder)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertTrue(self.store.check(done.stdout.strip()))

    def test_with_a_thread_that_still_works(self):
        script = (
            "import sys, threading, desksession\n"
            "store = desksession.Store(sys.argv[1])\n"
            "started = threading.Event()\n"
            "def work():\n"
            "    try:\n"
            "        while True:\n"
            "            store.peek('x'); started.set()\n"
            "    except desksession.Fault as fault:\n"
            "        assert fault.status is desksession.Status.BAD_HANDLE\n"
            "threading.Thread(target=work, daemon=True).start()\n"
            "started.wait()\n"
        )
        done = python(script, self.folder)
        self.assertEqual((done.stderr, done.returncode), ("", 0))


class Threads(StoreTest):
    def test_eight_on_one_handle(self):
        names = [f"user {number}" for number in range(8)]
        for name in names:
            self.user(name)
        together = threading.Barrier(len(names))

        def work(name):
            together.wait()
            for _ in range(5):
                login = self.store.login(name, PASSWORD)
                assert self.store.verify(login.token).user_name == name
                assert status_of(self.store.login, name, "wrong") is Status.BAD_CREDENTIALS
                # The detail belongs to the thread's own call.
                try:
                    self.store.user_get(name)
                except desksession.UserUnknown as unknown:
                    assert unknown.name == "SESSION_USER_UNKNOWN", unknown
                self.store.logout(login.token)
                assert self.store.check(login.token).status is Status.LOGGED_OUT
            return self.store.login(name, PASSWORD).token

        with ThreadPoolExecutor(len(names)) as pool:
            tokens = list(pool.map(work, names))
        self.assertEqual([self.store.verify(token).user_name for token in tokens], names)
        kinds = Counter(event.kind for event in self.store.events() if not event.tampered)
        self.assertEqual((kinds[EventKind.LOGIN], kinds[EventKind.LOGOUT], kinds[EventKind.LOGIN_FAILED]), (48, 40, 40))

    def test_close_under_calls(self):
        self.user()
        store, token = Store(self.folder), self.login().token
        started, deadline = threading.Barrier(5), time.monotonic() + 30

        def work():
            started.wait()
            try:
                while time.monotonic() < deadline:
                    assert store.check(token)
            except desksession.Fault as fault:
                return fault.status
            return "still open"

        with ThreadPoolExecutor(4) as pool:
            found = [pool.submit(work) for _ in range(4)]
            started.wait()
            store.close()
            self.assertEqual([each.result() for each in found], [Status.BAD_HANDLE] * 4)


# Logs in and out as Bo until its standard input ends; prints a line for each thing that was acknowledged. It opens the store
# anew each time, so that there are moments at which our process is the only one: then the other SQLite thinks that it is
# the last to close, and would take the WAL with it.
NEIGHBOUR = """
import sys, threading, desksession
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
while not over.is_set():
    with desksession.Store(sys.argv[1], create=False) as store:
        token = store.login("Bo", "violet kettle under 7 stairs").token
        print("in", token, flush=True)
        store.logout(token)
        print("out", token, flush=True)
        print("in", store.login("Bo", "violet kettle under 7 stairs").token, flush=True)
"""


class AnotherSqlite(StoreTest):
    """Python's own SQLite closes store.db in our process, which on Unix drops every POSIX lock that the process holds on
    it. Acknowledged commits vanished that way before the locks belonged to the open file."""

    def test_nothing_is_lost(self):
        self.user("Anna Müller")
        self.user("Bo")
        before = Counter(event.kind for event in self.store.events())
        stop, opens = threading.Event(), 0
        acknowledged = {"in": set(), "out": set()}

        def work():
            try:
                for _ in range(20):
                    token = self.login().token
                    acknowledged["in"].add(token)
                    self.store.logout(token)
                    acknowledged["out"].add(token)
                    acknowledged["in"].add(self.login().token)
            finally:
                stop.set()

        neighbour = subprocess.Popen(
            [sys.executable, "-c", NEIGHBOUR, str(self.folder)],
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with neighbour:
            lines = [neighbour.stdout.readline()]  # it is at work
            with ThreadPoolExecutor(1) as pool:
                working = pool.submit(work)
                while not stop.is_set():
                    foreign = sqlite3.connect(self.folder / "store.db")
                    foreign.execute("select count(*) from sessions").fetchone()
                    foreign.close()
                    opens += 1
            neighbour.stdin.close()
            # Not communicate(): it would miss what readline() has read ahead.
            lines += neighbour.stdout
            complaints = neighbour.stderr.read()
        self.assertEqual((complaints, neighbour.returncode), ("", 0))
        working.result()
        for line in lines:
            what, token = line.split()
            acknowledged[what].add(token)

        self.assertGreaterEqual(opens, 20)
        self.assertGreaterEqual(len(lines), 3)
        for token in acknowledged["in"]:
            expected = Status.LOGGED_OUT if token in acknowledged["out"] else Status.OK
            self.assertIs(self.store.check(token).status, expected)
        events = list(self.store.events())
        self.assertFalse([event.id for event in events if event.tampered])
        self.assertEqual([event.id for event in events], list(range(1, len(events) + 1)))
        after = Counter(event.kind for event in events)
        after.subtract(before)
        logins, logouts = len(acknowledged["in"]), len(acknowledged["out"])
        self.assertEqual(
            {kind: count for kind, count in after.items() if count},
            {EventKind.LOGIN_ATTEMPT: logins, EventKind.LOGIN: logins, EventKind.LOGOUT: logouts},
        )
        self.assertEqual(len(list(self.store.sessions())), logins)


def status_of(call, *arguments):
    try:
        call(*arguments)
    except desksession.SessionError as error:
        return error.status
    return Status.OK


def forked(work):
    """What work returns, a list of numbers, in a child made by fork; nothing where it hangs."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 and newer warn of what is tested here: a fork while other threads run.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(30)
        try:
            os.write(writing, " ".join(str(int(number)) for number in work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = [int(number) for number in told.read().split()]
    os.waitpid(child, 0)
    return found
