#!/usr/bin/env bash
# Every public header compiles alone without a warning, as C++17 and C++20, with the compilers there are.
#   headers_alone.sh [QT-MAJOR]    the headers without Qt, or those with it
set -euo pipefail
cd "$(dirname "$0")/.."
strict=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ -Iinclude -I../../include)

compiles() { # compiles HEADER COMPILER STANDARD FLAGS...
    "$2" "-std=c++$3" "${strict[@]}" "${@:4}" - <<<"#include <$1>"
}
everywhere() { # everywhere HEADER FLAGS...
    for compiler in "${compilers[@]}"; do
        for standard in 17 20; do compiles "$1" "$compiler" "$standard" "${@:2}"; done
    done
}

compilers=(g++)
if command -v clang++ >/dev/null; then compilers+=(clang++); else echo "skipped: no clang++ here"; fi
if [ $# = 0 ]; then
    for header in desksession.hpp desksession/{answer,secret,values}.hpp; do everywhere "$header"; done
fi
for qt in "$@"; do
    query=$(command -v "qmake$qt" || command -v qmake)
    folder=$("$query" -query QT_INSTALL_HEADERS)
    flags=(-fPIC -isystem "$folder" -isystem "$folder/QtCore")
    everywhere desksession_qt.hpp "${flags[@]}"
    for header in desksession/qt_{outcome,text,async,guard}.hpp; do compiles "$header" g++ 17 "${flags[@]}"; done
done
