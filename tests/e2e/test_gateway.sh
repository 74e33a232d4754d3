# test_gateway.sh - what nginx does by itself: refusals as problem documents, TLS, limits, results from
# memcached, its log.

# What comes back for these bytes over TLS, or over plain TCP; sets status, headers, body.
said_to() { # tls|plain TEXT (printf)
    local port=${GB_URL##*:}
    case $1 in
    tls) printf "$2" | timeout 10 openssl s_client -quiet -connect "localhost:$port" >"$TMP/raw" 2>/dev/null ;;
    plain) timeout 10 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; printf "$2" >&3; cat <&3' - "$port" "$2" >"$TMP/raw" 2>/dev/null ;;
    esac
    tr -d '\r' <"$TMP/raw" >"$TMP/raw.text"
    status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$TMP/raw.text")
    headers=$(sed '/^$/q' "$TMP/raw.text")
    body=$(sed '1,/^$/d' "$TMP/raw.text")
}
long() { head -c "$1" /dev/zero | tr '\0' "${2:-a}"; }
with_key() { # LINE [HEADER...]: a request's text
    printf '%s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\nAuthorization: Bearer %s\\r\\n' "$1" "$GB_KEY"
    shift
    [ $# -eq 0 ] || printf '%s\\r\\n' "$@"
    printf '\\r\\n'
}
key_with() { admin key create --user demo --scopes "$1"; }

test_the_configuration_is_accepted() {
    nginx -t -c "$RUN/nginx/nginx.conf" >"$TMP/said" 2>&1 || bad "nginx -t: $(cat "$TMP/said")"
    ! grep warn "$TMP/said" || bad "nginx -t warns"
}

test_an_installation_has_settings_that_its_programs_accept() {
    local to=$TMP/installed
    ops/install STAGE=1 PREFIX="$to/opt" ETC="$to/etc" UNITS="$to/units" LISTEN=127.0.0.1 \
        TLS_CRT="$RUN/tls/server.crt" TLS_KEY="$RUN/tls/server.key" || bad "ops/install failed"
    nginx -t -c "$to/opt/nginx/nginx.conf" >"$TMP/said" 2>&1 || bad "nginx -t: $(cat "$TMP/said")"
    has "the settings" "$(env -i "$to/opt/bin/gb-admin" --config "$to/etc/graph-blocks.conf" --print-config)" \
        "GB_RUN_DIR=$to/opt/run"
    is "units of other places" "$(grep -l /opt/graph-blocks "$to"/units/* | wc -l)" 0
    is "units" "$(ls "$to/units" | wc -l)" "$(ls ops/systemd/*.service ops/systemd/*.target | wc -l)"
}

test_what_nginx_refuses_is_a_problem_document() {
    said_to tls 'GET /healthz HTTP/1.1\r\n\r\n' # no Host
    problem_is 400 bad_request
    said_to tls 'G?T /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
    problem_is 400 bad_request
    said_to tls "$(with_key 'GET /%%00')"
    problem_is 400 bad_request
    said_to tls "$(with_key 'POST /v1/compile' 'Content-Length: 2' 'Content-Length: 3')"
    problem_is 400 bad_request
    said_to tls "$(with_key 'POST /v1/compile' 'Content-Length: 2' 'Transfer-Encoding: chunked')"
    problem_is 400 bad_request
    said_to tls "$(with_key 'POST /v1/compile' 'Content-Length: none')"
    problem_is 400 bad_request
    said_to plain 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
    problem_is 400 https_required
    said_to tls "$(with_key "GET /$(long 9000)")"
    problem_is 414 uri_too_long
    said_to tls "$(with_key 'GET /v1/me' "X-Long: $(long 9000)")"
    problem_is 431 headers_too_large
    said_to tls "$(with_key 'POST /v1/compile' 'Transfer-Encoding: gzip')"
    problem_is 501 not_implemented
    said_to tls 'GET /healthz HTTP/3.0\r\nHost: localhost\r\n\r\n'
    problem_is 505 http_version
    said_to tls "$(with_key 'TRACE /v1/me')"
    problem_is 405 method_not_allowed
    [ -n "$(header allow)" ] || bad "405 without Allow"
    KEY=none api GET /v1/jobs
    problem_is 401 unauthorized
    has www-authenticate "$(header www-authenticate)" Bearer
    api GET /nothing/here
    problem_is 404 not_found
    head -c 9000000 /dev/zero >"$TMP/nine"
    post /v1/compile "$TMP/nine"
    problem_is 413 body_too_large
    post /v1/compile "$TMP/nine" -H 'Transfer-Encoding: chunked'
    problem_is 413 body_too_large
    api GET /v1/me -H 'X-Request-Id: of-mine.1'
    is "request id" "$(header x-request-id)" of-mine.1
    api GET /v1/me -H 'X-Request-Id: not one "of mine'
    has "a request id nginx made" "$(header x-request-id)" "$(header x-request-id | grep -xE '[0-9a-f]{32}')"
}

test_every_document_is_json_that_names_its_status() {
    local document n=0
    while IFS= read -r document; do
        body=$document
        json_is '.success' false
        [ "$(json '.status|type')/$(json '.error|type')/$(json '.message|type')" = number/string/string ] ||
            bad "no problem document: $document"
        n=$((n + 1))
    done < <(sed -n "s/\\\\'/'/g; s/^ *return [0-9]* '\(.*\)\\\\n';$/\1/p" "$RUN/nginx/problems.conf")
    is "documents" "$n" "$(grep -c '^[0-9]' nginx/problems.table)"
}

test_tls_is_modern_and_http_2_is_spoken() {
    local version
    version=$(curl -s --cacert "$GB_CA" -o /dev/null -w '%{http_version}' "$GB_URL/healthz")
    is "version of HTTP" "$version" 2
    for version in -tls1_2 -tls1_3; do
        openssl s_client -connect "localhost:${GB_URL##*:}" $version </dev/null >"$TMP/tls" 2>&1 || bad "no $version"
    done
    for version in -tls1 -tls1_1; do
        ! openssl s_client -connect "localhost:${GB_URL##*:}" -cipher ALL:@SECLEVEL=0 $version </dev/null >"$TMP/tls" 2>&1 ||
            bad "$version is spoken"
    done
    api GET /healthz
    has "strict-transport-security" "$(header strict-transport-security)" max-age=31536000
}

test_results_come_from_memcached_for_those_who_may_read() {
    local hash key
    post /v1/compile examples/sum.json
    hash=$(json .result_hash)
    eventually 5 eval "api GET /v1/results/$hash; [ \"\$status\" = 200 ]"
    api GET "/v1/results/$hash"
    status_is 200
    json_is .stdout 7
    is etag "$(header etag)" "\"$hash\""
    has cache-control "$(header cache-control)" immutable
    is "content type" "$(header content-type)" application/json
    # Nobody but nginx has answered: an answer of the service has Server-Timing.
    is "server-timing of a stored result" "$(header server-timing)" ""
    api GET "/v1/results/$hash" -H "If-None-Match: \"$hash\""
    status_is 304
    api GET "/v1/results/$hash" -H 'Accept: text/html'
    problem_is 406 not_acceptable
    api GET "/v1/results/$hash" -H 'Accept: text/html, application/json;q=0.9'
    status_is 200
    api POST "/v1/results/$hash"
    problem_is 405 method_not_allowed
    has allow "$(header allow)" GET
    api GET "/v1/results/$(long 64 0)"
    problem_is 404 not_found
    KEY=none api GET "/v1/results/$hash"
    problem_is 401 unauthorized
    key=$(key_with compile)
    KEY=$key api GET "/v1/results/$hash"
    problem_is 403 forbidden
    key=$(key_with read)
    KEY=$key api GET "/v1/results/$hash"
    status_is 200
    KEY=$key api GET "/v1/results/$hash" # its answer comes from the kept one
    status_is 200
}

test_a_stopped_service_is_502_with_a_time_to_try_again() {
    service down fcgi
    eventually 10 eval '! pgrep -f "gb-fcgi.*fcgi.sock" || [ "$(sv status "$RUN/service/fcgi" | cut -c1-4)" = down ]'
    post /v1/compile examples/sum.json
    problem_is 502 service_unavailable
    [ "$(header retry-after)" -gt 0 ] || bad "no Retry-After: $headers"
    service up fcgi
    eventually 20 eval 'post /v1/compile examples/sum.json; [ "$status" = 200 ]' || bad "the service is not back"
    service down control
    eventually 10 eval '[ "$(sv status "$RUN/service/control" | cut -c1-4)" = down ]'
    sleep 4 # what is known of the key is forgotten
    api GET /v1/me
    problem_is 503 service_unavailable
    [ "$(header retry-after)" -gt 0 ] || bad "no Retry-After: $headers"
    service up control
    eventually 20 eval 'api GET /v1/me; [ "$status" = 200 ]' || bad "the service is not back"
}

test_connections_of_one_key_are_limited_whatever_else_it_sends() {
    local limit
    sed -i.kept 's/limit_conn key_conn .*/limit_conn key_conn 2;/' "$RUN/nginx/nginx.conf"
    service hup nginx
    sleep 1
    printf '{"code":"#include <time.h>\\nint main(void) { struct timespec t = {4, 0}; nanosleep(&t, 0); return 0; }"}' >"$TMP/sleep.json"
    for limit in 1 2 3 4; do # another X-API-Key beside the key is no other key
        curl -s -m 60 --cacert "$GB_CA" -o /dev/null -w '%{http_code}\n' "$GB_URL/v1/execute" -H "X-API-Key: $limit" \
            -H "Authorization: Bearer $GB_KEY" -H 'Content-Type: application/json' --data-binary @"$TMP/sleep.json" \
            >"$TMP/conn.$limit" &
    done
    wait
    is "answers to 4 at once where 2 may be" "$(cat "$TMP"/conn.[1-4] | sort | tr '\n' ' ')" "200 200 429 429 "
    mv "$RUN/nginx/nginx.conf.kept" "$RUN/nginx/nginx.conf"
    service hup nginx
    sleep 1
}

test_the_access_log_is_json_without_secrets() {
    local line
    post '/v1/nowhere?token=hush' '{}' -H "X-Request-Id: logged.$$"
    eventually 10 grep -q "logged.$$" "$RUN/log/access.log" || bad "the request is not in the log"
    line=$(grep "logged.$$" "$RUN/log/access.log" | tail -n 1)
    body=$line
    json_is .uri /v1/nowhere
    json_is .status 404
    json_is .user demo
    json_is .method POST
    json_is .remote_addr 127.0.0.1
    said_to tls "GET /too/$(long 9000) HTTP/1.1\r\nHost: localhost\r\n\r\n"
    sleep 2
    tail -n 500 "$RUN/log/access.log" | jq -es 'length > 0' >/dev/null || bad "not one JSON object a line"
    ! grep -F "${GB_KEY#*_}" "$RUN/log/access.log" || bad "a key is in the log"
    ! grep hush "$RUN/log/access.log" || bad "a query is in the log"
}

test_others_than_operators_see_no_figures() {
    local path
    sed -i.kept 's/^\( *\)allow 127.0.0.0\/8;/\1deny 127.0.0.0\/8;/' "$RUN/nginx/nginx.conf"
    service hup nginx
    sleep 1
    for path in /metrics /readyz; do
        api GET $path
        problem_is 403 forbidden
    done
    api GET /healthz
    status_is 200
    mv "$RUN/nginx/nginx.conf.kept" "$RUN/nginx/nginx.conf"
    service hup nginx
    sleep 1
}
