"""Logins and sessions for desktop apps: accounts, passwords, tokens that expire and can be revoked, in a folder on disk.

    with desksession.Store(folder) as store:
        store.user_create("Anna Müller", password)
        login = store.login("Anna Müller", password)    # keep login.token in memory
        store.verify(login.token).user_name             # before every protected action
        store.logout(login.token)

verify raises on everything but yes; check answers, and its answer is true in a truth test on yes alone. Expected
answers (wrong password, session ended, name taken) raise Refused and its subclasses, faults raise Fault.

Any thread may use a store. login, authorize, user_create, password_change and password_reset take about 0.3 s and let
other Python threads run meanwhile. In a window run them with desksession.tk.Background (desksession.qt for PySide6), in
asyncio use their sisters that end in _async. SessionGuard of the same modules watches over a session in a window.

Never open the store's database with `sqlite3` in the same process. Nothing but desksession may write there: it refuses rows
that it did not write.

Spawn, do not fork. Open a store in the process that uses it: a child made by fork while a store was open can neither use that
one nor open its own (FORKED), so with multiprocessing use the start method "spawn".
"""

from ._text import Password
from .errors import (
    BadCredentials,
    Fault,
    MustChange,
    NameRefused,
    NotAllowed,
    NotLoggedIn,
    PasswordWeak,
    Refused,
    SessionError,
    Throttled,
    UserDisabled,
    UserExists,
    UserUnknown,
)
from .records import Answer, Event, Info, IntegrityFault, Login, PasswordCheck, User
from .store import Store, abi_version, app_folder, constant, version
from .values import EventKind, KeySource, Policy, Preset, Scope, Status, Weak

__all__ = [
    "Answer",
    "BadCredentials",
    "Event",
    "EventKind",
    "Fault",
    "Info",
    "IntegrityFault",
    "KeySource",
    "Login",
    "MustChange",
    "NameRefused",
    "NotAllowed",
    "NotLoggedIn",
    "Password",
    "PasswordCheck",
    "PasswordWeak",
    "Policy",
    "Preset",
    "Refused",
    "Scope",
    "SessionError",
    "Status",
    "Store",
    "Throttled",
    "User",
    "UserDisabled",
    "UserExists",
    "UserUnknown",
    "Weak",
    "abi_version",
    "app_folder",
    "constant",
    "version",
]
