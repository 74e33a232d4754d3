# broker.sh - gb-sandboxd by itself against a real Engine: a broker of the tests' own, with an instance
# name of its own, beside the stack's.

BROKER_INSTANCE=broker-test-$$
BROKER_DIR=
BROKER_PID=

stack_image() {
    local image=$(sed -n 's/^SANDBOX_IMAGE=//p' "$RUN/graph-blocks.conf" 2>/dev/null)
    echo "${image:-graph-blocks-sandbox}"
}

# broker_up [KEY=value...]: starts a broker; broker_ready waits until a container is warm.
broker_up() {
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
broker_status() { sandbox_status "$BROKER_DIR/sandbox.sock"; }
broker_says() { broker_status | jq -e "$1"; }
broker_ready() { eventually 60 broker_says '.ready and .pool.warm > 0' || bad "not ready: $(broker_status)"; }
broker_down() {
    [ -n "$BROKER_PID" ] || return 0
    kill "$BROKER_PID" 2>/dev/null
    wait "$BROKER_PID" 2>/dev/null
    BROKER_PID=
}
broker_run() { $SBX "$BROKER_DIR/sandbox.sock" run "$@"; }
broker_at_rest() { at_rest "$BROKER_DIR/sandbox.sock"; }
broker_containers() { containers "$BROKER_INSTANCE"; }
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

# An Engine of the test's own, in $OWN, with its $OWN_PID; $ENGINE is it until engine_of_stack.
own_engine() { # [dockerd options...]
    STACK_ENGINE=${STACK_ENGINE:-$ENGINE}
    OWN=${OWN:-$(mktemp -d "$TMP/engine.XXXX")}
    ENGINE=$OWN/docker.sock
    dockerd --bridge=none --iptables=false --ip6tables=false --data-root="$OWN/data" \
        --exec-root="$OWN/exec" --pidfile="$OWN/pid" -H "unix://$ENGINE" "$@" >>"$OWN/log" 2>&1 &
    OWN_PID=$!
    eventually 30 engine /_ping || bad "no Engine: $(tail -3 "$OWN/log")"
}
stop_own_engine() {
    kill "$OWN_PID"
    wait "$OWN_PID" 2>/dev/null
}
engine_of_stack() {
    stop_own_engine
    ENGINE=$STACK_ENGINE OWN=
}
