"""What keeps windows alive and sessions in step, without a window: a timer of our own stands in for the toolkit's."""

import heapq
import itertools
import threading
import time
from unittest import mock

import desksession
from desksession import Policy, Status, Store
from desksession.window import Background, SessionGuard

from tests.base import OTHER_PASSWORD, PASSWORD, StoreTest


class Loop:
    """A toolkit's one-shot timer and event loop."""

    def __init__(self):
        self._timers, self._numbers = [], itertools.count()

    def after(self, milliseconds, function):
        heapq.heappush(self._timers, (time.monotonic() + milliseconds / 1000, next(self._numbers), function))

    def run(self, until, seconds=30):
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                raise AssertionError("nothing came of it")
            self.turn()

    def turn(self):
        if self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
        else:
            time.sleep(0.001)


class WindowTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.loop = Loop()

    def states(self, store=None):
        return [session.state for session in (store or self.store).sessions()]


class BackgroundTest(WindowTest):
    def setUp(self):
        super().setUp()
        self.background = Background(self.loop.after)
        self.done, self.failed = [], []
        self.heard = {"done": self.done.append, "failed": self.failed.append}

    def sign_in(self, password=PASSWORD, **options):
        self.background.login(options.pop("store", self.store), "Anna Müller", password, **self.heard, **options)

    def test_the_outcome_comes_in_the_loop(self):
        where = []
        self.heard["done"] = lambda login: (where.append(threading.get_ident()), self.done.append(login))
        self.sign_in(remember=True, label="Till 2")
        self.assertTrue(self.background.busy)
        self.loop.run(lambda: self.done)
        self.assertFalse(self.background.busy)
        self.assertEqual(where, [threading.get_ident()])
        info = self.store.verify(self.done[0].token)
        self.assertEqual((info.remembered, info.label, self.failed), (True, "Till 2", []))

    def test_answers_and_mistakes_are_failures(self):
        for password, kind in ((OTHER_PASSWORD, desksession.BadCredentials), ("\ud800", ValueError), (None, TypeError)):
            self.sign_in(password)
            self.loop.run(lambda: self.failed)
            self.assertIsInstance(self.failed.pop(), kind)
        self.assertEqual(self.done, [])

    def test_any_call(self):
        self.background.run(self.store.user_create, "Bo", PASSWORD, actor=None, **self.heard)
        self.loop.run(lambda: self.done)
        self.assertEqual(self.done, [self.store.user_find("Bo").user_id])

    def test_a_callback_that_raises_stops_nobody_else(self):
        def fails(_):
            raise RuntimeError("a bug in the program")

        self.background.run(int, "1", done=fails, failed=fails)
        self.background.run(int, "2", **self.heard)
        raised = 0
        while not self.done:
            try:
                self.loop.turn()
            except RuntimeError:
                raised += 1
        self.assertEqual((self.done, raised, self.background.busy), ([2], 1, False))

    def test_closed_while_it_hashes(self):
        given = bytearray(PASSWORD.encode())
        self.sign_in(given)
        self.background.close()
        self.loop.run(lambda: not any(thread.name == "desksession" for thread in threading.enumerate()))
        self.loop.run(lambda: not self.loop._timers)
        self.assertEqual(self.states(), [Status.LOGGED_OUT])
        self.assertEqual((self.done, self.failed, given), ([], [], bytes(len(PASSWORD))))

    def test_closed_as_it_succeeds(self):
        self.sign_in()
        while not self.states():
            time.sleep(0.001)
        with self.store._works.lock:
            self.store._works.lock.wait_for(lambda: not self.store._works.running)
        self.background.close()
        self.assertEqual(self.states(), [Status.LOGGED_OUT])
        self.assertRaises(RuntimeError, self.sign_in)

    def test_the_store_stays_open_for_it(self):
        for close in (True, False, True, False):
            store = Store(self.folder)
            background = Background(self.loop.after)
            background.login(store, "Anna Müller", PASSWORD, **self.heard)
            if close:
                background.close()
            store.close()
        self.loop.run(lambda: not any(thread.name == "desksession" for thread in threading.enumerate()))
        # A thread that came too late for the store had no session at all.
        self.assertLessEqual(set(self.states()), {Status.LOGGED_OUT})

    def test_a_login_that_was_handed_over_outlives_the_store(self):
        store = Store(self.folder)
        self.sign_in(store=store)
        self.loop.run(lambda: self.done)
        self.background.close()
        store.close()
        self.assertTrue(self.store.check(self.done[0].token))

    def test_ten_at_once_are_ten(self):
        for _ in range(10):
            self.sign_in()
        self.loop.run(lambda: len(self.done) == 10)
        self.assertEqual(len({login.token for login in self.done}), 10)


class GuardTest(WindowTest):
    TIMES = {"warn_before": 0.5, "feed_every": 0.1, "look_every": 0.02}

    def setUp(self):
        super().setUp()
        self.warned, self.ended = [], []
        self.token = self.login().token
        self.guard = self.make(self.store)

    def make(self, store, **times):
        heard = {"warned": lambda *told: self.warned.append(told), "ended": self.ended.append}
        return SessionGuard(self.loop.after, store, **heard, **{**self.TIMES, **times})

    def end(self):
        self.loop.run(lambda: self.ended)
        for _ in range(5):
            self.loop.turn()
        self.assertEqual(len(self.ended), 1)
        return self.ended[0]

    def test_idle(self):
        self.store.policy_set(Policy.IDLE_MS, 1000)
        self.guard.start(self.token)
        self.assertEqual(self.warned, [])
        answer = self.end()
        self.assertEqual((answer.status, answer.info.user_name), (Status.IDLE, "Anna Müller"))
        self.assertGreater(len(self.warned), 3)
        self.assertLessEqual(set(self.warned), {(1, True), (0, True)})

    def test_activity_keeps_it_alive_at_a_bounded_rate(self):
        self.store.policy_set(Policy.IDLE_MS, 1000)
        with mock.patch.object(self.store, "check", wraps=self.store.check) as fed:
            start = time.monotonic()
            self.guard.start(self.token)
            while time.monotonic() < start + 2:
                self.guard.activity()
                self.loop.turn()
            self.assertTrue(2 <= fed.call_count <= (time.monotonic() - start) / 0.1 + 1, fed.call_count)
        self.assertEqual((self.ended, self.warned), ([], []))
        self.assertIs(self.end().status, Status.IDLE)

    def test_every_15_seconds_and_a_minute_before(self):
        guard = SessionGuard(self.loop.after, self.store, warned=print, ended=print)
        self.assertEqual((guard._feed_every, guard._warn_before, guard._look_every), (15, 60, 1000))

    def test_stay(self):
        self.store.policy_set(Policy.IDLE_MS, 1500)
        self.guard.start(self.token)
        self.loop.run(lambda: self.warned)
        self.guard.stay()
        self.assertEqual(self.warned[-1], (None, True))
        self.assertEqual(self.ended, [])

    def test_the_absolute_limit_cannot_be_put_off(self):
        self.store.policy_set(Policy.ABSOLUTE_MS, 700)
        self.guard.start(self.token)
        self.loop.run(lambda: self.warned)
        self.guard.stay()
        self.assertIs(self.end().status, Status.EXPIRED)
        self.assertEqual({can_stay for _, can_stay in self.warned}, {False})

    def test_ended_by_others(self):
        with Store(self.folder) as other:
            for end, status in (
                (lambda info: other.logout(self.token), Status.LOGGED_OUT),
                (lambda info: other.revoke(info.session_id), Status.REVOKED),
                (lambda info: other.user_disable(info.user_id), Status.REVOKED),
            ):
                self.ended.clear()
                login = self.login()
                self.token = login.token
                self.guard.start(self.token)
                end(login.info)
                self.assertIs(self.end().status, status)

    def test_faults(self):
        store = Store(self.folder)
        guard = self.make(store)
        busy = desksession.Fault(Status.BUSY, "SESSION_BUSY", "")
        with mock.patch.object(store, "peek", side_effect=busy) as peek:
            guard.start(self.token)
            self.loop.run(lambda: peek.call_count > 3)
        self.assertEqual(self.ended, [])
        store.close()
        self.assertEqual((self.end().status, self.ended[0].info), (Status.BAD_HANDLE, None))

    def test_stop_and_start(self):
        other = self.login()
        self.guard.start(self.token)
        self.guard.start(other.token)
        self.store.logout(self.token)
        self.loop.run(lambda: len(self.loop._timers) == 1)  # the first session's look is over
        self.assertEqual(self.ended, [])
        self.guard.stop()
        self.guard.stay()
        self.store.logout(other.token)
        self.loop.run(lambda: not self.loop._timers)
        self.assertEqual(self.ended, [])
