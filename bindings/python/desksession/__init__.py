"""Logins and sessions for desktop apps: accounts, passwords, tokens that expire and can be revoked, in a folder on disk.

    with desksession.Store(folder) as store:
        store.user_create("Anna Müller", password)
        login = store.login("Anna Müller", password)    # keep login.token in memory
        store.verify(login.token).user_name             # before every protected action
        store.logout(login.token)

verify raises on everything but yes; check answers, and its answer is true in a truth test on yes alone. Expected
answers (wrong password, session ended, name taken) raise Refused and its subclasses, faults raise Fault.

Any thread may use a store. login, authorize, user_create, password_change and password_reset take about 0.3 s and let
other Python threads run meanwhile: call them from a worker thread (asyncio.to_thread), never on a window's thread.

Never open the store's database with `sqlite3` in the same process for writing purposes. Nothing but desksession may
write there: it refuses rows that it did not write.

Open a store in the process that uses it. A child made by fork while a store was open can neither use that one nor open
its own (FORKED), so with multiprocessing use the start method "spawn", not "fork".
"""

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
from .store import Store, abi_version, app_folder, constant, version
from .values import (
    Answer,
    Event,
    EventKind,
    Info,
    IntegrityFault,
    KeySource,
    Login,
    PasswordCheck,
    Policy,
    Preset,
    Scope,
    Status,
    User,
    Weak,
)

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
