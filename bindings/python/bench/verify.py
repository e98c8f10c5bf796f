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
LIBRARIES = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "release"
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
    def __init__(self, path):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")

    def fill(self, logins):
        self.database.executescript(
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


def measured(verify, tokens, calls):
    """Microseconds of a call."""
    start = time.perf_counter()
    for number in range(calls):
        verify(tokens[number % SESSIONS])
    return (time.perf_counter() - start) / calls * 1e6


def in_c(home):
    program = home / "verify"
    command = [os.environ.get("CC", "cc"), "-std=c11", "-O2", f"-I{ROOT / 'include'}", "-o", program]
    command += [Path(__file__).with_suffix(".c"), f"-L{LIBRARIES}", f"-Wl,-rpath,{LIBRARIES}", "-ldesksession"]
    subprocess.run(command, check=True)
    return program


def sides(home):
    """Both opened anew: the first verify of each token, then all of them again and again; ours also with what by hand gives."""
    with Store(home / "store") as store:
        by_hand = ByHand(home / "peer.db")

        def named(token):
            info = store.verify(token)
            return info.user_id, info.user_name

        yield "first", store.verify, by_hand.verify, SESSIONS
        yield "again", store.verify, by_hand.verify, CALLS
        yield "named", named, by_hand.verify, CALLS


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    home = Path(tempfile.mkdtemp(prefix="desksession-bench-"))
    os.environ["XDG_DATA_HOME"] = str(home)
    found = {}
    try:
        with Store(home / "store") as store:
            store.policy_set(Policy.KDF_MEMORY_KIB, 19456)
            store.policy_set(Policy.KDF_PASSES, 2)
            store.user_create("Anna Müller", PASSWORD)
            logins = [store.login("Anna Müller", PASSWORD) for _ in range(SESSIONS)]
        ByHand(home / "peer.db").fill(logins)
        tokens, program = [login.token for login in logins], in_c(home)
        for number in range(rounds):
            command = [program, home / "store", str(CALLS)]
            told = subprocess.run(command, input="\n".join(tokens), stdout=subprocess.PIPE, encoding="ascii", check=True)
            for what, ours, peers, calls in sides(home):
                turns = (ours, peers) if number % 2 else (peers, ours)  # who goes first changes every round
                times = {side: measured(side, tokens, calls) for side in turns}
                found.setdefault(what, []).append((times[ours], times[peers], float(told.stdout)))
    finally:
        shutil.rmtree(home)
    print(f"Store.verify, {SESSIONS} sessions, {rounds} rounds; desksession {desksession.version()}, Python {sys.version.split()[0]}")
    print("first: after opening; again: seen before; named: with user_id and user_name read. Microseconds, medians.")
    print("         ours  by hand    C    ratio to by hand: min, median, max   bar")
    for what, pairs in found.items():
        ratios = sorted(ours / peers for ours, peers, _ in pairs)
        middles = [statistics.median(column) for column in zip(*pairs)]
        ours, peers, c = (f"{middle:7.2f}" for middle in middles)
        middle = statistics.median(ratios)
        bar = "" if what == "first" else f"1.00 {'met' if middle <= 1 else 'missed'}"
        print(f"{what} {ours}  {peers} {c if bar else '':>7}   {ratios[0]:7.2f} {middle:6.2f} {ratios[-1]:6.2f}   {bar}")


main()
