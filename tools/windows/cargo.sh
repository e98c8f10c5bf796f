#!/usr/bin/env bash
# cargo for 64-bit Windows: what it builds runs under Wine.
#   tools/windows/cargo.sh test --locked --test windows
# SPDX-License-Identifier: MIT OR Apache-2.0
set -euo pipefail
# shellcheck source=tools/windows/env.sh
. "$(dirname "$0")/env.sh"
find_windows_rust
start_wine
command=$1
shift
cargo "$command" --target "${targets[x64]}" -p desksession "$@"
