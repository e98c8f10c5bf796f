#!/usr/bin/env bash
# Everything that has to hold for the C++ and Qt binding (part of tools/test.sh). Builds below target/cpp.
# DESKSESSION_LIBRARY: the library to test with, else the one of `cargo build`.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
cd ../..
library=${DESKSESSION_LIBRARY:-$PWD/target/debug/libdesksession.so}

for tool in cmake ctest g++; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool here, so nothing of C++ was tested"; exit 0; }
done
[ -e "$library" ] || { echo "no $library: run cargo build first" >&2; exit 1; }
command -v valgrind >/dev/null || echo "skipped: no valgrind here"
generator=()
! command -v ninja >/dev/null || generator=(-G Ninja)

# has_qt MAJOR: with Widgets and Test, for development
has_qt() {
    local query
    query=$(command -v "qmake$1" || command -v qmake) || return 1
    case $("$query" -query QT_VERSION) in "$1".*) ;; *) return 1 ;; esac
}

# run_tree QT-MAJOR TESTS TARGETS...: builds in a tree of its own and runs the tests whose names match
run_tree() {
    local tree=target/cpp/qt$1 result=0
    cmake -S "$here" -B "$tree" "${generator[@]}" -DDESKSESSION_TESTS=ON \
        "-DDESKSESSION_QT=$1" "-DDESKSESSION_LIBRARY=$library" >"$tree.log" || { cat "$tree.log"; return 1; }
    cmake --build "$tree" -j 2 --target "${@:3}" >"$tree.log" || { cat "$tree.log"; return 1; }
    ctest --test-dir "$tree" -j 2 -R "$2" --output-on-failure || result=$?
    grep -hE '^skipped:|stood still' "$tree/Testing/Temporary/LastTest.log" || true
    return "$result"
}

mkdir -p target/cpp
rest='^(qt|front_desk|link_twice|headers_alone_qt|keyboard|installed)$'
if has_qt 6; then
    run_tree 6 . all
    if has_qt 5; then run_tree 5 "$rest" tst_qt tst_front_desk link_twice front-desk look; else echo "skipped: no Qt 5 here"; fi
elif has_qt 5; then
    echo "skipped: no Qt 6 here"
    run_tree 5 . all
else
    echo "skipped: no Qt here"
    run_tree 0 . all
fi
