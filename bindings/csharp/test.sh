#!/usr/bin/env bash
# Builds the C# binding with Roslyn, once against netstandard2.0, once for .NET 8, once for Mono in the place of .NET Framework, and
# tests it: the same tests on .NET 8 and Mono, the windows under Xvfb, the package, the project files. Arguments: names of legs.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
library=${DESKSESSION_LIBRARY:-$target/debug/libdesksession.so}
release=${DESKSESSION_RELEASE:-$target/release/libdesksession.so}
out=$target/csharp
tools=$target/dotnet
mono=/usr/lib/mono/4.5

step() { printf -- '-- %s\n' "$*"; }
skip() { echo "skipped: $*"; }
has() { command -v "$1" >/dev/null; }

[ "$(uname -sm)" = "Linux x86_64" ] || { skip "the compiler's package is for Linux x86-64"; exit 0; }
for tool in cc npm openssl python3; do has $tool || { skip "no $tool here"; exit 0; }; done
[ -e "$library" ] || { echo "$library is missing: cargo build"; exit 1; }
./tools.sh "$tools" || { skip "the compiler could not be downloaded"; exit 0; }

# --- Build

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_NOLOGO=1 DOTNET_ROLL_FORWARD=Major
export DOTNET_CLI_HOME=$out/home NUGET_PACKAGES=$out/home/packages LANG=C.UTF-8
dotnet=$tools/net8/dotnet
netstandard=(-r:"$tools/sdk/sdk/3.1.102/ref/netstandard.dll")
core=("$tools"/sdk/packs/Microsoft.NETCore.App.Ref/3.1.0/ref/netcoreapp3.1/*.dll)
core=("${core[@]/#/-r:}")
framework=(-r:$mono/mscorlib.dll -r:$mono/System.dll -r:$mono/System.Core.dll)
forms=(-r:$mono/System.Windows.Forms.dll -r:$mono/System.Drawing.dll)

# csc OUT ARGUMENTS...
csc() {
    local made=$1
    shift
    "$dotnet" exec "$tools/sdk/sdk/3.1.102/Roslyn/bincore/csc.dll" -nologo -noconfig -nostdlib -deterministic -langversion:7.3 \
        -warnaserror+ -debug:portable -optimize+ -unsafe -out:"$made" "$@"
}
# binding FOLDER ARGUMENTS...
binding() {
    local folder=$out/$1
    shift
    mkdir -p "$folder"
    csc "$folder/DeskSession.Net.dll" -target:library -keyfile:test.snk -doc:"$folder/DeskSession.Net.xml" "$@" DeskSession/*.cs
}
# A program's folder gets the binding and the native library beside it.
program() {
    mkdir -p "$out/$1"
    cp "$out/$2/DeskSession.Net.dll" "$library" "$out/$1/"
}

build_core() {
    binding netstandard2.0 "${netstandard[@]}"
    binding net8.0 "${core[@]}" -define:NET8_0_OR_GREATER
    for folder in core core-netstandard; do program $folder net8.0; done
    csc "$out/core/Tests.dll" "${core[@]}" -r:"$out/net8.0/DeskSession.Net.dll" tests/unit/*.cs
    csc "$out/core/Quickstart.dll" "${core[@]}" -r:"$out/net8.0/DeskSession.Net.dll" Quickstart.cs
    for name in Tests Quickstart; do
        echo '{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"8.0.0"}}}' >"$out/core/$name.runtimeconfig.json"
    done
    # The same program with the other assembly: what a program for .NET 6 would load.
    cp "$out"/core/Tests.* "$out/netstandard2.0/DeskSession.Net.dll" "$out/core-netstandard/"
}

build_mono() {
    binding net48 "${framework[@]}"
    program mono net48
    local net48=("${framework[@]}" -r:"$out/net48/DeskSession.Net.dll")
    csc "$out/mono/Tests.exe" "${net48[@]}" tests/unit/*.cs
    csc "$out/mono/Quickstart.exe" "${net48[@]}" Quickstart.cs
}

build_forms() {
    local net48=("${framework[@]}" "${forms[@]}" -r:"$out/net48/DeskSession.Net.dll")
    csc "$out/mono/DeskSession.WinForms.dll" -target:library -keyfile:test.snk -doc:"$out/mono/DeskSession.WinForms.xml" \
        "${net48[@]}" DeskSession.WinForms/*.cs
    csc "$out/mono/front-desk.exe" -target:winexe "${net48[@]}" -r:"$out/mono/DeskSession.WinForms.dll" examples/FrontDesk/*.cs
    csc "$out/mono/UiTests.exe" "${net48[@]}" -r:"$out/mono/DeskSession.WinForms.dll" -r:"$out/mono/front-desk.exe" \
        tests/ui/*.cs tests/unit/{Runner,Support,Probe}.cs
}

build_standins() {
    tests/native/build.sh "$out/standins" cc so
    # EI_CLASS: as if for 32-bit processes.
    cp "$out/standins/abi9.so" "$out/standins/x86.so"
    printf '\1' | dd of="$out/standins/x86.so" bs=1 seek=4 conv=notrunc status=none
}

# --- Test

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export XDG_DATA_HOME=$home TMPDIR=$home DESKSESSION_SOURCE=$root DESKSESSION_STANDINS=$out/standins

quickstart() {
    rm -rf "$home/quickstart"
    diff <(printf 'Hello, Anna Müller\nLoggedOut\n') <("$@" "$home/quickstart")
}

test_core() {
    step ".NET 8"
    "$dotnet" "$out/core/Tests.dll"
    quickstart "$dotnet" "$out/core/Quickstart.dll"
    step ".NET 8, the assembly for netstandard2.0"
    "$dotnet" "$out/core-netstandard/Tests.dll"
}

test_mono() {
    step "Mono"
    mono --debug "$out/mono/Tests.exe"
    quickstart mono "$out/mono/Quickstart.exe"
}

test_forms() {
    for tool in Xvfb xvfb-run xdotool import; do has $tool || { skip "no $tool here"; return 0; }; done
    step "WinForms on Mono, under Xvfb"
    MONO_WINFORMS_XIM_STYLE=disabled timeout 300 xvfb-run -a -s '-screen 0 1000x800x24 -nolisten tcp' \
        mono --debug "$out/mono/UiTests.exe"
}

test_package() {
    step "the package"
    local native=$library natives machine
    [ ! -e "$release" ] || native=$release
    natives=(--native "linux-x64=$native")
    for machine in x64 x86; do
        [ ! -e "$target/windows/$machine/desksession.dll" ] || natives+=(--native "win-$machine=$target/windows/$machine/desksession.dll")
    done
    DESKSESSION_PACKAGE=$(python3 package/pack.py "$out" --lib "netstandard2.0=$out/netstandard2.0" --lib "net48=$out/net48" \
        --lib "net8.0=$out/net8.0" "${natives[@]}")
    ls -l "$DESKSESSION_PACKAGE" | awk '{print $5, "bytes"}'
    export DESKSESSION_PACKAGE DOTNET=$dotnet FrameworkPathOverride=$mono
    python3 -m unittest package/test_package.py
}

test_projects() {
    step "the project files"
    echo '<configuration><packageSources><clear /></packageSources></configuration>' >"$out/nuget.config"
    FrameworkPathOverride=$mono "$dotnet" build examples/FrontDesk/FrontDesk.csproj -v:q -nodeReuse:false \
        -p:LegacySdk=true -p:UseSharedCompilation=false -p:RestoreConfigFile="$out/nuget.config" -clp:ErrorsOnly
    test -s "$out/msbuild/FrontDesk/net48/front-desk.exe"
}

# What the binding adds to a verify, beside a loop of C. Only where it is asked for.
# bench FOLDER BINDING PROGRAM REFERENCES...
bench() {
    local folder=$out/$1 made=$out/$1/$3
    library=$release program "$1" "$2"
    cc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -shared -fPIC -I"$root/include" -o "$folder/libverifyloop.so" \
        bench/loop.c -L"$folder" -ldesksession -Wl,-rpath,'$ORIGIN'
    csc "$made" "${@:4}" -r:"$out/$2/DeskSession.Net.dll" bench/VerifyBench.cs
}

bench_core() {
    bench bench-core net8.0 Bench.dll "${core[@]}"
    cp "$out/core/Tests.runtimeconfig.json" "$out/bench-core/Bench.runtimeconfig.json"
    "$dotnet" "$out/bench-core/Bench.dll"
}

bench_mono() {
    bench bench-mono net48 Bench.exe "${framework[@]}"
    mono "$out/bench-mono/Bench.exe"
}

wanted() { [ $# -eq 1 ] || [[ " ${*:2} " == *" $1 "* ]]; }

build_core
if [ "${1:-}" = bench ]; then bench_core; fi
build_standins
if wanted core "$@"; then test_core; fi
if ! has mono || ! [ -e $mono/System.Core.dll ]; then skip "no Mono here"; exit 0; fi
build_mono
if [ "${1:-}" = bench ]; then
    bench_mono
    exit
fi
if wanted mono "$@"; then test_mono; fi
if ! [ -e $mono/System.Windows.Forms.dll ]; then skip "no WinForms for Mono here"; exit 0; fi
build_forms
if wanted forms "$@"; then test_forms; fi
if wanted package "$@"; then test_package; fi
if wanted projects "$@"; then test_projects; fi
