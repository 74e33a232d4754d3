# test_quota.sh - keys, scopes, quotas: what they allow and not one job more, when 200 requests come at
# once to three responders.

STORM=200

# A user of its own with these limits, and a key: sets $user, $KEY. The caller declares both local.
new_user() { # [quota options...]
    user=u$RANDOM$RANDOM
    admin user create "$user" --plan operator >/dev/null
    [ $# -eq 0 ] || admin quota set "$user" "$@" >/dev/null
    KEY=$(admin key create "$user" --scopes compile,execute,read)
}
jobs_of() { db "select count(*) from job j join user u on u.id = j.user_id where u.name = '$1' and ${2:-1}"; }

# STORM posts at once, each with a body of its own; their statuses are in $TMP/codes, one a line.
storm() { # PATH BODY [HEADER]    "@N@" in the body is a number that no other request has
    local i base=$RANDOM$RANDOM
    for i in $(seq 1 $STORM); do
        [ "$i" = 1 ] || echo next
        printf '%s' "${2//@N@/$base$i}" >"$TMP/storm.$i"
        printf 'url = "%s%s"\ncacert = "%s"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\n' \
            "$GB_URL" "$1" "$GB_CA" "$KEY"
        [ -z "${3:-}" ] || printf 'header = "%s"\n' "$3"
        printf 'data-binary = "@%s"\noutput = "%s"\nwrite-out = "%%{http_code}\\n"\n' "$TMP/storm.$i" "$TMP/storm.out.$i"
    done >"$TMP/storm.curl"
    curl -sS -Z --parallel-immediate --parallel-max $STORM -m 100 -K "$TMP/storm.curl" >"$TMP/codes" 2>"$TMP/storm.err"
    is "replies" "$(wc -l <"$TMP/codes")" $STORM
}
count() { grep -c "^$1\$" "$TMP/codes"; } # CODE

sleeper='{"code":"#include <time.h>\nint main(void){struct timespec t={0,300000000};nanosleep(&t,0);return @N@ & 0;}","options":{"cache":"bypass"}}'

test_three_responders_take_jobs() {
    [ "$(pgrep -cf "^$RUN/bin/gb-fcgi ")" -ge 4 ] || bad "fewer than three responders and one for control"
}

test_jobs_per_minute_hold_under_200_requests_at_once() {
    local user KEY
    new_user --jobs-per-minute 50
    storm /v1/validate "{\"ir\":{\"nodes\":[{\"id\":\"n@N@\",\"type\":\"Literal\",\"properties\":{\"value\":1}}],\"edges\":[]}}"
    is "accepted" "$(count 200)" 50
    is "refused" "$(count 429)" $((STORM - 50))
    is "rows" "$(jobs_of "$user")" 50
    post /v1/validate examples/sum.json
    problem_is 429 rate_limited
    json_is .quota jobs_per_minute
    json_is .job_id null
    is "remaining" "$(header ratelimit-remaining)" 0
    is "limit" "$(header ratelimit-limit)" 50
    [ "$(header retry-after)" -ge 1 ] && [ "$(header retry-after)" -le 60 ] || bad "Retry-After: $(header retry-after)"
    is "Retry-After" "$(header retry-after)" "$(json .retry_after)"
    api GET /v1/me
    json_is .quota.jobs_per_minute.remaining 0
}

# The most jobs that stood in state running at the same time, by the rows' own times.
most_at_once() { # USER
    db "with j as (select started_at s, finished_at e from job join user u on u.id = user_id where u.name = '$1')
        select max(n) from (select (select count(*) from j b where b.s <= a.s and b.e > a.s) n from j a)"
}

test_concurrent_jobs_hold_under_200_requests_at_once() {
    local user KEY ran
    new_user --concurrent 3
    storm /v1/execute "$sleeper"
    ran=$(count 200)
    [ "$ran" -ge 3 ] || bad "only $ran ran: $(sort "$TMP/codes" | uniq -c)"
    is "refused" "$(count 429)" $((STORM - ran))
    is "rows" "$(jobs_of "$user")" "$ran"
    [ "$(most_at_once "$user")" -le 3 ] || bad "$(most_at_once "$user") jobs ran at once"
    is "word of a refusal" "$(cat "$TMP"/storm.out.* | jq -r 'select(.status == 429) | .error + " " + .quota' | sort -u)" \
        "quota_exceeded concurrent_jobs"
}

test_the_queue_holds_under_200_requests_at_once() {
    local user KEY id
    new_user --queued 10 --concurrent 0
    storm /v1/compile "$(jq -c . examples/sum.json)" 'Prefer: respond-async'
    is "accepted" "$(count 202)" 10
    is "refused" "$(count 429)" $((STORM - 10))
    is "rows" "$(jobs_of "$user" "state = 'queued'")" 10
    admin quota set "$user" --concurrent 4 >/dev/null
    eventually 60 eval '[ "$(jobs_of '"$user"' "state = '"'succeeded'"'")" = 10 ]' ||
        bad "the queue does not empty: $(jobs_of "$user" "state = 'succeeded'") of 10"
    [ "$(most_at_once "$user")" -le 4 ] || bad "$(most_at_once "$user") jobs ran at once"
}

test_cpu_seconds_of_a_day_are_charged() {
    local user KEY i
    new_user --cpu-seconds 1
    for i in 1 2 3; do
        post /v1/execute '{"code":"#include <time.h>\nint main(void){while(clock() < CLOCKS_PER_SEC * 8 / 10);return 0;}","options":{"cache":"bypass"}}'
        [ "$status" = 200 ] || break
    done
    problem_is 429 quota_exceeded
    json_is .quota cpu_seconds_per_day
    [ "$(header retry-after)" -ge 1 ] || bad "no Retry-After"
    [ "$i" -le 3 ] || bad "$i jobs ran"
    post /v1/validate examples/sum.json # costs no processor time
    status_is 200
}

test_a_scope_holds_under_200_requests_at_once() {
    local user KEY
    new_user
    KEY=$(admin key create "$user" --scopes compile)
    storm /v1/execute "$sleeper"
    is "forbidden" "$(count 403)" $STORM
    is "rows" "$(jobs_of "$user")" 0
    has "a refusal" "$(cat "$TMP/storm.out.1")" '"error":"forbidden"'
}

# Storms of requests with the key until nothing of it is accepted any more; then the rows say when the
# last one was.
storms_until() { # SECONDS
    local end=$((SECONDS + $1))
    while [ "$SECONDS" -lt "$end" ]; do
        storm /v1/validate "$(jq -c . examples/sum.json)"
        sleep 1 # nginx lets a key ask 200 times a second
    done
}

test_a_revoked_key_starts_no_job_after_5_s() {
    local user KEY revoked
    new_user
    storm /v1/validate "$(jq -c . examples/sum.json)"
    is "before" "$(count 200)" $STORM
    admin key revoke "${KEY:0:11}" >/dev/null
    revoked=$(date +%s%3N)
    storms_until 7
    is "accepted after" "$(count 200)" 0
    [ "$(count 401)" -ge $((STORM / 2)) ] || bad "replies: $(sort "$TMP/codes" | uniq -c)"
    is "jobs later than 5 s" "$(jobs_of "$user" "j.created_at > $revoked + 5000")" 0
}

test_an_expired_key_starts_no_job() {
    local user KEY expires
    new_user
    KEY=$(admin key create "$user" --scopes compile --seconds 3)
    expires=$(db "select expires_at from api_key where prefix = '${KEY:0:11}'")
    storm /v1/validate "$(jq -c . examples/sum.json)"
    is "before" "$(count 200)" $STORM
    storms_until 5
    is "accepted after" "$(count 200)" 0
    [ "$(count 401)" -ge $((STORM / 2)) ] || bad "replies: $(sort "$TMP/codes" | uniq -c)"
    is "jobs after its end" "$(jobs_of "$user" "j.created_at > $expires + 1000")" 0
    api GET /v1/me
    problem_is 401 unauthorized
    has WWW-Authenticate "$headers" 'this key has expired'
}

test_rotation_gives_a_new_key_and_ends_the_old_one() {
    local user KEY new
    new_user
    new=$(admin key rotate "${KEY:0:11}" --grace-seconds 1)
    [ "$new" != "$KEY" ] || bad "the key is the same"
    KEY=$new api GET /v1/me
    status_is 200
    json_is .scopes 'compile execute read'
    sleep 6
    api GET /v1/me
    problem_is 401 unauthorized
    KEY=$new api GET /v1/me
    status_is 200
}

test_a_disabled_user_is_refused_within_5_s() {
    local user KEY
    new_user
    api GET /v1/me
    status_is 200
    admin user disable "$user"
    sleep 5
    api GET /v1/me
    problem_is 401 unauthorized
    admin user enable "$user"
    sleep 2
    api GET /v1/me
    status_is 200
}

test_keys_are_shown_once() {
    local user KEY all
    new_user
    all=$(admin key list "$user"; admin --json key list "$user"; admin audit export; db "select * from api_key" | tr -d '\0')
    has "the list" "$all" "${KEY:0:11}"
    case $all in *"${KEY:12}"*) bad "the secret part of a key is told again" ;; esac
    ! grep -rqs -- "${KEY:12}" "$RUN"/jobs.db* "$RUN"/log || bad "the secret part of a key stands in a file"
}
