# test_durability.sh - kill -9 at random moments: nothing accepted is lost, nothing answered unrecorded.

# Writes curl's list of N posts of graph $2 with extra header $3; replies land in $TMP/$4.N
many_posts() { # N FILE HEADER NAME
    local i
    for i in $(seq 1 "$1"); do
        printf 'next\nurl = "%s/v1/compile"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\n' "$GB_URL" "$GB_KEY"
        [ -z "$3" ] || printf 'header = "%s"\n' "$3"
        printf 'data-binary = "@%s"\noutput = "%s/%s.%d"\ncacert = "%s"\n' "$2" "$TMP" "$4" "$i" "$GB_CA"
    done | tail -n +2
}

victims() { # the processes that may die at any moment
    pgrep -f "^$RUN/bin/gb-(fcgi|jobd|sandboxd) "
}

killer() { # SECONDS
    local end=$(($(date +%s) + $1)) pid
    while [ "$(date +%s)" -lt "$end" ]; do
        sleep 0.$((RANDOM % 8 + 2))
        pid=$(victims | shuf -n 1)
        [ -z "$pid" ] || kill -9 "$pid"
    done
}

all_over() { [ "$(db "select count(*) from job where state in ('queued','running')")" = 0 ]; }

test_kill_9_loses_no_job_and_no_record() {
    local killing i id missing=0 answered=0 accepted=0
    jq -c '.ir.nodes[0].properties.value = 1 | .limits = {}' examples/sum.json >"$TMP/sync.json"
    killer 25 &
    killing=$!
    many_posts 1000 "$TMP/sync.json" '' sync >"$TMP/sync.curl"
    many_posts 1000 "$TMP/sync.json" 'Prefer: respond-async' async >"$TMP/async.curl"
    curl -s -Z --parallel-max 8 -m 60 -K "$TMP/sync.curl" >/dev/null 2>&1 &
    curl -s -Z --parallel-max 8 -m 60 -K "$TMP/async.curl" >/dev/null 2>&1
    wait %2 2>/dev/null
    kill "$killing" 2>/dev/null
    wait "$killing" 2>/dev/null
    eventually 60 is_ready || bad "not ready after the kills"
    eventually 120 all_over || bad "jobs without an end: $(db "select id,state from job where state in ('queued','running')" | head -5)"
    for i in "$TMP"/sync.[0-9]* "$TMP"/async.[0-9]*; do
        # A refusal (a quota, a restart) is no job.
        id=$(jq -r 'select(.verdict != null or .state != null) | .job_id // empty' "$i" 2>/dev/null)
        [ -z "$id" ] || echo "$id"
    done >"$TMP/ids"
    answered=$(wc -l <"$TMP/ids")
    [ "$answered" -gt 200 ] || bad "only $answered of 2000 requests were answered"
    db "select id from job" | sort >"$TMP/recorded"
    db "select job_id from audit where job_id is not null" | sort -u >"$TMP/audited"
    missing=$(sort -u "$TMP/ids" | comm -23 - "$TMP/recorded" | wc -l)
    is "answered jobs without a row" "$missing" 0
    missing=$(sort -u "$TMP/ids" | comm -23 - "$TMP/audited" | wc -l)
    is "answered jobs without an audit row" "$missing" 0
    admin audit verify >"$TMP/verify" 2>&1 || bad "audit verify: $(cat "$TMP/verify")"
    is integrity "$(db 'pragma integrity_check')" ok
    echo "    $answered answered"
}
