#!/usr/bin/env bash
# Everything that has to hold (`make test`). The output is kept in target/test.log; with CI set, anything skipped is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
    printf '\n== %s\n' "$*"
    "$@"
}

steps() {
    if cargo fmt --version >/dev/null 2>&1; then step cargo fmt --all --check; else echo "skipped: no rustfmt here"; fi
    if cargo clippy --version >/dev/null 2>&1; then
        step cargo clippy --all-targets --locked -- -D warnings
    else
        echo "skipped: no clippy here"
    fi
    step cargo build --locked
    # The dependencies are the same for both builds, and most of the time goes into them.
    if ! [ -e target/hooks ]; then
        rm -rf target/hooks.part && mkdir target/hooks.part
        cp -a target/debug target/hooks.part/ && mv target/hooks.part target/hooks
    fi
    step env CARGO_TARGET_DIR="$PWD/target/hooks" cargo build --locked -p desksession --lib --features test-hooks
    step cargo test --locked
    # What the packages of the bindings carry.
    step cargo build --locked --release -p desksession
    step benches/instructions.py
    step bindings/cpp/test.sh
    step bindings/python/test.sh
    step tools/windows/test.sh
    step bindings/csharp/test.sh
    step bindings/csharp/windows.sh
    step tools/packages.sh
    step python3 -m unittest tools/packages_test.py
    step tools/windows/package_test.sh target/packages/desksession-*-windows.zip
}

mkdir -p target
steps 2>&1 | tee target/test.log

# Also as Python's unittest counts them: "OK (skipped=2)".
if skipped=$(grep -nE 'skipped[:=]' target/test.log); then
    printf '\nNot everything was tested (lines of target/test.log):\n%s\n' "$skipped"
    [ -z "${CI:-}" ] || exit 1
fi
