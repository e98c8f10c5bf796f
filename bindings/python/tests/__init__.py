"""python -m unittest discover -s tests -t . in the folder above.

Tests the library that DESKSESSION_LIBRARY names, else the repository's debug build; "" is the one beside the package."""

import os
import sys
from pathlib import Path

REPOSITORY = next(folder for folder in Path(__file__).resolve().parents if (folder / "include" / "desksession.h").is_file())
SOURCES = REPOSITORY / "bindings" / "python"

if "DESKSESSION_LIBRARY" not in os.environ:
    name = {"win32": "desksession.dll", "darwin": "libdesksession.dylib"}.get(sys.platform, "libdesksession.so")
    os.environ["DESKSESSION_LIBRARY"] = str(REPOSITORY / "target" / "debug" / name)

import desksession  # noqa: E402

# The folder that the package was imported from, and the library that it loaded: an installed wheel's, or this tree's.
PACKAGE = Path(desksession.__file__).resolve().parents[1]
LIBRARY = Path(desksession._ffi._loaded._name)
