# test_load.sh - gb-sandboxd by itself under load. MISSES and AT_ONCE set how much.
. tests/e2e/broker.sh

test_misses_back_to_back_and_at_once_leave_nothing() {
    local misses=${MISSES:-500} at_once=${AT_ONCE:-200} fds began
    broker_up GB_QUEUE_MAX=1000 GB_QUEUE_PER_USER=1000
    broker_ready
    ordinary_job_passes
    eventually 20 broker_at_rest || bad "no rest: $(broker_status)"
    fds=$(ls "/proc/$BROKER_PID/fd" | wc -l)
    began=$(date +%s%N)
    local job=$(spec miss)
    for ((i = 0; i < misses; i++)); do broker_run "$job"; done >"$TMP/misses" 2>&1
    echo "    $misses back to back: $(((($(date +%s%N) - began)) / 1000000 / misses)) ms each"
    is "verdicts ok of $misses" "$(grep -c '"verdict":"ok"' "$TMP/misses")" "$misses"
    began=$(date +%s%N)
    seq "$at_once" | xargs -P "$at_once" -I{} "$SBX" "$BROKER_DIR/sandbox.sock" run "$job" 900000 \
        >"$TMP/misses" 2>&1 &
    eventually 10 broker_says '.queue.length > 10' || bad "nothing waits: $(broker_status)"
    local asked=$(date +%s%N)
    broker_status >/dev/null
    [ $((($(date +%s%N) - asked) / 1000000)) -lt 1000 ] || bad "STATUS waits behind jobs"
    wait $!
    echo "    $at_once at once: $(((($(date +%s%N) - began)) / 1000000 / at_once)) ms each"
    is "verdicts ok of $at_once" "$(grep -c '"verdict":"ok"' "$TMP/misses")" "$at_once"
    eventually 20 broker_at_rest || bad "no rest: $(broker_status)"
    is "containers at rest" "$(broker_containers | wc -l)" 2
    is "descriptors at rest" "$(ls "/proc/$BROKER_PID/fd" | wc -l)" "$fds"
    broker_down
    nothing_left
}
