"""Makes the NuGet package from what has been built.

pack.py OUT_FOLDER --lib FRAMEWORK=FOLDER ... --native RUNTIME=FILE ... [--notice FILE]

FRAMEWORK: netstandard2.0, net48, net8.0; its folder holds DeskSession.Net.dll and .xml. RUNTIME: win-x64, win-x86, win-arm64,
linux-x64, linux-arm64, osx-x64, osx-arm64. Without --notice, tools/notices.py makes it. Prints the package's path.
"""

import argparse
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
ASSEMBLY = "DeskSession.Net"
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
{}
</Types>
"""
RELATIONS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/DeskSession.nuspec" Id="R1" />
</Relationships>
"""


def cargo(name):
    found = re.search(rf'^{name} = "(.*)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.M)
    return found.group(1)


def pairs(values):
    return [value.split("=", 1) for value in values or []]


def notice(file):
    if file:
        return Path(file).read_bytes()
    return subprocess.run([sys.executable, ROOT / "tools" / "notices.py"], check=True, stdout=subprocess.PIPE).stdout


def contents(libs, natives):
    """Path in the package -> bytes."""
    nuspec = (HERE / "DeskSession.nuspec").read_text(encoding="utf-8")
    for name in ("version", "description"):
        nuspec = nuspec.replace(f"${name}$", escape(cargo(name)))
    files = {"DeskSession.nuspec": nuspec.encode(), "README.md": (HERE.parent / "README.md").read_bytes()}
    for place in ("build/net48", "buildTransitive/net48"):
        files[f"{place}/DeskSession.targets"] = (HERE / "DeskSession.targets").read_bytes()
    for framework, folder in libs:
        for ending in ("dll", "xml"):
            files[f"lib/{framework}/{ASSEMBLY}.{ending}"] = (Path(folder) / f"{ASSEMBLY}.{ending}").read_bytes()
    for runtime, file in natives:
        name = "desksession.dll" if runtime.startswith("win-") else Path(file).name
        files[f"runtimes/{runtime}/native/{name}"] = Path(file).read_bytes()
    return files


def write(package, files):
    endings = sorted({path.rsplit(".", 1)[1] for path in files})
    types = "\n".join(f'  <Default Extension="{ending}" ContentType="application/octet" />' for ending in endings)
    files = {"[Content_Types].xml": TYPES.format(types).encode(), "_rels/.rels": RELATIONS.encode(), **files}
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            # A fixed time, so that the same input makes the same package.
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--lib", action="append")
    parser.add_argument("--native", action="append")
    parser.add_argument("--notice")
    options = parser.parse_args()
    package = Path(options.out) / f"DeskSession.{cargo('version')}.nupkg"
    # With an ending: what a package's file is goes by it.
    write(package, {**contents(pairs(options.lib), pairs(options.native)), "NOTICE.txt": notice(options.notice)})
    print(package)


if __name__ == "__main__":
    main()
