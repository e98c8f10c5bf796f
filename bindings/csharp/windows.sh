#!/usr/bin/env bash
# The tests of test.sh once more, on the .NET runtime for Windows under Wine: the programs and both assemblies that test.sh has
# built, with the desksession.dll of tools/windows/build.sh. In the end, what an older Windows is told.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
csharp=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/windows/env.sh
. "$csharp/../../tools/windows/env.sh"
built=target/csharp
out=$built/windows
runtime=$PWD/target/dotnet-windows
compiler=${tools[x64]}-gcc-win32

step() { printf -- '-- %s\n' "$*"; }
skip() {
    echo "skipped: $*"
    [ -z "${CI:-}" ] || exit 1
    exit 0
}

[ -x "$wine" ] || skip "no wine64 here"
command -v "$compiler" >/dev/null || skip "no $compiler here"
for machine in x64 x86; do [ -e "$made/$machine/desksession.dll" ] || skip "$machine is not built: tools/windows/build.sh"; done
[ -e "$built/core-netstandard/Tests.dll" ] || skip "the programs are not built: bindings/csharp/test.sh"
"$csharp/tools.sh" "$runtime" windows || skip "the runtime for Windows could not be downloaded"

# program FOLDER: what test.sh built there, for Windows.
program() {
    mkdir -p "$out/$1"
    cp "$built/$1"/{Tests.dll,Tests.pdb,DeskSession.Net.dll} "$built/core/Quickstart.dll" "$made/x64/desksession.dll" "$out/$1/"
    for name in Tests Quickstart; do
        # Wine has no ICU, which .NET would ask for.
        echo '{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"3.1.0"},' \
            '"configProperties":{"System.Globalization.Invariant":true}}}' >"$out/$1/$name.runtimeconfig.json"
    done
}
rm -rf "$out"
program core
program core-netstandard
"$csharp/tests/native/build.sh" "$out/standins" "$compiler" dll
cp "$made/x86/desksession.dll" "$out/standins/x86.dll"

dotnet() { timeout 300 "$wine" "$runtime/dotnet.exe" "$@"; }
# As which Windows this Wine shows itself to .NET.
version() { "$wine" reg add 'HKCU\Software\Wine\AppDefaults\dotnet.exe' /v Version /d "$1" /f >/dev/null; }

export DESKSESSION_SOURCE=Z:$PWD DESKSESSION_STANDINS=Z:$PWD/$out/standins DOTNET_CLI_TELEMETRY_OPTOUT=1
start_wine
version win10

step ".NET Core 3.1 for Windows, the assembly for .NET 8"
dotnet "$out/core/Tests.dll"
rm -rf "$WINEPREFIX/drive_c/users/$USER/quickstart"
diff <(printf 'Hello, Anna Müller\r\nLoggedOut\r\n') \
    <(dotnet "$out/core/Quickstart.dll" "C:\\users\\$USER\\quickstart" | iconv -f WINDOWS-1252 -t UTF-8)
step ".NET Core 3.1 for Windows, the assembly for netstandard2.0"
dotnet "$out/core-netstandard/Tests.dll"

# says WORDS: the sentence where a library of the system is missing that Rust's runtime needs.
says() {
    local told
    told=$(WINEDLLOVERRIDES="$WINEDLLOVERRIDES;bcryptprimitives=d" dotnet "$out/core-netstandard/Tests.dll" --probe 'C:\nowhere')
    case $told in
    "LibraryLoadException: "*"desksession.dll cannot be loaded into this x64 process: $1"*) echo "ok      $1" ;;
    *) echo "FAILED  $1: $told" && return 1 ;;
    esac
}
step "a Windows without what Rust needs"
says "a library that it needs is missing (error 126)"
version win81
says "desksession needs Windows 10 (version 1607) or Server 2016, or newer; this is Windows 6.3.9600"
