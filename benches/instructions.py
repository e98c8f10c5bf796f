#!/usr/bin/env python3
"""Instructions that a verify and a login take, counted by callgrind: a regression shows whatever else the machine does.

    instructions.py            holds them against benches/instructions.json; over the tolerance is an error
    BLESS=1 instructions.py    writes that file anew

Counted apart: SHA-256 (which callgrind runs without the processor's own instructions for it) and all the rest. Of a login the
password hash is left out. The library is the release build with its symbols left in.
"""
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
KNOWN = ROOT / "benches" / "instructions.json"
# Of the same compiler: processors differ in which copying loops the C library takes. Another compiler makes other code of the text.
TOLERANCE, OTHER_COMPILER = 0.05, 0.15
# Path, calls, function that is counted.
PATHS = [("cold", 1000, "session_verify"), ("warm", 1000, "session_verify"), ("login", 20, "session_login")]
# Entering one of these switches counting off until it is left.
HASHING = "sha2::sha256::compress256"
PASSWORD_HASH = "desksession::crypto::kdf::compute"


def run(*command, **more):
    done = subprocess.run(command, text=True, capture_output=True, cwd=ROOT, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def library():
    """The dependencies are those of the release build; only the last step is another."""
    folder = TARGET / "instructions"
    if not folder.exists():
        part = TARGET / "instructions.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        if (TARGET / "release").exists():
            run("cp", "-a", TARGET / "release", part)
        part.rename(folder)
    run("cargo", "rustc", "--release", "--locked", "-p", "desksession", "--lib", "--target-dir", folder, "--", "-Cstrip=none")
    return folder / "release"


def program(name, place, out):
    run(os.environ.get("CC", "cc"), "-std=c11", "-O2", "-Iinclude", "-o", out / name, f"benches/{name}.c",
        f"-L{place}", f"-Wl,-rpath,{place}", "-ldesksession", "-lsodium", "-lsqlite3")
    return out / name


def count(command, function, *left_out):
    """Instructions inside `function`, in the part of the run that the program dumps."""
    with tempfile.TemporaryDirectory() as folder:
        toggles = [f"--toggle-collect={name}" for name in (function, *left_out)]
        run("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *toggles, *command)
        dumped = pathlib.Path(f"{folder}/out.1").read_text()
    return int(re.search(r"^(?:summary|totals): (\d+)", dumped, re.M).group(1))


def measure():
    place = library()
    hooks = TARGET / "hooks"
    run("cargo", "build", "--locked", "-p", "desksession", "--lib", "--features", "test-hooks", "--target-dir", hooks)
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "data").mkdir(mode=0o700)
        os.environ["XDG_DATA_HOME"] = str(folder / "data")
        fill, paths = program("fill", hooks / "debug", folder), program("instructions", place, folder)
        run(fill, folder / "store", "250", "1000", "0", folder / "tokens")
        for path, calls, function in PATHS:
            command = [paths, folder / "store", folder / "tokens", path, str(calls)]
            less = [PASSWORD_HASH] if path == "login" else []
            sha256, rest = count(command, HASHING), count(command, function, HASHING, *less)
            measured[path] = {"sha256": sha256 // calls, "rest": rest // calls}
    return measured


def main():
    if not shutil.which("valgrind"):
        print("skipped: no valgrind here")
        return
    known, machine = json.loads(KNOWN.read_text()), platform.machine()
    if known["machine"] != machine:
        print(f"skipped: instructions are known of {known['machine']} alone")
        return
    compiler = run("rustc", "--version").strip()
    measured = measure()
    if os.environ.get("BLESS"):
        known = {"machine": machine, "compiler": compiler, "instructions": measured}
        KNOWN.write_text(json.dumps(known, indent=2) + "\n")
    tolerance = TOLERANCE if known["compiler"] == compiler else OTHER_COMPILER
    print(f"instructions a call, {compiler} (known: {known['compiler']}, tolerance {tolerance:.0%})")
    worse = False
    for path, parts in measured.items():
        for part, number in parts.items():
            before = known["instructions"][path][part]
            over = number > before * (1 + tolerance)
            worse |= over
            print(f"  {path:6} {part:7} {number:8}  known {before:8}  {number / before - 1:+.1%}{'  MORE THAN ALLOWED' if over else ''}")
    if worse:
        sys.exit("a path takes more instructions than it did: find out why, or accept it with BLESS=1 benches/instructions.py")


if __name__ == "__main__":
    main()
