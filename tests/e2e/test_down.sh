# test_down.sh - what a client sees when a part is down, and that service returns by itself.

fresh_graph() { # a program nobody has compiled before
    printf '{"ir":{"nodes":[{"id":"a","type":"Literal","properties":{"value":"%s"}},{"id":"p","type":"Print"}],"edges":[{"from":"a","to":"p","toPort":"value"}]}}' "$RANDOM$RANDOM$RANDOM"
}

test_memcached_stopped_is_still_200() {
    service down memcached
    post /v1/compile "$(fresh_graph)"
    status_is 200
    json_is .success true
    json_is .cache off
    service up memcached
    eventually 20 test -S "$RUN/memcached.sock"
}

test_sandboxd_stopped_is_503_and_recovers() {
    post /v1/compile examples/sum.json
    service down sandboxd
    post /v1/compile "$(fresh_graph)"
    problem_is 503 sandbox_unavailable
    [ -n "$(header retry-after)" ] || bad "no Retry-After"
    post /v1/validate examples/sum.json
    status_is 200
    service up sandboxd
    eventually 30 is_ready || bad "not ready again"
    post /v1/compile "$(fresh_graph)"
    json_is .success true
}

# Of whichever responder asks: a cache that has just come back is found again by each by itself.
is_a_hit_everywhere() {
    local i
    for i in 1 2 3 4 5 6 7 8; do
        post /v1/compile examples/sum.json
        [ "$(json .cache)" = hit ] || return 1
    done
}

test_engine_stopped_is_503_with_what_to_do_and_recovers() {
    eventually 20 is_a_hit_everywhere || bad "no hit: $body"
    service down docker
    eventually 30 test ! -e "$RUN/dockerd.pid"
    post /v1/compile "$(fresh_graph)"
    problem_is 503 sandbox_unavailable
    has message "$(json .message)" Docker
    post /v1/compile examples/sum.json
    json_is .cache hit
    post /v1/preview examples/sum.json
    status_is 200
    eventually 20 eval '! is_ready' || bad "readyz does not see that the Engine is gone"
    service up docker
    eventually 60 is_ready || bad "not ready again"
    post /v1/compile "$(fresh_graph)"
    json_is .success true
}

test_up_again_changes_nothing_of_a_stack_that_is_up() {
    local before=$(stat -c '%a %U:%G' "$RUN") pids=$(cat "$RUN"/*.pid | sort)
    ops/up >"$TMP/said" 2>&1 || bad "up again: $(cat "$TMP/said")"
    has "up" "$(cat "$TMP/said")" "already up"
    is "mode of the folder" "$(stat -c '%a %U:%G' "$RUN")" "$before"
    is "processes" "$(cat "$RUN"/*.pid | sort)" "$pids"
}
