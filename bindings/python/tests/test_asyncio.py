"""The methods for asyncio: the loop lives on, and a login that comes after its cancellation is logged out."""

import asyncio
import threading
import time
from unittest import mock

import desksession
from desksession import Status, Store

from tests.base import OTHER_PASSWORD, PASSWORD, StoreTest


class Asyncio(StoreTest):
    def setUp(self):
        super().setUp()
        self.anna = self.user()

    def states(self):
        return [session.state for session in self.store.sessions()]

    @staticmethod
    async def begun(store):
        deadline = time.monotonic() + 30
        while not store._works.running and time.monotonic() < deadline:
            await asyncio.sleep(0)

    @staticmethod
    def finished(store):
        with store._works.lock:
            store._works.lock.wait_for(lambda: not store._works.running)

    def test_every_method(self):
        async def story():
            store = self.store
            bo = await store.user_create_async("Bo", PASSWORD)
            login = await store.login_async("Anna Müller", PASSWORD, remember=True, label="Till 2")
            self.assertEqual((login.info.remembered, store.verify(login.token).label), (True, "Till 2"))
            second = await store.authorize_async(login.token, "Bo", PASSWORD, "a refund")
            self.assertEqual(second.user_id, bo)
            await store.password_change_async("Anna Müller", PASSWORD, OTHER_PASSWORD, login.token)
            code = await store.password_reset_async(bo, actor=login.token)
            with self.assertRaises(desksession.MustChange):
                await store.login_async("Bo", code)
            with self.assertRaises(desksession.BadCredentials):
                await store.login_async("Anna Müller", PASSWORD)

        asyncio.run(story())

    def test_the_loop_lives_on(self):
        turns = 0

        async def story():
            nonlocal turns
            logins = [asyncio.ensure_future(self.store.login_async("Anna Müller", PASSWORD)) for _ in range(3)]
            while not all(login.done() for login in logins):
                await asyncio.sleep(0)
                turns += 1
            return [login.result() for login in logins]

        self.assertEqual(len({login.token for login in asyncio.run(story())}), 3)
        self.assertGreater(turns, 10)

    def test_cancelled_while_it_hashes(self):
        hashing, given = threading.Event(), bytearray(PASSWORD.encode())
        login = self.store.login

        def announced(*arguments):
            hashing.set()
            return login(*arguments)

        async def story():
            with mock.patch.object(self.store, "login", announced):
                task = asyncio.ensure_future(self.store.login_async("Anna Müller", given))
                await asyncio.to_thread(hashing.wait, 30)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task

        asyncio.run(story())
        self.assertEqual(self.states(), [Status.LOGGED_OUT])
        self.assertEqual(given, bytes(len(PASSWORD)))

    def test_cancelled_as_it_succeeds(self):
        """The result is there, but the task that waits for it has not run again."""

        async def story():
            task = asyncio.ensure_future(self.store.login_async("Anna Müller", PASSWORD))
            await asyncio.sleep(0)
            deadline = time.monotonic() + 30
            while not self.states() and time.monotonic() < deadline:
                pass  # not awaiting: the loop stands still
            self.finished(self.store)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task

        asyncio.run(story())
        self.assertEqual(self.states(), [Status.LOGGED_OUT])

    def test_closing_gives_up_what_is_under_way(self):
        store = Store(self.folder)

        async def story():
            task = asyncio.ensure_future(store.login_async("Anna Müller", PASSWORD))
            await self.begun(store)
            store.close()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(story())
        self.assertEqual(self.states(), [Status.LOGGED_OUT])

    def test_closing_after_cancellation(self):
        store = Store(self.folder)

        async def story():
            task = asyncio.ensure_future(store.login_async("Anna Müller", PASSWORD))
            await self.begun(store)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            store.close()

        asyncio.run(story())
        self.assertEqual(self.states(), [Status.LOGGED_OUT])

    def test_a_login_that_was_awaited_outlives_the_store(self):
        with Store(self.folder) as store:
            token = asyncio.run(store.login_async("Anna Müller", PASSWORD)).token
        self.assertTrue(self.store.check(token))

    def test_nothing_is_logged_of_a_refusal_that_nobody_heard(self):
        complaints = []

        async def story():
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            task = asyncio.ensure_future(self.store.login_async("Anna Müller", OTHER_PASSWORD))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(story())
        self.assertEqual(complaints, [])
        self.assertEqual(self.states(), [])
