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
     "    user.epoch = user.epoch.wrapping_add(1);\n", "    if user.epoch >= 0 {\n        return Ok(0);\n    }\n", "flow"),
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
     "    std::hint::black_box(&mut [0xA5_u8; 64 * 1024]);\n", "", "memory"),
    (3, "a boot's own time does not count", "src/policy/time.rs",
     "self.mark.saturating_add(at_least_since(self.boot, self.elapsed, &reading))", "self.mark", "time"),
    (6, "a clock set forward over a boot ends a wait", "src/policy/throttle.rs",
     "at_least_since(self.boot, self.elapsed, &now.reading).min(now.steady.saturating_sub(self.at).max(0))", "now.steady.saturating_sub(self.at).max(0)", "throttle"),
    (4, "the derived keys stay in memory", "src/abi/handles.rs",
     "    drop(last);\n", "    drop(last);\n    std::mem::forget(removed.clone());\n", "memory"),
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
    (1, "a password hash does not wait for the known answer", "src/crypto/kdf.rs",
     "    RIGHT.get_or_try_init(|| self_test(&KNOWN_ANSWER))?;\n", "", "--lib"),
    (1, "any known answer of the password hash is good", "src/crypto/kdf.rs",
     "    if found == *expected {", "    if true || found == *expected {", "--lib"),
    (4, "what the password hash left on the stack is not overwritten", "src/crypto/kdf.rs",
     "    keys::scrub_stack();\n    result\n}\n", "    leave(password);\n    result\n}\n\n#[inline(never)]\nfn leave(password: &[u8]) {\n    let mut copy = [0_u8; 32768];\n    copy[..password.len()].copy_from_slice(password);\n    std::hint::black_box(&mut copy);\n}\n", "memory"),
    (8, "a password hash keeps its memory", "src/crypto/kdf.rs",
     "            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)\n", "            Box::leak(Box::new(Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hasher()))\n", "hash_memory"),
    (8, "no memory for a password hash is an internal fault", "src/crypto/kdf.rs",
     "        argon2_rust::Error::MemoryAllocationError => {", "        argon2_rust::Error::MemoryAllocationError if false => {", "hash_memory"),
    (7, "the schema is not compared", "src/store/sqlite/open.rs",
     "    layout::check_schema(conn)\n}", "    let _ = layout::check_schema;\n    Ok(())\n}", "schema"),
    (7, "critical extensions are passed over", "src/store/records.rs",
     "if tag & 0x8000 != 0 || rest.len() < length", "let _ = tag; if rest.len() < length", "extensions"),
    (8, "panics are not stopped", "src/abi/guard.rs",
     "let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {", "let result = Ok::<_, ()>(call()).unwrap_or_else(|()| {", "extensions"),
    (8, "a struct's size is not checked", "src/abi/args.rs",
     "if size as usize == std::mem::size_of::<T>()", "if size as usize != usize::MAX", "c_abi"),
    (8, "a forked child is not noticed", "src/platform/unix/mod.rs",
     "        FORKED.store(true, Ordering::Relaxed);\n", "", "c_abi"),
    (9, "our locks are POSIX locks", "src/platform/unix_calls.c",
     "    if (command == F_SETLK) return lock_call(fd, F_OFD_SETLK, argument);\n    if (command == F_GETLK) return lock_call(fd, F_OFD_GETLK, argument);\n", "", "foreign_sqlite"),
    (9, "the files under a handle are not watched", "src/store/sqlite/mod.rs",
     "if same { Ok(()) } else { Err(replaced()) }", "let _ = (same, replaced); Ok(())", "statuses"),
    (9, "a cut-off creation is not resumed", "src/store/sqlite/open.rs",
     "Some((id, State::Creating)) => self.create(lock, id, event_created),", "Some((_, State::Creating)) => Err(Error::bare(SESSION_CORRUPT)),", "faults"),
    (9, "READY is written before the database says what it is", "src/store/sqlite/open.rs",
     "        if !ready {\n            settle(&conn)?;\n        }\n", "", "faults"),
    (9, "the key of a cut-off creation is made anew", "src/store/sqlite/key_file.rs",
     "        Ok(_) => return read(&kept),", "        Ok(_) => {}", "faults"),
    (2, "a dead actor administers", "src/engine/mod.rs",
     "            Ok(_) => Err(refused()),", "            Ok(_) => Ok(None),", "administration"),
    (2, "a reset leaves the old password", "src/engine/passwords.rs",
     "            change.put_credential(&CredentialRow {\n                user: id,", "            let _unused = (|_: &CredentialRow| Ok::<(), Error>(()))(&CredentialRow {\n                user: id,", "password_reset"),
    (3, "a one-time code never expires", "src/engine/authenticate.rs",
     "let good = !credential.expired(now) &&", "let good =", "password_reset"),
    (3, "a code does not remember how time was set back", "src/store/records.rs",
     "let since_set_back = now.set_back.saturating_sub(self.set_back).max(0);", "let since_set_back = 0;", "password_reset"),
    (7, "the code can become the password", "src/engine/passwords.rs",
     "if proven.credential.expires_at != 0 && old", "if false && old", "password_reset"),
    (1, "a one-time code logs in", "src/engine/passwords.rs",
     "            user.must_change = 1;\n", "", "password_reset"),
    (1, "one says yes to one's own request", "src/engine/authorize.rs",
     "|found| found.user.id == approver.id)", "|found| found.user.id == approver.id && false)", "authorize"),
    (2, "a backup holds sessions", "src/store/sqlite/copy.rs",
     'const COPIED: [&str; 6] = ["meta",', 'const COPIED: [&str; 7] = ["sessions", "meta",', "backup"),
    (9, "a backup is no single moment", "src/store/sqlite/copy.rs",
     "    let snapshot = Snapshot::begin(&source)?;", "    let snapshot = Snapshot(&source);\n    struct Snapshot<'a>(&'a Connection);\n    impl Snapshot<'_> { fn end(self) -> Result<()> { let _ = self.0; Ok(()) } }", "backup"),
    (9, "a backup has its name before it is whole", "src/store/sqlite/copy.rs",
     '    draft.push(format!("-{}.part", super::open::random_id()?.simple()));\n', "", "admin_faults"),
    (7, "a store is adopted while its key works", "src/store/sqlite/adopt.rs",
     '            Ok(_) => Err(Error::new(SESSION_KEY_MISMATCH, "the store\'s own key still opens it; nothing was changed")),', "            Ok(_) => Ok(Some(meta)),", "backup"),
    (2, "sessions outlive an adoption", "src/store/sqlite/adopt.rs",
     "            SessionRow::TABLE,\n", "", "backup"),
    (9, "adopting overwrites the key that lies there", "src/store/sqlite/adopt.rs",
     "SetAside::key(self.place, id)?", "{ let _ = std::fs::remove_file(self.place.folder.join(key_file::NAME)); None }", "admin_faults"),
    (9, "a key that did not fit is not put back", "src/store/sqlite/adopt.rs",
     "            aside.iter().for_each(SetAside::put_back);\n", "            let _ = (&aside, SetAside::put_back);\n", "admin_faults"),
    (9, "an adopted store's new key comes after the commit", "src/store/sqlite/key_file.rs",
     "        platform::rename(&draft, path)\n    })();\n    written", "        Ok::<(), std::io::Error>(())\n    })();\n    written", "admin_faults"),
    (7, "whose folder is shared is told by its name", "src/platform/unix/access.rs",
     "libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;\n    let folder", "libc::O_DIRECTORY | libc::O_CLOEXEC;\n    let folder", "--lib"),
    (7, "a backup goes where others could exchange it", "src/store/sqlite/copy.rs",
     "    platform::check_parent(&parent)?;\n", "", "backup"),
    (7, "another account's planted store is opened unasked", "src/store/sqlite/folder.rs",
     "if !platform::trusted_owner(folder) =>", "if false && !platform::trusted_owner(folder) =>", "machine"),
    (9, "a file that a killed member left unfinished bars everybody", "src/store/sqlite/open.rs",
     "        platform::remove_unfinished(&path, access)?;\n", "", "machine"),
    (3, "a code gains time by an adoption", "src/store/sqlite/adopt.rs",
     "            code.expires_at = code.expires_at.min(opening.now.wall.saturating_add(CODE_MS));\n            code.set_back = 0;\n", "            let _ = (&code.expires_at, CODE_MS);\n", "backup"),
    (9, "the WAL is only written back at close", "src/store/sqlite/connection.rs",
     "PRAGMA wal_checkpoint(TRUNCATE)\", [], |_| Ok(()));", "PRAGMA wal_checkpoint(PASSIVE)\", [], |_| Ok(()));", "lock_file"),
    (7, "a shared file has the rights that the umask leaves it", "src/platform/unix/access.rs",
     "        Access::Shared(_) => match appear(path) {", "        Access::Shared(_) if true => how.create(true).open(path),\n        Access::Shared(_) => match appear(path) {", "machine"),
    (7, "who is in the group is not asked", "src/platform/unix/access.rs",
     "    if me() == 0 || groups()?.contains(&group) {", "    if true || groups()?.contains(&group) {", "machine"),
    (7, "rights of shared files are not looked at", "src/platform/unix/access.rs",
     "if data.gid() != group || data.mode() & BEYOND_OWNER != SHARED_FILE & BEYOND_OWNER {", "if false && data.gid() != group {", "machine"),
    (7, "a folder is shared by accident", "src/store/sqlite/folder.rs",
     "    check_scope(&folder, access, found, options)?;\n", "    let _ = check_scope;\n", "machine"),
    (7, "the check does not look at MACs", "src/store/sqlite/check.rs",
     "match check.tables.checked::<R>(row) {", "match decode::<R>(row).map(|(row, _)| row) {", "check"),
    (7, "the check does not miss what has to be there", "src/store/sqlite/check.rs",
     "        for user in missing {\n", "        for user in missing.into_iter().take(0) {\n", "check"),
    (10, "a panic prints", "src/abi/guard.rs",
     "    keep_quiet();\n    let result", "    let _ = keep_quiet;\n    let result", "extensions"),
    (2, "a yes is remembered whatever was written since", "src/engine/remembered.rs",
     "yes.as_ref().filter(|yes| yes.stamp == stamp)?", "yes.as_ref().filter(|yes| yes.stamp.1 == stamp.1)?", "remembered"),
    (2, "a cut-off commit is believed to be at rest", "src/store/sqlite/watch.rs",
     "if generation & 1 == 1 {", "if generation & 1 == 2 {", "remembered"),
    (7, "writers of another kind are not looked for", "src/store/sqlite/watch.rs",
     "            self.watch.moved.fetch_add(1, Ordering::AcqRel);\n", "", "remembered"),
    (8, "a mapping is looked at whatever its file's length", "src/store/sqlite/watch.rs",
     "cfg!(unix) && !self.lock.looks_whole()", "false", "remembered"),
    (7, "files are not looked for", "src/store/sqlite/watch.rs",
     "        self.in_place().ok()?;\n", "", "remembered"),
    (1, "a remembered session's secret is not looked at", "src/engine/remembered.rs",
     "if mac::equal(&token_hash(), &yes.token_hash) {", "if !mac::equal(&[0; 32], &token_hash()) {", "remembered"),
    (3, "a remembered yes has no limits", "src/engine/remembered.rs",
     "course.end(self.limits, &now).is_some() || ", "", "remembered"),
    (3, "a remembered yes is no activity", "src/engine/remembered.rs",
     "        *seen = course.last_seen_at;\n", "", "remembered"),
    (2, "policy is remembered whatever was written since", "src/engine/remembered.rs",
     "filter(|known| known.0 == stamp)", "filter(|known| known.0.1 == stamp.1)", "remembered"),
    # Of Windows, under Wine.
    (4, "an account's key is not sealed", "src/store/sqlite/key_file.rs",
     "Some(store) => platform::seal(key, store.as_bytes()),", "Some(_) => Ok(Zeroizing::new(key.to_vec())),", "wine windows"),
    (7, "what others may do to a file is not looked at", "src/platform/windows/access.rs",
     "if let Some(who) = self.other(ANYTHING, fellow) {", "if let Some(who) = self.other(0, fellow) {", "wine windows"),
    (7, "entries that let others in are not looked at", "src/platform/windows/access.rs",
     "mask & wanted != 0 && !known(who)", "mask & wanted != 0 && !known(who) && who.is_empty()", "wine --lib"),
    (4, "what is made lets everybody in", "src/platform/windows/access.rs",
     "D:P(A;{inherited};FA;;;{me})", "D:P(A;{inherited};FA;;;WD)", "wine windows"),
    (4, "SQLite's files get no rights", "src/platform/windows/access.rs",
     "    open_file(path, access, true).map(drop)", "    let _ = access;\n    Ok(()).map(drop)", "wine windows"),
    (7, "a second name of the database is taken", "src/platform/windows/access.rs",
     "let plain = info.NumberOfLinks == 1 && ", "let plain = ", "wine windows"),
    (8, "a file that somebody holds is an error", "src/platform/windows/mod.rs",
     "is_some_and(|code| HELD.contains", "is_some_and(|code| HELD[2..].contains", "wine windows"),
    (8, "opening is tried once", "src/store/sqlite/open.rs",
     "    patiently(deadline, || {\n", "    patiently(Instant::now(), || {\n", "wine windows"),
    (8, "names that Windows changes are taken", "src/platform/windows/mod.rs",
     "file_names::refusal(name) {", "file_names::refusal(name).filter(|_| name.is_empty()) {", "wine windows"),
    (8, "a share is looked at", "src/platform/windows/volume.rs",
     "&& matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))", "&& matches!(prefix.kind(), Prefix::DeviceNS(..))", "wine windows"),
    (8, "no layer for long paths", "src/store/sqlite/connection.rs",
     'c"win32-longpath" }', 'c"win32" }', "wine windows"),
    (8, "names are told apart by case", "src/platform/windows/mod.rs",
     "found.eq_ignore_ascii_case(name)", "found == name", "wine windows"),
    (9, "a purge ends with its first step", "src/engine/purge.rs",
     "            if after.is_none() {", "            if after.is_none() || removed < u64::MAX {", "purge"),
    (9, "a purge passes over the last row of a step", "src/store/sqlite/tables.rs",
     "AND {key} <= ?3 AND", "AND {key} < ?3 AND", "purge"),
    (9, "a purge passes over the empty id", "src/store/sqlite/tables.rs",
     "after.map_or(ValueRef::Integer(i64::MIN), ValueRef::Blob)", "ValueRef::Blob(after.unwrap_or_default())", "purge"),
    (9, "a purge takes what is kept", "src/store/sqlite/tables.rs",
     "AND ({old})", "AND ({old} OR true)", "purge"),
    (6, "a purge forgets the attempts at users", "src/store/sqlite/tables.rs",
     "length(account) = 2 AND at < ?1", "at < ?1", "purge"),
    (9, "a purge gives no way", "src/engine/purge.rs",
     "            self.storage.give_way()?;\n", "", "purge"),
    (9, "who waits for a write does not say so", "src/store/sqlite/lock_file.rs",
     "if taken.is_none() && waiting.is_none() {", "if false {", "purge"),
    (3, "a clock that is set is another boot", "src/platform/windows/mod.rs",
     "self.boot.wrapping_sub(self.boot_bias)", "self.boot", "wine --lib"),
    (3, "any boot is believed", "src/platform/windows/mod.rs",
     "fits.then(||", "(fits || true).then(||", "wine --lib"),
]


def copy_tree():
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, files.stdout.decode().split("\0")):
        source, target = ROOT / name, COPY / "tree" / name
        if source.is_file() and (not target.exists() or target.read_bytes() != source.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def cargo_test(what, *more):
    cargo, what = ("tools/windows/cargo.sh", what[5:]) if what.startswith("wine ") else ("cargo", what)
    suite = [what] if what.startswith("--") else ["--test", what]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(COPY / "target"), "RUST_BACKTRACE": "0"}
    return subprocess.run([cargo, "test", "--locked", *suite, *more], cwd=COPY / "tree", env=environment, capture_output=True, text=True)


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
