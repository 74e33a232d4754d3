# test_compile.sh - graphs through the whole way: output, cache, refusals, records.

test_healthz_answers_without_a_key() {
    KEY= api GET /healthz
    status_is 200
}

test_every_example_prints_what_it_should() {
    local graph
    for graph in examples/*.json; do
        post /v1/compile "$graph"
        status_is 200
        is "stdout of $graph" "$(jq -j .stdout <<<"$body" && echo .)" "$(cat "${graph%.json}.out" && echo .)"
    done
    [ "$(ls examples/*.json | wc -l)" -ge 10 ] || bad "fewer than ten example graphs"
}

test_the_older_path_is_an_alias() {
    post /compile examples/sum.json
    status_is 200
    stdout_is $'7\n'
    json_is .success true
}

test_the_second_identical_request_is_a_hit() {
    local graph='{"ir":{"nodes":[{"id":"a","type":"Literal","properties":{"value":"'$RANDOM$RANDOM'"}},{"id":"p","type":"Print"}],"edges":[{"from":"a","to":"p","toPort":"value"}]}}'
    post /v1/compile "$graph"
    json_is .cache miss
    local first
    first=$(json .stdout)
    post /v1/compile "${graph//\"a\"/\"renamed\"}"
    json_is .cache hit
    json_is .stdout "$first"
    json_is '.mapping | map(.node_id) | index("renamed") != null' true
}

test_a_fault_names_its_node() {
    post /v1/compile examples/fault.json
    status_is 200
    json_is .success false
    json_is .verdict runtime_error
    json_is .exit_code 70
    json_is '.faults[0].node_id' quotient
    json_is '.faults[0].kind' division_by_zero
}

# What the compiler spends on a statement must not grow with their number.
test_a_value_of_ten_thousand_uses_is_compiled() {
    jq -nc '{ir: {
        nodes: ([{id: "v", type: "Read", properties: {kind: "line"}}, {id: "s", type: "VarDecl", properties: {name: "s", type: "string"}},
                 {id: "g", type: "VarGet", properties: {name: "s"}}]
            + [range(10000) | {id: "p\(.)", type: "Print"}]),
        edges: ([{from: "v", fromPort: "value", to: "s", toPort: "value"}]
            + [range(10000) | {from: "g", to: "p\(.)"}, (select(. % 4 == 0) | {from: "g", to: "p\(.)"})])},
        stdin: "x\n"}' >"$TMP/uses.json"
    post /v1/compile "$TMP/uses.json"
    json_is .verdict ok
    is lines "$(jq -r .stdout <<<"$body" | grep -c x)" 10000
}

test_wrong_key_is_401() {
    KEY=gb_wrong post /v1/compile examples/sum.json
    problem_is 401 unauthorized
    KEY= post /v1/compile examples/sum.json
    problem_is 401 unauthorized
}

test_body_over_the_limit_is_413() {
    head -c 9000000 /dev/zero | tr '\0' ' ' >"$TMP/big"
    post /v1/compile "$TMP/big"
    problem_is 413 body_too_large
}

test_broken_json_is_no_json() {
    post /v1/compile '{"ir": '
    problem_is 400 no_json
}

test_no_ir_is_named() {
    post /v1/compile '{}'
    problem_is 400 no_ir
}

test_unknown_node_type_names_node_and_pointer() {
    post /v1/compile '{"ir":{"nodes":[{"id":"x","type":"Prnt"}],"edges":[]}}'
    problem_is 400 validation
    json_is '.errors[0].code' unknown_type
    json_is '.errors[0].node' x
    has pointer "$(json '.errors[0].pointer')" /ir/nodes/0
    json_is '.errors[0].suggestion' Print
}

test_include_outside_the_allowlist_shows_the_list() {
    post /v1/compile '{"ir":{"nodes":[{"id":"x","type":"Lib_x"}],"edges":[]},"node_defs":{"Lib_x":{"inputs":[],"outputs":[{"name":"out","type":"double"}],"lib":{"name":"x","include":"<sys/socket.h>","signature":"double x()"}}}}'
    problem_is 400 disallowed_includes
    json_is '.allowed | index("<cmath>") != null' true
}

test_each_job_has_its_rows() {
    post /v1/compile examples/sum.json
    local id
    id=$(json .job_id)
    is "job row" "$(db "select count(*) from job where id='$id'")" 1
    is "audit row" "$(db "select count(*) from audit where job_id='$id'")" 1
    api GET "/v1/jobs/$id"
    status_is 200
    json_is .job_id "$id"
    has recent_jobs "$(sqlite3 -readonly "$RUN/jobs.db" <sql/queries/recent_jobs.sql)" "$id"
}

test_keys_are_stored_hashed() {
    ! grep -rq -- "$GB_KEY" "$RUN/jobs.db" || bad "the key stands in the database"
    ! grep -rqs -- "$GB_KEY" "$RUN/log" || bad "the key stands in a log"
}
