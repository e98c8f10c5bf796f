# shellcheck shell=bash
# For the scripts beside it: a Rust that builds for Windows, the cross compilers, and Wine in a prefix of its own. What takes long
# to make, and does not depend on the tree, is kept in $cache from one clone to the next.
# SPDX-License-Identifier: MIT OR Apache-2.0
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
made=$PWD/target/windows
cache=${XDG_CACHE_HOME:-$HOME/.cache}/desksession
export CARGO_TARGET_DIR=$made/cargo
# Wine takes file names by the locale.
export LANG=C.UTF-8 LC_ALL=C.UTF-8

declare -A targets=([x64]=x86_64-pc-windows-gnu [x86]=i686-pc-windows-gnu)
declare -A tools=([x64]=x86_64-w64-mingw32 [x86]=i686-w64-mingw32)

for machine in x64 x86; do
    lower=${targets[$machine]//-/_} upper=${targets[$machine]^^}
    export "CARGO_TARGET_${upper//-/_}_LINKER=${tools[$machine]}-gcc-win32"
    export "CC_$lower=${tools[$machine]}-gcc-win32" "AR_$lower=${tools[$machine]}-ar"
done

# --- Rust

has_std() { compgen -G "$("$1" --print target-libdir --target "$2" 2>/dev/null)/libstd-*.rlib" >/dev/null; }

# std from its source, by the compiler that the source belongs to: Debian has no std for Windows.
make_std() {
    local place=$1 shim target
    shim=$(mktemp -d)
    mkdir "$shim/src" && : >"$shim/src/lib.rs"
    printf '[package]\nname = "shim"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$shim/Cargo.toml"
    (cd "$shim" && RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$shim/made /usr/bin/cargo build -q --release \
        -Zbuild-std=std,panic_unwind,panic_abort,test,proc_macro --target "${targets[x64]}" --target "${targets[x86]}")
    rm -rf "$place.part" && mkdir -p "$place.part/lib/rustlib"
    ln -s /usr/lib/rustlib/x86_64-unknown-linux-gnu "$place.part/lib/rustlib/"
    for target in "${targets[@]}"; do
        mkdir -p "$place.part/lib/rustlib/$target/lib"
        cp "$shim/made/$target/release/deps/"lib*.rlib "$place.part/lib/rustlib/$target/lib/"
        rm "$place.part/lib/rustlib/$target/lib/"libshim-*
    done
    # What 32-bit programs begin and end with.
    for object in rsbegin rsend; do
        RUSTC_BOOTSTRAP=1 /usr/bin/rustc --target "${targets[x86]}" --emit=obj \
            -o "$place.part/lib/rustlib/${targets[x86]}/lib/$object.o" "/usr/lib/rustlib/src/rust/library/rtstartup/$object.rs"
    done
    rm -rf "$shim" "$place" && mv "$place.part" "$place"
}

# Puts a Rust in PATH that knows both targets: the one that is there (rustup target add), else Debian's with a std of our making.
find_windows_rust() {
    local sysroot target
    if has_std rustc "${targets[x64]}" && has_std rustc "${targets[x86]}"; then return; fi
    if ! [ -x /usr/bin/cargo ] || ! [ -d /usr/lib/rustlib/src/rust/library ]; then
        echo "no Rust for Windows here: rustup target add ${targets[*]}, or Debian's rustc-web, cargo-web and rust-web-src" >&2
        return 1
    fi
    export PATH=/usr/bin:$PATH
    sysroot=$cache/std-$(dpkg-query -W -f '${Version}' rust-web-src)-$(/usr/bin/rustc -V | cut -d' ' -f2)
    [ -d "$sysroot" ] || make_std "$sysroot" || return 1
    for target in "${targets[@]}"; do
        target=${target^^}
        export "CARGO_TARGET_${target//-/_}_RUSTFLAGS=--sysroot=$sysroot"
    done
}

# --- Wine

wine=/usr/lib/wine/wine64
wineserver=/usr/lib/wine/wineserver64
# No installers of .NET and HTML, no debugger.
export WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml,winedbg.exe=d"
# A profile folder that no 8-bit code page has.
export USER="Jürgen 名前"
export WINEPREFIX=$cache/wine-prefix
export "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=$wine"

# Makes the prefix where there is none, as Windows 10 (Wine 8 shows itself as 7). Wine 8.0 lacks bcryptprimitives.dll, which Rust's
# std needs; tests get a stand-in. One clone at a time, since the end of its tests is the end of the prefix's processes.
start_wine() {
    [ -x "$wine" ] || { echo "no wine64 here" >&2; return 1; }
    mkdir -p "$cache"
    exec {wine_lock}>"$cache/wine-lock"
    flock "$wine_lock"
    if ! [ -e "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ]; then
        rm -rf "$WINEPREFIX" && mkdir -p "$WINEPREFIX"
        "$wine" wineboot -i >/dev/null 2>&1
        "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null
        "$wineserver" -w
        "${tools[x64]}-gcc-win32" -shared -O2 -s -nostartfiles -Wl,-e,0 \
            -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" tools/windows/bcryptprimitives.c -ladvapi32
    fi
    trap '"$wineserver" -k || true' EXIT
}
