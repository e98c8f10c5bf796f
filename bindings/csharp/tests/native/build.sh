#!/usr/bin/env bash
# build.sh FOLDER COMPILER ENDING: standin.c in all its forms, as shared libraries of that ending.
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
folder=$1 compiler=$2 ending=$3
source=$(dirname "$0")/standin.c
flags=(-std=c11 -Wall -Wextra -Wpedantic -Werror -shared)
named=()
if [ "$ending" = so ]; then
    flags+=(-fPIC)
    # By this name the runtime finds it again; what it needs may lie beside it, as on Windows.
    named=(-Wl,-soname,libdesksession.so -Wl,-rpath,'$ORIGIN')
fi

mkdir -p "$folder"
"$compiler" "${flags[@]}" -DOTHER -o "$folder/needed.$ending" "$source"
while read -r name options; do
    # shellcheck disable=SC2086 # a list of options
    "$compiler" "${flags[@]}" "${named[@]}" -o "$folder/$name.$ending" "$source" -L"$folder" $options
done <<LIST
abi9 -DABI=9
other -DOTHER
needy -DABI=9 -DNEEDY -l:needed.$ending
answer98 -DABI=1 -DANSWER=98
answer121 -DABI=1 -DANSWER=121
answerminus -DABI=1 -DANSWER=-7
LIST
