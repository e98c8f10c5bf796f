"""Makes NOTICE: what the library contains, under which licences, with their texts.

notices.py [OUT]    without OUT it is printed

A crate is in it when its code goes into the library on Linux or on Windows. One that brings no licence text, and has none in
tools/notices either, is an error.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "tools" / "notices"
SYSTEMS = {"Linux": ["x86_64-unknown-linux-gnu"], "Windows": ["x86_64-pc-windows-gnu", "i686-pc-windows-gnu"]}
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)([-._].*)?", re.I)
# What these crates do not bring along: the text of their repository.
ELSEWHERE = {"precis-core": "precis.txt", "precis-profiles": "precis.txt"}
# What is no crate.
OTHERS = [
    ("SQLite, in libsqlite3-sys", "public domain", "", TEXTS / "sqlite.txt"),
    ("Unicode's data, in precis-core, precis-profiles and core", "Unicode-3.0", "", TEXTS / "unicode.txt"),
    ("Common passwords, from passablewords", "MIT", "", ROOT / "src/policy/common-passwords.LICENSE"),
    ("Rust's standard library", "MIT OR Apache-2.0", "", TEXTS / "rust-std.txt"),
    ("MinGW-w64's runtime", "public domain AND ZPL-2.1", "Windows", TEXTS / "mingw-w64.txt"),
    ("GCC's runtime", "GPL-3.0-or-later WITH GCC-exception-3.1", "Windows", TEXTS / "mingw-w64.txt"),
]


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def crates(target):
    """Those whose code goes into the library: "name version". Macro crates run at build."""
    tree = cargo("tree", "--locked", "--package=desksession", "--edges=normal,no-proc-macro", "--prefix=none", f"--target={target}")
    return {" ".join(line.split()[:2]).replace(" v", " ") for line in tree.splitlines()}


def licence_files(package):
    folder = Path(package["manifest_path"]).parent
    files = sorted(file for file in folder.iterdir() if file.is_file() and LICENCE_FILE.fullmatch(file.name))
    if not files and package["name"] in ELSEWHERE:
        files = [TEXTS / ELSEWHERE[package["name"]]]
    if not files or not package["license"]:
        raise SystemExit(f"notices: {package['name']} {package['version']} names no licence or brings no text of it ({folder})")
    return files


def parts():
    """(name, licence, the only system that it is for, files), what is ours first."""
    filters = [f"--filter-platform={target}" for targets in SYSTEMS.values() for target in targets]
    found = json.loads(cargo("metadata", "--locked", "--format-version=1", *filters))["packages"]
    packages = {f"{package['name']} {package['version']}": package for package in found}
    systems = {system: set().union(*map(crates, targets)) for system, targets in SYSTEMS.items()}
    for name in sorted(set().union(*systems.values()), key=lambda name: (not name.startswith("desksession "), name)):
        own = [system for system, names in systems.items() if name in names]
        yield name, packages[name]["license"], own[0] if len(own) == 1 else "", licence_files(packages[name])
    for name, licence, system, file in OTHERS:
        yield name, licence, system, [file]


def notice():
    numbers, texts, lines = {}, [], []
    for name, licence, system, files in parts():
        own = []
        for file in files:
            text = file.read_text(encoding="utf-8").expandtabs().strip("\r\n\f ")
            words = " ".join(text.split())
            if words not in numbers:
                texts.append("\n".join(line.rstrip() for line in text.splitlines()))
                numbers[words] = len(texts)
            own.append(numbers[words])
        where = f"  (on {system} only)" if system else ""
        lines.append(f"{name}\n    {licence}  {' '.join(f'[{number}]' for number in sorted(set(own)))}{where}\n")
    head = "What the desksession library contains, under which licences; the texts follow, by their numbers.\n\n"
    rule = "\n" + "-" * 80 + "\n"
    return head + "".join(lines) + "".join(f"{rule}[{number}]\n\n{text}\n" for number, text in enumerate(texts, 1))


def main():
    text = notice().encode()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_bytes(text)
    else:
        sys.stdout.buffer.write(text)


if __name__ == "__main__":
    main()
