"""What is in the package, and that a net48 project that uses it gets the native libraries. test.sh sets the variables."""

import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(os.environ["DESKSESSION_PACKAGE"])
NAMESPACE = "{http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd}"
PROJECT = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net48</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
  <ItemGroup><Reference Include="{package}/lib/net48/DeskSession.Net.dll" /></ItemGroup>
  <Import Project="{package}/build/net48/DeskSession.targets" />
</Project>
"""


class Package(unittest.TestCase):
    def setUp(self):
        self.zip = zipfile.ZipFile(PACKAGE)
        self.addCleanup(self.zip.close)

    def test_layout(self):
        names = set(self.zip.namelist())
        self.assertIsNone(self.zip.testzip())
        for framework in ("netstandard2.0", "net48", "net8.0"):
            self.assertIn(f"lib/{framework}/DeskSession.Net.dll", names)
            self.assertIn(f"lib/{framework}/DeskSession.Net.xml", names)
        for other in ("[Content_Types].xml", "_rels/.rels", "README.md", "buildTransitive/net48/DeskSession.targets"):
            self.assertIn(other, names)
        self.assertTrue(self.zip.read("runtimes/linux-x64/native/libdesksession.so").startswith(b"\x7fELF"))
        managed = {Path(name).stem.lower() for name in names if name.startswith("lib/")}
        self.assertNotIn("desksession", managed, "on Windows that is the native library's own name")

    def test_every_ending_has_a_type(self):
        types = self.zip.read("[Content_Types].xml").decode()
        for name in self.zip.namelist():
            self.assertTrue(name == "[Content_Types].xml" or f'Extension="{name.rsplit(".", 1)[1]}"' in types, name)

    def test_version(self):
        metadata = xml.fromstring(self.zip.read("DeskSession.nuspec")).find(f"{NAMESPACE}metadata")
        cargo = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M).group(1)
        self.assertEqual(metadata.find(f"{NAMESPACE}version").text, cargo)
        self.assertEqual(PACKAGE.name, f"DeskSession.{cargo}.nupkg")
        self.assertNotIn("$", metadata.find(f"{NAMESPACE}description").text)

    def test_a_net48_project_gets_the_native_libraries(self):
        with tempfile.TemporaryDirectory(prefix="desksession-") as home:
            home = Path(home)
            self.zip.extractall(home / "package")
            for runtime in ("win-x64", "win-x86"):  # not built here: the copying is what counts
                folder = home / "package" / "runtimes" / runtime / "native"
                folder.mkdir(parents=True)
                (folder / "desksession.dll").write_text(runtime)
            (home / "Program.csproj").write_text(PROJECT.format(package=home / "package"))
            (home / "Program.cs").write_text((ROOT / "bindings/csharp/Quickstart.cs").read_text(encoding="utf-8"))
            (home / "nuget.config").write_text("<configuration><packageSources><clear /></packageSources></configuration>")
            command = [os.environ["DOTNET"], "build", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-o", "out"]
            done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual((home / "out/x64/desksession.dll").read_text(), "win-x64")
            self.assertEqual((home / "out/x86/desksession.dll").read_text(), "win-x86")
            ran = subprocess.run(["mono", "out/Program.exe", "store"], cwd=home, capture_output=True, text=True, timeout=60)
            self.assertEqual(ran.stdout, "Hello, Anna Müller\nLoggedOut\n", ran.stderr)


if __name__ == "__main__":
    unittest.main()
