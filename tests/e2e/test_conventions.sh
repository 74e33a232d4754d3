# test_conventions.sh - every header, every word of an error, on the routes that have them.

ok_sum() { post /v1/compile examples/sum.json "$@"; }

test_a_result_has_every_member() {
    local member path
    ok_sum
    for member in success job_id verdict ir_hash cache stdout stderr exit_code signal truncated execution_time stage \
        compile run killed_by faults mapping cpp image limits timing fallback_executed; do
        json_is "has(\"$member\")" true
    done
    for member in queue_ms cache_ms validate_ms compile_ms run_ms; do json_is ".timing | has(\"$member\")" true; done
    for member in wall_ms cpu_ms max_rss_kb; do
        json_is ".compile | has(\"$member\")" true
        json_is ".run | has(\"$member\")" true
    done
    json_is '.compile.diagnostics | type' array
    json_is '.mapping[0] | has("node_id") and has("start_line") and has("end_col")' true
    json_is .stage execution
    json_is .fallback_executed false
    post /v1/execute '{"code":"int main(void){return 0;}"}'
    for member in ir_hash cpp mapping; do json_is "has(\"$member\")" true; done
}

test_options_do_what_they_say() {
    post /v1/compile "$(jq -c '.options = {run: false, optimize: 2, sanitize: false}' examples/sum.json)"
    json_is .verdict ok
    json_is .stage compilation
    json_is .stdout ''
    post /v1/compile "$(jq -c '.options = {cache: "bypass"}' examples/sum.json)"
    json_is .cache bypass
    ok_sum -H 'Cache-Control: no-store'
    json_is .cache bypass
    ok_sum
    json_is .cache hit
    post /v1/execute '{"code":"int main(void){int unused; return 0;}"}'
    json_is .verdict compile_error
    json_is .error compile
    has diagnostics "$(json '.compile.diagnostics[0].message')" unused
    post /v1/execute '{"code":"int main(void){int unused; return 0;}","options":{"werror":false}}'
    json_is .verdict ok
}

test_limits_are_lowered_and_killed_by_says_which() {
    post /v1/execute '{"code":"int main(void){for(;;);}","limits":{"wall_ms":300}}'
    json_is .verdict time_limit
    json_is .error timeout
    json_is .killed_by.resource wall
    json_is .killed_by.limit 300
    json_is .killed_by.phase run
    json_is '.killed_by.observed >= 300' true
    post /v1/execute '{"code":"#include <time.h>\nint main(void){struct timespec t={30,0};nanosleep(&t,0);return 0;}","timeout":1}'
    json_is .verdict time_limit
    json_is .limits.run.wall_ms 1000
    post /v1/execute '{"code":"#include <stdlib.h>\n#include <string.h>\nint main(void){for(;;){char *p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20);}}","limits":{"memory_mb":16}}'
    json_is .verdict memory_limit
    json_is .killed_by.resource memory
    json_is '.killed_by | "\(.limit) \(.unit)"' '16384 KiB'
}

test_several_inputs_up_to_a_hundred() {
    local n
    post /v1/compile "$(jq -c '.inputs = [range(100) | {stdin: "\(.) 1"}] | del(.stdin)' examples/input.json)"
    status_is 200
    json_is '.results | length' 100
    json_is '.results[99].stdout' 100
    post /v1/compile "$(jq -c '.inputs = [range(101) | {stdin: "\(.) 1"}] | del(.stdin)' examples/input.json)"
    problem_is 400 bad_field
    has message "$(json .message)" inputs
    post /v1/batch "$(jq -nc --slurpfile s examples/sum.json '{requests: [range(20) | {path: "/v1/validate", body: $s[0]}]}')"
    status_is 200
    json_is '[.responses[].body.valid] | all' true
    json_is '[.responses[].body.job_id] | unique | length' 20
    [ -n "$(header ratelimit-remaining)" ] || bad "no RateLimit-Remaining"
    post /v1/batch "$(jq -nc --slurpfile s examples/sum.json '{requests: [range(21) | {path: "/v1/validate", body: $s[0]}]}')"
    problem_is 400 bad_field
}

test_refusals_name_what_is_wrong() {
    refused() { # BODY WORD PART
        post "${4:-/v1/compile}" "$1"
        problem_is 400 "$2"
        has "message for $1" "$(json .message)" "$3"
    }
    local n
    for n in wall_ms cpu_ms memory_mb output_kb; do
        for v in 0 -1 1.5 9223372036854775808 18446744073709551616 null true; do
            refused "{\"ir\":{\"nodes\":[]},\"limits\":{\"$n\":$v}}" bad_limit "$n"
        done
    done
    for v in 0 -1 0.5 9223372036854775808; do refused "{\"ir\":{\"nodes\":[]},\"timeout\":$v}" bad_limit timeout; done
    refused '{"ir":{"nodes":[]},"limits":{"wall":5}}' unknown_field 'did you mean `wall_ms`?'
    refused '{"ir":{"nodes":[]},"options":{"optimise":1}}' unknown_field 'did you mean `optimize`?'
    refused '{"ir":{"nodes":[]},"inputs":[{"arg":[]}]}' unknown_field 'did you mean `args`?'
    refused '{"ir":{"nodes":[]},"ir":{"nodes":[]}}' bad_field '`ir` is given twice'
    refused '{"ir":{"nodes":[]},"args":["a\u0000b"]}' bad_field U+0000
    refused '{"files":{"a.c":"1","a.c":"2"}}' bad_field '`a.c` is given twice' /v1/execute
    refused '{"files":{"../a.c":"1"}}' bad_field '../a.c' /v1/execute
    refused '{"code":"1","files":{"a.c":"2"}}' bad_field 'exclude each other' /v1/execute
    refused '{"code":"1","language":"rust"}' bad_field language /v1/execute
    refused '{}' no_code code /v1/execute
    refused '{"ir":{"nodes":[]}' no_json 'line 1'
    refused $'{"ir":"\xc3("}' no_json UTF-8
    refused '{"ir":{"nodes":[]},"limits":{"wall_ms":NaN}}' no_json column
    refused '{"requests":[{"path":"/v1/me","body":{}}]}' bad_field path /v1/batch
}

test_methods_types_and_paths() {
    local row
    while read -r row; do
        set -- $row
        api "$1" "$2"
        problem_is 405 method_not_allowed
        is "Allow of $2" "$(header allow | tr -d ' ')" "$3"
        [ -n "$(header server-timing)" ] || bad "no Server-Timing"
    done <<'ROWS'
GET /v1/compile POST
GET /compile POST
PUT /v1/execute POST
PATCH /v1/batch POST
POST /v1/jobs GET,HEAD
POST /v1/jobs/x GET,HEAD,DELETE
DELETE /v1/jobs/x/events GET,HEAD
POST /v1/me GET,HEAD
DELETE /v1/info GET,HEAD
POST /healthz GET,HEAD
OPTIONS /v1/schema GET,HEAD
ROWS
    api GET /v2/compile
    problem_is 404 not_found
    for row in 'text/html' 'application/xml, text/*' 'application/json;q=0'; do
        api GET /v1/me -H "Accept: $row"
        problem_is 406 not_acceptable
    done
    for row in 'application/json' '*/*' 'text/html, application/*;q=0.1' 'application/problem+json'; do
        api GET /v1/me -H "Accept: $row"
        is "status for Accept: $row" "$status" 200
    done
    for row in text/plain application/x-www-form-urlencoded application/jsonx ''; do
        api POST /v1/compile -H "Content-Type: $row" --data-binary @examples/sum.json
        problem_is 415 unsupported_media_type
    done
    api POST /v1/compile -H 'Content-Type: application/json; charset=utf-8' --data-binary @examples/sum.json
    status_is 200
}

test_authentication_by_both_headers() {
    KEY= api GET /v1/me -H "X-API-Key: $GB_KEY"
    status_is 200
    local i
    for i in 1 2; do # the second time of nginx's memory
        KEY=gb_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb api GET /v1/me
        problem_is 401 unauthorized
        has WWW-Authenticate "$(header www-authenticate)" 'error="invalid_token"'
        is "how many WWW-Authenticate" "$(grep -ci '^www-authenticate:' <<<"$headers")" 1
    done
    KEY= api GET /v1/me
    problem_is 401 unauthorized
    is WWW-Authenticate "$(header www-authenticate)" 'Bearer realm="graph-blocks"'
    # Nobody is believed who says by himself who he is.
    KEY= api GET /v1/me -H 'GB-User-Id: 1' -H 'X-GB-User-Id: 1'
    problem_is 401 unauthorized
    api GET /auth
    problem_is 404 not_found
}

test_results_are_immutable() {
    local hash program tag
    ok_sum
    hash=$(json .result_hash) program=$(json .ir_hash)
    api GET "/v1/results/$hash"
    status_is 200
    json_is .stdout 7
    tag=$(header etag)
    is etag "$tag" "\"$hash\""
    has cache-control "$(header cache-control)" immutable
    api GET "/v1/results/$hash" -H "If-None-Match: $tag"
    status_is 304
    is "body of a 304" "$body" ''
    api GET "/v1/results/$program" # no input: its own hash names it too
    json_is .stdout 7
    api GET "/v1/results/$(printf '0%.0s' {1..64})"
    problem_is 404 not_found
    api GET /v1/results/short
    problem_is 404 not_found
}

test_documents_and_heads() {
    local path tag
    for path in /v1/node-defs /v1/schema /v1/openapi.json; do
        api GET $path
        tag=$(header etag)
        api GET $path -H "If-None-Match: \"x\", $tag"
        is "status of $path" "$status" 304
        has cache-control "$(header cache-control)" max-age
        KEY= api GET $path # public
        is "status of $path without a key" "$status" 200
    done
    status=$(curl -sS -I --cacert "$GB_CA" -H "Authorization: Bearer $GB_KEY" -o "$TMP/headers" -w '%{http_code} %{size_download}' "$GB_URL/v1/me")
    is "HEAD" "$status" '200 0'
    post /v1/emit "$(ls -S examples/*.json | head -n 1)" --compressed -H 'Accept-Encoding: gzip'
    is content-encoding "$(header content-encoding)" gzip
    has "the reply" "$body" '"cpp"'
}

test_security_headers_are_on_every_reply() {
    local path
    for path in /v1/me /v1/nothing /healthz "/v1/results/$(printf '0%.0s' {1..64})"; do
        api GET "$path"
        has "HSTS of $path" "$(header strict-transport-security)" max-age
        is "nosniff of $path" "$(header x-content-type-options)" nosniff
        [ -n "$(header x-request-id)" ] || bad "no X-Request-Id on $path"
    done
    KEY=gb_no api GET /v1/me -H 'X-Request-Id: mine.1'
    is "X-Request-Id of a 401" "$(header x-request-id)" mine.1
    json_is .request_id mine.1
    has HSTS "$(header strict-transport-security)" max-age
}

test_readyz_names_what_is_down() {
    api GET /readyz
    status_is 200
    json_is .ready true
    json_is .status ready
    service stop memcached
    api GET /readyz
    status_is 200 # everything works, with less comfort
    json_is .status degraded
    json_is .checks.cache.status down
    ok_sum
    json_is .cache off
    json_is .verdict ok
    service start memcached
    service stop sandboxd
    api GET /readyz
    problem_is 503 not_ready
    json_is .checks.sandbox.status down
    [ "$(header retry-after)" -ge 1 ] || bad "no Retry-After"
    post /v1/execute "{\"code\":\"int main(void){return $RANDOM$RANDOM & 0;}\"}"
    problem_is 503 sandbox_unavailable
    [ "$(header retry-after)" -ge 1 ] || bad "no Retry-After"
    has "what to do" "$(json .what_to_do)" readyz
    post /v1/preview examples/sum.json
    status_is 200
    service start sandboxd
    eventually 30 is_ready || bad "not ready again"
}
