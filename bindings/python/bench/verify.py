"""Store.verify beside the same calls in C, and beside what a careful Python programmer writes by hand with sqlite3 and hashlib:
decode the token, hash its secret, one SELECT, constant-time compare, expiry. The hand-written one checks no idle limit, no
revocation, no row MAC, no clock.

    cargo build --release && python bindings/python/bench/verify.py [ROUNDS]
"""

import base64
import hashlib
import hmac
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LIBRARIES = ROOT / "target" / "release"
os.environ.setdefault("DESKSESSION_LIBRARY", str(LIBRARIES / "libdesksession.so"))
sys.path.insert(0, str(ROOT / "bindings" / "python"))

import desksession  # noqa: E402
from desksession import Policy, Store  # noqa: E402

SESSIONS, CALLS = 100, 5000
PASSWORD = "violet kettle under 7 stairs"
SELECT = (
    "SELECT s.user_id, s.hash, s.expires, u.name, u.enabled FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?"
)


def decoded(token):
    raw = base64.urlsafe_b64decode(token[4:])
    return raw[:16], raw[16:]


class ByHand:
    def __init__(self, path, logins):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript(
            "PRAGMA journal_mode = WAL;"
            "CREATE TABLE users(id TEXT PRIMARY KEY, name TEXT, enabled INTEGER);"
            "CREATE TABLE sessions(id BLOB PRIMARY KEY, user_id TEXT, hash BLOB, expires REAL);"
        )
        for login in logins:
            session, secret = decoded(login.token)
            info = login.info
            self.database.execute("INSERT OR IGNORE INTO users VALUES (?, ?, 1)", (info.user_id, info.user_name))
            row = session, info.user_id, hashlib.sha256(secret).digest(), info.expires_at.timestamp()
            self.database.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)

    def verify(self, token):
        if not token.startswith("ds1_") or len(token) != 68:
            raise PermissionError
        session, secret = decoded(token)
        row = self.database.execute(SELECT, (session,)).fetchone()
        if row is None:
            raise PermissionError
        user_id, known, expires, name, enabled = row
        if not hmac.compare_digest(known, hashlib.sha256(secret).digest()) or expires <= time.time() or not enabled:
            raise PermissionError
        return user_id, name


def measured(verify, tokens):
    """Microseconds of a call."""
    start = time.perf_counter()
    for number in range(CALLS):
        verify(tokens[number % SESSIONS])
    return (time.perf_counter() - start) / CALLS * 1e6


def in_c(home):
    program = home / "verify"
    command = [os.environ.get("CC", "cc"), "-std=c11", "-O2", f"-I{ROOT / 'include'}", "-o", program]
    command += [Path(__file__).with_suffix(".c"), f"-L{LIBRARIES}", f"-Wl,-rpath,{LIBRARIES}", "-ldesksession"]
    subprocess.run(command, check=True)
    return program


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    home = Path(tempfile.mkdtemp(prefix="desksession-bench-"))
    os.environ["XDG_DATA_HOME"] = str(home)
    try:
        with Store(home / "store") as store:
            store.policy_set(Policy.KDF_MEMORY_KIB, 19456)
            store.policy_set(Policy.KDF_PASSES, 2)
            store.user_create("Anna Müller", PASSWORD)
            logins = [store.login("Anna Müller", PASSWORD) for _ in range(SESSIONS)]
            tokens = [login.token for login in logins]
            by_hand, program = ByHand(home / "peer.db", logins), in_c(home)
            found = {"C": [], "Python": [], "by hand": []}
            for _ in range(rounds):
                command = [program, home / "store", str(CALLS)]
                told = subprocess.run(command, input="\n".join(tokens), stdout=subprocess.PIPE, encoding="ascii", check=True)
                found["C"].append(float(told.stdout))
                found["Python"].append(measured(store.verify, tokens))
                found["by hand"].append(measured(by_hand.verify, tokens))
    finally:
        shutil.rmtree(home)
    print(f"verify, {SESSIONS} sessions, {rounds} rounds of {CALLS} calls; {desksession.version()}, Python {sys.version[:7]}")
    for what, of in (("median", statistics.median), ("best", min)):
        c, ours, peer = (of(found[name]) for name in ("C", "Python", "by hand"))
        print(f"{what:6} C {c:5.2f} us, Python {ours:5.2f} us ({ours - c:+.2f}, aim +2.5), by hand {peer:5.2f} us", end=" ")
        print(f"({ours / peer:.2f}, aim 1.0)")


main()
