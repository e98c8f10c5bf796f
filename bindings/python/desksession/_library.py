"""Loads the shared library: by full path only, never through a search path or the working directory."""

import ctypes
import os
import sys
from pathlib import Path
from typing import List

ABI_VERSION = 1
VARIABLE = "DESKSESSION_LIBRARY"
FILE = {"win32": "desksession.dll", "darwin": "libdesksession.dylib"}.get(sys.platform, "libdesksession.so")
OLDEST_WINDOWS = (10, 0, 14393)


def load() -> ctypes.CDLL:
    path = _find()
    try:
        # On Windows ctypes lets a full path's own folder, Python's and the system's serve what the library needs, no others.
        library = ctypes.CDLL(path)
        found = library.session_abi_version
    except OSError as error:
        raise OSError(f"cannot load {path}: {_why(error)}") from None
    except AttributeError:
        raise OSError(f"{path} is not the desksession library") from None
    found.argtypes, found.restype = (), ctypes.c_uint32
    if found() != ABI_VERSION:
        raise OSError(f"{path} has ABI version {found()}, this package needs {ABI_VERSION}: use the library that came with it")
    return library


def _find() -> str:
    named = os.environ.get(VARIABLE)
    if named and not Path(named).is_absolute():  # os.path.isabs("\\x") was true on Windows before Python 3.13
        raise OSError(f"{VARIABLE} must be a full path, not {named!r}")
    if named:
        # A wrong variable is an error: falling back would test another library than the one that was meant.
        places = [named]
    else:
        places = [_beside(), *_of_checkout(os.path.dirname(_beside()))]
    for place in places:
        if os.path.isfile(place):
            return place
    told = f"{VARIABLE} names {named!r}, where no file is" if named else f"{VARIABLE} is not set"
    raise OSError(f"the desksession library is missing: {told}; its place beside the package is {_beside()!r}")


def _why(error: OSError) -> str:
    """The system's words, but where Windows tells of "%1", or of a missing file that is there."""
    if sys.platform != "win32":
        return str(error)
    if error.winerror == 193:
        return "it is no library, or one for another processor than this Python (error 193)"
    found = sys.getwindowsversion().platform_version  # the true one, whatever the program's manifest says
    if found < OLDEST_WINDOWS:
        # Rust's runtime needs functions that it has not.
        wanted = "desksession needs Windows 10 (version 1607) or Server 2016, or newer"
        return f"{wanted}; this is Windows {'.'.join(map(str, found))}"
    return "a library that it needs is missing (error 126)" if isinstance(error, FileNotFoundError) else str(error)


def _beside() -> str:
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), FILE)


def _of_checkout(package: str) -> List[str]:
    """What `cargo build` makes, where the package is used in the project's own source tree."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(package)))
    if not os.path.isfile(os.path.join(root, "include", "desksession.h")):
        return []
    return [os.path.join(root, "target", kind, FILE) for kind in ("release", "debug")]
