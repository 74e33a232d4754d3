# test_doctor.sh - gb-admin doctor on the running stack: well when it is well, and each thing that is
# broken is named with what mends it. (What needs no stack: tests/unit/test_doctor.c.)

doctor() { env -i GB_PUBLIC_URL="${GB_PUBLIC_URL:-}" "$RUN/bin/gb-admin" --config "$RUN/graph-blocks.conf" doctor "$@" 2>&1; }

names() { # CHECK PART: doctor calls this check wrong, in words that hold this part
    local said
    said=$(doctor --only "$1") && bad "doctor ended well: $said"
    has "doctor on $1" "$said" WRONG
    has "doctor on $1" "$said" "$2"
    has "doctor on $1" "$said" "mend: "
}
calls_fine() { doctor --only "$1" | grep -q '^fine'; }
is_content() { calls_fine "$1" || bad "doctor is not content: $(doctor --only "$1")"; }

# Changes a file of nginx by sed, reloads, runs a command, puts it back.
with_nginx() { # FILE SED COMMAND...
    local file=$RUN/nginx/$1 expression=$2
    shift 2
    cp -p "$file" "$TMP/kept.conf"
    sed -i "$expression" "$file"
    service hup nginx
    sleep 1
    "$@"
    cp -p "$TMP/kept.conf" "$file"
    service hup nginx
    sleep 1
}

test_doctor_finds_nothing_wrong_with_a_stack_that_is_well() {
    local said
    said=$(doctor) || bad "doctor says: $said"
    ! grep -v '^fine' <<<"$said" | grep . || bad "not all is fine: $said"
    [ "$(wc -l <<<"$said")" -ge 24 ] || bad "too few checks: $said"
}

test_doctor_names_a_stopped_sandbox() {
    service stop sandboxd
    names broker "does not answer"
    names image "does not run"
    names ready sandbox
    service start sandboxd
    eventually 30 is_ready || bad "the stack did not come back"
    eventually 10 calls_fine broker || bad "doctor is not content again"
}

test_doctor_names_a_missing_cache() {
    service stop memcached
    names ready cache
    service start memcached
    eventually 20 calls_fine ready || bad "doctor is not content again"
}

test_doctor_names_a_gateway_without_keys() {
    # Without auth_request alone the responder itself still refuses; a location of its own is open.
    echo 'location = /v1/me { return 200 "{}"; }' >"$RUN/nginx/local/open.conf"
    service hup nginx
    sleep 1
    names authentication "without a key gets 200"
    rm "$RUN/nginx/local/open.conf"
    service hup nginx
    sleep 1
    is_content authentication
}

test_doctor_names_a_gateway_without_limits() {
    with_nginx nginx.conf '/^ *limit_req /d' names rate-limit limit_req
    with_nginx nginx.conf '/^ *limit_conn /d' names rate-limit limit_conn
}

test_doctor_names_figures_that_cannot_be_read() {
    with_nginx nginx.conf 's/allow 127.0.0.0\/8;/deny 127.0.0.0\/8;/' names monitoring "gives 403"
}

test_doctor_names_old_tls() {
    with_nginx nginx.conf 's/ssl_protocols .*/ssl_protocols TLSv1.1 TLSv1.2;/; s/ssl_ciphers .*/ssl_ciphers ALL:@SECLEVEL=0;/' \
        names tls "TLS 1.1"
}

# Gives nginx another certificate, runs a command, puts the old one back.
with_certificate() { # DAYS NAMES COMMAND...
    local days=$1 names=$2
    shift 2
    cp -p "$RUN/tls/server.crt" "$TMP/kept.crt"
    cp -p "$RUN/tls/server.key" "$TMP/kept.key"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$days" -subj /CN=localhost \
        -addext "subjectAltName=$names" -keyout "$RUN/tls/server.key" -out "$RUN/tls/server.crt" 2>/dev/null
    service hup nginx
    sleep 1
    "$@"
    cp -p "$TMP/kept.crt" "$RUN/tls/server.crt"
    cp -p "$TMP/kept.key" "$RUN/tls/server.key"
    service hup nginx
    sleep 1
}

test_doctor_names_a_certificate_that_ends() {
    with_certificate 5 DNS:localhost,IP:127.0.0.1 names tls "ends in 4 days"
    is_content tls
}

test_doctor_wants_a_certificate_for_the_name_that_clients_use() {
    local GB_PUBLIC_URL=https://graphs.example.org said
    names tls "$GB_PUBLIC_URL is not trusted"
    said=$(doctor --only ready)
    has "doctor on ready" "$said" "see tls"
    with_certificate 90 DNS:graphs.example.org is_content tls
}

test_doctor_names_a_stopped_gateway() {
    service stop nginx
    names tls "does not answer"
    names monitoring "does not answer"
    service start nginx
    eventually 20 calls_fine tls || bad "doctor is not content again"
}

test_doctor_names_open_permissions() {
    chmod 644 "$RUN/jobs.db"
    names permissions "$RUN/jobs.db"
    chmod 640 "$RUN/jobs.db"
    chmod 644 "$RUN/tls/server.key"
    names permissions server.key
    chmod 600 "$RUN/tls/server.key"
    is_content permissions
}

# ---- what is weaker than it was ordered, for real ---------------------------------------------------

set_in() { # FILE KEY=VALUE...: in this configuration file, instead of what it says
    local file=$1 pair
    shift
    for pair; do
        sed -i "/^${pair%%=*}=/d" "$file"
        echo "$pair" >>"$file"
    done
}

broker_judged() { grep -qE '^fine|is not ready: \["' <<<"$(doctor --only broker)"; }

# Runs a command while gb-sandboxd works with other settings.
with_broker() { # "KEY=VALUE KEY=VALUE" COMMAND...
    local settings=$1
    shift
    cp -p "$RUN/graph-blocks.conf" "$TMP/kept-broker.conf"
    set_in "$RUN/graph-blocks.conf" $settings
    service restart sandboxd
    eventually 30 broker_judged || bad "no judgement of the broker with $settings"
    "$@"
    cp -p "$TMP/kept-broker.conf" "$RUN/graph-blocks.conf"
    service restart sandboxd
}

# The same with an Engine that makes other containers than were ordered (tests/tools/meddle).
with_containers() { # FROM TO [FROM TO] -- COMMAND...
    local changes=() meddler
    while [ "$1" != -- ]; do changes+=("$1") && shift; done
    shift
    rm -f "$RUN/meddled.sock"
    tests/tools/meddle "$RUN/meddled.sock" "$ENGINE" "${changes[@]}" &
    meddler=$!
    eventually 10 test -S "$RUN/meddled.sock" || bad "meddle does not listen"
    with_broker "GB_DOCKER_SOCKET=$RUN/meddled.sock" "$@"
    kill "$meddler"
    rm -f "$RUN/meddled.sock"
}

test_doctor_names_containers_with_capabilities() {
    with_containers '"CapDrop"' '"XapDrop"' -- names capabilities "may have capabilities"
}
test_doctor_names_containers_that_may_gain_privileges() {
    with_containers '"SecurityOpt"' '"XecurityOpt"' -- names no-new-privileges "may gain privileges"
}
test_doctor_names_containers_without_a_seccomp_profile() {
    with_containers '"seccomp=...' '"seccomp=unconfined"' -- names seccomp "no seccomp profile"
}
test_doctor_names_containers_of_root() {
    with_containers '"User":"1000:1000"' '"User":"0:0"' -- names non-root "root"
}
test_doctor_names_containers_with_a_network() {
    with_containers '"NetworkMode":"none"' '"NetworkMode":"host"' '"NetworkDisabled"' '"XetworkDisabled"' -- \
        names network "network interface"
}
test_doctor_names_containers_whose_root_can_be_written() {
    with_containers '"ReadonlyRootfs"' '"XeadonlyRootfs"' -- names workspace "root can be written"
    eventually 60 is_ready || bad "the stack did not come back"
}

test_doctor_names_an_image_that_is_not_there() {
    with_broker SANDBOX_IMAGE=nowhere-to-be-had names image "does not run"
    with_broker SANDBOX_IMAGE=nowhere-to-be-had names broker "nowhere-to-be-had"
    eventually 60 is_ready || bad "the stack did not come back"
    eventually 10 calls_fine image || bad "doctor is not content again: $(doctor --only image)"
}

test_doctor_names_a_broker_that_answers_strangers() {
    only_root || return
    with_broker GB_SANDBOX_PEERS=graph-blocks,nobody names strangers "everybody"
    eventually 60 is_ready || bad "the stack did not come back"
    eventually 10 calls_fine strangers || bad "doctor is not content again"
}

test_doctor_names_the_fallback() {
    with_broker DEV_ALLOW_FALLBACK=1 names fallback "on the host"
    eventually 60 is_ready || bad "the stack did not come back"
}

test_doctor_names_a_responder_without_a_filter() {
    cp -p "$RUN/graph-blocks.conf" "$TMP/kept.conf"
    set_in "$RUN/graph-blocks.conf" GB_CONFINE=0
    names confinement "without a system-call filter"
    service restart control
    eventually 20 is_ready || bad "the responder did not start without a filter"
    cp -p "$TMP/kept.conf" "$RUN/graph-blocks.conf"
    names confinement "runs without a system-call filter" # what runs, whatever the file says by now
    service restart control
    eventually 20 is_ready || bad "the stack did not come back"
    eventually 10 calls_fine confinement || bad "doctor is not content again: $(doctor --only confinement)"
}

test_doctor_names_a_database_that_is_locked() {
    local holder
    { echo 'BEGIN IMMEDIATE;'; sleep 8; } | sqlite3 "$RUN/jobs.db" &
    holder=$!
    sleep 1
    names database "locked"
    wait $holder
    eventually 10 calls_fine database || bad "doctor is not content again"
}

# doctor on a copy of the database and the settings, which can be spoilt.
on_a_copy() { # SQL KEY=VALUE...
    local sql=$1
    shift
    rm -f "$TMP/copy.db"*
    sqlite3 "$RUN/jobs.db" ".backup $TMP/copy.db"
    chmod 600 "$TMP/copy.db"
    [ -z "$sql" ] || sqlite3 "$TMP/copy.db" "DROP TRIGGER IF EXISTS audit_no_update; $sql" || bad "$sql"
    cp "$RUN/graph-blocks.conf" "$TMP/copy.conf"
    set_in "$TMP/copy.conf" "GB_DB=$TMP/copy.db" "$@"
}
copy_names() { # CHECK PART
    local said
    said=$(env -i "$RUN/bin/gb-admin" --config "$TMP/copy.conf" doctor --only "$1" 2>&1) && bad "doctor ended well: $said"
    has "doctor on $1" "$said" WRONG
    has "doctor on $1" "$said" "$2"
    has "doctor on $1" "$said" "mend: "
}

test_doctor_names_what_is_wrong_with_records_and_settings() {
    post /v1/compile examples/sum.json
    on_a_copy "UPDATE audit SET user = 'eve' WHERE seq = 2"
    copy_names audit "row 2"
    on_a_copy "UPDATE audit SET at = at + 3600000 WHERE seq = (SELECT max(seq) FROM audit)"
    copy_names clock "behind the last audit row"
    on_a_copy "UPDATE job SET state = 'running', lease_until = 1000 WHERE id = (SELECT max(id) FROM job)"
    copy_names stuck-jobs "held by nobody"
    admin user create greedy >/dev/null 2>&1
    on_a_copy "UPDATE quota SET concurrent_jobs = 999999 WHERE user_id = (SELECT id FROM user WHERE name = 'greedy')"
    copy_names quotas "greedy alone"
    on_a_copy ""
    printf 'no database at all, %4000s' '' >"$TMP/copy.db"
    copy_names database "not a database"
    on_a_copy "" GB_MIN_FREE_MB=10000000
    copy_names disk "are free"
    on_a_copy "" GB_RETAIN_ARTIFACTS_D=0 GB_RETAIN_ARTIFACTS_MB=0
    copy_names retention "until the disk is full"
    on_a_copy "" GB_WEBHOOK_HOSTS=hooks.example.org
    copy_names webhooks "without a secret"
}

# Every row of the checks' tables has a test above that breaks it.
test_every_check_is_broken_by_a_test() {
    local check
    for check in $(doctor --json | jq -r '.[].check'); do
        grep -qE "(^|[ ;])(copy_)?names $check " tests/e2e/test_doctor.sh || bad "no test here breaks $check"
    done
}

test_top_shows_the_stack_at_work() {
    local said
    post /v1/compile examples/sum.json
    said=$(admin top --once) || bad "top ended with $?: $said"
    has top "$said" "containers: "
    has top "$said" "last minute"
    has top "$said" demo
}

test_queries_answer_while_the_service_works() {
    local file
    post /v1/compile examples/sum.json
    for file in sql/queries/*.sql; do
        sqlite3 -readonly "$RUN/jobs.db" <"$file" >"$TMP/rows" 2>&1 || bad "$file: $(cat "$TMP/rows")"
    done
    has recent_jobs "$(sqlite3 -readonly "$RUN/jobs.db" <sql/queries/recent_jobs.sql)" compile
}
