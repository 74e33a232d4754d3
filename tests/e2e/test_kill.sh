# test_kill.sh - kill -9 of what works on requests: what the client sees, what the records say. The same
# with thousands of jobs: long/test_durability.sh.
. tests/e2e/storm.sh

test_a_responder_killed_over_a_request_is_502_and_its_job_is_recorded() {
    local source='{"code":"#include <time.h>\nint main(void){struct timespec t={9,0};nanosleep(&t,0);return 3;}"}' pid id client
    post /v1/execute "$source" -H "X-Request-Id: killed.$$" &
    client=$!
    eventually 20 eval '[ -n "$(db "select 1 from job where request_id='"'killed.$$'"' and state='"'running'"'")" ]' ||
        bad "the job does not run"
    read -r id pid <<<"$(db "select j.id || ' ' || p.pid from job j join process p on p.id = j.process_id where request_id='killed.$$'")"
    has "who runs the job" "$(tr '\0' ' ' <"/proc/$pid/cmdline")" gb-fcgi
    kill -9 "$pid"
    wait "$client"
    status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$TMP/headers")
    body=$(cat "$TMP/body")
    headers=$(tr -d '\r' <"$TMP/headers")
    problem_is 502 service_unavailable
    [ "$(header retry-after)" -gt 0 ] || bad "no Retry-After: $headers"
    is "request id" "$(header x-request-id)" "killed.$$"
    eventually 40 eval '[ "$(db "select state from job where id='"'$id'"'")" = failed ]' ||
        bad "the job is $(db "select state from job where id='$id'")"
    [ -n "$(db "select error || message from job where id='$id'")" ] || bad "the job ended without a reason"
    has "audit" "$(db "select state from audit where job_id='$id'")" failed
    eventually 20 eval '! containers | grep -q "$(db "select coalesce(container_id, '"'none'"') from job where id='"'$id'"'")"' ||
        bad "its container is left"
    post /v1/compile examples/sum.json
    status_is 200
}

test_kill_9_loses_no_job_and_no_record() {
    storm "${STORM_JOBS:-60}" 12 25
}
