# test_store.sh - the store locked and full, the audit, the queries, the metrics and the logs, on the
# real thing.

source_of() { printf '{"code":"int main(void){return %s & 0;}"}' "$RANDOM$RANDOM$RANDOM"; }
rows() { db "select count(*) from job"; }

# Each of these gets 503 store_unavailable in its time, and none leaves a row or has run.
all_are_refused() { # WHY
    local before=$1 path
    before=$(rows)
    post /v1/execute "$(source_of)"
    problem_is 503 store_unavailable
    [ "$(header retry-after)" -ge 1 ] || bad "no Retry-After"
    json_is .job_id null
    post /v1/compile examples/sum.json -H 'Prefer: respond-async'
    problem_is 503 store_unavailable
    for path in /v1/compile /v1/validate; do
        post $path examples/sum.json
        problem_is 503 store_unavailable
    done
    api GET /readyz
    problem_is 503 not_ready
    json_is .checks.store.status down
    json_is .ready false
    api GET /metrics
    has metrics "$body" 'gb_store_up 0'
    is "rows while the store is $1" "$(rows)" "$before"
}

accepted() { post /v1/compile examples/sum.json && [ "$status" = 200 ]; }

test_a_locked_store_is_503_and_nothing_runs() {
    local holder warm
    accepted || bad "not accepted before"
    eventually 30 at_rest || bad "no rest before: $(sandbox_status)"
    warm=$(containers | sort)
    # Another program holds the write lock of the database for as long as its input is open.
    mkfifo "$TMP/hold"
    sqlite3 "$RUN/jobs.db" <"$TMP/hold" >/dev/null 2>&1 &
    holder=$!
    exec {hold}>"$TMP/hold"
    echo 'BEGIN EXCLUSIVE;' >&$hold
    sleep 0.5
    all_are_refused locked
    is "containers" "$(containers | sort)" "$warm"
    api GET /v1/jobs # reading goes on
    status_is 200
    exec {hold}>&-
    wait "$holder"
    rm "$TMP/hold"
    eventually 10 accepted || bad "not accepted afterwards: $body"
}

# The database moves onto a disk of its own, which is then filled to the last byte.
test_a_full_disk_is_503_and_nothing_runs() {
    local disk=$RUN/disk kb
    mkdir -p "$disk"
    stop_writers
    kb=$(($(du -ck "$RUN"/jobs.db* | tail -n 1 | cut -f1) + 8192))
    mount -t tmpfs -o size=${kb}k,mode=1777 tmpfs "$disk" || { bad "no disk could be mounted"; start_writers; return; }
    cp "$RUN"/jobs.db* "$disk/" || { bad "the database does not fit"; umount "$disk"; start_writers; return; }
    chown --reference="$RUN/jobs.db" "$disk"/*
    cp "$RUN/graph-blocks.conf" "$TMP/conf.disk"
    echo "GB_DB=$disk/jobs.db" >>"$RUN/graph-blocks.conf"
    start_writers
    eventually 20 accepted || bad "not accepted on the small disk: $body"
    cat /dev/zero >"$disk/filling" 2>/dev/null
    db() { sqlite3 -readonly -cmd '.timeout 5000' "$RUN/disk/jobs.db" "$1"; }
    use_up || bad "the disk never is full"
    all_are_refused full
    is "jobs without an audit row" "$(db "select count(*) from job where state not in ('queued', 'running') and id not in (select job_id from audit where job_id is not null)")" 0
    rm "$disk/filling"
    eventually 20 accepted || bad "not accepted with room again: $body" # by itself
    has "the audit" "$(admin audit verify)" 'holds'
    stop_writers
    cat "$TMP/conf.disk" >"$RUN/graph-blocks.conf"
    start_writers
    umount "$disk" && rmdir "$disk"
    . tests/e2e/lib.sh
    eventually 20 accepted || bad "not accepted on the old disk: $body"
}
# What SQLite has reserved already takes rows for a while, small ones longer than large ones; a job that was
# admitted with the last of it has its record, and 503 says where its end will be told.
use_up() {
    local calm=0 refused
    for _ in $(seq 1 300); do
        refused=0
        post /v1/execute "$(source_of)"
        [ "$status" != 503 ] || refused=$((refused + 1))
        accepted || refused=$((refused + 1))
        api GET /readyz
        [ "$status" != 503 ] || refused=$((refused + 1))
        if [ $refused -eq 3 ]; then calm=$((calm + 1)); else calm=0; fi
        [ $calm -lt 3 ] || return 0
    done
    return 1
}
stop_writers() { service stop jobd; service stop fcgi; service stop control; }
start_writers() {
    service start control
    service start fcgi
    service start jobd
    eventually 30 is_ready
}

test_the_audit_has_what_an_operator_looks_for() {
    local id row event
    post /v1/execute "$(source_of)" -H 'X-Request-Id: audit-me.1'
    id=$(json .job_id)
    row=$(admin audit tail --rows 1)
    is "job id" "$(jq -r .job_id <<<"$row")" "$id"
    is "client IP" "$(jq -r .client_ip <<<"$row")" 127.0.0.1
    is "request id" "$(jq -r .request_id <<<"$row")" audit-me.1
    is "user" "$(jq -r .user <<<"$row")" demo
    has "image" "$(jq -r .image <<<"$row")" "@sha256:"
    [[ $(jq -r .container_id <<<"$row") =~ ^[0-9a-f]{64}$ ]] || bad "container id: $row"
    is "limits" "$(jq -r '.limits | fromjson | .run.wall_ms' <<<"$row")" 10000
    is "fallback" "$(jq -r .fallback_executed <<<"$row")" 0
    [[ $(jq -r .code_hash <<<"$row") =~ ^[0-9a-f]{64}$ ]] || bad "code hash: $row"
    is "exit code" "$(jq -r .exit_code <<<"$row")" 0
    is "figures" "$(jq '[.at, .run_ms, .compile_ms, .cpu_ms, .max_rss_kb, .total_ms] | map(. > 0) | all' <<<"$row")" true
    admin user create violator$$ --plan operator
    KEY=$(admin key create --user violator$$ --scopes all) \
        post /v1/execute '{"code":"#include <unistd.h>\nint main(void){return system(0);}"}'
    json_is .verdict policy_blocked
    event=$(admin --json event list violator$$ | jq -c --arg id "$(json .job_id)" '.[] | select(.job_id == $id)')
    is "events" "$(jq -r '.kind + " " + .severity' <<<"$event" | sort | uniq -c | tr -s ' ')" " $(json '.violations | length') policy_blocked warning"
    is "rules and places" "$(jq -r '.detail | fromjson | "\(.rule) \(.line)"' <<<"$event" | sort)" "$(json '.violations[] | "\(.rule) \(.line)"' | sort)"
    is "error in the audit" "$(admin audit tail --rows 1 | jq -r .error)" policy_blocked
}

test_includes_that_are_not_allowed_are_events_and_repetition_is_one() {
    local user=u$RANDOM$RANDOM KEY i
    admin user create $user --plan operator
    KEY=$(admin key create $user --scopes all)
    for i in 1 2 3 4 5 6 7 8 9 10; do
        post /v1/compile '{"ir":{"nodes":[{"id":"x","type":"Lib_x"}],"edges":[]},"node_defs":{"Lib_x":{"inputs":[],"outputs":[{"name":"out","type":"double"}],"lib":{"name":"x","include":"<sys/socket.h>","signature":"double x()"}}}}'
        problem_is 400 disallowed_includes
    done
    is "events" "$(db "select kind || ' ' || severity || ' ' || count(*) from security_events where user = '$user' group by kind, severity order by kind")" \
        $'disallowed_includes critical 5\ndisallowed_includes warning 5\nrepeated_violations critical 1'
    has "the query" "$(sqlite3 -readonly "$RUN/jobs.db" <sql/queries/violations_per_hour.sql)" $user
}

test_the_audit_is_a_chain() {
    local rows
    has "verify" "$(admin audit verify)" 'holds'
    rows=$(admin audit export | wc -l)
    is "exported rows" "$rows" "$(db 'select count(*) from audit')"
    is "rows that are no JSON" "$(admin audit export | jq -c . 2>&1 >/dev/null | wc -l)" 0
    sqlite3 "$RUN/jobs.db" "update audit set client_ip = '6.6.6.6' where seq = 3" 2>"$TMP/refused" && bad "a row could be changed"
    has "the refusal" "$(cat "$TMP/refused")" append-only
    sqlite3 "$RUN/jobs.db" "delete from audit where seq = 3" 2>/dev/null && bad "a row could be deleted"
    # In a copy, by one who takes the triggers away first.
    sqlite3 "$RUN/jobs.db" ".backup $TMP/copy.db"
    sqlite3 "$TMP/copy.db" "drop trigger audit_no_update; update audit set client_ip = '6.6.6.6' where seq = 3"
    chmod 777 "$TMP"; chmod 666 "$TMP/copy.db"
    sed "s|^GB_RUN_DIR=.*|&\nGB_DB=$TMP/copy.db|" "$RUN/graph-blocks.conf" >"$TMP/copy.conf"
    ! env -i "$RUN/bin/gb-admin" --config "$TMP/copy.conf" audit verify >"$TMP/said.verify" 2>&1 || bad "a changed row was not found"
    has "what verify says" "$(cat "$TMP/said.verify")" 3
}

test_every_query_answers_while_the_service_works() {
    local query load
    (for _ in $(seq 1 15); do TMP=$(mktemp -d "$TMP/XXXX") post /v1/execute "$(source_of)"; done) &
    load=$!
    while kill -0 $load 2>/dev/null; do
        for query in sql/queries/*.sql; do
            [ "$(head -c 3 "$query")" = '-- ' ] || bad "$query does not say what it answers"
            sqlite3 -readonly "$RUN/jobs.db" <"$query" >"$TMP/answer" 2>"$TMP/error" || bad "$query: $(cat "$TMP/error")"
        done
    done
    wait $load
    for query in recent_jobs slowest per_user_day success_rate cache_hit_rate container_start_times resource_usage failures_by_reason violations_per_hour; do
        [ -n "$(sqlite3 -readonly "$RUN/jobs.db" <sql/queries/$query.sql)" ] || bad "$query finds nothing"
    done
    sqlite3 -readonly "$RUN/jobs.db" "delete from job" 2>/dev/null && bad "a reader could write"
}

test_artifacts_go_by_age_and_the_audit_says_so() {
    local id before
    post /v1/compile examples/sum.json
    id=$(json .job_id)
    before=$(db "select count(*) from audit where action = 'artifact.retire'")
    sqlite3 -cmd '.timeout 5000' "$RUN/jobs.db" "update artifact set created_at = 1 where job_id = '$id'"
    admin job retain >/dev/null
    api GET "/v1/jobs/$id"
    status_is 200 # the job is kept for longer than its result
    json_is .state succeeded
    json_is 'has("result")' false
    [ "$(db "select count(*) from audit where action = 'artifact.retire'")" -gt "$before" ] || bad "the audit does not tell of it"
    sqlite3 -cmd '.timeout 5000' "$RUN/jobs.db" "update job set created_at = 1, finished_at = 1 where id = '$id'"
    admin job retain >/dev/null
    api GET "/v1/jobs/$id"
    problem_is 404 not_found
    is "its audit row" "$(db "select count(*) from audit where job_id = '$id'")" 1
    has "the audit" "$(admin audit verify)" 'holds'
}

value_of() { awk -v name="$1" '$1 == name {print $2}' <<<"$body"; }

test_metrics_are_of_all_processes_and_well_formed() {
    local before phase i
    api GET /metrics
    status_is 200
    has "content type" "$(header content-type)" 'text/plain; version=0.0.4'
    before=$(value_of 'gb_requests_total{route="validate",status="200",outcome="ok"}')
    for i in $(seq 1 60); do
        printf 'next\nurl = "%s/v1/validate"\ncacert = "%s"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\ndata-binary = "@examples/sum.json"\noutput = "/dev/null"\n' "$GB_URL" "$GB_CA" "$GB_KEY"
    done | tail -n +2 >"$TMP/validate.curl"
    curl -sS -Z --parallel-max 30 -K "$TMP/validate.curl"
    post /compile examples/sum.json
    post /v1/compile examples/sum.json
    api GET /metrics
    is "requests counted" "$(($(value_of 'gb_requests_total{route="validate",status="200",outcome="ok"}') - ${before:-0}))" 60
    is "series that are there twice" "$(grep -v '^#' <<<"$body" | sed 's/ [^ ]*$//' | sort | uniq -d)" ""
    is "samples without a type" "$(awk '/^# TYPE/ {known[$3] = 1; next} /^#/ {next} {n = $1; sub(/[{].*/, "", n); b = n; sub(/_(bucket|sum|count)$/, "", b); if (!known[n] && !known[b]) print n}' <<<"$body")" ""
    for phase in auth validate cache queue start compile run store; do
        has "histograms" "$body" "gb_phase_seconds_bucket{phase=\"$phase\",le=\"+Inf\"}"
    done
    for i in gb_containers_warm gb_containers_busy gb_sandbox_queue_length gb_jobs_running gb_jobs_queued gb_sandbox_ready gb_store_up; do
        [ -n "$(value_of $i)" ] || bad "there is no $i"
    done
    has metrics "$body" 'gb_violations_total{kind="policy_blocked"}'
    has metrics "$body" 'gb_cache_results_total{result="hit"}'
    has metrics "$body" 'gb_build_info{version="'
    # Names that the alert rules and the dashboard ask for are names that there are.
    for i in $(grep -oh 'gb_[a-z_]*' ops/monitoring/* | sort -u); do
        grep -q "^$i[ {]" <<<"$body" || bad "ops/monitoring asks for $i, which is not told"
    done
}

test_logs_are_one_json_object_a_line_with_ids() {
    local id=log-me.$RANDOM job log others
    post /v1/compile examples/sum.json -H "X-Request-Id: $id"
    job=$(json .job_id)
    sleep 1.5 # nginx writes its log once a second
    for log in fcgi control jobd sandboxd access; do
        is "lines of $log.log that are no object" "$(grep '^{' "$RUN/log/$log.log" | jq -c 'select(type != "object")' 2>&1 | head -n 3)" ""
        others=$(grep -Ev '^(\{|Child\[|Spawning child\[)' "$RUN/log/$log.log" | head -n 3) # multiwatch tells of who died
        [ -z "$others" ] || bad "$log.log has other lines: $others"
    done
    is "the request's line" "$(grep -F "$id" "$RUN/log/fcgi.log" | jq -r '[.level, .job_id, .route, .verdict, .status, (.ms | type)] | join(" ")')" "info $job compile ok 200 number"
    is "nginx's line" "$(grep -F "$id" "$RUN/log/access.log" | jq -r '.uri + " " + .user')" "/v1/compile demo"
}
