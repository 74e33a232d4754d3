# test_broker.sh - gb-sandboxd by itself: what happens when it, its client, the image or the Engine go.
. tests/e2e/broker.sh

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

test_the_engine_may_stop_and_come_back() {
    local said
    own_engine # with an image that holds gb-job alone
    mkdir -p "$OWN/root/workspace" "$OWN/root/tmp" && install build/release/gb-job "$OWN/root/gb-job"
    local changes='changes=USER%201000:1000&changes=ENTRYPOINT%20%5B%22/gb-job%22%5D'
    tar -C "$OWN/root" -c . | engine "/images/create?fromSrc=-&repo=tiny&tag=latest&$changes" -X POST \
        -H 'Content-Type: application/x-tar' --data-binary @- >/dev/null
    broker_up SANDBOX_IMAGE=tiny
    broker_ready
    stop_own_engine
    eventually 10 broker_says '.ready | not' || bad "ready without an Engine"
    said=$(broker_run "$(spec none)")
    has "a job without an Engine" "$said" '"error":"sandbox_unavailable"'
    has "a job without an Engine" "$said" "$ENGINE"
    own_engine
    broker_ready
    broker_down
    nothing_left
    engine_of_stack
}

test_jobs_run_under_gvisor() {
    command -v runsc >/dev/null || { not_run "there is no runsc"; return; }
    echo '{"runtimes":{"runsc":{"path":"/usr/bin/runsc","runtimeArgs":["--network=none"]}}}' >"$TMP/daemon.json"
    own_engine --config-file="$TMP/daemon.json"
    curl -s --unix-socket "$STACK_ENGINE" "http://engine/v1.41/images/$(stack_image)/get" |
        engine "/images/load?quiet=1" -X POST -H 'Content-Type: application/x-tar' -T - >/dev/null
    broker_up SANDBOX_RUNTIME=runsc GB_COMPILE_WALL_MS=30000 GB_COMPILE_CPU_MS=30000
    broker_ready
    is "runtime" "$(engine "/containers/$(broker_containers | head -1)/json" | jq -r .HostConfig.Runtime)" runsc
    ordinary_job_passes
    broker_down
    nothing_left
    engine_of_stack
}
