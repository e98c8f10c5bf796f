#!/usr/bin/env python3
"""Takes each mechanism behind a promise out, in a copy of the tree, and shows that a test fails: make mutants [ONLY=word].

A mutant is (promise, what is taken out, file, old text, new text, tests that must fail). Old text that is not found, a copy
that does not compile, and a test that still passes are all failures of this script. Long: not part of make test.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "target" / "mutants"

MUTANTS = [
    (1, "outputs are not cleared first", "src/abi/args.rs",
     "        out.write(T::blank());\n", "", "c_abi"),
    (1, "a user's state is not looked at", "src/engine/authenticate.rs",
     "(matches, user.as_ref(), credential)", "(true, user.as_ref(), credential)", "flow"),
    (2, "a user's sessions do not end with a disable, a delete or a new password", "src/engine/sessions.rs",
     "    user.epoch += 1;\n", "    if user.epoch >= 0 {\n        return Ok(0);\n    }\n", "flow"),
    (2, "a session of an older epoch lives", "src/engine/verify.rs",
     " || session.epoch != user.epoch", "", "schema"),
    (2, "a logout is not written", "src/engine/sessions.rs",
     "            change.put_session(&row)?;\n            Some(row.user)", "            Some(row.user)", "flow"),
    (3, "over the limit instead of at it", "src/policy/expiry.rs",
     ">= limits.absolute_ms", "> limits.absolute_ms", "time"),
    (3, "no idle limit", "src/policy/expiry.rs",
     ">= limits.idle_ms).then_some(End::Idle)", "> i64::MAX - 1).then_some(End::Idle)", "time"),
    (3, "time is the wall clock", "src/policy/time.rs",
     "                let steady = self.wall.saturating_add(elapsed);", "                let steady = elapsed * 0 + reading.wall;", "policy_properties"),
    (3, "logins that set time back are forgotten", "src/policy/time.rs",
     "self.set_back.saturating_add((now.steady.saturating_sub(wall)).max(0))", "self.set_back", "time"),
    (3, "an end that was found is not recorded", "src/engine/verify.rs",
     "            self.note_end(&found);\n", "", "time"),
    (3, "no mark across boots", "src/policy/time.rs",
     "                (reading.wall.max(floor), floor)", "                let _ = floor;\n                (reading.wall, reading.wall)", "time"),
    (4, "the stack below an open is not overwritten", "src/crypto/keys.rs",
     "    below.zeroize();\n", "    if true {\n        return;\n    }\n    below.zeroize();\n", "memory"),
    (3, "a boot's own time does not count", "src/policy/time.rs",
     "self.mark.saturating_add(at_least_since(self.boot, self.elapsed, &reading))", "self.mark", "time"),
    (6, "a clock set forward over a boot ends a wait", "src/policy/throttle.rs",
     "at_least_since(self.boot, self.elapsed, &now.reading).min(now.steady.saturating_sub(self.at).max(0))", "now.steady.saturating_sub(self.at).max(0)", "throttle"),
    (4, "the derived keys stay in memory", "src/abi/handles.rs",
     "removed.map(drop)", "removed.map(|open| std::mem::forget(open.store))", "memory"),
    (5, "over-long passwords are refused without the work", "src/engine/hashing.rs",
     "            return Ok(Password { text: Zeroizing::new(\"over-long\".to_owned()), too_long: true });",
     "            return Err(Error::new(crate::status::SESSION_BAD_CREDENTIALS, \"\"));", "failure_floor"),
    (5, "no floor under failures", "src/engine/authenticate.rs",
     "std::thread::sleep(hashing::failure_floor().saturating_sub(begun.elapsed()));", "let _ = begun;", "failure_floor"),
    (5, "disabled is told before the password", "src/engine/authenticate.rs",
     "    match row.attempts.decide(", "    if user.as_ref().is_some_and(|user| user.state == DISABLED) { return Err(Error::bare(SESSION_USER_DISABLED)); }\n    match row.attempts.decide(", "flow"),
    (6, "the attempt is paid for after the hash", "src/engine/authenticate.rs",
     "    change.put_attempts(&row)?;\n    // A name", "    // A name", "faults"),
    (6, "no turn among threads", "src/store/sqlite/mod.rs",
     "        while taken.contains(&account) {", "        while false && taken.contains(&account) {", "throttle"),
    (6, "no turn among processes", "src/store/sqlite/mod.rs",
     "        let _turn = self.lock.turn(account, deadline)?;\n", "", "throttle"),
    (6, "unknown names are not counted", "src/engine/authenticate.rs",
     "        Decision::Go(counted) => row.attempts = counted,", "        Decision::Go(counted) => if user.is_some() { row.attempts = counted },", "throttle"),
    (7, "row MACs are not checked", "src/store/sqlite/tables.rs",
     "if !mac::equal(&decoded.mac(&self.keys.row), &stored)", "if false && !mac::equal(&decoded.mac(&self.keys.row), &stored)", "tamper"),
    (7, "the chain is not checked", "src/store/sqlite/tables.rs",
     "_ if !chained || !last ||", "_ if false && !chained || !last ||", "audit_trail"),
    (7, "the end of the chain is not checked", "src/store/sqlite/tables.rs",
     "Some(event) if event.id == expected || expected > meta.last_event => Ok(Some(event)),\n            None if expected > meta.last_event => Ok(None),",
     "Some(event) => Ok(Some(event)),\n            None => Ok(None),", "audit_trail"),
    (7, "a missing throttle row is a fresh one", "src/engine/authenticate.rs",
     "Some(user) => own_attempts(change, user)?,", "Some(user) => own_attempts(change, user).unwrap_or(AttemptsRow { account: user.id.as_bytes().to_vec(), attempts: Attempts::default(), ext: Vec::new() }),", "tamper"),
    (7, "any stored argon2 cost is obeyed", "src/crypto/kdf.rs",
     "(complete && cost.allowed()", "(complete", "--lib"),
    (7, "the schema is not compared", "src/store/sqlite/folder.rs",
     "        layout::check_schema(&conn)?;\n", "", "schema"),
    (7, "critical extensions are passed over", "src/store/records.rs",
     "if tag & 0x8000 != 0 || rest.len() < length", "let _ = tag; if rest.len() < length", "extensions"),
    (8, "panics are not stopped", "src/abi/guard.rs",
     "let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {", "let result = Ok::<_, ()>(call()).unwrap_or_else(|()| {", "extensions"),
    (8, "a struct's size is not checked", "src/abi/args.rs",
     "if size as usize == std::mem::size_of::<T>()", "if size as usize != usize::MAX", "c_abi"),
    (8, "a forked child is not noticed", "src/platform/unix.rs",
     "        FORKED.store(true, Ordering::Relaxed);\n", "", "c_abi"),
    (9, "our locks are POSIX locks", "src/platform/unix_calls.c",
     "    if (command == F_SETLK) return lock_call(fd, F_OFD_SETLK, argument);\n    if (command == F_GETLK) return lock_call(fd, F_OFD_GETLK, argument);\n", "", "foreign_sqlite"),
    (9, "the files under a handle are not watched", "src/store/sqlite/mod.rs",
     "if same { Ok(()) } else { Err(replaced()) }", "let _ = (same, replaced); Ok(())", "statuses"),
    (9, "a cut-off creation is not resumed", "src/store/sqlite/folder.rs",
     "Some((id, State::Creating)) => self.create(lock, id),", "Some((_, State::Creating)) => Err(Error::bare(SESSION_CORRUPT)),", "faults"),
    (9, "READY is written before the database says what it is", "src/store/sqlite/folder.rs",
     "        if !ready {\n            settle(&conn)?;\n        }\n", "", "faults"),
    (9, "the key of a cut-off creation is made anew", "src/store/sqlite/key_file.rs",
     "        Ok(_) => return Ok((source, read(&path)?)),", "        Ok(_) => {}", "faults"),
    (10, "a panic prints", "src/abi/guard.rs",
     "    keep_quiet();\n    let result", "    let _ = keep_quiet;\n    let result", "extensions"),
]


def copy_tree():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, files.stdout.decode().split("\0")):
        source, target = ROOT / name, COPY / "tree" / name
        if source.is_file() and (not target.exists() or target.read_bytes() != source.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def cargo_test(what, *more):
    suite = [what] if what.startswith("--") else ["--test", what]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(COPY / "target"), "RUST_BACKTRACE": "0"}
    return subprocess.run(["cargo", "test", "--locked", *suite, *more], cwd=COPY / "tree", env=environment, capture_output=True, text=True)


def survives(mutant):
    _, _, name, old, new, what = mutant
    path = COPY / "tree" / name
    whole = path.read_text()
    if whole.count(old) != 1:
        return f"its text stands {whole.count(old)} times in {name}"
    path.write_text(whole.replace(old, new))
    try:
        built = cargo_test(what, "--no-run")
        if built.returncode != 0:
            return "it does not compile:\n" + built.stderr[-2000:]
        tested = cargo_test(what)
        if tested.returncode == 0:
            return f"no test of {what} fails"
        failed = re.findall(r"^test (\S+).* FAILED$", tested.stdout, re.M)
        print("    seen failing:", ", ".join(failed[:4]) or "the whole suite", "..." if len(failed) > 4 else "", flush=True)
    finally:
        path.write_text(whole)
    return None


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    copy_tree()
    chosen = [mutant for mutant in MUTANTS if only in f"{mutant[0]} {mutant[1]} {mutant[5]}"]
    survivors = 0
    for mutant in chosen:
        print(f"promise {mutant[0]}: {mutant[1]}", flush=True)
        why = survives(mutant)
        if why:
            survivors += 1
            print("    SURVIVES:", why, flush=True)
    print(f"{len(chosen) - survivors} passed, {survivors} failed")
    sys.exit(survivors > 0)


if __name__ == "__main__":
    main()
