#!/usr/bin/env bash
# Installs the binding, moves it elsewhere, and builds and runs the quickstarts with it: by CMake, pkg-config and qmake.
#   installed.sh BUILD-FOLDER QT-MAJOR    0 = without Qt
set -euo pipefail
build=$1 qt=$2
cd "$(dirname "$0")/consumer"
quickstarts=$(cd ../.. && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/keys LC_ALL=C.UTF-8
mkdir -p "$XDG_DATA_HOME"

cmake --install "$build" --prefix "$work/first" >/dev/null
prefix=$work/moved
mv "$work/first" "$prefix"
echo "installed: $(du -sh --apparent-size "$prefix" | cut -f1) in $(find "$prefix" -type f | wc -l) files"

says() { # says LAST-LINE COMMAND...: a run of a quickstart, on a store of its own
    local store got
    store=$(mktemp -u "$work/store.XXXXXX")
    got=$("${@:2}" "$store")
    [ "$got" = "Hello, Anna Müller"$'\n'"$1" ] || { echo "installed: $2 says: $got" >&2; exit 1; }
}

cmake -S . -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DQUICKSTARTS="$quickstarts" -DQT="$qt" >"$work/log" || {
    cat "$work/log"
    exit 1
}
cmake --build "$work/cmake" >"$work/log" || { cat "$work/log"; exit 1; }
says SESSION_LOGGED_OUT "$work/cmake/quickstart_c"
says 'logged out' "$work/cmake/quickstart"
[ "$qt" = 0 ] || says 'logged out' "$work/cmake/quickstart_qt"

if command -v pkg-config >/dev/null; then
    pc=$(dirname "$(find "$prefix" -name desksession.pc)")
    flags=$(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs desksession)
    # shellcheck disable=SC2086 # several flags
    g++ -std=c++17 "$quickstarts/quickstart.cpp" -o "$work/by_pkg_config" $flags
    says 'logged out' env LD_LIBRARY_PATH="${pc%/pkgconfig}" "$work/by_pkg_config"
else
    echo "skipped: no pkg-config here"
fi

qmake=$(command -v "qmake$qt" || command -v qmake || true)
if [ "$qt" != 0 ] && [ -n "$qmake" ]; then
    mkdir "$work/qmake"
    cd "$work/qmake"
    project=$quickstarts/tests/consumer/consumer.pro
    { "$qmake" "$project" "PREFIX=$prefix" "QUICKSTARTS=$quickstarts" && make; } >"$work/log" 2>&1 || {
        cat "$work/log"
        exit 1
    }
    says 'logged out' "$work/qmake/quickstart_qmake"
fi
