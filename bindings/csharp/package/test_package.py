"""What is in the package, and that projects that use it get the native libraries. test.sh sets the variables."""

import os
import re
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(os.environ["DESKSESSION_PACKAGE"])
NAMESPACE = "{http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd}"
NATIVES = {
    "runtimes/linux-x64/native/libdesksession.so": "ELF 62",
    "runtimes/win-x64/native/desksession.dll": "PE 0x8664",
    "runtimes/win-x86/native/desksession.dll": "PE 0x14c",
}
PROJECT = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net48</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
  <ItemGroup><Reference Include="{package}/lib/net48/DeskSession.Net.dll" /></ItemGroup>
  <Import Project="{package}/build/net48/DeskSession.targets" />
</Project>
"""
REFERENCE = """<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>{framework}</TargetFramework><OutputType>Exe</OutputType><UseAppHost>false</UseAppHost>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="DeskSession" Version="{version}" /></ItemGroup>
</Project>
"""
SAYS = "Hello, Anna Müller\nLoggedOut\n"
SOURCE = '<configuration><packageSources><clear /><add key="here" value="{}" /></packageSources></configuration>'


def machine(library):
    """What the file says of itself."""
    if library.startswith(b"\x7fELF"):
        return f"ELF {struct.unpack_from('<H', library, 18)[0]}"
    start = struct.unpack_from("<I", library, 0x3C)[0]
    return f"{library[start:start + 2].decode()} {struct.unpack_from('<H', library, start + 4)[0]:#x}"


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
        for other in ("[Content_Types].xml", "_rels/.rels", "README.md", "NOTICE.txt", "buildTransitive/net48/DeskSession.targets"):
            self.assertIn(other, names)
        self.assertIn(b"libsqlite3-sys", self.zip.read("NOTICE.txt"))
        managed = {Path(name).stem.lower() for name in names if name.startswith("lib/")}
        self.assertNotIn("desksession", managed, "on Windows that is the native library's own name")

    def test_native_libraries_are_of_their_machines(self):
        natives = {name: machine(self.zip.read(name)) for name in self.zip.namelist() if name.startswith("runtimes/")}
        self.assertEqual(natives, {name: NATIVES.get(name) for name in natives})
        self.assertIn("runtimes/linux-x64/native/libdesksession.so", natives)

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
            for runtime in ("win-x64", "win-x86"):  # not those that were built, if they were: the copying is what counts
                folder = home / "package" / "runtimes" / runtime / "native"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "desksession.dll").write_text(runtime)
            (home / "Program.csproj").write_text(PROJECT.format(package=home / "package"))
            (home / "Program.cs").write_text((ROOT / "bindings/csharp/Quickstart.cs").read_text(encoding="utf-8"))
            (home / "nuget.config").write_text("<configuration><packageSources><clear /></packageSources></configuration>")
            self.dotnet(home, "build", "-o", "out")
            self.assertEqual((home / "out/x64/desksession.dll").read_text(), "win-x64")
            self.assertEqual((home / "out/x86/desksession.dll").read_text(), "win-x86")
            self.assertEqual(self.run_it("mono", home / "out/Program.exe", home / "store"), SAYS)

    def test_a_project_that_refers_to_the_package(self):
        with tempfile.TemporaryDirectory(prefix="desksession-") as home:
            home = Path(home)
            version = PACKAGE.name[len("DeskSession."):-len(".nupkg")]
            for framework in ("netcoreapp3.1", "net48"):
                (home / framework).mkdir()
                (home / framework / "Program.csproj").write_text(REFERENCE.format(framework=framework, version=version))
                (home / framework / "Program.cs").write_text((ROOT / "bindings/csharp/Quickstart.cs").read_text(encoding="utf-8"))
            (home / "nuget.config").write_text(SOURCE.format(PACKAGE.resolve().parent))

            natives = [name.split("/")[1::2] for name in self.zip.namelist() if name.startswith("runtimes/")]
            for runtime, file in natives:
                self.dotnet(home / "netcoreapp3.1", "publish", "-r", runtime, "--self-contained", "false", "-o", home / runtime)
                found = (home / runtime / file).read_bytes()
                self.assertEqual(found, self.zip.read(f"runtimes/{runtime}/native/{file}"))
            self.assertEqual(self.run_it(os.environ["DOTNET"], home / "linux-x64/Program.dll", home / "core"), SAYS)

            self.dotnet(home / "net48", "build", "-o", home / "out")
            for runtime, file in natives:
                place = home / "out" / (runtime[len("win-"):] if runtime.startswith("win-") else "")
                self.assertEqual((place / file).read_bytes(), self.zip.read(f"runtimes/{runtime}/native/{file}"))
            self.assertEqual(self.run_it("mono", home / "out/Program.exe", home / "framework"), SAYS)

    def dotnet(self, folder, verb, *arguments):
        """With a cache of packages of its own: another package of this version may have been tried before."""
        command = [os.environ["DOTNET"], verb, "-nodeReuse:false", "-p:UseSharedCompilation=false", *arguments]
        environment = {**os.environ, "NUGET_PACKAGES": str(folder / "packages")}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def run_it(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
