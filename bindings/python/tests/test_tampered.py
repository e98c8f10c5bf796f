"""Somebody without the key writes to the database: the row is refused and flagged, never believed."""

import contextlib
import sqlite3

import desksession
from desksession import Policy, Status

from tests.base import StoreTest


class Tampered(StoreTest):
    def setUp(self):
        super().setUp()
        self.anna = self.user()
        self.bo = self.user("Bo")
        self.token, self.other = self.login().token, self.login("Bo").token

    def write(self, statement):
        with contextlib.closing(sqlite3.connect(self.folder / "store.db")) as database:
            with database:
                self.assertEqual(database.execute(statement).rowcount, 1)

    def test_session(self):
        self.write("update sessions set absolute_ms = absolute_ms * 2 where id = (select min(id) from sessions)")
        for call in (self.store.check, self.store.verify, self.store.peek):
            self.fault(Status.TAMPERED, call, self.token)
        self.assertTrue(self.store.check(self.other))
        bad, good = self.store.sessions()
        self.assertEqual((bad.tampered, bool(bad), bad.user_id), (True, False, ""))
        self.assertEqual((good.tampered, bool(good), good.user_id), (False, True, self.bo))
        self.store.revoke(bad.session_id)
        self.assertIs(self.store.check(self.token).status, Status.UNKNOWN)

    def test_user(self):
        self.write("update users set permissions = -1 where name = 'Anna Müller'")
        self.fault(Status.TAMPERED, self.store.user_get, self.anna)
        self.fault(Status.TAMPERED, self.store.verify, self.token)
        self.assertEqual([(user.user_id, user.tampered) for user in self.store.users()], [(self.anna, True), (self.bo, False)])
        self.store.user_delete(self.anna)
        self.assertEqual([user.user_id for user in self.store.users()], [self.bo])
        self.assertFalse(self.store.check(self.token))

    def test_policy(self):
        self.write("update policy set items = zeroblob(length(items))")
        self.fault(Status.TAMPERED, self.store.policy_get, Policy.ABSOLUTE_MS)
        self.fault(Status.TAMPERED, self.store.verify, self.token)

    def test_an_edited_and_a_missing_event(self):
        whole = list(self.store.events())
        self.write("update audit set detail = 'nothing' where id = 2")
        self.write("delete from audit where id = 4")
        events = list(self.store.events())
        self.assertEqual([event.id for event in events], [event.id for event in whole])
        flagged = [event for event in events if event.tampered]
        self.assertLessEqual({2, 4}, {event.id for event in flagged})
        for event in flagged:
            self.assertEqual((event.kind, event.at, event.user_id, event.detail), (0, None, "", ""))
        self.assertEqual(events[5:], whole[5:])

    def test_a_missing_tail(self):
        last = list(self.store.events())[-1]
        self.write(f"delete from audit where id = {last.id}")
        found = list(self.store.events())[-1]
        self.assertEqual((found.id, found.tampered), (last.id, True))

    def test_another_key(self):
        self.store.close()
        self.write("update meta set mac = zeroblob(length(mac))")
        self.refused(desksession.Fault, Status.FOREIGN, desksession.Store, self.folder)
