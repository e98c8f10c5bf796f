"""Backup, check and adopt: what keeps a store through lost disks, lost keys and other people's editors."""

import contextlib
import os
import shutil
import sqlite3

import desksession
from desksession import EventKind, IntegrityFault, KeySource, Policy, Status, Store

from tests.base import OTHER_PASSWORD, PASSWORD, StoreTest

NO_TOKEN = "ds1_" + "A" * 64


class UpkeepTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.anna, self.bo = self.user(), self.user("Bo")
        self.token = self.login().token
        self.copy = self.home / "copy"

    def kinds(self, store=None):
        return [event.kind for event in (store or self.store).events()]

    def holds_the_accounts(self, store):
        """Accounts, policy and audit trail as they were, but nobody is logged in."""
        self.assertEqual([user.user_id for user in store.users()], [self.anna, self.bo])
        self.assertEqual([user.live_sessions for user in store.users()], [0, 0])
        self.assertEqual(list(store.sessions()), [])
        self.assertEqual(store.policy_get(Policy.KDF_MEMORY_KIB), 19456)
        self.assertFalse([event.id for event in store.events() if event.tampered])
        self.assertIs(store.check(self.token).status, Status.UNKNOWN)
        self.assertTrue(store.check(store.login("Anna Müller", PASSWORD).token))


class Backup(UpkeepTest):
    def test_copy_opens_with_the_key_that_is_here(self):
        self.store.backup(self.copy, actor=self.token)
        told = list(self.store.events())[-1]
        self.assertEqual((told.kind, told.actor_id), (EventKind.BACKED_UP, self.anna))
        self.assertIn("copy", told.detail)
        self.assertTrue(self.store.check(self.token))
        self.assertEqual(self.copy.stat().st_mode & 0o777, 0o700)
        self.store.user_create("Later", OTHER_PASSWORD)
        with Store(self.copy, create=False) as copied:
            self.holds_the_accounts(copied)
            self.assertEqual(copied.integrity_check(), [])

    def test_no_key_in_it(self):
        folder = self.home / "portable"
        with Store(folder, key_source=KeySource.STORE) as store:
            store.backup(os.fsencode(self.copy))
        names = set(os.listdir(self.copy))
        self.assertIn("store.db", names)
        self.assertLess(names, set(os.listdir(folder)))

    def test_refused(self):
        self.fault(Status.BAD_ARGUMENT, self.store.backup, self.folder)
        self.fault(Status.BAD_ARGUMENT, self.store.backup, self.folder / "inside")
        self.fault(Status.BAD_ARGUMENT, self.store.backup, self.home / "no" / "parent")
        self.fault(Status.BAD_ARGUMENT, self.store.backup, "")
        self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, self.store.backup, self.copy, actor=NO_TOKEN)
        self.copy.mkdir()
        self.fault(Status.BAD_ARGUMENT, self.store.backup, self.copy)
        self.assertNotIn(EventKind.BACKED_UP, self.kinds())
        self.assertEqual(os.listdir(self.copy), [])

    def test_wrong_arguments(self):
        self.assertRaises(ValueError, self.store.backup, "a\0b")
        self.assertRaises(ValueError, self.store.backup, self.copy, actor="a\0b")
        self.assertRaises(TypeError, self.store.backup, None)
        self.assertRaises(TypeError, self.store.backup, self.copy, actor=5)


class IntegrityCheck(UpkeepTest):
    def write(self, statement):
        with contextlib.closing(sqlite3.connect(self.folder / "store.db")) as database:
            with database:
                self.assertEqual(database.execute(statement).rowcount, 1)

    def test_whole(self):
        self.assertEqual(self.store.integrity_check(), [])

    def test_rows_that_others_wrote(self):
        self.write("update users set permissions = -1 where name = 'Bo'")
        self.write("update audit set detail = 'nothing' where id = 2")
        found = self.store.integrity_check()
        self.assertTrue(all(isinstance(fault, IntegrityFault) and fault.detail for fault in found), found)
        self.assertEqual({fault.status for fault in found}, {Status.TAMPERED})
        self.assertIn(("users", self.bo), [(fault.table, fault.row) for fault in found])
        self.assertIn("audit", [fault.table for fault in found])
        self.assertEqual(self.store.integrity_check(), found)
        self.store.user_delete(self.bo)
        self.assertNotIn("users", [fault.table for fault in self.store.integrity_check()])

    def test_changes_nothing(self):
        events = list(self.store.events())
        self.store.integrity_check()
        self.assertEqual(list(self.store.events()), events)


class Adopt(UpkeepTest):
    def lose_the_key(self):
        shutil.rmtree(self.home / "desksession" / "keys")

    def test_accounts_live_on(self):
        self.store.backup(self.copy)
        self.lose_the_key()
        self.fault(Status.NO_KEY, Store, self.copy)
        with Store.adopt(self.copy) as adopted:
            self.assertIs(self.kinds(adopted)[-1], EventKind.ADOPTED)
            self.holds_the_accounts(adopted)
        with Store(self.copy) as again:
            self.assertTrue(again.login("Bo", PASSWORD))

    def test_in_place(self):
        self.lose_the_key()
        with Store.adopt(self.folder) as adopted:
            self.fault(Status.STORE_REPLACED, self.store.policy_set, Policy.PASSWORD_MIN, 9)
            self.holds_the_accounts(adopted)

    def test_with_a_key_of_the_caller(self):
        self.store.backup(self.copy)
        self.lose_the_key()
        key = bytearray(os.urandom(32))
        kept = bytes(key)
        with Store.adopt(self.copy, key=key) as adopted:
            self.holds_the_accounts(adopted)
        self.assertEqual(key, bytes(32))
        Store(self.copy, key=kept).close()
        self.fault(Status.FOREIGN, Store, self.copy, key=os.urandom(32))

    def test_refused(self):
        self.fault(Status.KEY_MISMATCH, Store.adopt, self.folder)
        self.assertTrue(self.store.check(self.token))
        self.fault(Status.MISSING, Store.adopt, self.home / "nothing")
        self.assertFalse((self.home / "nothing").exists())

    def test_wrong_arguments(self):
        self.fault(Status.BAD_ARGUMENT, Store.adopt, self.folder, key=bytes(32))
        self.fault(Status.BAD_ARGUMENT, Store.adopt, self.folder, scope=3)
        self.fault(Status.BAD_ARGUMENT, Store.adopt, "")
        self.assertRaises(ValueError, Store.adopt, "a\0b")
        self.assertRaises(ValueError, Store.adopt, self.folder, key=b"short")
        self.assertRaises(TypeError, Store.adopt, self.folder, key="k" * 32)
        self.assertRaises(ValueError, Store.adopt, self.folder, busy_timeout_ms=2**32)
        self.assertRaises(TypeError, Store.adopt, None)
