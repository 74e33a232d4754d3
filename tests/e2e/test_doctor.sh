# test_doctor.sh - gb-admin doctor on the running stack: well when it is well, and each thing that is
# broken is named with what mends it. (What needs no stack: tests/unit/test_doctor.c.)

doctor() { env -i "$RUN/bin/gb-admin" --config "$RUN/graph-blocks.conf" doctor "$@" 2>&1; }

names() { # CHECK PART: doctor calls this check wrong, in words that hold this part
    local said
    said=$(doctor --only "$1") && bad "doctor ended well: $said"
    has "doctor on $1" "$said" WRONG
    has "doctor on $1" "$said" "$2"
    has "doctor on $1" "$said" "mend: "
}
calls_fine() { doctor --only "$1" | grep -q '^fine'; }

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
    calls_fine authentication || bad "doctor is not content again"
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

test_doctor_names_a_certificate_that_ends() {
    cp -p "$RUN/tls/server.crt" "$TMP/kept.crt"
    cp -p "$RUN/tls/server.key" "$TMP/kept.key"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 5 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$RUN/tls/server.key" \
        -out "$RUN/tls/server.crt" 2>/dev/null
    service hup nginx
    sleep 1
    names tls "ends in 4 days"
    cp -p "$TMP/kept.crt" "$RUN/tls/server.crt"
    cp -p "$TMP/kept.key" "$RUN/tls/server.key"
    service hup nginx
    sleep 1
    calls_fine tls || bad "doctor is not content again"
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
    calls_fine permissions || bad "doctor is not content again"
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
