#!/usr/bin/env bash
# The Windows stage of `make test`: looks at both DLLs, then tries the 64-bit one under Wine. (32-bit programs are compiled and
# linked only: Debian's amd64 has no 32-bit Wine.)
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tools/windows/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=tools/windows/processes.sh
. tools/windows/processes.sh

out=$made/test
header=include/desksession.h

step() {
    printf '\n== %s\n' "$*"
    "$@"
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# same WHAT WANTED GOT
same() { [ "$2" = "$3" ] || fail "$1: $(diff <(echo "$2") <(echo "$3"))"; }

# The value of one of the header's numbers.
constant() { awk -v name="SESSION_$1" '$1 == "#define" && $2 == name {print $3}' "$header"; }

of_cargo() { sed -n "s/^$1 = \"\\(.*\\)\"/\\1/p" Cargo.toml | head -n 1; }

# Waits for all of these jobs.
all() {
    local job failed=0
    for job; do wait "$job" || failed=1; done
    return "$failed"
}

# --- The libraries, from outside

# What Windows 10 has by itself. A new import wants a look before it gets here.
system_dlls="advapi32.dll api-ms-win-core-synch-l1-2-0.dll bcryptprimitives.dll combase.dll crypt32.dll kernel32.dll msvcrt.dll
    ntdll.dll shell32.dll userenv.dll ws2_32.dll"
most_bytes=$((6 * 1024 * 1024))

functions() { sed -n '\,^ *[/*#],d; s/^[^(]*[ *]\(session_[a-z0-9_]*\)(.*/\1/p' "$header" | sort; }

# names_in exports|imports FILE
names_in() { llvm-readobj "--coff-$1" "$2" | sed -n 's/^ *Name: *//p'; }

check_library() {
    local place=$made/$1 dll=$made/$1/desksession.dll wanted others flags flag
    wanted=$(functions)
    [ "$(wc -l <<<"$wanted")" -ge 30 ] || fail "the header was not understood: $wanted"
    same "exports of $1" "$wanted" "$(names_in exports "$dll" | sort)"
    same "$1/desksession.def" "$wanted" "$(sed -n 's/^    //p' "$place/desksession.def" | sort)"
    same "the name in $1/desksession.def" "LIBRARY desksession.dll" "$(head -n 1 "$place/desksession.def")"

    # shellcheck disable=SC2086 # a list of names
    others=$(names_in imports "$dll" | tr '[:upper:]' '[:lower:]' | sort -u | grep -vxF "$(printf '%s\n' $system_dlls)" || true)
    [ -z "$others" ] || fail "$1 imports what is not known to be in Windows: $others"

    flags=$(llvm-readobj --file-headers "$dll")
    for flag in DYNAMIC_BASE NX_COMPAT $([ "$1" = x86 ] || echo HIGH_ENTROPY_VA); do
        grep -q "IMAGE_DLL_CHARACTERISTICS_$flag " <<<"$flags" || fail "$1 without $flag"
    done
    [ "$(stat -c %s "$dll")" -le "$most_bytes" ] || fail "$1 is $(stat -c %s "$dll") bytes large"
}

libraries() {
    check_library x64
    check_library x86
}

# --- The C programs

programs="smoke misuse strange_text passwords upkeep threads memory_scan"
others="layout driver file_version"

# compile MACHINE PROGRAM LIBRARY NAME
compile() {
    local sources=tests/c/$2.c
    [ "$2" != smoke ] || sources="$sources tests/c/second.c"
    # shellcheck disable=SC2086 # a list of files
    "${tools[$1]}-gcc-win32" -municode -std=c11 -g -Wall -Wextra -Wpedantic -Werror -Iinclude -I"$out" \
        -o "$out/$1/$4.exe" $sources "$made/$1/$3" -lversion
}

compile_all() {
    local jobs=() machine program
    awk '$1 == "#define" && $2 ~ /^SESSION_/ && $3 ~ /^-?[0-9]+$/ {print "X(" $2 ")"}' "$header" >"$out/constants.inc"
    [ "$(wc -l <"$out/constants.inc")" -gt 100 ] || fail "the header was not understood: $(cat "$out/constants.inc")"
    for machine in x64 x86; do
        for program in $programs $others; do
            compile "$machine" "$program" libdesksession.dll.a "$program" &
            jobs+=($!)
        done
        compile "$machine" smoke desksession.lib smoke_with_lib &
        all "${jobs[@]}" $!
        jobs=()
    done
    cp "$made/x64/desksession.dll" "$out/x64/"
}

# Gives the next commands an account of Wine's that has no stores and no keys yet; those of other tests have others.
user=$USER
new_account() {
    export USER="$user $1"
    rm -rf "$WINEPREFIX/drive_c/users/$USER"
    mkdir -p "$WINEPREFIX/drive_c/users/$USER/AppData/Local"
    home="C:\\users\\$USER\\AppData\\Local"
}

run() {
    local name=$1
    shift
    timeout -k 1 300 "$wine" "$out/x64/$name.exe" "$@"
}

try() {
    new_account "$1"
    run "$1" "$home\\store" >"$out/$1.log" 2>&1 || { cat "$out/$1.log" && fail "$1"; }
}

c_programs() {
    local jobs=() program
    run layout
    for program in $programs; do
        try "$program" &
        jobs+=($!)
    done
    try smoke_with_lib &
    all "${jobs[@]}" $!
}

version_resource() {
    local machine version wanted
    version=$(of_cargo version)
    wanted="$version.0
ProductName: desksession
FileDescription: $(of_cargo description | cut -d: -f1)
FileVersion: $version
ProductVersion: $version
OriginalFilename: desksession.dll
LegalCopyright: Copyright (c) The desksession authors. $(of_cargo license)"
    for machine in x64 x86; do
        same "what $machine says of itself" "$wanted" "$(run file_version "$made/$machine/desksession.dll")"
    done
}

# --- The Rust tests

rust_tests() { cargo test --locked --target "${targets[x64]}" -p desksession "$@"; }

# part TEST: one of tests/windows.rs that wants something from here.
part() {
    rust_tests --test windows -- --ignored --exact "$1" >"$out/$1" 2>&1 || { cat "$out/$1" && fail "$1"; }
    grep -q '^test result: ok. 1 passed' "$out/$1" || { cat "$out/$1" && fail "$1 is no test"; }
}

# One leaves a store; another has come by its folder and its sealed key.
two_accounts() {
    export PLACE='C:\users\Public\two accounts'
    rm -rf "$WINEPREFIX/drive_c/users/Public/two accounts" && mkdir -p "$WINEPREFIX/drive_c/users/Public/two accounts"
    new_account one
    part an_account_leaves_a_store
    new_account other
    part another_account_cannot_unseal_it
}

read_only_volume() {
    [ "$(id -u)" = 0 ] || { echo "skipped: only root can mount one"; return; }
    local volume=$out/volume
    mkdir "$volume"
    mount -t tmpfs -o ro,size=1m none "$volume"
    READ_ONLY=Z:${volume//\//\\} part a_read_only_volume_is_told
    umount "$volume"
}

# Wine reads what kind a drive is when it starts.
network_drive() {
    mkdir "$out/share"
    ln -sfn "$out/share" "$WINEPREFIX/dosdevices/n:"
    "$wine" reg add 'HKLM\Software\Wine\Drives' /v n: /d network /f >/dev/null
    "$wineserver" -k
    SHARE='N:\' part a_network_drive_is_refused
    rm "$WINEPREFIX/dosdevices/n:"
}

# --- All of it

missing() {
    local tool
    for tool; do command -v "$tool" >/dev/null || { echo "skipped: no $tool here"; return 0; }; done
    return 1
}

! missing llvm-readobj llvm-dlltool "${tools[x64]}-gcc-win32" "${tools[x86]}-gcc-win32" || exit 0
find_windows_rust || { echo "skipped: no Rust for Windows here"; exit 0; }

rm -rf "$out" && mkdir -p "$out/x64" "$out/x86"
step tools/windows/build.sh
step libraries
step compile_all
start_wine || { echo "skipped: no Wine here"; exit 0; }
step version_resource
step c_programs
step two_processes
step kills
step long_path
new_account tests
step rust_tests --lib --tests
step two_accounts
step read_only_volume
step network_drive
