"""Who administers: one-time codes, a second person's yes, presets, and what the audit trail tells of it."""

import math
import os
import unittest

try:
    import pwd
except ImportError:
    pwd = None  # Windows

import desksession
from desksession import EventKind, Policy, Preset, Status

from tests.base import OTHER_PASSWORD, PASSWORD, StoreTest

NOBODY = "00000000-0000-7000-8000-000000000000"
NO_TOKEN = "ds1_" + "A" * 64
HOUR, DAY = 60 * 60 * 1000, 24 * 60 * 60 * 1000


class AdministrationTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.kim, self.mara = self.user("Kim"), self.user("Mara")
        self.cashier = self.login("Kim")

    def last_event(self):
        return list(self.store.events())[-1]


class Reset(AdministrationTest):
    def test_the_code_is_good_for_a_new_password_alone(self):
        code = self.store.password_reset(self.kim)
        self.assertRegex(code, r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}$")
        self.assertIs(self.store.check(self.cashier.token).status, Status.REVOKED)
        self.assertTrue(self.store.user_get(self.kim).must_change)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, "Kim")
        self.refused(desksession.MustChange, Status.MUST_CHANGE, self.login, "Kim", code)
        self.refused(desksession.MustChange, Status.MUST_CHANGE, self.login, "Kim", f" {code.lower().replace('-', ' ')} ")

        change = self.store.password_change
        self.refused(desksession.PasswordWeak, Status.PASSWORD_WEAK, change, "Kim", code, "short")
        change("Kim", code.lower(), OTHER_PASSWORD)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, change, "Kim", code, PASSWORD)
        self.assertTrue(self.store.verify(self.login("Kim", OTHER_PASSWORD).token))
        self.assertFalse(self.store.user_get(self.kim).must_change)

    def test_it_is_recorded(self):
        admin = self.login("Mara")
        code = self.store.password_reset(self.kim, actor=admin.token)
        told = self.last_event()
        self.assertEqual((told.kind, told.actor_id, told.user_id), (EventKind.PASSWORD_RESET, self.mara, self.kim))
        self.assertTrue(told.detail.startswith("until "), told.detail)
        self.assertNotIn(code, told.detail)

    def test_two_codes(self):
        first, second = self.store.password_reset(self.kim), self.store.password_reset(self.kim)
        self.assertNotEqual(first, second)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.login, "Kim", first)
        self.refused(desksession.MustChange, Status.MUST_CHANGE, self.login, "Kim", second)

    def test_refused(self):
        reset, events = self.store.password_reset, len(list(self.store.events()))
        for wrong in (NOBODY, "no id", "", self.cashier.token):
            self.refused(desksession.UserUnknown, Status.USER_UNKNOWN, reset, wrong)
        for actor in (NO_TOKEN, "", self.kim):
            self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, reset, self.kim, actor=actor)
        for wrong in ("a\0b", "\ud800"):
            self.assertRaises(ValueError, reset, wrong)
            self.assertRaises(ValueError, reset, self.kim, actor=wrong)
        for wrong in (None, b"Kim", 5):
            self.assertRaises(TypeError, reset, wrong)
        self.assertRaises(TypeError, reset, self.kim, actor=5)
        self.assertEqual(len(list(self.store.events())), events)
        self.assertTrue(self.store.check(self.cashier.token))


class Authorize(AdministrationTest):
    def ask(self, name="Mara", password=PASSWORD, purpose="refund 17.50", requester=None):
        return self.store.authorize(requester or self.cashier.token, name, password, purpose)

    def test_yes(self):
        self.store.user_permit(self.mara, 0x10)
        before = self.store.peek(self.cashier.token)
        manager = self.ask("mara")
        self.assertIsInstance(manager, desksession.User)
        self.assertEqual((manager.user_id, manager.user_name, manager.permissions), (self.mara, "Mara", 0x10))
        self.assertEqual((manager.last_login_at, manager.live_sessions), (None, 0))
        self.assertEqual(self.store.peek(self.cashier.token), before)
        told = self.last_event()
        self.assertEqual((told.kind, told.detail), (EventKind.AUTHORIZED, "refund 17.50"))
        self.assertEqual((told.actor_id, told.user_id, told.session_id), (self.mara, self.kim, before.info.session_id))

        self.store.authorize(None, "Mara", PASSWORD.encode(), "ü" * 100)
        told = self.last_event()
        self.assertEqual((told.actor_id, told.user_id, told.session_id, told.detail), (self.mara, "", "", "ü" * 100))

    def test_no(self):
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.ask, "Mara", OTHER_PASSWORD)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.ask, "Nobody")
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.ask, "Kim", OTHER_PASSWORD)
        self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, self.ask, "Kim")
        code = self.store.password_reset(self.mara)
        self.refused(desksession.MustChange, Status.MUST_CHANGE, self.ask, "Mara", code)
        self.store.password_change("Mara", code, PASSWORD)
        self.store.user_disable(self.mara)
        self.refused(desksession.UserDisabled, Status.USER_DISABLED, self.ask)
        self.store.user_enable(self.mara)
        for requester in (NO_TOKEN, "no token", self.kim):
            self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, self.ask, requester=requester)
        self.store.logout(self.cashier.token)
        self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, self.ask)
        self.assertNotIn(EventKind.AUTHORIZED, [event.kind for event in self.store.events()])

    def test_throttled_as_a_login(self):
        self.store.policy_set(Policy.THROTTLE_STOP, 1)
        self.refused(desksession.BadCredentials, Status.BAD_CREDENTIALS, self.ask, "Mara", OTHER_PASSWORD)
        self.refused(desksession.Throttled, Status.THROTTLED, self.ask)
        error = self.refused(desksession.Throttled, Status.THROTTLED, self.login, "Mara")
        self.assertEqual(error.retry_after, math.inf)

    def test_purposes(self):
        events = len(list(self.store.events()))
        for wrong in ("", "x" * 201, "ü" * 101, "a\nb", "a\x7fb", "a\x85b", "a\u2028b"):
            self.fault(Status.BAD_ARGUMENT, self.ask, purpose=wrong)
        for wrong in ("a\0b", "\ud800"):
            self.assertRaises(ValueError, self.ask, purpose=wrong)
        for wrong in (None, b"refund", 5):
            self.assertRaises(TypeError, self.ask, purpose=wrong)
            self.assertRaises(TypeError, self.ask, wrong)
        self.assertRaises(TypeError, self.ask, requester=5)
        self.assertEqual(len(list(self.store.events())), events)
        self.ask(purpose="x" * desksession.constant("SESSION_PURPOSE_MAX"))


class Presets(AdministrationTest):
    ITEMS = (Policy.ABSOLUTE_MS, Policy.IDLE_MS, Policy.REMEMBERED_ABSOLUTE_MS, Policy.REMEMBERED_IDLE_MS, Policy.THROTTLE_STOP)

    def test_values(self):
        defaults = [self.store.policy_get(item) for item in self.ITEMS]
        for preset, values in [
            (Preset.AAL1_TIMEOUTS, [30 * DAY, 30 * DAY, 30 * DAY, 30 * DAY, 100]),
            (Preset.AAL2_TIMEOUTS, [DAY, HOUR, DAY, HOUR, 100]),
            (Preset.AAL3_TIMEOUTS, [12 * HOUR, HOUR // 4, 12 * HOUR, HOUR // 4, 100]),
            (Preset.DEFAULT_TIMEOUTS, defaults),
        ]:
            self.store.policy_preset(preset)
            self.assertEqual([self.store.policy_get(item) for item in self.ITEMS], values, preset)

    def test_recorded_and_refused(self):
        self.store.policy_preset(Preset.AAL2_TIMEOUTS, actor=self.cashier.token)
        told = self.last_event()
        self.assertEqual((told.kind, told.actor_id, told.detail), (EventKind.POLICY_CHANGED, self.kim, "10: 0 -> 100"))
        self.store.policy_preset(Preset.AAL2_TIMEOUTS)
        for wrong in (0, 5, 2**32 - 1):
            self.fault(Status.BAD_ARGUMENT, self.store.policy_preset, wrong)
        for wrong in (-1, 2**32):
            self.assertRaises(ValueError, self.store.policy_preset, wrong)
        self.assertRaises(TypeError, self.store.policy_preset, "AAL2")
        preset = self.store.policy_preset
        self.refused(desksession.NotAllowed, Status.NOT_ALLOWED, preset, Preset.AAL3_TIMEOUTS, actor=NO_TOKEN)
        self.assertEqual(self.last_event(), told)


@unittest.skipUnless(pwd, "skipped: this system has no password database")
class OsAccount(AdministrationTest):
    def test_every_event_names_it(self):
        self.assertEqual({event.os_account for event in self.store.events()}, {pwd.getpwuid(os.geteuid()).pw_name})
