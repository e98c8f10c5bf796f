#!/bin/sh
# Sees to it that this machine can run `make demo`, `make test`, `make windows`, `make demo-qt`, ... (the argument). Silent when all is there; else
# installs what is missing with apt-get, as root or, asking first on a terminal, through sudo; else says what to run.
set -eu
cd "$(dirname "$0")/.."
goal=${1:-demo}
oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

say() { echo "install: $*" >&2; }
stop() { say "$@"; exit 1; }
runs() { "$@" >/dev/null 2>&1; }
is_for() { case " $* " in *" $goal "*) ;; *) return 1 ;; esac; }

# --- What is missing?

packages=
need() { packages="$packages $*"; }
# What not every distribution has; where it is missing, less is built and tested.
wishes=
wish() { wishes="$wishes $*"; }
compiles() { echo "#include <$3>" | runs "$1" -x "$2" -E -; }

# recent DIR: DIR has a cargo and a rustc that are new enough.
recent() {
    for tool in cargo rustc; do
        version=$("$1/$tool" --version 2>/dev/null | cut -d' ' -f2)
        [ -n "$version" ] && [ "$(printf '%s\n' "$oldest" "$version" | sort -V | head -n 1)" = "$oldest" ] || return 1
    done
}

# Sets `rust` to the folder of a recent Rust. Where that is not the one in PATH, the link target/rust makes it so: the Makefile
# puts it in front.
find_rust() {
    PATH=${PATH#"$PWD/target/rust:"}
    in_path=$(dirname "$(command -v cargo || echo none)")
    for rust in "$in_path" "${CARGO_HOME:-${HOME:-}/.cargo}/bin" /usr/bin \
        $(find /usr/lib -maxdepth 1 -name 'rust-1.*' 2>/dev/null | sort -rV | sed 's,$,/bin,'); do
        recent "$rust" || continue
        rm -f target/rust
        [ "$rust" = "$in_path" ] || { mkdir -p target && ln -s "$rust" target/rust; }
        return
    done
    rust=
}

find_rust
compiles cc c stdio.h || need gcc libc6-dev
has() { command -v "$1" >/dev/null; }
# exists FILE-PATTERN
# shellcheck disable=SC2086 # a pattern
exists() { ls -d $1 >/dev/null 2>&1; }
if is_for test; then
    runs valgrind --version || need valgrind
    runs nm --version || need binutils
    runs sqlite3 --version || need sqlite3
    # C++ and Qt
    runs clang++ --version || need clang
    runs ninja --version || need ninja-build
    runs pkg-config --version || need pkg-config
    exists '/usr/include/*/qt5/QtWidgets' || need qtbase5-dev
    # windows that nobody sees
    has Xvfb || need xvfb
    has xauth || need xauth
    has xdotool || need xdotool
    has maim || need maim
    runs import -version || need imagemagick
    exists /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf || need fonts-dejavu-core
fi
if is_for test windows packages; then
    has x86_64-w64-mingw32-gcc-win32 || wish gcc-mingw-w64-x86-64-win32
    has i686-w64-mingw32-gcc-win32 || wish gcc-mingw-w64-i686-win32
    has llvm-dlltool || wish llvm
    has_std() { exists "$("$rust/rustc" --print target-libdir --target "$1-pc-windows-gnu" 2>/dev/null)/libstd-*.rlib"; }
    if ! { has_std x86_64 && has_std i686; } && ! { runs /usr/bin/cargo --version && exists /usr/lib/rustlib/src/rust/library; }; then
        wish rustc-web cargo-web rust-web-src
    fi
fi
if is_for test; then
    exists /usr/lib/wine/wine64 || wish wine64
    has x86_64-w64-mingw32-g++-win32 || wish g++-mingw-w64-x86-64-win32
    has i686-w64-mingw32-g++-win32 || wish g++-mingw-w64-i686-win32
    has lld-link || wish lld
fi
if is_for test demo-qt packages; then runs cmake --version || need cmake; fi
if is_for test demo-qt; then
    compiles c++ c++ string || need g++
    exists '/usr/include/*/qt6/QtWidgets' || need qt6-base-dev
fi
if is_for test demo-winforms packages; then
    # the compiler comes as a package of npm, its runtime as one of pip
    has npm || need npm
    has openssl || need openssl
    runs python3 -m pip --version || need python3-pip
    { has mono && exists /usr/lib/mono/4.5/System.Core.dll; } || need mono-mcs
    exists /usr/lib/mono/4.5/System.Windows.Forms.dll || need libmono-system-windows-forms4.0-cil
fi
# The Python in PATH may be without windows; then Debian's is taken, whose shared library PyInstaller wants.
if is_for test demo-python && ! runs python3 -c 'import tkinter, ensurepip'; then
    runs /usr/bin/python3 -c 'import tkinter, ensurepip' || need python3-tk python3-venv
    ! is_for test || exists '/usr/lib/*/libpython3.*.so' || need libpython3-dev
fi
if is_for packages; then runs python3 -c 'import ensurepip' || need python3-venv; fi
if is_for test bench; then
    runs python3 -c 'import ctypes, sqlite3, unittest' || need python3
    compiles cc c sqlite3.h || need libsqlite3-dev
    compiles cc c sodium.h || need libsodium-dev
fi

if ! runs apt-get --version; then
    [ -n "$rust" ] || need "and Rust $oldest or newer (rustup has it)"
    [ -z "$packages" ] || stop "missing, by Debian's names:$packages"
    exit 0
fi

[ -e /etc/ssl/certs/ca-certificates.crt ] || need ca-certificates
if [ -z "$rust" ]; then
    want=rust
elif is_for test && ! { runs "$rust/cargo-fmt" --version && runs "$rust/cargo-clippy" --version; } &&
    owner=$(dpkg -S "$(readlink -f "$rust/cargo")" 2>/dev/null); then
    want=lint # where Rust is the distribution's, its formatter and linter are packages too
else
    want=
fi
[ "${2:-}" != again ] || wishes=
[ -n "$packages$want$wishes" ] || exit 0
if [ "${2:-}" = again ]; then
    [ "$packages$want" = lint ] || stop "still missing:$packages $want"
    exit 0 # tools/test.sh says what it skips
fi

# --- Which packages?

if [ "$(id -u)" = 0 ]; then sudo=; else sudo="sudo "; fi
apt() {
    # shellcheck disable=SC2086 # no word where there is no sudo
    ${sudo}env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" >/dev/null
}
update() { apt update || say "apt-get update failed; going on with the lists there are"; }
candidate() { LC_ALL=C apt-cache policy "$1" | sed -n 's/^  Candidate: \([0-9].*\)/\1/p'; }

# The first packaged cargo that is recent enough: the plain one, Debian's -web (made for its browsers), the newest of
# Ubuntu's numbered ones.
packaged_cargo() {
    for cargo in cargo cargo-web $(apt-cache pkgnames cargo-1. | grep -x 'cargo-1\.[0-9]*' | sort -rV); do
        ! dpkg --compare-versions "0$(candidate "$cargo")" ge "$oldest" || { echo "$cargo" && return; }
    done
}

[ -n "$sudo" ] || update
case $want in
rust)
    cargo=$(packaged_cargo)
    [ -n "$cargo" ] || stop "no Rust $oldest or newer in the package lists. Are they fresh (${sudo}apt-get update), on Debian 12" \
        "with bookworm-security? Else install it with rustup, or run: rustup update stable"
    need "rustc${cargo#cargo}" "$cargo"
    ;;
lint) cargo=${owner%%:*} ;;
esac
if [ -n "$want" ] && is_for test; then
    for extra in "rustfmt${cargo#cargo}" "rust${cargo#cargo}-clippy"; do
        [ -z "$(candidate "$extra")" ] || need "$extra"
    done
fi
for wished in $wishes; do [ -z "$(candidate "$wished")" ] || need "$wished"; done
packages=${packages# }
[ -n "$packages" ] || exit 0

# --- Install them. Debian's newer Rust takes the place of its older one; what else would have to go is not ours to remove.

install="apt-get install --no-install-recommends $packages"
removed=$(LC_ALL=C $install -s 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p' | tr '\n' ' ')
for old in $removed; do
    case $old in
    cargo | rustc | rustfmt | rust-clippy | libstd-rust*) ;;
    *) stop "not done, as it removes $old. If you want that: $sudo$install" ;;
    esac
done
if [ -n "$sudo" ]; then
    if [ -n "${CI:-}" ] || ! [ -t 0 ] || ! command -v sudo >/dev/null; then
        stop "run: sudo apt-get update && sudo $install"
    fi
    printf 'Missing: %s%s\nInstall with sudo apt-get? [y/n] ' "$packages" "${removed:+ (in place of $removed)}" >&2
    read -r answer
    case $answer in [yY]*) ;; *) stop "run: sudo $install" ;; esac
    update
fi
say "installing $packages${removed:+ in place of $removed}"
# shellcheck disable=SC2086 # a list of names
apt install -y --no-install-recommends $packages || stop "failed. By hand: $sudo$install"
exec tools/install.sh "$goal" again
