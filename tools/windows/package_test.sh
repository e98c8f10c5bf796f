#!/usr/bin/env bash
# Uses the zip for Windows as others would: CMake with MinGW, the programs under Wine; and desksession.lib with the linker of LLVM,
# which is that of MSVC in kind. 32-bit programs are linked, not run.
#   package_test.sh ZIP
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
zip=$(realpath "$1")
# shellcheck source=tools/windows/env.sh
. "$(dirname "$0")/env.sh"
quickstarts=$PWD/bindings/cpp
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

skip() { echo "skipped: $*"; }
has() { command -v "$1" >/dev/null; }
step() { printf -- '-- %s\n' "$*"; }
# quietly COMMAND...: its output only when it fails
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; return 1; }; }
# imports FILE MACHINE: it is a program of that machine that loads our library
imports() {
    local told
    told=$("${tools[$2]}-objdump" -p "$1")
    [[ $told == *"file format ${kinds[$2]}"*"DLL Name: desksession.dll"* ]] || { echo "$told" >&2; return 1; }
}
# says STORE LAST-LINE PROGRAM: a run of a quickstart on a new store
says() {
    rm -rf "$WINEPREFIX/drive_c/users/Public/$1"
    diff <(printf 'Hello, Anna Müller\n%s\n' "$2") <(cd "$(dirname "$3")" && "$wine" "$3" "C:\\users\\Public\\$1" | tr -d '\r')
}

declare -A kinds=([x64]=pei-x86-64 [x86]=pei-i386) clang_machines=([x64]=x86_64 [x86]=i686)
declare -A lib_machines=([x64]=i386:x86-64 [x86]=i386) exit_process=([x64]=ExitProcess [x86]=ExitProcess@4)
[ -e "$zip" ] || { skip "no zip for Windows was made"; exit 0; }
for tool in cmake clang lld-link llvm-dlltool "${tools[x64]}-g++-win32" "${tools[x86]}-g++-win32"; do
    has "$tool" || { skip "no $tool here, so the zip for Windows was not tried"; exit 0; }
done
wine_is_here=
if [ -x "$wine" ]; then
    start_wine
    trap 'rm -rf "$work"; "$wineserver" -k || true' EXIT
    wine_is_here=yes
else
    skip "no wine64 here"
fi

# Somewhere that the package was not made for.
prefix="$work/un packed/prefix"
python3 -m zipfile -e "$zip" "$work/un packed"
mv "$work/un packed/"* "$prefix"

# consume MACHINE BUILD PREFIX
consume() {
    local compiler=${tools[$1]}
    quietly cmake -S bindings/cpp/tests/consumer -B "$2" -DCMAKE_PREFIX_PATH="$3" -DQUICKSTARTS="$quickstarts" \
        -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_C_COMPILER="$compiler-gcc-win32" -DCMAKE_CXX_COMPILER="$compiler-g++-win32" \
        -DCMAKE_EXE_LINKER_FLAGS=-static
    quietly cmake --build "$2"
    imports "$2/quickstart_c.exe" "$1"
    imports "$2/quickstart.exe" "$1"
}

for machine in x64 x86; do
    step "CMake, MinGW, $machine"
    consume $machine "$work/$machine" "$prefix"
    cmp "$work/$machine/desksession.dll" "$prefix/$machine/bin/desksession.dll"
done
if [ "$wine_is_here" ]; then
    says zip_c SESSION_LOGGED_OUT "$work/x64/quickstart_c.exe"
    says zip_cpp 'logged out' "$work/x64/quickstart.exe"
fi

step "CMake, a compiler for Linux"
cmake -S bindings/cpp/tests/consumer -B "$work/linux" -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 || true
grep -q 'this package is for Windows, x64 and x86' "$work/log" || { cat "$work/log"; exit 1; }

for machine in x64 x86; do
    step "the linker of LLVM, $machine"
    printf 'LIBRARY kernel32.dll\nEXPORTS\n%s\n' "${exit_process[$machine]}" >"$work/kernel32.def"
    llvm-dlltool -k -m "${lib_machines[$machine]}" -d "$work/kernel32.def" -l "$work/kernel32.lib"
    cat >"$work/abi.c" <<'C'
#include <desksession.h>
__declspec(dllimport) __declspec(noreturn) void __stdcall ExitProcess(unsigned code);
void start(void) { ExitProcess(40 + session_abi_version()); }
C
    clang --target="${clang_machines[$machine]}-pc-windows-msvc" -ffreestanding -O1 -Wall -Wextra -Werror -I"$prefix/include" \
        -c "$work/abi.c" -o "$work/abi.obj"
    lld-link /nologo /nodefaultlib /subsystem:console /entry:start /out:"$work/$machine/abi.exe" "$work/abi.obj" \
        "$prefix/$machine/lib/desksession.lib" "$work/kernel32.lib"
    imports "$work/$machine/abi.exe" $machine
done
if [ "$wine_is_here" ]; then
    code=0
    "$wine" "$work/x64/abi.exe" || code=$?
    [ "$code" = 41 ] || { echo "abi.exe ends with $code" >&2; exit 1; }
fi

step "cmake --install for Windows"
quietly cmake -S bindings/cpp -B "$work/binding" -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_C_COMPILER="${tools[x64]}-gcc-win32" \
    -DCMAKE_CXX_COMPILER="${tools[x64]}-g++-win32" -DDESKSESSION_LIBRARY="$made/x64/desksession.dll"
quietly cmake --install "$work/binding" --prefix "$work/installed"
consume x64 "$work/installed_consumer" "$work/installed"
[ -z "$wine_is_here" ] || says installed 'logged out' "$work/installed_consumer/quickstart.exe"
