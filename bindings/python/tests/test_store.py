"""Every method, with what it answers."""

import math
import os
import pickle
import secrets
import time
import unicodedata
from datetime import datetime, timedelta, timezone
from unittest import mock

import desksession
from desksession import EventKind, KeySource, Policy, Scope, Status, Store, Weak, _ffi

from tests.base import OTHER_PASSWORD, PASSWORD, StoreTest, fast

NOBODY = "00000000-0000-7000-8000-000000000000"
NO_TOKEN = "ds1_" + "A" * 64


class Opening(StoreTest):
    def test_create(self):
        other = self.home / "other"
        self.fault(Status.MISSING, Store, other, create=False)
        Store(other, create=True).close()
        self.fault(Status.BAD_ARGUMENT, Store, other, create=True)
        Store(other, create=False).close()
        Store(os.fsencode(other)).close()

    def test_close_twice(self):
        self.assertFalse(self.store.closed)
        self.store.close()
        self.store.close()
        self.assertTrue(self.store.closed)
        self.fault(Status.BAD_HANDLE, self.store.check, NO_TOKEN)

    def test_with(self):
        with Store(self.folder) as store:
            self.assertIs(store.peek(NO_TOKEN).status, Status.UNKNOWN)
        self.assertTrue(store.closed)

    def test_dropped_without_close(self):
        store = Store(self.folder)
        handle = store._handle
        del store
        self.assertEqual(_ffi.session_close(handle), Status.BAD_HANDLE)

    def test_app(self):
        folder = desksession.app_folder("Till Größe")
        self.assertTrue(folder.startswith(str(self.home)), folder)
        self.assertFalse(os.path.exists(folder))
        with Store.app("Till Größe") as store:
            self.assertIs(store.password_check("till größe till größe").reason, Weak.APP_NAME)
        self.assertTrue(os.path.isdir(folder))
        shared = desksession.app_folder("Till Größe", Scope.MACHINE)
        self.assertTrue(os.path.isabs(shared) and "Till Größe" in shared and not shared.startswith(str(self.home)), shared)
        self.fault(Status.BAD_ARGUMENT, desksession.app_folder, "Till", 3)

    def test_key_of_the_caller(self):
        key, folder = secrets.token_bytes(32), self.home / "caller"
        with Store(folder, key=key) as store:
            fast(store)
            store.user_create("Bo", PASSWORD)
            token = store.login("Bo", PASSWORD).token
        wiped = bytearray(key)
        with Store(folder, key=wiped, key_source=KeySource.CALLER) as store:
            self.assertTrue(store.check(token))
        self.assertEqual(wiped, bytes(32))
        self.fault(Status.FOREIGN, Store, folder, key=secrets.token_bytes(32))
        self.fault(Status.KEY_MISMATCH, Store, folder, key_source=KeySource.USER)
        self.fault(Status.BAD_ARGUMENT, Store, self.home / "zero", key=bytes(32))

    def test_key_in_the_folder(self):
        folder = self.home / "portable"
        Store(folder, key_source=KeySource.STORE, scope=Scope.USER, busy_timeout_ms=100).close()
        folder.rename(self.home / "moved")
        Store(self.home / "moved").close()

    def test_wrong_arguments(self):
        self.assertRaises(ValueError, Store, "a\0b")
        self.assertRaises(ValueError, Store, self.folder, key=b"short")
        self.assertRaises(TypeError, Store, self.folder, key="k" * 32)
        self.assertRaises(ValueError, Store, self.folder, busy_timeout_ms=2**32)
        self.assertRaises(TypeError, Store, None)

    def test_detail_names_the_remedy(self):
        folder = self.home / "open to all"
        folder.mkdir()
        folder.chmod(0o755)
        self.assertIn(str(folder), self.fault(Status.PERMISSION, Store, folder).detail)


class Sessions(StoreTest):
    def setUp(self):
        super().setUp()
        self.anna = self.user()

    def test_the_whole_story(self):
        before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
        login = self.login("anna müller", label="Till 2")
        info = self.store.verify(login.token)
        self.assertTrue(info)
        self.assertEqual((info.user_id, info.user_name, info.label), (self.anna, "Anna Müller", "Till 2"))
        self.assertEqual((info.remembered, info.permissions, info.ended_at), (False, 0, None))
        self.assertEqual(info.session_id, login.info.session_id)
        self.assertTrue(before <= info.created_at <= datetime.now(timezone.utc))
        self.assertEqual(info.expires_at - info.authenticated_at, timedelta(hours=12))
        self.assertEqual(info.idle_expires_at - info.last_seen_at, timedelta(minutes=30))

        answer = self.store.check(login.token)
        self.assertTrue(answer)
        self.assertEqual((answer.status, answer.info.user_id), (Status.OK, self.anna))
        self.assertEqual(self.store.peek(login.token), self.store.peek(login.token))

        self.store.logout(login.token)
        self.store.logout(login.token)
        for look in (self.store.check, self.store.peek):
            answer = look(login.token)
            self.assertFalse(answer)
            self.assertIs(answer.status, Status.LOGGED_OUT)
            self.assertEqual(answer.info.user_id, self.anna)
            self.assertIsNotNone(answer.info.ended_at)
            self.assertFalse(answer.info)
        error = self.refused(desksession.NotLoggedIn, Status.LOGGED_OUT, self.store.verify, login.token)
        self.assertEqual(error.info.user_id, self.anna)
        self.assertIsNone(error.retry_after)

    def test_unknown_tokens(self):
        token = self.login().token
        for wrong in ("", "ds1_", NO_TOKEN, token + "A", token[:-1], token.upper(), "Ä" * 68):
            answer = self.store.check(wrong)
            self.assertFalse(answer)
            self.assertEqual((answer.status, answer.info), (Status.UNKNOWN, None))
            error = self.refused(desksession.NotLoggedIn, Status.UNKNOWN, self.store.verify, wrong)
            self.assertIsNone(error.info)
            self.refused(desksession.NotLoggedIn, Status.UNKNOWN, self.store.logout, wrong)
        for wrong in (token + "\0", "\ud800"):
            self.assertRaises(ValueError, self.store.check, wrong)
        for wrong in (None, token.encode(), 0):
            self.assertRaises(TypeError, self.store.check, wrong)
            self.assertRaises(TypeError, self.store.verify, wrong)

    def test_wrong_name_or_password(self):
        for name, password in [("Anna Müller", OTHER_PASSWORD), ("Nobody", PASSWORD), ("  ", PASSWORD), ("x" * 9999, "")]:
            error = self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, name, password)
            self.assertEqual((error.info, error.retry_after), (None, None))

    def test_remembered(self):
        info = self.login(remember=True).info
        self.assertTrue(info.remembered)
        self.assertEqual(info.expires_at - info.authenticated_at, timedelta(days=30))

    def test_limits(self):
        for item, status in [(Policy.IDLE_MS, Status.IDLE), (Policy.ABSOLUTE_MS, Status.EXPIRED)]:
            token = self.login().token
            self.store.policy_set(item, 1)
            deadline = time.monotonic() + 5
            while self.store.peek(token) and time.monotonic() < deadline:
                pass
            answer = self.store.check(token)
            self.assertIs(answer.status, status)
            self.assertEqual(answer.info.user_id, self.anna)
            self.store.policy_set(item, 1000 * 60 * 60)

    def test_list_and_revoke(self):
        first, second = self.login(), self.login()
        bo = self.user("Bo")
        third = self.login("Bo")
        ids = [login.info.session_id for login in (first, second, third)]
        self.assertEqual([info.session_id for info in self.store.sessions()], ids)
        self.assertEqual([info.session_id for info in self.store.sessions(self.anna)], ids[:2])
        self.assertEqual([info.session_id for info in self.store.sessions(after=ids[0])], ids[1:])
        self.assertTrue(all(self.store.sessions()))

        self.store.revoke(ids[0])
        self.store.revoke(ids[0])
        self.assertIs(self.store.check(first.token).status, Status.REVOKED)
        self.assertEqual([info.state for info in self.store.sessions()], [Status.REVOKED, Status.OK, Status.OK])
        self.assertEqual([bool(info) for info in self.store.sessions()], [False, True, True])
        fourth = self.login()
        self.assertEqual(self.store.revoke_user(self.anna, keep=ids[1]), 1)
        self.assertTrue(self.store.check(second.token))
        self.assertFalse(self.store.check(fourth.token))
        self.assertEqual(self.store.revoke_user(self.anna), 1)
        self.assertEqual(self.store.revoke_user(bo, actor=third.token), 1)

        self.refused(desksession.NotLoggedIn, Status.UNKNOWN, self.store.revoke, NOBODY)
        self.refused(desksession.UserUnknown, Status.USER_UNKNOWN, self.store.revoke_user, NOBODY)
        self.refused(desksession.UserUnknown, Status.USER_UNKNOWN, list, self.store.sessions("no id"))

    def test_throttle(self):
        for free in (0, 4):
            self.store.policy_set(Policy.THROTTLE_FREE, free)
            wrong, error = 0, None
            while error is None and wrong < 20:
                try:
                    self.login(password=OTHER_PASSWORD)
                except desksession.BadCredentials:
                    wrong += 1
                except desksession.Throttled as throttled:
                    error = throttled
            self.assertIsNotNone(error, "never throttled")
            # More than free + 1 only where this machine was slower than the wait.
            self.assertGreaterEqual(wrong, free + 1)
            self.assertTrue(0 < error.retry_after <= 2 ** (wrong - free - 1), error.retry_after)
            self.assertIs(error.status, Status.THROTTLED)
            self.assertEqual(self.store.user_get(self.anna).failures, wrong)
            self.store.user_unthrottle(self.anna)
            self.assertTrue(self.store.check(self.login().token))

    def test_throttle_stop(self):
        self.store.policy_set(Policy.THROTTLE_STOP, 1)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, password=OTHER_PASSWORD)
        error = self.refused(desksession.Throttled, Status.THROTTLED, self.login)
        self.assertEqual(error.retry_after, math.inf)
        change = self.store.password_change
        self.refused(desksession.Throttled, Status.THROTTLED, change, "Anna Müller", PASSWORD, OTHER_PASSWORD)
        self.store.user_unthrottle(self.anna)
        self.login()

    def test_labels(self):
        self.assertEqual(self.login(label="ä" * 31).info.label, "ä" * 31)
        self.assertRaises(ValueError, self.login, label="ä" * 32)
        self.assertRaises(ValueError, self.login, label="a\0b")
        self.fault(Status.BAD_ARGUMENT, self.login, label="a\nb")


class Users(StoreTest):
    def test_create_find_get_list(self):
        self.assertEqual(list(self.store.users()), [])
        anna, bo = self.user(), self.user("Bo")
        found = self.store.user_find("anna müller")
        self.assertEqual(found, self.store.user_get(anna))
        self.assertEqual((found.user_id, found.user_name), (anna, "Anna Müller"))
        self.assertEqual((found.disabled, found.must_change, found.tampered, found.newer), (False,) * 4)
        self.assertEqual((found.permissions, found.failures, found.live_sessions, found.last_login_at), (0, 0, 0, None))
        self.assertEqual(found.created_at.tzinfo, timezone.utc)
        self.assertEqual([user.user_id for user in self.store.users()], [anna, bo])
        self.assertEqual([user.user_id for user in self.store.users(after=anna)], [bo])
        self.login()
        user = self.store.user_get(anna)
        self.assertEqual(user.live_sessions, 1)
        self.assertIsNotNone(user.last_login_at)
        self.refused(desksession.UserUnknown, Status.USER_UNKNOWN, self.store.user_get, NOBODY)
        self.refused(desksession.UserUnknown, Status.USER_UNKNOWN, self.store.user_find, "Nobody")

    def test_refused(self):
        self.user()
        self.refused(desksession.UserExists, Status.USER_EXISTS, self.user, "ANNA MÜLLER")
        for name in ("", "a  b", "tab\there", "x" * 256):
            self.refused(desksession.NameRefused, Status.NAME_REFUSED, self.user, name)
        error = self.refused(desksession.PasswordWeak, Status.PASSWORD_WEAK, self.user, "Bo", "short")
        self.assertEqual(str(error).count("SESSION_PASSWORD_WEAK"), 1)
        self.assertIn("SESSION_POLICY_PASSWORD_MIN", error.detail)
        self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, self.store.user_create, "Bo", PASSWORD, actor=NO_TOKEN)
        self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, self.store.user_create, "Bo", PASSWORD, actor="")

    def test_rename(self):
        anna, token = self.user(), self.login().token
        self.user("Bo")
        self.store.user_rename(anna, "Anna Meier", actor=token)
        self.assertEqual(self.store.verify(token).user_name, "Anna Meier")
        self.refused(desksession.UserExists, Status.USER_EXISTS, self.store.user_rename, anna, "bo")
        self.refused(desksession.NameRefused, Status.NAME_REFUSED, self.store.user_rename, anna, "")
        self.refused(desksession.UserUnknown, Status.USER_UNKNOWN, self.store.user_rename, NOBODY, "Cy")

    def test_disabled_is_told_after_the_right_password_only(self):
        anna, token = self.user(), self.login().token
        self.store.user_disable(anna)
        self.store.user_disable(anna)
        self.assertTrue(self.store.user_get(anna).disabled)
        self.assertIs(self.store.check(token).status, Status.REVOKED)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, password=OTHER_PASSWORD)
        self.refused(desksession.UserDisabled, Status.USER_DISABLED, self.login)
        self.store.user_enable(anna)
        self.assertFalse(self.store.user_get(anna).disabled)
        self.assertTrue(self.store.check(self.login().token))

    def test_permit(self):
        anna, token = self.user(), self.login().token
        for bits in (0, 5, 2**63, 2**64 - 1):
            self.store.user_permit(anna, bits)
            self.assertEqual(self.store.verify(token).permissions, bits)
            self.assertEqual(self.store.user_get(anna).permissions, bits)
        # ctypes alone would make all 64 bits of the first and none of the second.
        for bits in (-1, 2**64):
            self.assertRaises(ValueError, self.store.user_permit, anna, bits)
        self.assertRaises(TypeError, self.store.user_permit, anna, 1.5)

    def test_delete(self):
        anna, token = self.user(), self.login().token
        self.store.user_delete(anna)
        self.assertIs(self.store.check(token).status, Status.REVOKED)
        self.refused(desksession.UserUnknown, Status.USER_UNKNOWN, self.store.user_delete, anna)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login)
        self.assertNotEqual(self.user(), anna)

    def test_one_name_in_many_spellings(self):
        anna = self.user("Anna Müller")
        for name in ("ANNA MÜLLER", unicodedata.normalize("NFD", "Anna Müller"), "\uff21nna Müller"):
            self.assertEqual(self.login(name).info.user_id, anna)
            self.assertEqual(self.store.user_find(name).user_id, anna)

    def test_names_of_all_scripts(self):
        for name in ("שלום עולם", "محمد علي", "𠮷野家", "Ωμέγα", "ß" * 127):
            who = self.user(name)
            login = self.login(name)
            self.assertEqual((self.store.verify(login.token).user_name, login.info.user_id), (name, who))
            self.assertEqual(self.store.user_find(name).user_name, name)
        for name in ("a\u202eb", "🐟", "a\ufeff"):
            self.refused(desksession.NameRefused, Status.NAME_REFUSED, self.user, name)

    def test_text_that_c_would_misread(self):
        anna = self.user()
        for wrong in ("Anna\0Müller", "Anna\ud800"):
            self.assertRaises(ValueError, self.store.user_find, wrong)
            self.assertRaises(ValueError, self.store.login, wrong, PASSWORD)
            self.assertRaises(ValueError, self.store.user_create, wrong, PASSWORD)
            self.assertRaises(ValueError, self.store.user_rename, anna, wrong)
            self.assertRaises(ValueError, self.store.user_get, wrong)
        for wrong in (None, b"Anna", 5):
            self.assertRaises(TypeError, self.store.user_find, wrong)
            self.assertRaises(TypeError, self.store.login, wrong, PASSWORD)


class Passwords(StoreTest):
    def test_a_nul_is_a_byte_of_it(self):
        self.user(password="violet kettle\0under 7 stairs")
        self.login(password="violet kettle\0under 7 stairs")
        for wrong in ("violet kettle", "violet kettle\0", "violet kettle\0under 7 stairS"):
            self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, password=wrong)

    def test_composed_and_decomposed(self):
        composed, decomposed = (unicodedata.normalize(form, "grüne Wände überall") for form in ("NFC", "NFD"))
        self.assertNotEqual(composed, decomposed)
        self.user(password=composed)
        self.login(password=decomposed)

    def test_str_bytes_and_bytearray_are_one(self):
        self.user(password="grüne Wände überall")
        self.login(password="grüne Wände überall".encode())
        self.login(password=bytearray("grüne Wände überall".encode()))
        self.fault(Status.BAD_ARGUMENT, self.login, password=b"\xff\xfe")
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, password=b"")
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, password=bytearray())

    def test_bytearray_is_wiped_whatever_the_outcome(self):
        def wiped(call, *arguments, **named):
            """Calls with fresh bytearrays in place of the marks; they must be zero afterwards."""
            given = []

            def fresh(value):
                if value is not bytearray:
                    return value
                given.append(bytearray(PASSWORD.encode()))
                return given[-1]

            try:
                call(*map(fresh, arguments), **named)
            except (ValueError, TypeError, desksession.SessionError):
                pass
            self.assertTrue(given)
            self.assertTrue(all(each == bytes(len(PASSWORD)) for each in given), call)

        wiped(self.store.user_create, "Anna", bytearray)
        wiped(self.store.user_create, "Anna", bytearray)
        wiped(self.store.login, "Anna", bytearray)
        wiped(self.store.login, "Nobody", bytearray)
        wiped(self.store.login, "An\0na", bytearray)
        wiped(self.store.login, None, bytearray, label=7)
        wiped(self.store.password_check, bytearray)
        wiped(self.store.password_change, "Anna", bytearray, bytearray)
        wiped(self.store.password_change, "Anna", "lone \ud800", bytearray)
        wiped(self.store.password_change, "Anna", None, bytearray)
        wiped(self.store.authorize, None, "Anna", bytearray, "a refund")
        wiped(self.store.authorize, None, "Nobody", bytearray, "a refund")
        wiped(self.store.authorize, None, "Anna", bytearray, "")
        wiped(self.store.authorize, 7, "Anna", bytearray, "a refund")
        self.store.close()
        wiped(self.store.login, "Anna", bytearray)

    def test_wrong_types(self):
        for wrong in (None, 5, ["a"], memoryview(b"abc")):
            self.assertRaises(TypeError, self.login, password=wrong)
        with self.assertRaisesRegex(ValueError, "lone surrogate") as caught:
            self.login(password="violet kettle \udcff")
        self.assertNotIsInstance(caught.exception, UnicodeError)

    def test_check(self):
        good = self.store.password_check(PASSWORD)
        self.assertTrue(good)
        self.assertEqual((good.accepted, good.reason), (True, Weak.NOT))
        self.assertGreater(good.score, 0)
        for password, name, reason in [
            ("short", None, Weak.SHORT),
            ("ab3" * 1000, None, Weak.LONG),
            ("hildegard knefhof", "Hildegard Knefhof", Weak.USER_NAME),
            ("xyzxyzxyzxyzxyzxyz", None, Weak.REPEATS),
            ("abcdefghijklmnopq", None, Weak.SEQUENCE),
        ]:
            found = self.store.password_check(password, name)
            self.assertFalse(found)
            self.assertEqual((found.accepted, found.reason, found.score), (False, reason, 0), password)
        self.store.policy_set(Policy.PASSWORD_MIN, 8)
        self.assertIs(self.store.password_check("password").reason, Weak.COMMON)

    def test_change(self):
        self.user()
        kept, ended = self.login(), self.login()
        self.store.password_change("anna müller", PASSWORD, OTHER_PASSWORD, kept.token)
        self.assertTrue(self.store.check(kept.token))
        self.assertIs(self.store.check(ended.token).status, Status.REVOKED)
        change = self.store.password_change
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, change, "Anna Müller", PASSWORD, OTHER_PASSWORD)
        self.refused(desksession.PasswordWeak, Status.PASSWORD_WEAK, change, "Anna Müller", OTHER_PASSWORD, "short")
        self.fault(Status.BAD_ARGUMENT, change, "Anna Müller", OTHER_PASSWORD, PASSWORD, ended.token)
        change("Anna Müller", OTHER_PASSWORD, PASSWORD)
        self.assertFalse(self.store.check(kept.token))
        self.login()


class Upkeep(StoreTest):
    def test_policy(self):
        self.assertEqual(self.store.policy_get(Policy.KDF_PASSES), 2)
        self.assertEqual(self.store.policy_get(Policy.ABSOLUTE_MS), 12 * 60 * 60 * 1000)
        for item in Policy:
            value = self.store.policy_get(item)
            self.store.policy_set(item, value)
            self.assertEqual(self.store.policy_get(item), value)
        self.user()
        self.store.policy_set(Policy.IDLE_MS, 60_000, actor=self.login().token)
        self.assertEqual(self.store.policy_get(Policy.IDLE_MS), 60_000)
        self.fault(Status.BAD_ARGUMENT, self.store.policy_get, 4000)
        self.fault(Status.BAD_ARGUMENT, self.store.policy_set, Policy.KDF_PASSES, 1)
        for call in (lambda: self.store.policy_set(Policy.IDLE_MS, 2**63), lambda: self.store.policy_get(2**32 + 2)):
            self.assertRaises(ValueError, call)
        self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, self.store.policy_set, 2, 1, actor=NO_TOKEN)
        self.assertEqual(self.store.policy_get(Policy.IDLE_MS), 60_000)

    def test_events(self):
        anna, login = self.user(), self.login()
        self.store.user_permit(anna, 0x10, actor=login.token)
        self.store.logout(login.token)
        events = list(self.store.events())
        self.assertEqual([event.id for event in events], list(range(1, len(events) + 1)))
        self.assertFalse(any(event.tampered for event in events))
        kinds = [event.kind for event in events]
        self.assertIs(kinds[0], EventKind.STORE_CREATED)
        self.assertEqual(
            kinds[-5:],
            [EventKind.USER_CREATED, EventKind.LOGIN_ATTEMPT, EventKind.LOGIN, EventKind.USER_PERMITTED, EventKind.LOGOUT],
        )
        permitted = events[-2]
        self.assertEqual((permitted.actor_id, permitted.user_id), (anna, anna))
        self.assertEqual(events[-1].session_id, login.info.session_id)
        self.assertEqual(events[-5].detail, "Anna Müller")
        self.assertEqual(permitted.at.tzinfo, timezone.utc)
        self.assertEqual([event.id for event in self.store.events(after=events[-2].id)], [events[-1].id])
        self.assertRaises(ValueError, list, self.store.events(after=2**63))

    def test_tampered_events_are_flagged_and_reading_goes_on(self):
        def edited_second(_store, after, event):
            event = event._obj
            event.id = after + 1
            return {1: Status.TAMPERED, 3: Status.DONE}.get(after, Status.OK)

        with mock.patch.object(_ffi, "session_event_next", edited_second):
            self.assertEqual([(e.id, e.tampered) for e in self.store.events()], [(1, False), (2, True), (3, False)])
        with mock.patch.object(_ffi, "session_event_next", lambda *_: int(Status.TAMPERED)):
            self.fault(Status.TAMPERED, list, self.store.events())

    def test_events_of_a_newer_library_are_flagged(self):
        def newer(_store, after, event):
            event._obj.id = after + 1
            return Status.NEWER if after < 1 else Status.DONE

        with mock.patch.object(_ffi, "session_event_next", newer):
            self.assertEqual([(e.id, e.newer, e.tampered) for e in self.store.events()], [(1, True, False)])

    def test_records_read_like_dataclasses(self):
        self.user()
        token = self.login().token
        first, second = self.store.verify(token), self.store.verify(token)
        self.assertEqual(first.session_id, second.session_id)
        user = self.store.user_find("Anna Müller")
        self.assertEqual((user, hash(user)), (self.store.user_get(user.user_id), hash(self.store.user_get(user.user_id))))
        self.assertNotEqual(user, first)
        self.assertNotEqual(user, None)
        for record in (first, user, next(self.store.events())):
            self.assertEqual(pickle.loads(pickle.dumps(record)), record)
            self.assertRegex(repr(record), r"^(Info|User|Event)\(\w+=.*\)$")
            with self.assertRaises(AttributeError):
                record.user_id = "somebody else"
            with self.assertRaises(AttributeError):
                record.unheard_of = 1

    def test_purge(self):
        self.assertEqual(self.store.purge(), 0)
        self.user()
        self.store.logout(self.login().token)
        self.store.policy_set(Policy.ENDED_KEEP_MS, 0)
        deadline = time.monotonic() + 5
        while self.store.purge() == 0 and time.monotonic() < deadline:
            pass
        self.assertEqual(list(self.store.sessions()), [])


class UnknownAnswers(StoreTest):
    """Numbers of a library that is newer than this package are never yes."""

    def answering(self, number):
        names = [name for name in vars(_ffi) if name.startswith("session_") and name not in KEPT]
        patches = [mock.patch.object(_ffi, name, lambda *_: number) for name in names]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)

    def test_below_100_is_refused(self):
        self.answering(98)
        for call in CALLS:
            with self.assertRaises(desksession.Refused) as caught:
                call(self.store)
            self.assertEqual(caught.exception.status, 98)
            self.assertEqual(caught.exception.name, "SESSION_?")
        for look in (self.store.check, self.store.peek):
            self.assertFalse(look(NO_TOKEN))
            self.assertEqual((look(NO_TOKEN).status, look(NO_TOKEN).info), (98, None))

    def test_others_are_faults(self):
        for number in (-1, 150, 2**31 - 1):
            self.answering(number)
            for call in (*CALLS, lambda store: store.check(NO_TOKEN), lambda store: store.peek(NO_TOKEN)):
                with self.assertRaises(desksession.Fault) as caught:
                    call(self.store)
                self.assertEqual(caught.exception.status, number)


KEPT = (
    *("session_options", "session_fault", "session_user", "session_login_options", "session_info", "session_event"),
    *("session_close", "session_abi_version", "session_version", "session_last_error"),
    *("session_status_name", "session_status_text"),
)
CALLS = [
    lambda store: Store("anywhere"),
    lambda store: Store.app("anything"),
    lambda store: Store.adopt("anywhere"),
    lambda store: store.login("a", PASSWORD),
    lambda store: store.verify(NO_TOKEN),
    lambda store: store.logout(NO_TOKEN),
    lambda store: store.authorize(NO_TOKEN, "a", PASSWORD, "b"),
    lambda store: list(store.sessions()),
    lambda store: store.revoke(NOBODY),
    lambda store: store.revoke_user(NOBODY),
    lambda store: store.user_create("a", PASSWORD),
    lambda store: store.user_get(NOBODY),
    lambda store: store.user_find("a"),
    lambda store: list(store.users()),
    lambda store: store.user_rename(NOBODY, "a"),
    lambda store: store.user_enable(NOBODY),
    lambda store: store.user_disable(NOBODY),
    lambda store: store.user_permit(NOBODY, 0),
    lambda store: store.user_delete(NOBODY),
    lambda store: store.user_unthrottle(NOBODY),
    lambda store: store.password_check(PASSWORD),
    lambda store: store.password_change("a", PASSWORD, PASSWORD),
    lambda store: store.password_reset(NOBODY),
    lambda store: store.policy_get(1),
    lambda store: store.policy_set(1, 1),
    lambda store: store.policy_preset(1),
    lambda store: store.backup("anywhere"),
    lambda store: store.integrity_check(),
    lambda store: store.purge(),
    lambda store: list(store.events()),
    lambda store: desksession.app_folder("a"),
    lambda store: desksession.constant("a"),
]
