# test_jobs.sh - asynchronous jobs: states, live events, lists, cancelling, idempotency, webhooks.

ended() { [[ $(json .state) =~ ^(succeeded|failed|cancelled|expired)$ ]]; }
job_ended() { api GET "/v1/jobs/$1" && ended; }
job_in() { api GET "/v1/jobs/$1" && [ "$(json .state)" = "$2" ]; } # ID STATE
unique() { echo "$RANDOM$RANDOM$RANDOM"; }

# C that writes a line every 0.4 s, five of them, and then something without a line's end to each stream.
ticker() {
    printf '{"code":"#include <stdio.h>\\n#include <time.h>\\nint main(void){for(int i=0;i<5;i++){printf(\\"tick %%d é\\\\n\\",i);fflush(stdout);struct timespec t={0,400000000};nanosleep(&t,0);}printf(\\"end\\");fprintf(stderr,\\"bye\\");return %s & 0;}"}' "$(unique)"
}
# A program that sleeps for so many seconds.
sleeper() { printf '{"code":"#include <time.h>\\nint main(void){struct timespec t={%s,0};nanosleep(&t,0);return %s & 0;}"}' "$1" "$(unique)"; }

events_of() { # ID: the stream, each line with the second of its arrival before it
    curl -sS -N -m 30 --cacert "$GB_CA" -H "Authorization: Bearer $GB_KEY" -D "$TMP/headers" "$GB_URL/v1/jobs/$1/events" |
        while IFS= read -r line; do printf '%s %s\n' "$(date +%s%N | cut -c1-11)" "$line"; done
}
text_of() { # stdout|stderr: what the events of $TMP/events say of it
    awk -v want="event: $1" '{sub(/^[0-9]+ /, "")} $0 == want {take = 1; next} take && /^data: / {print substr($0, 7); take = 0}' \
        "$TMP/events" | jq -j .text
    echo .
}

test_events_are_live_and_whole() {
    local id first last
    post /v1/execute "$(ticker)" -H 'Prefer: respond-async'
    status_is 202
    is "location" "$(header location)" "/v1/jobs/$(json .job_id)"
    is "preference applied" "$(header preference-applied)" respond-async
    [ "$(header retry-after)" -ge 1 ] || bad "no Retry-After"
    id=$(json .job_id)
    events_of "$id" >"$TMP/events"
    headers=$(tr -d '\r' <"$TMP/headers")
    is "content type" "$(header content-type)" text/event-stream
    is "cache control" "$(header cache-control)" no-store
    [ -n "$(header x-request-id)" ] || bad "no X-Request-Id"
    has Server-Timing "$(header server-timing)" dur=
    is "stdout told" "$(text_of stdout)" $'tick 0 é\ntick 1 é\ntick 2 é\ntick 3 é\ntick 4 é\nend.'
    is "stderr told" "$(text_of stderr)" 'bye.'
    first=$(grep -m1 'tick 0' "$TMP/events" | cut -d' ' -f1)
    last=$(grep -m1 'event: result' "$TMP/events" | cut -d' ' -f1)
    [ $((last - first)) -ge 10 ] || bad "the first line came $((last - first)) tenths of a second before the end"
    is "events" "$(sed -n 's/^[0-9]* event: //p' "$TMP/events" | grep -v std | uniq | tr '\n' ' ')" 'state result '
    has "the last state" "$(grep '"state"' "$TMP/events" | tail -n 1)" succeeded
    # The same from the start again, for one who comes late.
    events_of "$id" >"$TMP/events"
    is "stdout told late" "$(text_of stdout)" $'tick 0 é\ntick 1 é\ntick 2 é\ntick 3 é\ntick 4 é\nend.'
}

test_events_of_a_hit_and_of_a_synchronous_job_have_its_output() {
    local how
    post /v1/compile examples/sum.json
    for how in 'respond-async' ''; do
        post /v1/compile examples/sum.json ${how:+-H "Prefer: $how"}
        events_of "$(json .job_id)" >"$TMP/events"
        is "stdout told ($how)" "$(text_of stdout)" $'7\n.'
    done
}

test_an_asynchronous_result_is_as_whole_as_a_synchronous_one() {
    local id sync
    post /v1/compile examples/sum.json
    sync=$(jq -c 'keys' <<<"$body")
    post /v1/compile examples/sum.json -H 'Prefer: respond-async'
    id=$(json .job_id)
    eventually 20 job_ended "$id" || bad "it did not end"
    json_is .state succeeded
    json_is .asynchronous true
    is "members" "$(jq -c '.result | keys' <<<"$body")" "$sync"
    has "C++" "$(json .result.cpp)" main
    json_is '.result.mapping | length > 0' true
    json_is .result.job_id "$id"
    json_is '.finished_at >= .created_at' true
}

test_every_synchronous_reply_answers_as_a_job() {
    local path reply id
    for path in /v1/compile /v1/validate /v1/emit /v1/preview; do
        post $path examples/sum.json
        reply=$body id=$(json .job_id)
        api GET "/v1/jobs/$id"
        status_is 200
        json_is .state succeeded
        json_is .kind "${path#/v1/}"
        [ "$path" != /v1/compile ] || is "result" "$(jq -cS .result <<<"$body")" "$(jq -cS . <<<"$reply")"
    done
    post /v1/compile '{"ir":{"nodes":[{"id":"x","type":"Nope"}]}}'
    id=$(json .job_id)
    api GET "/v1/jobs/$id"
    json_is .state failed
    json_is .error validation
}

test_wait_gives_the_result_or_202() {
    post /v1/execute "$(sleeper 1)" -H 'Prefer: respond-async, wait=20'
    status_is 200
    json_is .verdict ok
    has "preference applied" "$(header preference-applied)" wait
    post /v1/execute "$(sleeper 4)" -H 'Prefer: wait=1, respond-async'
    status_is 202
    json_is .state running
    api DELETE "/v1/jobs/$(json .job_id)"
    status_is 202
    post /v1/compile '{"ir":{"nodes":[]}, "limits":{"wall_ms":0}}' -H 'Prefer: respond-async'
    problem_is 400 bad_limit
}

test_a_running_job_is_cancelled() {
    local id
    post /v1/execute "$(sleeper 9)" -H 'Prefer: respond-async'
    id=$(json .job_id)
    eventually 10 job_in "$id" running || bad "it does not run"
    api DELETE "/v1/jobs/$id"
    status_is 202
    json_is .cancel_wanted true
    eventually 6 job_ended "$id" || bad "it was not cancelled"
    json_is .state cancelled
    json_is .verdict cancelled
    is "audit" "$(db "select verdict from audit where job_id = '$id'")" cancelled
    api DELETE "/v1/jobs/$id"
    problem_is 409 job_over
}

test_a_queued_job_is_cancelled_or_expires() {
    local id user=u$RANDOM$RANDOM KEY
    admin user create $user --plan standard
    admin quota set $user --concurrent 0
    KEY=$(admin key create $user --scopes compile,read)
    post /v1/compile examples/sum.json -H 'Prefer: respond-async'
    id=$(json .job_id)
    api GET "/v1/jobs/$id"
    json_is .state queued
    api DELETE "/v1/jobs/$id"
    status_is 200
    json_is .state cancelled
    api GET "/v1/jobs/$id"
    json_is .state cancelled
    post /v1/compile examples/sum.json -H 'Prefer: respond-async'
    id=$(json .job_id)
    sqlite3 -cmd '.timeout 5000' "$RUN/jobs.db" "update job set expires_at = 1 where id = '$id'"
    eventually 10 job_ended "$id" || bad "it did not expire"
    json_is .state expired
    is "audit" "$(db "select state from audit where job_id = '$id'")" expired
}

test_a_synchronous_job_is_cancelled_by_its_owner() {
    local id
    post /v1/execute "$(sleeper 9)" >/dev/null 2>&1 &
    eventually 8 eval 'api GET "/v1/jobs?state=running&kind=execute"; [ "$(json ".jobs | length")" -ge 1 ]' || bad "it is not listed"
    id=$(json '.jobs[0].job_id')
    api DELETE "/v1/jobs/$id"
    status_is 202
    eventually 6 job_ended "$id" || bad "it was not cancelled"
    json_is .state cancelled
    wait
}

test_lists_have_filters_and_pages() {
    local user=u$RANDOM$RANDOM KEY i seen= cursor=
    admin user create $user --plan operator
    KEY=$(admin key create $user --scopes compile,read)
    for i in 1 2 3 4 5; do post /v1/validate examples/sum.json; done
    post /v1/preview examples/sum.json
    post /v1/compile '{"ir":{}}'
    for i in 1 2 3 4 5; do
        api GET "/v1/jobs?limit=2${cursor:+&cursor=$cursor}"
        status_is 200
        [ "$(json '.jobs | length')" -le 2 ] || bad "a page has $(json '.jobs | length') jobs"
        seen+=" $(json '.jobs[].job_id')"
        cursor=$(json '.next_cursor // empty')
        [ -n "$cursor" ] || break
    done
    is "jobs over all pages" "$(wc -w <<<"$seen")" 7
    is "different ones" "$(tr ' ' '\n' <<<"$seen" | sort -u | grep -c .)" 7
    is "newest first" "$(tr ' ' '\n' <<<"$seen" | grep .)" "$(tr ' ' '\n' <<<"$seen" | grep . | sort -r)"
    api GET '/v1/jobs?state=failed'
    json_is '[.jobs[].state] | unique | join(" ")' failed
    json_is '.jobs | length' 1
    api GET '/v1/jobs?kind=preview'
    json_is '[.jobs[].kind] | join(" ")' preview
    api GET '/v1/jobs?verdict=time_limit'
    json_is '.jobs | length' 0
    api GET "/v1/jobs?since=$(($(date +%s) * 1000 + 60000))"
    json_is '.jobs | length' 0
    api GET "/v1/jobs?until=$(($(date +%s) * 1000 + 60000))&limit=200"
    json_is '.jobs | length' 7
    for i in limit=0 limit=201 limit=x state=done verdict=fine kind=me cursor=zz since=-1 until=1.5; do
        api GET "/v1/jobs?$i"
        is "status of $i" "$status" 400
        json_is .error bad_parameter
        has "message of $i" "$(json .message)" "${i%%=*}"
    done
    api GET '/v1/jobs?stat=failed'
    problem_is 400 bad_parameter
    json_is .suggestion state
}

test_nobody_elses_job_is_there() {
    local id user=u$RANDOM$RANDOM KEY theirs
    post /v1/execute "$(sleeper 3)" -H 'Prefer: respond-async'
    id=$(json .job_id)
    admin user create $user
    KEY=$(admin key create $user --scopes all)
    api GET "/v1/jobs/$id"
    problem_is 404 not_found
    api DELETE "/v1/jobs/$id"
    problem_is 404 not_found
    api GET "/v1/jobs/$id/events"
    problem_is 404 not_found
    api GET /v1/jobs
    json_is '.jobs | length' 0
}

test_idempotency_keys_of_routes_bodies_and_failures() {
    local key first status_first
    key=i$(unique)
    post /v1/compile examples/sum.json -H "Idempotency-Key: $key"
    first=$body
    post /v1/compile examples/sum.json -H "Idempotency-Key: $key"
    is "the reply" "$body" "$first"
    is "replayed" "$(header idempotency-replayed)" true
    post /v1/validate examples/sum.json -H "Idempotency-Key: $key"
    problem_is 422 idempotency_mismatch
    post /v1/compile '{}' -H "Idempotency-Key: $key.2"
    problem_is 400 no_ir
    post /v1/compile '{}' -H "Idempotency-Key: $key.2"
    problem_is 400 no_ir
    is "replayed" "$(header idempotency-replayed)" true
    post /v1/compile examples/sum.json -H "Idempotency-Key: $key.3" -H 'Prefer: respond-async'
    first=$(json .job_id)
    post /v1/compile examples/sum.json -H "Idempotency-Key: $key.3" -H 'Prefer: respond-async'
    json_is .job_id "$first"
    post /v1/compile examples/sum.json -H "Idempotency-Key: $(printf 'x%.0s' {1..256})"
    problem_is 400 bad_field
    # A batch: each element is one, so a repetition makes no job.
    post /v1/batch "{\"requests\":[{\"path\":\"/v1/validate\",\"body\":$(cat examples/sum.json)}]}" -H "Idempotency-Key: $key.4"
    first=$(json '.responses[0].body.job_id')
    post /v1/batch "{\"requests\":[{\"path\":\"/v1/validate\",\"body\":$(cat examples/sum.json)}]}" -H "Idempotency-Key: $key.4"
    json_is '.responses[0].body.job_id' "$first"
}

test_a_first_request_that_is_still_at_work_is_409() {
    local key=p$(unique) source
    source=$(sleeper 2 | jq -c '.options = {cache: "bypass"}')
    (post /v1/execute "$source" -H "Idempotency-Key: $key" && printf '%s' "$status" >"$TMP/first.status") &
    sleep 1
    TMP=$(mktemp -d "$TMP/XXXX") post /v1/execute "$source" -H "Idempotency-Key: $key"
    is "status" "$status" 409
    json_is .error in_progress
    wait
    is "status of the first" "$(cat "$TMP/first.status")" 200
}

test_one_flight_for_all_who_ask_the_same() {
    local source i
    source=$(sleeper 1)
    for i in 1 2 3 4 5 6 7 8; do
        curl -sS -m 60 --cacert "$GB_CA" -H "Authorization: Bearer $GB_KEY" -H 'Content-Type: application/json' \
            -d "$source" "$GB_URL/v1/execute" >"$TMP/flight.$i" &
    done
    wait
    is "how the cache answered" "$(cat "$TMP"/flight.* | jq -rs '[.[].cache] | group_by(.) | map("\(.[0]) \(length)") | join(", ")')" \
        "miss 1, shared 7"
    is "jobs" "$(cat "$TMP"/flight.* | jq -rs '[.[].job_id] | unique | length')" 8
    is "containers" "$(db "select count(distinct container_id) from job where id in ($(cat "$TMP"/flight.* | jq -rs '[.[].job_id] | map("'"'"'" + . + "'"'"'") | join(",")'))")" 1
}

# ---- webhooks: allow-listed hosts, signed, tried again, never to a private address or along a redirect

# A receiver that fails the first time, redirects /moved, and writes down what it is sent.
start_receiver() { # ADDRESS PORT
    cat >"$TMP/receiver.py" <<'PY'
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    calls = 0
    def do_POST(self):
        Handler.calls += 1
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with open(sys.argv[3], "a") as f:
            f.write(json.dumps({"path": self.path, "headers": dict(self.headers), "body": body}) + "\n")
        if self.path == "/moved":
            self.send_response(302); self.send_header("Location", "/secret")
        else:
            self.send_response(500 if Handler.calls == 1 else 204)
        self.end_headers()
    do_GET = do_POST
    def log_message(self, *args): pass
http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
PY
    python3 "$TMP/receiver.py" "$1" "$2" "$TMP/received" &
    receiver=$!
}
with_webhooks() { # the services, with that configuration until without_webhooks
    cp "$RUN/graph-blocks.conf" "$TMP/conf.before"
    printf 'GB_WEBHOOK_HOSTS=%s\nGB_WEBHOOK_SECRET=%s\n' "$1" "$2" >>"$RUN/graph-blocks.conf"
    restart_services
}
without_webhooks() {
    cat "$TMP/conf.before" >"$RUN/graph-blocks.conf"
    restart_services
}
restart_services() {
    service restart jobd
    service restart fcgi
    eventually 20 is_ready || bad "not ready after a restart"
    eventually 20 eval 'post /v1/validate examples/sum.json; [ "$status" = 200 ]' || bad "no answer after a restart"
}
delivery() { db "select state || ' ' || attempt from webhook_delivery where job_id = '$1'"; }
delivery_is() { [ "$(delivery "$1")" = "$2" ]; }

# 192.88.99.0/24 once was the anycast of 6to4 relays; nobody has it, so it may be ours for a moment: it is
# no private address.
PUBLIC=192.88.99.77

test_webhooks_reach_listed_hosts_only_and_are_signed() {
    local id receiver url=http://$PUBLIC:28080/hook at signature wanted moved private
    post /v1/compile "$(jq -c --arg u "$url" '.webhook_url = $u' examples/sum.json)" -H 'Prefer: respond-async'
    problem_is 400 bad_field # no host is listed yet
    ip address add $PUBLIC/32 dev lo || { bad "no address could be added to lo"; return; }
    start_receiver $PUBLIC 28080
    with_webhooks "$PUBLIC,localhost" secret-of-the-hooks
    post /v1/compile "$(jq -c '.webhook_url = "http://elsewhere.example/hook"' examples/sum.json)" -H 'Prefer: respond-async'
    problem_is 400 bad_field
    has message "$(json .message)" webhook_url
    post /v1/compile "$(jq -c --arg u "$url" '.webhook_url = $u' examples/sum.json)" -H 'Prefer: respond-async'
    id=$(json .job_id)
    post /v1/compile "$(jq -c --arg u "http://$PUBLIC:28080/moved" '.webhook_url = $u' examples/sum.json)" -H 'Prefer: respond-async'
    moved=$(json .job_id)
    post /v1/compile "$(jq -c '.webhook_url = "http://localhost:28080/hook"' examples/sum.json)" -H 'Prefer: respond-async'
    private=$(json .job_id)
    eventually 30 delivery_is "$id" 'delivered 2' || bad "the delivery is '$(delivery "$id")'"
    at=$(jq -r --arg id "$id" 'select(.body | contains($id)) | .headers["X-GB-Timestamp"]' "$TMP/received" | tail -n 1)
    signature=$(jq -r --arg id "$id" 'select(.body | contains($id)) | .headers["X-GB-Signature"]' "$TMP/received" | tail -n 1)
    wanted=$(jq -j --arg id "$id" 'select(.body | contains($id)) | .headers["X-GB-Timestamp"] + "." + .body + "\n"' "$TMP/received" |
        tail -n 1 | tr -d '\n' | openssl dgst -sha256 -hmac secret-of-the-hooks | sed 's/.*= /sha256=/')
    is "signature" "$signature" "$wanted"
    [ $(($(date +%s) - at)) -lt 60 ] || bad "the timestamp is $at"
    is "what is told" "$(jq -r --arg id "$id" 'select(.body | contains($id)) | .body | fromjson | .event + " " + .state' "$TMP/received" | tail -n 1)" \
        "job.ended succeeded"
    ! grep -q '"/secret"' "$TMP/received" || bad "a redirect was followed"
    has "the redirected one" "$(db "select state || ' ' || coalesce(reason, '') from webhook_delivery where job_id = '$moved'")" 302
    eventually 10 eval '[ "$(db "select attempt from webhook_delivery where job_id = '"'$private'"'")" -ge 1 ]'
    has "the private one" "$(db "select state from webhook_delivery where job_id = '$private'")" pending
    is "calls from localhost" "$(jq -r 'select(.headers.Host | startswith("localhost")) | .path' "$TMP/received")" ""
    kill $receiver
    wait $receiver 2>/dev/null
    ip address del $PUBLIC/32 dev lo
    without_webhooks
}
