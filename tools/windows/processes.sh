# shellcheck shell=bash
# For test.sh: several processes at one store, and processes that are killed. What they print is kept in $out.
# SPDX-License-Identifier: MIT OR Apache-2.0
# shellcheck disable=SC2154 # variables of test.sh and env.sh

password="violet kettle on the ninth step"

# Two users; hashes are as fast as they may be, and attempts that a kill cuts off throttle nobody.
new_store() {
    run driver "$1" policy "$(constant POLICY_KDF_MEMORY_KIB)" 19456 policy "$(constant POLICY_KDF_PASSES)" 2 \
        policy "$(constant POLICY_THROTTLE_FREE)" 100 create Anna "$password" create Ben "$password" events >"$out/new_store"
    went_well new_store
}

# Each line of the driver's is "WHAT STATUS DETAIL"; what goes through a list ends with SESSION_DONE.
went_well() {
    local name
    for name; do
        ! awk -v at_end="$(constant DONE)" '$2 != 0 && !(($1 == "events" || $1 == "sessions") && $2 == at_end)' "$out/$name" |
            grep . || fail "see $out/$name"
    done
}

# answer NAME WHAT: the first word of the last such line's detail.
answer() { awk -v what="$2" '$1 == what {answer = $3} END {print answer}' "$out/$1"; }

count() { grep -c "^$2 0 " "$out/$1" || true; }

# two_write FOLDER VISITS: nothing is lost. A visit is three events.
two_write() {
    local first
    new_store "$1"
    run driver "$1" visits "$2" Anna "$password" >"$out/first" & first=$!
    run driver "$1" visits "$2" Ben "$password" >"$out/second" &
    all $first $! || fail "a writer"
    run driver "$1" events check sessions >"$out/after"
    went_well first second after
    same "events" $(($(answer new_store events) + 2 * 3 * $2)) "$(answer after events)"
    same "faults" 0 "$(answer after check)"
    same "sessions" $((2 * $2)) "$(answer after sessions)"
}

two_processes() {
    new_account two
    two_write "$home\\store" 40
}

# wait_for_lines NAME COUNT
wait_for_lines() {
    local tries
    for ((tries = 0; tries < 1000; tries++)); do
        [ "$(wc -l <"$out/$1")" -lt "$2" ] || return 0
        sleep 0.02
    done
    fail "no answers in $out/$1"
}

# kill_one ROUND ARGUMENTS...: a process that has answered something and is at it. The first round's dies as Windows kills, the
# others as Unix does. No `run`: the job is to be the process itself.
kill_one() {
    local round=$1 victim
    shift
    : >"$out/victim"
    "$wine" "$out/x64/victim.exe" "$@" >"$out/victim" &
    victim=$!
    wait_for_lines victim 3
    sleep "0.$((RANDOM % 3))$((RANDOM % 10))$((RANDOM % 10))"
    if [ "$round" = 1 ]; then "$wine" taskkill /F /IM victim.exe >"$out/taskkill"; else kill -KILL $victim; fi ||
        fail "nobody to kill"
    wait $victim 2>/dev/null || true
    ! grep '^close' "$out/victim" || fail "it ended by itself"
    sed -i '$!b; /^[a-z]* 0 [0-9]*$/!{/^[a-z]* 0 ds1_.\{64\}$/!d}' "$out/victim" # a line cut off is no answer
    went_well victim
}

# What a killed one leaves: a store that is whole, and nobody has to wait for the dead.
after_a_kill() {
    DRIVER_BUSY=1000 run driver "$1" permissions Anna permits 1 Anna check >"$out/after"
    went_well after
    same "faults" 0 "$(answer after check)"
}

# Answers that were given hold; and another process, which writes all the time, goes on.
kills_between_permits() {
    local store=$1 round acknowledged lines other got
    "$wine" "$out/x64/driver.exe" "$store" visits 0 Ben "$password" >"$out/other" & other=$!
    for round in 1 2 3 4 5 6; do
        kill_one "$round" "$store" permits 0 Anna
        lines=$(wc -l <"$out/other")
        after_a_kill "$store"
        acknowledged=$(answer victim permit) got=$(answer after permissions)
        [ "$got" = "$acknowledged" ] || [ "$got" = $((acknowledged + 1)) ] || fail "permissions: $got after $acknowledged"
        wait_for_lines other $((lines + 4))
    done
    kill -KILL $other
    wait $other 2>/dev/null || true
    run driver "$store" permissions Anna events check >"$out/after"
    went_well other after
    # Each permission is one event, each login two, each logout one; what the last kill cut off may have been a login.
    acknowledged=$(($(answer new_store events) + $(answer after permissions) + 2 * $(count other login) + $(count other logout)))
    got=$(answer after events)
    if [ "$got" -lt $acknowledged ] || [ "$got" -gt $((acknowledged + 2)) ]; then fail "$got events, not $acknowledged"; fi
}

kills_between_logins() {
    local store=$1 round visited
    for round in 7 8; do
        kill_one "$round" "$store" visits 0 Anna "$password"
        mapfile -t visited < <(awk '$1 == "login" {print "peek"; print $3}' "$out/victim")
        run driver "$store" "${visited[@]}" | grep '^peek' >"$out/peeks"
        same "logins" "$(count victim login)" "$(wc -l <"$out/peeks")"
        # Each but the last was logged out before the next login.
        sed '$d' "$out/peeks" | awk -v wanted="$(constant LOGGED_OUT)" '$2 != wanted' >"$out/lost"
        tail -n 1 "$out/peeks" | awk -v wanted="$(constant LOGGED_OUT)" '$2 != wanted && $2 != 0' >>"$out/lost"
        [ ! -s "$out/lost" ] || fail "logins and logouts: $(cat "$out/lost")"
        after_a_kill "$store"
    done
}

kills() {
    new_account kills
    cp "$out/x64/driver.exe" "$out/x64/victim.exe"
    new_store "$home\\store"
    kills_between_permits "$home\\store"
    kills_between_logins "$home\\store"
}

# All else is below a profile of letters that no code page has together; here the path is also longer than MAX_PATH.
long_path() {
    local folder part
    new_account long
    folder=$home
    for part in one two three four five; do folder="$folder\\$part of the long folders that people make für 名前の長いフォルダー"; done
    two_write "$folder\\store" 5
    run driver "$folder\\store" backup "$folder\\copy" check >"$out/copied"
    run driver "$folder\\copy" visits 1 Anna "$password" check >"$out/copy"
    went_well copied copy
    same "faults" "0 0" "$(answer copied check) $(answer copy check)"
    run smoke "$folder\\smoke"
}
