#!/bin/sh
# Builds the release library and the benches, says on what machine, and runs those that are named, or all but growth:
#   run.sh [verify] [login] [open] [purge] [upkeep] [bindings] [growth]
# TMPDIR chooses the disk; SESSIONS, MANY, ENDED, VERIFY_ROUNDS, LOGIN_ROUNDS, OPEN_ROUNDS, PURGE_ROUNDS and UPKEEP_ROUNDS the size.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -eu
cd "$(dirname "$0")/.."
wanted=${*:-verify login open purge upkeep bindings}

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
for bench in verify login open purge upkeep; do build $bench "$target/release"; done
build fill "$target/hooks/debug"

place=${TMPDIR:-/tmp}
cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
disk=$(stat -f -c %T "$place" 2>/dev/null || echo unknown)
load=$(cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || echo unknown)
echo "machine: $cores x ${model:-unknown}"
echo "kernel:  $(uname -srm); file system of $place: $disk; load before: $load"
echo "tools:   $("$cc" --version | head -n 1); $(rustc --version)"
echo "library: $(wc -c <"$target/release/libdesksession.so") bytes, stripped (bar 3500000)"

stores=$(mktemp -d "$place/desksession-fill.XXXXXX")
trap 'rm -rf "$stores"' EXIT
export XDG_DATA_HOME="$stores/data" && mkdir -m 700 "$XDG_DATA_HOME"
# fill USERS LIVE ENDED: a new store, whose live sessions are seconds old.
fill() {
    rm -rf "${stores:?}/store"
    "$out/fill" "$stores/store" "$1" "$2" "$3" "$stores/tokens"
}

few=${SESSIONS:-10000} many=${MANY:-1000000}
for bench in $wanted; do
    echo
    case $bench in
    verify)
        for sessions in "$few" "$many"; do
            fill $((sessions / 4)) "$sessions" 0
            "$out/verify" "$stores/store" "$stores/tokens" "${VERIFY_ROUNDS:-21}"
            echo
        done
        ;;
    open)
        for sessions in 1000 "$many"; do
            fill $((sessions / 4)) "$sessions" 0
            echo "$sessions sessions:"
            "$out/open" "$stores/store" "${OPEN_ROUNDS:-21}"
        done
        ;;
    login) "$out/login" "${LOGIN_ROUNDS:-21}" ;;
    purge)
        fill 50000 5000 "${ENDED:-500000}"
        "$out/purge" "$stores/store" "$stores/tokens" "${PURGE_ROUNDS:-5}"
        ;;
    upkeep)
        fill 10000 100000 0
        "$out/upkeep" "$stores/store" "${UPKEEP_ROUNDS:-7}"
        ;;
    bindings)
        export CARGO_TARGET_DIR="$target"
        python3 bindings/python/bench/verify.py
        echo
        if [ -e "$target/dotnet/complete" ]; then
            DESKSESSION_LIBRARY=$target/release/libdesksession.so bindings/csharp/test.sh bench
        else
            echo "skipped: no C# compiler here (bindings/csharp/test.sh gets one)"
        fi
        ;;
    growth) benches/growth.py "$out" ;;
    *) echo "no bench $bench" && exit 1 ;;
    esac
done
