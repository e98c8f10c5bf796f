#!/usr/bin/env bash
# The example under a real X server, with a real keyboard as far as it can tell: first run, sign out, wrong and right password.
#   keyboard.sh FRONT-DESK LOOK
set -euo pipefail
front_desk=$1 look=$2
for tool in Xvfb xdotool maim; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool here"; exit 0; }
done

home=$(mktemp -d)
export XDG_DATA_HOME=$home QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=$home
started=()
finish() {
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    wait
    rm -rf "$home"
}
trap finish EXIT

# until_so WANTED ACTION...: the store comes to be so; every five seconds the action again, in case its keys came too early.
until_so() {
    local wanted=$1 got=
    shift
    for round in $(seq 0 799); do
        [ $((round % 100)) -ne 0 ] || "$@"
        got=$("$look" "$home/store" 2>/dev/null) && [ "$got" = "$wanted" ] && return
        sleep 0.05
    done
    echo "keyboard: '$got', not '$wanted'" >&2
    exit 1
}

Xvfb -displayfd 7 -screen 0 1024x768x24 -nolisten tcp 7>"$home/display" 2>/dev/null &
started+=($!)
for _ in $(seq 200); do [ -s "$home/display" ] && break; sleep 0.05; done
DISPLAY=:$(cat "$home/display")
export DISPLAY

"$front_desk" --folder "$home/store" --language en &
started+=($!)
program=$!
window=$(timeout 20 xdotool search --sync --onlyvisible --name '^Front Desk$' | head -n 1)
xdotool windowfocus --sync "$window"

type_text() { xdotool type --delay 10 "$1"; }
press() { xdotool key "$@"; }
sign_out() { press alt+o; }
sign_in() { # the name was kept, the password has the focus
    type_text "$1"
    press Return
}

word='violet kettle under 7 stairs'
type_text Anna
press Tab
type_text "$word"
press Tab Tab # past the button that shows it
type_text "$word"
until_so 'users 1 live 1 failed 0' press Return
maim -i "$window" "$home/shot.png"
[ "$(stat -c %s "$home/shot.png")" -gt 2000 ]
until_so 'users 1 live 0 failed 0' sign_out
until_so 'users 1 live 1 failed 0' sign_in "$word"
until_so 'users 1 live 0 failed 0' sign_out
until_so 'users 1 live 0 failed 1' sign_in wrong
kill -0 "$program"
