"""python -m unittest discover -s tests -t . in the folder above.

Tests the library that DESKSESSION_LIBRARY names, else the repository's debug build."""

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PACKAGE = REPOSITORY / "bindings" / "python"

if "DESKSESSION_LIBRARY" not in os.environ:
    name = {"win32": "desksession.dll", "darwin": "libdesksession.dylib"}.get(sys.platform, "libdesksession.so")
    os.environ["DESKSESSION_LIBRARY"] = str(REPOSITORY / "target" / "debug" / name)
