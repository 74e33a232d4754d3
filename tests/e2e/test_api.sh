# test_api.sh - the conventions of HTTP APIs, through nginx.

test_request_ids_are_taken_or_made() {
    api GET /v1/me -H 'X-Request-Id: my-own-id.7'
    is "x-request-id" "$(header x-request-id)" my-own-id.7
    api GET /v1/me -H 'X-Request-Id: "quoted" and strange'
    [[ $(header x-request-id) =~ ^[A-Za-z0-9._:-]{1,64}$ ]] || bad "a strange id came back: $(header x-request-id)"
    is "how many X-Request-Id" "$(grep -ci '^x-request-id:' <<<"$headers")" 1
}

test_replies_say_where_the_time_went() {
    post /v1/compile examples/sum.json
    [[ $(header server-timing) == *dur=* ]] || bad "Server-Timing is '$(header server-timing)'"
    [ -n "$(header ratelimit-limit)$(header ratelimit)" ] || bad "no RateLimit headers: $headers"
    [ -n "$(header ratelimit-remaining)$(header ratelimit)" ] || bad "no RateLimit headers: $headers"
}

test_an_unknown_member_is_named_with_a_suggestion() {
    post /v1/compile '{"ir":{"nodes":[]},"stdim":"x"}'
    status_is 400
    has message "$body" stdim
    has suggestion "$body" stdin
}

test_limits_that_are_none_are_refused_by_name() {
    local value
    for value in 0 -1 0.5 9223372036854775808 1e400 '"5"'; do
        post /v1/compile '{"ir":{"nodes":[],"edges":[]},"limits":{"wall_ms":'"$value"'}}'
        is "status for wall_ms $value" "$status" 400
        [ "$value" = 1e400 ] || has "message for $value" "$body" wall_ms
    done
}

test_a_request_only_lowers_its_limits() {
    post /v1/compile '{"ir":{"nodes":[],"edges":[]},"limits":{"wall_ms":600000,"memory_mb":16}}'
    json_is .limits.run.wall_ms 10000
    json_is .limits.run.memory_mb 16
}

test_wrong_method_says_which_are_allowed() {
    api GET /v1/compile
    problem_is 405 method_not_allowed
    has allow "$(header allow)" POST
}

test_unknown_path_is_404() {
    api GET /v1/nothing
    problem_is 404 not_found
}

test_wrong_media_type_is_415() {
    api POST /v1/compile -H 'Content-Type: text/plain' --data-binary @examples/sum.json
    problem_is 415 unsupported_media_type
}

test_unacceptable_is_406() {
    api GET /v1/me -H 'Accept: text/html'
    problem_is 406 not_acceptable
}

test_hostile_json_is_refused() {
    local text
    for text in '' '[' '{"ir":{}}{"ir":{}}' $'{"ir":"\xff"}' '"ir"' '[1]' 'NaN' '{"ir":NaN}' "{'ir':1}"; do
        post /v1/compile "$text"
        is "status for $text" "$status" 400
    done
    printf '{"ir":%s1%s}' "$(printf '[%.0s' {1..100})" "$(printf ']%.0s' {1..100})" >"$TMP/deep"
    post /v1/compile "$TMP/deep"
    status_is 400
    post /v1/compile '{"ir":{"nodes":[],"nodes":[],"edges":[]}}'
    problem_is 400 validation
    json_is '.errors[0].code' duplicate_key
}

test_immutable_documents_have_etags() {
    local path tag
    for path in /v1/node-defs /v1/schema /v1/openapi.json; do
        api GET $path
        status_is 200
        tag=$(header etag)
        [ -n "$tag" ] || { bad "no ETag on $path"; continue; }
        api GET $path -H "If-None-Match: $tag"
        is "status of $path with its ETag" "$status" 304
    done
}

test_large_replies_are_compressed() {
    api GET /v1/node-defs --compressed -H 'Accept-Encoding: gzip'
    status_is 200
    is content-encoding "$(header content-encoding)" gzip
}

test_me_shows_quota_and_usage() {
    api GET /v1/me
    status_is 200
    json_is .user demo
    has quota "$body" jobs_per_minute
}

test_validate_emit_and_preview() {
    post /v1/validate examples/sum.json
    json_is .success true
    post /v1/emit examples/sum.json
    has cpp "$(json .cpp)" main
    json_is '.mapping | length > 0' true
    post /v1/preview examples/sum.json
    stdout_is $'7\n'
    sed 's/std::sin/std::nearbyint/; s/double sin/double nearbyint/' examples/third-dialect.json >"$TMP/external.json"
    post /v1/preview "$TMP/external.json"
    problem_is 422 preview_unavailable
    has node "$body" '"s"'
}

test_a_bare_graph_is_a_request() {
    local bare
    bare=$(jq -c '.ir + {metadata: {name: "bare"}, unknown: 1}' examples/sum.json)
    for path in /v1/compile /v1/preview; do
        post $path "$bare"
        status_is 200
        stdout_is $'7\n'
    done
    post /v1/validate '{"nodes":[{"id":"x","type":"Prnt"}]}'
    json_is .success false
    json_is '.errors[0].pointer' /nodes/0/type
    post /v1/batch "{\"requests\":[{\"path\":\"/v1/preview\",\"body\":$bare}]}"
    has "the batch" "$body" '7\n'
    post /v1/compile '{"nodes":[],"limits":{"wall_ms":0}}'
    problem_is 400 bad_limit
}

test_what_does_not_compile_says_so_where_compilers_do() {
    post /v1/execute '{"code":"int main(void)\n{ return x; }\n"}'
    json_is .verdict compile_error
    json_is .stage compilation
    has stderr "$(json .stderr)" "main.c:2:10: error: "
    json_is '.compile.diagnostics[0] | "\(.line):\(.column)"' 2:10
}

test_batch_answers_each() {
    post /v1/batch "{\"requests\":[{\"path\":\"/v1/compile\",\"body\":$(cat examples/sum.json)},{\"path\":\"/v1/validate\",\"body\":{}}]}"
    status_is 200
    has "first" "$body" '7\n'
    has "second" "$body" no_ir
}

test_several_inputs_share_one_compilation() {
    local request
    request=$(jq '.inputs = [{"stdin":"1 2"},{"stdin":"20 22"},{"stdin":""}] | del(.stdin)' examples/input.json)
    post /v1/compile "$request"
    status_is 200
    json_is '[.results[].stdout] | join("")' $'3\n42\n0'
    request=$(jq '.inputs = [{}, {"stdin":"20 22"}, {"args":["x"]}] | .stdin = "4 5"' examples/input.json)
    post /v1/compile "$request"
    json_is '[.results[].stdout] | join("")' $'9\n42\n9'
}

test_asynchronous_jobs_run_and_are_listed() {
    local id place
    post /v1/compile examples/squares.json -H 'Prefer: respond-async'
    status_is 202
    place=$(header location)
    id=$(json .job_id)
    is location "$place" "/v1/jobs/$id"
    job_is_over() { api GET "$place" && [[ $(json .state) =~ ^(succeeded|failed|cancelled|expired)$ ]]; }
    eventually 30 job_is_over || bad "the job did not end"
    json_is .state succeeded
    json_is .result.stdout $'1 1\n2 4\n3 9\n4 16'
    api GET '/v1/jobs?limit=5'
    status_is 200
    json_is ".jobs | map(.job_id) | index(\"$id\") != null" true
    api GET "/v1/jobs/$id/events" -m 20
    has events "$body" 'event: '
}

test_others_cannot_see_my_job() {
    local id
    post /v1/compile examples/sum.json
    id=$(json .job_id)
    admin user create other >/dev/null
    KEY=$(admin key create --user other --scopes read) api GET "/v1/jobs/$id"
    problem_is 404 not_found
}

test_scopes_are_kept() {
    local key
    key=$(admin key create --user demo --scopes read)
    KEY=$key post /v1/compile examples/sum.json
    problem_is 403 forbidden
    KEY=$key api GET /v1/me
    status_is 200
}

test_a_revoked_key_is_refused_within_5_s() {
    local key id
    key=$(admin key create --user demo --scopes compile,read)
    KEY=$key api GET /v1/me
    status_is 200
    admin key revoke "${key:0:11}" >/dev/null || admin key list --user demo >&2
    sleep 5
    KEY=$key api GET /v1/me
    problem_is 401 unauthorized
}

test_idempotency_key_gives_the_same_job() {
    local first key="idem-$RANDOM$RANDOM"
    post /v1/compile examples/sum.json -H "Idempotency-Key: $key"
    first=$(json .job_id)
    post /v1/compile examples/sum.json -H "Idempotency-Key: $key"
    json_is .job_id "$first"
    post /v1/compile examples/sine.json -H "Idempotency-Key: $key"
    problem_is 422 idempotency_mismatch
}

test_metrics_are_for_operators() {
    api GET /metrics
    status_is 200
    has metrics "$body" '# TYPE'
}

test_the_gateway_limits_the_rate() {
    local key i codes
    key=$(admin key create --user other --scopes read)
    for i in $(seq 1 1200); do printf 'url = "%s/v1/me"\noutput = /dev/null\n' "$GB_URL"; done >"$TMP/urls"
    codes=$(curl -sS -Z --parallel-max 64 --cacert "$GB_CA" -H "Authorization: Bearer $key" -K "$TMP/urls" -w '%{http_code}\n' | sort | uniq -c)
    has codes "$codes" 429
    KEY=$key api GET /v1/me
    [ "$status" = 200 ] || problem_is 429 rate_limited
    sleep 4
    api GET /v1/me
    status_is 200
}

test_slow_and_idle_clients_do_not_stop_others() {
    local address=${GB_URL#https://} pids=() i
    for i in $(seq 1 4); do
        (timeout 20 openssl s_client -quiet -connect "$address" >/dev/null 2>&1 < <(
            printf 'POST /v1/compile HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n\r\n' "$GB_KEY"
            for _ in $(seq 1 15); do printf '{'; sleep 1; done)) &
        pids+=($!)
    done
    (
        ulimit -n 4096
        for _ in $(seq 1 2000); do exec {connection}<>"/dev/tcp/${address%:*}/${address#*:}"; done
        sleep 8
    ) &
    pids+=($!)
    sleep 3
    for i in 1 2 3; do
        post /v1/compile examples/sum.json
        status_is 200
    done
    kill "${pids[@]}" 2>/dev/null
    wait "${pids[@]}" 2>/dev/null
    post /v1/compile examples/sum.json
    status_is 200
}

test_a_client_that_hangs_up_ends_its_job() {
    local source='{"code":"#include <time.h>\nint main(void){struct timespec t={8,0};nanosleep(&t,0);return 0;}"}'
    API_SECONDS=1 post /v1/execute "$source"
    eventually 6 eval '[ "$(db "select count(*) from job where state='"'running'"'")" = 0 ]' ||
        bad "the job of a client that went away still runs"
}
