#!/bin/sh
# Builds the release library and both benches, runs them, and says on what machine.
# TMPDIR chooses the disk. SESSIONS, USERS, VERIFY_ROUNDS and LOGIN_ROUNDS choose the size.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -eu
cd "$(dirname "$0")/.."

skip() {
    echo "skipped: $1"
    exit 77
}

cc=${CC:-cc}
command -v cargo >/dev/null || skip "cargo is not installed"
command -v "$cc" >/dev/null || skip "no C compiler"
for header in sodium sqlite3; do
    echo "#include <$header.h>" | "$cc" -E - >/dev/null 2>&1 ||
        skip "$header.h is missing (Debian: libsodium-dev, libsqlite3-dev)"
done

cargo build --release
release=$(cd "${CARGO_TARGET_DIR:-target}/release" && pwd)
out=$release/benches-c
mkdir -p "$out"
for bench in verify login; do
    "$cc" -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -Iinclude -o "$out/$bench" "benches/$bench.c" \
        -L"$release" -Wl,-rpath,"$release" -ldesksession -lsodium -lsqlite3
done

place=${TMPDIR:-/tmp}
cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
disk=$(stat -f -c %T "$place" 2>/dev/null || echo unknown)
load=$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || echo unknown)
echo "machine: $cores x ${model:-unknown}"
echo "kernel:  $(uname -srm); file system of $place: $disk; load before: $load"
echo "tools:   $("$cc" --version | head -n 1); $(rustc --version)"
echo
"$out/verify" "${SESSIONS:-1000}" "${USERS:-100}" "${VERIFY_ROUNDS:-21}"
echo
"$out/login" "${LOGIN_ROUNDS:-21}"
