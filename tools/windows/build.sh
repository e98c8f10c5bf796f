#!/usr/bin/env bash
# Builds desksession.dll for 64-bit and 32-bit Windows, with what linkers want: target/windows/x64 and target/windows/x86.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tools/windows/env.sh
. "$(dirname "$0")/env.sh"

find_windows_rust
cargo build --release --locked -p desksession --target "${targets[x64]}" --target "${targets[x86]}"

declare -A lib_machines=([x64]=i386:x86-64 [x86]=i386)
for machine in x64 x86; do
    built=$CARGO_TARGET_DIR/${targets[$machine]}/release
    place=$made/$machine
    mkdir -p "$place"
    cp "$built/desksession.dll" "$built/libdesksession.dll.a" "$place/"
    # The names, as the library itself tells them.
    {
        printf 'LIBRARY desksession.dll\nEXPORTS\n'
        "${tools[$machine]}-objdump" -p "$place/desksession.dll" | awk '/^\[Ordinal/ {names = 1} names && $NF ~ /^session_/ {print "    " $NF}'
    } >"$place/desksession.def"
    # For link.exe, which is not fond of what GNU makes.
    llvm-dlltool -m "${lib_machines[$machine]}" -d "$place/desksession.def" -l "$place/desksession.lib"
done
ls -l "$made"/x64 "$made"/x86
