"""What is in the packages that tools/packages.sh made: python3 -m unittest tools/packages_test.py

DESKSESSION_PACKAGES names their folder, else it is target/packages.
"""

import base64
import csv
import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import notices  # noqa: E402

PACKAGES = Path(os.environ.get("DESKSESSION_PACKAGES") or ROOT / "target" / "packages")
VERSION = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M).group(1)
PE_MACHINES = {0x8664: "x64", 0x14C: "x86"}
WHEELS = {"manylinux": ("libdesksession.so", "linux"), "win_amd64": ("desksession.dll", "x64"), "win32": ("desksession.dll", "x86")}


def machine(data):
    """linux (64-bit Intel), x64 or x86, by what the file says of itself."""
    if data[:5] == b"\x7fELF\x02" and struct.unpack_from("<H", data, 18)[0] == 62:
        return "linux"
    start = struct.unpack_from("<I", data, 0x3C)[0]
    if data[:2] != b"MZ" or data[start:start + 4] != b"PE\0\0":
        raise ValueError("neither ELF nor PE")
    return PE_MACHINES[struct.unpack_from("<H", data, start + 4)[0]]


def functions():
    """Those of the header."""
    header = (ROOT / "include" / "desksession.h").read_text(encoding="utf-8")
    header = re.sub(r"/\*.*?\*/|//[^\n]*", "", header, flags=re.S)
    return set(re.findall(r"\b(session_\w+)\(", header))


class Packages(unittest.TestCase):
    def only(self, pattern):
        found = sorted(PACKAGES.glob(pattern))
        if not found:
            self.skipTest(f"no {pattern} was made")
        self.assertEqual(len(found), 1, found)
        return found[0]

    def opened(self, pattern):
        archive = zipfile.ZipFile(self.only(pattern))
        self.addCleanup(archive.close)
        self.assertIsNone(archive.testzip())
        return archive

    def notice(self):
        return self.only("NOTICE").read_bytes()


class Sums(Packages):
    def test_every_file_has_its_sum(self):
        lines = self.only("SHA256SUMS").read_text().splitlines()
        told = {name: told for told, name in (line.split("  ") for line in lines)}
        files = [file for file in PACKAGES.iterdir() if file.name != "SHA256SUMS"]
        there = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        self.assertEqual(told, there)
        done = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=PACKAGES, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class NuGet(Packages):
    def test_layout(self):
        archive = self.opened("*.nupkg")
        natives = {name: machine(archive.read(name)) for name in archive.namelist() if name.startswith("runtimes/")}
        self.assertEqual(natives, {
            "runtimes/linux-x64/native/libdesksession.so": "linux",
            "runtimes/win-x64/native/desksession.dll": "x64",
            "runtimes/win-x86/native/desksession.dll": "x86",
        })
        self.assertEqual(Path(archive.filename).name, f"DeskSession.{VERSION}.nupkg")
        self.assertEqual(archive.read("NOTICE.txt"), self.notice())
        for framework in ("netstandard2.0", "net48", "net8.0"):
            self.assertIn(f"lib/{framework}/DeskSession.Net.dll", archive.namelist())


class Wheels(Packages):
    def test_there_are_no_others(self):
        platforms = [wheel.stem.split("-")[-1] for wheel in PACKAGES.glob("*.whl")]
        self.assertEqual([one for one in platforms if not one.startswith(tuple(WHEELS))], [])

    def test_wheels(self):
        for platform, (library, built_for) in WHEELS.items():
            with self.subTest(platform):
                archive = self.opened(f"desksession-{VERSION}-py3-none-{platform}*.whl")
                names = archive.namelist()
                binaries = [name for name in names if re.search(r"\.(so|dll|dylib)\b", name)]
                self.assertEqual(binaries, [f"desksession/{library}"])
                self.assertEqual(machine(archive.read(binaries[0])), built_for)
                self.assertEqual(archive.read("desksession/NOTICE"), self.notice())
                for other in ("LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "common-passwords.LICENSE", "__init__.py", "py.typed"):
                    self.assertIn(f"desksession/{other}", names)
                self.check_tags(archive)
                self.check_record(archive)

    def check_tags(self, archive):
        lines = archive.read(f"desksession-{VERSION}.dist-info/WHEEL").decode().splitlines()
        self.assertIn("Root-Is-Purelib: false", lines)
        tags = [line[len("Tag: "):] for line in lines if line.startswith("Tag: ")]
        self.assertEqual(tags, ["py3-none-" + Path(archive.filename).stem.split("-")[-1]])

    def check_record(self, archive):
        own = f"desksession-{VERSION}.dist-info/RECORD"
        rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(archive.read(own).decode()))}
        self.assertEqual(rows.pop(own), ["", ""])
        files = {name for name in archive.namelist() if not name.endswith("/")}
        self.assertEqual(set(rows), files - {own})
        for name, (told, size) in rows.items():
            data = archive.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            self.assertEqual((told, int(size)), (f"sha256={found}", len(data)), name)


class Windows(Packages):
    def setUp(self):
        self.zip = self.opened("desksession-*-windows.zip")
        self.top = f"desksession-{VERSION}-windows"

    def read(self, name):
        return self.zip.read(f"{self.top}/{name}")

    def test_layout(self):
        headers = [*(ROOT / "bindings/cpp/include").rglob("*.hpp"), ROOT / "include" / "desksession.h"]
        wanted = {f"include/{file.parent.name}/{file.name}".replace("/include/", "/") for file in headers}
        for place in ("x64", "x86"):
            wanted |= {f"{place}/bin/desksession.dll"}
            wanted |= {f"{place}/lib/{name}" for name in ("desksession.lib", "libdesksession.dll.a", "desksession.def")}
        wanted |= {f"lib/cmake/desksession/{name}.cmake" for name in
                   ("desksession-config", "desksession-config-version", "targets", "machine")}
        wanted |= {"LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "common-passwords.LICENSE", "NOTICE", "README.txt"}
        there = {name for name in self.zip.namelist() if not name.endswith("/")}
        self.assertEqual(there, {f"{self.top}/{name}" for name in wanted})
        self.assertEqual(self.read("NOTICE"), self.notice())
        self.assertEqual(self.read("include/desksession.h"), (ROOT / "include" / "desksession.h").read_bytes())

    def test_libraries(self):
        for place in ("x64", "x86"):
            with self.subTest(place):
                self.assertEqual(machine(self.read(f"{place}/bin/desksession.dll")), place)
                exported = self.read(f"{place}/lib/desksession.def").decode().split("EXPORTS")[1].split()
                self.assertEqual(set(exported), functions())
                # In 32-bit import libraries C's names have an underscore more.
                prefix = b"__imp__" if place == "x86" else b"__imp_"
                for name in ("desksession.lib", "libdesksession.dll.a"):
                    imported = set(re.findall(prefix + rb"(session_\w+)", self.read(f"{place}/lib/{name}")))
                    self.assertEqual({one.decode() for one in imported}, functions(), name)

    def test_nothing_tells_where_it_was_made(self):
        for name in self.zip.namelist():
            if name.endswith((".cmake", ".def", ".lib", ".a")):
                self.assertNotIn(str(ROOT).encode(), self.zip.read(name), name)
                self.assertNotIn(str(PACKAGES.resolve()).encode(), self.zip.read(name), name)


class Notice(Packages):
    def setUp(self):
        self.text = self.notice().decode()
        head = self.text.split("\n" + "-" * 80 + "\n")[0]
        self.parts = dict(re.findall(r"^(\S.*)\n    (.*)$", head, re.M))

    def crates(self):
        return {name for name in self.parts if re.fullmatch(r"\S+ \d+\.\S+", name)}

    def test_crates_are_those_of_the_lock_file(self):
        lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
        locked = {f"{name} {version}" for name, version in re.findall(r'^name = "(.*)"\nversion = "(.*)"$', lock, re.M)}
        self.assertGreater(len(self.crates()), 30)
        self.assertLessEqual(self.crates(), locked)

    def test_direct_dependencies_are_in_it(self):
        manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
        names = {name.split()[0] for name in self.crates()}
        for table in re.findall(r"^\[(?:target\..*\.)?dependencies\]\n(.*?)(?=^\[|\Z)", manifest, re.M | re.S):
            for name in re.findall(r"^([\w-]+) = ", table, re.M):
                self.assertIn(name, names)
        for name in ("cbindgen", "proptest", "tempfile", "clap", "syn", "cc"):
            self.assertNotIn(name, names, "is in no library")

    def test_whatever_the_libraries_name_is_in_it(self):
        """Texts of panics name the source files, and so the crates whose code is really there."""
        libraries = {"so": self.opened("*manylinux*.whl"), "dll": self.opened("desksession-*-windows.zip")}
        for ending, archive in libraries.items():
            for name in (name for name in archive.namelist() if name.endswith("." + ending)):
                found = re.findall(rb"[/\\]([a-z][\w-]*)-(\d+\.\d+\.\d+)[^/\\]{0,40}[/\\]src[/\\]", archive.read(name), re.I)
                self.assertGreater(len(found), 10, name)
                for crate, version in {(crate.decode(), version.decode()) for crate, version in found}:
                    # The standard library's own crates stand in its text.
                    known = f"{crate} {version}" in self.parts or re.search(rf"^  {crate} ", self.text, re.M)
                    self.assertTrue(known, f"{name}: {crate} {version}")

    def test_what_is_no_crate(self):
        for name in ("SQLite", "Unicode", "Common passwords", "Rust's standard library", "MinGW-w64's runtime", "GCC's runtime"):
            self.assertTrue(any(part.startswith(name) for part in self.parts), name)
        self.assertIn("The author disclaims copyright to this source code.", self.text)
        self.assertIn((ROOT / "src/policy/common-passwords.LICENSE").read_text(encoding="utf-8").strip().splitlines()[0], self.text)

    def test_every_part_has_a_licence_and_its_texts(self):
        texts = [int(number) for number in re.findall(r"^-{80}\n\[(\d+)\]$", self.text, re.M)]
        self.assertEqual(texts, list(range(1, len(texts) + 1)))
        used = set()
        for name, told in self.parts.items():
            self.assertRegex(told, r"^\(?\w.*  \[\d+\]", name)
            used.update(int(number) for number in re.findall(r"\[(\d+)\]", told))
        self.assertEqual(used, set(texts))

    def test_it_is_up_to_date(self):
        self.assertEqual(self.text, notices.notice())

    def test_a_crate_without_a_text_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            package = {"name": "bare", "version": "1.0.0", "license": "MIT", "manifest_path": f"{folder}/Cargo.toml"}
            with self.assertRaisesRegex(SystemExit, "bare 1.0.0"):
                notices.licence_files(package)
            with mock.patch.dict(notices.ELSEWHERE, bare="precis.txt"):
                self.assertEqual(len(notices.licence_files(package)), 1)
            Path(folder, "license-mit").write_text("yes")
            self.assertEqual([file.name for file in notices.licence_files(package)], ["license-mit"])


if __name__ == "__main__":
    unittest.main()
