# test_openapi.sh - the API's description: a validator finds it right, and replies are as it says.

# The validator comes from npm, once, as the lock file names it.
validator() {
    local at=build/openapi
    if ! cmp -s tests/openapi/package-lock.json $at/package-lock.json || [ ! -x $at/node_modules/.bin/validate-api ]; then
        mkdir -p $at
        cp tests/openapi/package.json tests/openapi/package-lock.json $at/
        npm ci --prefix $at --ignore-scripts --no-audit --no-fund >"$TMP/npm" 2>&1 || { cat "$TMP/npm"; rm -f $at/package-lock.json; }
    fi
    $at/node_modules/.bin/validate-api "$1"
}

test_the_description_is_valid() {
    api GET /v1/openapi.json
    status_is 200
    json_is .openapi 3.1.0
    validator "$TMP/body" >"$TMP/verdict" 2>&1
    is "the validator's word" "$(jq -r .valid "$TMP/verdict" 2>/dev/null)" true || cat "$TMP/verdict"
    # It does find faults.
    jq '.paths["/v1/me"].get.responses = "none"' "$TMP/body" >"$TMP/broken"
    validator "$TMP/broken" >"$TMP/verdict" 2>&1
    is "the validator's word on a broken one" "$(jq -r .valid "$TMP/verdict" 2>/dev/null)" false
}

# Asks, and writes down what came for check_replies.
seen=0
ask() { # METHOD PATTERN PATH [BODY [curl options...]]
    local method=$1 pattern=$2 path=$3
    shift 3
    if [ $# -gt 0 ]; then
        local data=$1
        shift
        post "$path" "$data" "$@"
    else
        api "$method" "$path"
    fi
    seen=$((seen + 1))
    cp "$TMP/body" "$TMP/reply.$seen"
    printf '%s\t%s\t%s\t%s\n' "$method" "$pattern" "$status" "$TMP/reply.$seen" >>"$TMP/replies"
}

test_replies_are_as_described() {
    local sum=examples/sum.json path id hash sleeper
    local c='{"code":"#include <stdio.h>\nint main(void){puts(\"x\");return 0;}"}'
    api GET /v1/openapi.json
    cp "$TMP/body" "$TMP/openapi.json"
    : >"$TMP/replies"
    for path in /v1/compile /compile; do
        ask POST $path $path $sum
        ask POST $path $path "$(jq '. + {inputs: [{stdin: "1 2"}, {stdin: "x"}]} | del(.stdin)' examples/input.json)"
        ask POST $path $path examples/fault.json
        ask POST $path $path '{}'
        ask POST $path $path $sum -H 'Content-Type: text/plain'
        ask POST $path $path $sum -H 'Prefer: respond-async'
        ask POST $path $path $sum -H 'Accept: text/html'
    done
    for path in /v1/execute /execute; do
        ask POST $path $path "$c"
        ask POST $path $path '{"code":"int main(void){return x;}"}'
        ask POST $path $path '{"code":"#include <unistd.h>\nint main(void){return fork();}"}'
        ask POST $path $path '{"code":"int main(void){for(;;);}","limits":{"wall_ms":200}}'
        ask POST $path $path '{"code":"#include <stdio.h>\nint main(void){putchar(255);return 0;}"}'
        KEY=gb_no ask POST $path $path "$c"
    done
    ask POST /v1/validate /v1/validate $sum
    ask POST /v1/validate /v1/validate '{"ir":{"nodes":[{"id":"x","type":"Nope"}]}}'
    ask POST /v1/emit /v1/emit $sum
    ask POST /v1/preview /v1/preview $sum
    ask POST /v1/preview /v1/preview examples/fault.json
    ask POST /v1/batch /v1/batch "{\"requests\":[{\"path\":\"/v1/compile\",\"body\":{}},{\"path\":\"/v1/emit\",\"body\":$(cat $sum)}]}"
    ask GET /v1/jobs '/v1/jobs?limit=200'
    ask GET /v1/jobs '/v1/jobs?limt=200'
    post /v1/compile $sum
    id=$(json .job_id) hash=$(json .result_hash)
    ask GET '/v1/jobs/{id}' "/v1/jobs/$id"
    ask GET '/v1/jobs/{id}' /v1/jobs/none
    ask GET '/v1/jobs/{id}/events' "/v1/jobs/$id/events"
    ask DELETE '/v1/jobs/{id}' "/v1/jobs/$id"
    post /v1/execute '{"code":"#include <time.h>\nint main(void){struct timespec t={9,'$RANDOM'};nanosleep(&t,0);return 0;}"}' -H 'Prefer: respond-async'
    ask DELETE '/v1/jobs/{id}' "/v1/jobs/$(json .job_id)"
    ask GET '/v1/results/{hash}' "/v1/results/$hash"
    ask GET '/v1/results/{hash}' "/v1/results/${hash//[0-9]/0}"
    for path in /v1/node-defs /v1/schema /v1/openapi.json /v1/me /v1/info /healthz /readyz /metrics; do ask GET $path $path; done
    tests/openapi/check_replies "$TMP/openapi.json" <"$TMP/replies" >"$TMP/wrong" || bad "$(cat "$TMP/wrong")"
    [ "$seen" -ge 40 ] || bad "only $seen replies"
}

test_the_description_names_what_is_refused() {
    local path
    api GET /v1/openapi.json
    json_is '.paths["/v1/compile"].post.requestBody.content["application/json"].schema.additionalProperties' false
    json_is '.paths["/v1/compile"].post.requestBody.content["application/json"].schema.properties.inputs.maxItems' 100
    json_is '.paths["/v1/batch"].post.requestBody.content["application/json"].schema.properties.requests.maxItems' 20
    json_is '[.paths["/v1/jobs"].get.parameters[] | select(.in == "query") | .name] | join(" ")' 'state verdict kind since until limit cursor'
    for path in $(jq -r '.paths | keys[]' "$TMP/body"); do
        json_is "[.paths[\"$path\"][].responses | has(\"405\") and has(\"500\")] | all" true
    done
}
