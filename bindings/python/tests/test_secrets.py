"""No token, password or key in a repr, an exception, or what a traceback shows of this package's local variables."""

import os
import pickle
import secrets
import traceback
import unittest

import desksession
from desksession import Store
from desksession._text import Secrets

from tests.base import OTHER_PASSWORD, PASSWORD, StoreTest

HERE = os.path.dirname(desksession.__file__)


def shown(error):
    """All that a log could make of an exception, with the local variables of the package's own frames."""
    told = [repr(error), str(error), repr(vars(error)), repr(error.args)]
    while error is not None:
        for frame in traceback.TracebackException.from_exception(error, capture_locals=True).stack:
            if frame.filename.startswith(HERE):
                told.append(repr(frame.locals))
        told += [repr(error.__cause__), repr(error.__context__)]
        error = error.__context__
    return "\n".join(told)


class Hidden(StoreTest):
    def assertHidden(self, secret, call, *arguments, **named):
        with self.assertRaises((desksession.SessionError, ValueError, TypeError)) as caught:
            call(*arguments, **named)
        text = shown(caught.exception)
        self.assertNotIn(secret, text)
        return caught.exception

    def test_values(self):
        self.user()
        login = self.login()
        self.assertIn("Anna", repr(login))
        for value in (login, login.info, self.store.check(login.token), self.store, list(self.store.events())):
            self.assertNotIn(login.token, repr(value))
            self.assertNotIn(login.token, str(value))

    def test_exceptions_of_answers(self):
        self.user()
        login = self.login()
        self.store.logout(login.token)
        call = self.store
        self.assertHidden(login.token, call.verify, login.token)
        self.assertHidden(OTHER_PASSWORD, call.login, "Anna Müller", OTHER_PASSWORD)
        self.assertHidden(OTHER_PASSWORD, call.password_change, "Anna Müller", PASSWORD, OTHER_PASSWORD, login.token)
        self.assertHidden(PASSWORD, call.user_create, "ANNA MÜLLER", PASSWORD)
        for administer in (call.user_enable, call.user_disable, call.user_delete, call.user_unthrottle, call.revoke_user):
            self.assertHidden(login.token, administer, "x", actor=login.token)
        self.assertHidden(login.token, call.user_rename, "x", "y", actor=login.token)
        self.assertHidden(login.token, call.user_permit, "x", 1, actor=login.token)
        self.assertHidden(login.token, call.revoke, "x", actor=login.token)
        self.assertHidden(login.token, call.policy_set, 1, 1, actor=login.token)
        self.assertHidden(login.token, call.policy_preset, 1, actor=login.token)
        self.assertHidden(login.token, call.password_reset, "x", actor=login.token)
        self.assertHidden(login.token, call.authorize, login.token, "Anna Müller", PASSWORD, "a refund")
        self.assertHidden(OTHER_PASSWORD, call.authorize, None, "Anna Müller", OTHER_PASSWORD, "a refund")
        self.assertHidden(login.token, call.backup, self.folder, actor=login.token)

    def test_exceptions_of_faults(self):
        self.user()
        token = self.login().token
        self.store.close()
        for call in (self.store.verify, self.store.check, self.store.peek, self.store.logout):
            self.assertHidden(token, call, token)
        self.assertHidden(PASSWORD, self.store.login, "Anna Müller", PASSWORD)
        self.assertHidden(PASSWORD, self.store.password_check, PASSWORD)
        self.assertHidden(PASSWORD, self.store.authorize, None, "Anna Müller", PASSWORD, "a refund")

    def test_one_time_codes(self):
        anna = self.user()
        code = self.store.password_reset(anna)
        self.assertHidden(code, self.store.login, "Anna Müller", code)
        self.assertHidden(code, self.store.authorize, None, "Anna Müller", code, "a refund")
        self.assertHidden(code, self.store.password_change, "Anna Müller", code, "short")
        for event in self.store.events():
            self.assertNotIn(code, repr(event))

    def test_wrong_text(self):
        with self.assertRaises(ValueError) as caught:
            self.store.login("Anna", "hidden \ud800")
        error = caught.exception
        for text in (str(error), repr(error), repr(error.__cause__), repr(error.__context__)):
            self.assertNotIn("hidden", text)

    def test_key(self):
        key = secrets.token_bytes(32)
        other = self.home / "other"
        Store(other, key=key).close()
        wrong = secrets.token_bytes(32)
        self.assertHidden(repr(wrong)[2:-1], Store, other, key=wrong)
        self.assertHidden(repr(key)[2:-1], Store, other, key=key, create=True)

    def test_exceptions_can_be_sent_to_another_process(self):
        self.user()
        login = self.login()
        self.store.logout(login.token)
        error = self.assertHidden(login.token, self.store.verify, login.token)
        copy = pickle.loads(pickle.dumps(error))
        self.assertIs(type(copy), desksession.NotLoggedIn)
        self.assertEqual((copy.status, copy.name, copy.info, str(copy)), (error.status, error.name, error.info, str(error)))


class Wiped(unittest.TestCase):
    def test_our_copies(self):
        with Secrets() as wiping:
            made = [*wiping.passwords("a", b"b\0b", bytearray(b"c")), wiping.token("ds1_x"), wiping.key(b"k" * 32)]
            made.append(wiping.buffer(8))
            made[-1]._as_parameter_.value = b"token"
            self.assertEqual([secret._as_parameter_.raw.strip(b"\0") for secret in made[:3]], [b"a", b"b\0b", b"c"])
        self.assertEqual({bytes(secret._as_parameter_.raw).strip(b"\0") for secret in made}, {b""})
