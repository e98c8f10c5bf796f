"""Puts the shared library into the wheel: the one that DESKSESSION_PREBUILT names, else the one that cargo builds.

DESKSESSION_PLATFORM names the platform that the former is for, such as win_amd64, else it is this one. DESKSESSION_NOTICE names
the notices to pack, else tools/notices.py makes them.
"""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Dict

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: Dict[str, Any]) -> None:
        if version == "editable":
            return  # in the project's own tree the package finds what cargo built
        library = Path(os.environ.get("DESKSESSION_PREBUILT") or self._built())
        build_data["pure_python"] = False
        # ctypes asks for no Python version, only for the platform.
        platform = os.environ.get("DESKSESSION_PLATFORM") or sysconfig.get_platform()
        build_data["tag"] = "py3-none-" + platform.replace("-", "_").replace(".", "_")
        root = Path(self.root, "..", "..").resolve()
        for file in (library, self._notice(root), *root.glob("LICENSE*"), *root.glob("src/policy/*.LICENSE")):
            build_data["force_include"][str(file)] = f"desksession/{file.name}"

    def _notice(self, root: Path) -> Path:
        if os.environ.get("DESKSESSION_NOTICE"):
            return Path(os.environ["DESKSESSION_NOTICE"])
        self._folder = tempfile.TemporaryDirectory(prefix="desksession-")  # goes with the hook
        made = Path(self._folder.name, "NOTICE")
        subprocess.run([sys.executable, str(root / "tools" / "notices.py"), str(made)], check=True)
        return made

    def _built(self) -> str:
        manifest = Path(self.root, "..", "..", "Cargo.toml").resolve()
        if not manifest.is_file():
            raise FileNotFoundError("a wheel is built in the project's repository, or with DESKSESSION_PREBUILT")
        command = ["cargo", "build", "--release", "--locked", "--package", "desksession", "--lib"]
        command += ["--manifest-path", str(manifest), "--message-format", "json-render-diagnostics"]
        for line in subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines():
            message = json.loads(line)
            if message["reason"] == "compiler-artifact" and "cdylib" in message["target"]["crate_types"]:
                return next(name for name in message["filenames"] if name.endswith((".so", ".dylib", ".dll")))
        raise RuntimeError("cargo built no shared library")
