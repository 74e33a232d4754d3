# test_broker.sh - gb-sandboxd by itself against the real Engine: a broker of these tests' own, with an
# instance name of its own, beside the stack's. MISSES and AT_ONCE set how much load it sees.

SBX=build/release/tests/sbx-run
BROKER_INSTANCE=broker-test-$$
BROKER_DIR=
BROKER_PID=
AT_REST='.pool.busy + .pool.ending + .pool.starting == 0 and .pool.warm == .pool.size'

stack_image() {
    local image=$(sed -n 's/^SANDBOX_IMAGE=//p' "$RUN/graph-blocks.conf" 2>/dev/null)
    echo "${image:-graph-blocks-sandbox}"
}

# broker_up [KEY=value...]: starts a broker; broker_ready waits until a container is warm.
broker_up() {
    make -s VARIANT=release "$SBX" build/release/gb-sandboxd || bad "the broker cannot be built"
    [ -n "$BROKER_DIR" ] || BROKER_DIR=$(mktemp -d "$TMP/broker.XXXX")
    {
        echo "GB_INSTANCE=$BROKER_INSTANCE"
        echo "GB_RUN_DIR=$BROKER_DIR"
        echo "GB_DOCKER_SOCKET=$ENGINE"
        echo "SANDBOX_IMAGE=$(stack_image)"
        echo "GB_QUEUE_MS=600000"
        printf '%s\n' "$@"
    } | awk -F= '{line[$1] = $0} END {for (k in line) print line[k]}' >"$BROKER_DIR/conf"
    env -i PATH="$PATH" build/release/gb-sandboxd --config "$BROKER_DIR/conf" 2>>"$BROKER_DIR/log" &
    BROKER_PID=$!
}
broker_status() { $SBX "$BROKER_DIR/sandbox.sock" status; }
broker_says() { broker_status | jq -e "$1"; }
broker_ready() { eventually 60 broker_says '.ready and .pool.warm > 0' || bad "not ready: $(broker_status)"; }
broker_down() {
    [ -n "$BROKER_PID" ] || return 0
    kill "$BROKER_PID" 2>/dev/null
    wait "$BROKER_PID" 2>/dev/null
    BROKER_PID=
}
broker_run() { $SBX "$BROKER_DIR/sandbox.sock" run "$@"; }
broker_containers() {
    engine /containers/json -G --data-urlencode all=true --data-urlencode \
        "filters={\"label\":[\"graph-blocks.instance=$BROKER_INSTANCE\"]}" | jq -r '.[].Id'
}
no_containers() { [ -z "$(broker_containers)" ]; }
nothing_left() { eventually 20 no_containers || bad "containers are left: $(broker_containers)"; }

# spec NAME [SOURCE]: a job of that id
spec() {
    jq -nc --arg id "$1" --arg code "${2:-int main(void) { return 0; \}}" '{job_id: $id, user: "tester",
        language: "c", files: {"main.c": $code}, options: {link: ["m"]}, inputs: [{stdin: "", args: []}]}' \
        >"$BROKER_DIR/$1.json"
    echo "$BROKER_DIR/$1.json"
}
SLEEPER='#include <unistd.h>
int main(void) { sleep(9); return 0; }'
ordinary_job_passes() {
    local said=$(broker_run "$(spec ordinary)")
    has "an ordinary job" "$said" '"verdict":"ok"'
}

test_misses_back_to_back_and_at_once_leave_nothing() {
    local misses=${MISSES:-500} at_once=${AT_ONCE:-200} fds began
    broker_up GB_QUEUE_MAX=1000 GB_QUEUE_PER_USER=1000
    broker_ready
    ordinary_job_passes
    eventually 20 broker_says "$AT_REST" || bad "no rest: $(broker_status)"
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
    eventually 20 broker_says "$AT_REST" || bad "no rest: $(broker_status)"
    is "containers at rest" "$(broker_containers | wc -l)" 2
    is "descriptors at rest" "$(ls "/proc/$BROKER_PID/fd" | wc -l)" "$fds"
    broker_down
    nothing_left
}

test_a_killed_broker_leaves_nothing_and_comes_back() {
    broker_up
    broker_ready
    local job=$(spec sleeper "$SLEEPER") i
    for i in 1 2 3 4 5 6 7 8; do broker_run "$job" >"$TMP/killed.$i" 2>&1 & done
    eventually 20 broker_says '.pool.busy > 0' || bad "nothing runs"
    kill -9 "$BROKER_PID"
    wait
    for i in 1 2 3 4 5 6 7 8; do has "client $i" "$(cat "$TMP/killed.$i")" '"errno":-'; done
    none_runs() { ! engine "/containers/json" | jq -r '.[].Labels["graph-blocks.instance"]' | grep -qx "$BROKER_INSTANCE"; }
    eventually 15 none_runs || bad "gb-job survives the broker"
    local old=$(broker_containers)
    [ -n "$old" ] || bad "no container was there to be left over"
    broker_up
    broker_ready
    ordinary_job_passes
    only_new() { ! broker_containers | grep -qFf <(echo "$old"); }
    eventually 30 only_new || bad "old containers are left"
    broker_down
    nothing_left
}

test_orphans_of_others_are_left_alone() {
    local other
    other=$(engine "/containers/create" -H 'Content-Type: application/json' -d "{\"Image\":\"$(stack_image)\",
        \"Labels\":{\"graph-blocks.instance\":\"somebody-else-$$\"}}" | jq -r .Id)
    engine "/containers/create" -H 'Content-Type: application/json' -d "{\"Image\":\"$(stack_image)\",
        \"Labels\":{\"graph-blocks.instance\":\"$BROKER_INSTANCE\"}}" >/dev/null
    broker_up GB_POOL_SIZE=0
    nothing_left
    is "the other's container" "$(engine "/containers/$other/json" | jq -r .Id)" "$other"
    engine "/containers/$other?force=1" -X DELETE
    broker_down
}

test_a_client_that_is_killed_or_cancels_ends_its_container() {
    broker_up
    broker_ready
    $SBX "$BROKER_DIR/sandbox.sock" run "$(spec gone "$SLEEPER")" >/dev/null 2>&1 &
    local client=$!
    eventually 20 broker_says '.pool.busy == 1' || bad "nothing runs"
    kill -9 "$client"
    eventually 4 broker_says '.pool.busy == 0' || bad "the container outlives its client: $(broker_status)"
    broker_run "$(spec stopped "$SLEEPER")" >"$TMP/stopped" 2>&1 &
    client=$!
    eventually 20 broker_says '.pool.busy == 1' || bad "nothing runs"
    $SBX "$BROKER_DIR/sandbox.sock" cancel stopped stranger && bad "a stranger cancelled the job"
    $SBX "$BROKER_DIR/sandbox.sock" cancel stopped tester || bad "the job cannot be cancelled"
    wait "$client"
    has "a cancelled job" "$(cat "$TMP/stopped")" '"error":"cancelled"'
    eventually 4 broker_says '.pool.busy == 0' || bad "the container outlives its cancellation"
    ordinary_job_passes
    broker_down
    nothing_left
}

test_a_missing_image_is_named_and_found_when_it_comes() {
    local name=broker-test-image-$$ said
    broker_up SANDBOX_IMAGE=$name
    eventually 10 broker_says '.ready | not' || bad "ready without an image"
    has "the reasons" "$(broker_status | jq -r '.reasons[]')" "$name is not there"
    said=$(broker_run "$(spec none)")
    has "a job without an image" "$said" '"error":"sandbox_unavailable"'
    has "a job without an image" "$said" "$name is not there"
    has "a job without an image" "$said" retry_after
    engine "/images/$(stack_image)/tag?repo=$name&tag=latest" -X POST
    broker_ready
    ordinary_job_passes
    engine "/images/$name?noprune=1" -X DELETE >/dev/null
    eventually 10 broker_says '.ready | not' || bad "ready though the image was removed"
    broker_down
    nothing_left
}

test_what_cannot_be_confined_is_refused_at_the_start() {
    local name=broker-test-root-$$
    mkdir -p "$TMP/root" && install build/release/gb-job "$TMP/root/gb-job"
    tar -C "$TMP/root" -c . | engine "/images/create?fromSrc=-&repo=$name&tag=latest" -X POST \
        -H 'Content-Type: application/x-tar' --data-binary @- >/dev/null
    broker_up SANDBOX_IMAGE=$name
    wait "$BROKER_PID" && bad "the start with an image that runs as root was not refused"
    has "the reason" "$(tail -1 "$BROKER_DIR/log")" "runs as root"
    broker_up SANDBOX_RUNTIME=no-such-runtime
    wait "$BROKER_PID" && bad "the start with an unknown runtime was not refused"
    has "the reason" "$(tail -1 "$BROKER_DIR/log")" "no runtime 'no-such-runtime'"
    broker_up DEV_ALLOW_FALLBACK=1 GB_LISTEN=0.0.0.0:8443
    wait "$BROKER_PID" && bad "the fallback of a public service was not refused"
    has "the reason" "$(tail -1 "$BROKER_DIR/log")" DEV_FALLBACK_FORCE
    BROKER_PID=
    engine "/images/$name?force=1" -X DELETE >/dev/null
}

# An Engine of this test's own, with an image that holds gb-job alone.
own_engine() { # [dockerd options...]
    ENGINE=$OWN/docker.sock
    dockerd --bridge=none --iptables=false --ip6tables=false --data-root="$OWN/data" \
        --exec-root="$OWN/exec" --pidfile="$OWN/pid" -H "unix://$ENGINE" "$@" >>"$OWN/log" 2>&1 &
    OWN_PID=$!
    eventually 30 engine /_ping || bad "no Engine: $(tail -3 "$OWN/log")"
}

test_the_engine_may_stop_and_come_back() {
    local stack_engine=$ENGINE said
    OWN=$(mktemp -d "$TMP/engine.XXXX")
    own_engine
    mkdir -p "$OWN/root/workspace" "$OWN/root/tmp" && install build/release/gb-job "$OWN/root/gb-job"
    local changes='changes=USER%201000:1000&changes=ENTRYPOINT%20%5B%22/gb-job%22%5D'
    tar -C "$OWN/root" -c . | engine "/images/create?fromSrc=-&repo=tiny&tag=latest&$changes" -X POST \
        -H 'Content-Type: application/x-tar' --data-binary @- >/dev/null
    broker_up SANDBOX_IMAGE=tiny
    broker_ready
    kill "$OWN_PID"
    wait "$OWN_PID" 2>/dev/null
    eventually 10 broker_says '.ready | not' || bad "ready without an Engine"
    said=$(broker_run "$(spec none)")
    has "a job without an Engine" "$said" '"error":"sandbox_unavailable"'
    has "a job without an Engine" "$said" "$ENGINE"
    own_engine
    broker_ready
    broker_down
    nothing_left
    kill "$OWN_PID"
    wait "$OWN_PID" 2>/dev/null
    ENGINE=$stack_engine
}

# On the host, without a container: only because no Engine answers, and only with the token.
test_the_fallback_asks_for_its_token_and_says_what_it_did() {
    local stack_engine=$ENGINE said
    make -s VARIANT=release build/release/gb-job
    ENGINE=$TMP/no-engine.sock
    broker_up DEV_ALLOW_FALLBACK=1 DEV_FALLBACK_TOKEN=hush
    eventually 10 broker_says '.fallback and (.ready | not)' || bad "$(broker_status)"
    said=$(broker_run "$(spec plain)")
    has "a job without the token" "$said" '"error":"fallback_forbidden"'
    jq -c '. + {fallback_token: "hush"}' "$(spec token)" >"$TMP/token.json"
    said=$(broker_run "$TMP/token.json")
    has "a job with the token" "$said" '"fallback_executed":true'
    has "a job with the token" "$said" '"verdict":"ok"'
    is "processes left" "$(pgrep -c -P "$BROKER_PID")" 0
    broker_down
    ENGINE=$stack_engine
}

test_jobs_run_under_gvisor() {
    local stack_engine=$ENGINE
    OWN=$(mktemp -d "$TMP/engine.XXXX")
    echo '{"runtimes":{"runsc":{"path":"/usr/bin/runsc","runtimeArgs":["--network=none"]}}}' >"$OWN/daemon.json"
    own_engine --config-file="$OWN/daemon.json"
    curl -s --unix-socket "$stack_engine" "http://engine/v1.41/images/$(stack_image)/get" |
        engine "/images/load?quiet=1" -X POST -H 'Content-Type: application/x-tar' -T - >/dev/null
    broker_up SANDBOX_RUNTIME=runsc GB_COMPILE_WALL_MS=30000 GB_COMPILE_CPU_MS=30000
    broker_ready
    is "runtime" "$(engine "/containers/$(broker_containers | head -1)/json" | jq -r .HostConfig.Runtime)" runsc
    ordinary_job_passes
    broker_down
    nothing_left
    kill "$OWN_PID"
    wait "$OWN_PID" 2>/dev/null
    ENGINE=$stack_engine
}
