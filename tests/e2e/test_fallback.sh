# test_fallback.sh - DEV_ALLOW_FALLBACK through the API: jobs on the host when Docker is away, for who
# brings the token, and said in the reply and the audit.

with_fallback() { # [KEY=value...]: gb-sandboxd anew, with the fallback, and no Engine
    cp -p "$RUN/graph-blocks.conf" "$TMP/conf"
    printf '%s\n' DEV_ALLOW_FALLBACK=1 "$@" >>"$RUN/graph-blocks.conf"
    service restart sandboxd
    service "force-stop" docker
    eventually 30 fallback_is_on || bad "no fallback: $(tail -n 2 "$RUN/log/sandboxd.log")"
}
fallback_is_on() { sandbox_status | jq -e '.fallback and (.ready | not)'; }
without_fallback() {
    cp -p "$TMP/conf" "$RUN/graph-blocks.conf"
    service start docker
    service restart sandboxd
    eventually 60 is_ready || bad "not ready again"
}
no_host_processes() { ! pgrep -f "^$RUN/bin/gb-job\$"; }

test_the_fallback_asks_for_its_token_and_says_what_it_did() {
    local source='{"code":"#include <stdio.h>\nint main(void) { puts(\"on the host\"); return 0; }\n","options":{"cache":"bypass"}}'
    with_fallback DEV_FALLBACK_TOKEN=hush
    post /v1/execute "$source"
    problem_is 403 fallback_forbidden
    post /v1/execute "$source" -H 'X-DEV-FALLBACK-TOKEN: hash'
    problem_is 403 fallback_forbidden
    post /v1/execute "$source" -H 'X-DEV-FALLBACK-TOKEN: hush'
    json_is .verdict ok
    json_is .fallback_executed true
    stdout_is $'on the host\n'
    is "audited" "$(db "select max(fallback_executed) from audit_log where job_id = '$(json .job_id)'")" 1
    post /v1/compile "$(jq -c '. + {options: {cache: "bypass"}}' examples/sum.json)" -H 'X-DEV-FALLBACK-TOKEN: hush'
    json_is .verdict ok
    json_is .fallback_executed true
    stdout_is $'7\n'
    post /v1/execute '{"code":"int main(void) { for (;;) ; }","limits":{"wall_ms":500}}' -H 'X-DEV-FALLBACK-TOKEN: hush'
    json_is .verdict time_limit
    post /v1/execute "$(jq -n --rawfile code tests/hostile/process_fork.c --rawfile raw tests/hostile/raw.h \
        '{files: {"main.c": $code, "raw.h": $raw}}')" -H 'X-DEV-FALLBACK-TOKEN: hush'
    json_is .verdict forbidden_syscall
    eventually 5 no_host_processes || bad "gb-jobs are left on the host: $(pgrep -f -l "$RUN/bin/gb-job")"
    is "workspaces left" "$(ls -d /tmp/gb-job.* 2>/dev/null | wc -l)" 0
    without_fallback
    post /v1/execute "$source" -H 'X-DEV-FALLBACK-TOKEN: hush'
    json_is .verdict ok
    json_is .fallback_executed false
}

# Nobody else is let in by a wrong configuration: the start is refused, with the reason.
test_the_fallback_of_a_public_service_is_refused_at_the_start() {
    local said
    said=$(env -i DEV_ALLOW_FALLBACK=1 GB_LISTEN=0.0.0.0:8443 GB_RUN_DIR="$TMP" timeout 10 build/release/gb-sandboxd 2>&1)
    is "exit code" $? 1
    has "the reason" "$said" DEV_FALLBACK_FORCE
    said=$(env -i DEV_ALLOW_FALLBACK=1 GB_LISTEN=0.0.0.0:8443 DEV_FALLBACK_FORCE=1 GB_RUN_DIR="$TMP" timeout 10 build/release/gb-sandboxd 2>&1)
    has "force without a token" "$said" DEV_FALLBACK_TOKEN
}
