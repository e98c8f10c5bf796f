#!/bin/sh
# Builds the release library and the benches, runs them, and says on what machine.
# TMPDIR chooses the disk. SESSIONS, USERS, VERIFY_ROUNDS, LOGIN_ROUNDS and UPKEEP_ROUNDS choose the size.
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

target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
out=$target/release/benches-c
mkdir -p "$out"
# build BENCH LIBRARY_FOLDER
build() {
    "$cc" -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -Iinclude -o "$out/$1" "benches/$1.c" \
        -L"$2" -Wl,-rpath,"$2" -ldesksession -lsodium -lsqlite3
}
cargo build --release --locked -p desksession
CARGO_TARGET_DIR=$target/hooks cargo build --locked -p desksession --lib --features test-hooks
for bench in verify login upkeep; do build $bench "$target/release"; done
build fill "$target/hooks/debug"

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
echo
store=$(mktemp -d "$place/desksession-fill.XXXXXX")
trap 'rm -rf "$store"' EXIT
export XDG_DATA_HOME="$store/data" && mkdir -m 700 "$XDG_DATA_HOME"
"$out/fill" "$store/store" 10000 100000 "$store/tokens"
"$out/upkeep" "$store/store" "${UPKEEP_ROUNDS:-7}"
