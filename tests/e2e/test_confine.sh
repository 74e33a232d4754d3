# test_confine.sh - what a responder and gb-jobd can still do when somebody else decides what they do: system
# calls are tried inside the running processes (tests/tools/inject.c).

INJECT=build/release/tests/inject

inside() { # TID CALL ANSWER
    local got
    got=$("$INJECT" "$1" "$2" 2>&1)
    [ "$got" = "$3" ] || bad "$2 in thread $1 of $(cat "/proc/$1/comm") gives $got, not $3"
}
processes() { pgrep -f "^$RUN/bin/$1 "; } # NAME

test_the_tool_sees_what_an_open_process_may_do() {
    make -s VARIANT=release "$INJECT" || bad "no $INJECT"
    sleep 60 &
    local open=$!
    eventually 5 grep -q sleep "/proc/$open/comm"
    inside "$open" exec EFAULT
    inside "$open" inet ok
    inside "$open" create EFAULT
    kill "$open" || bad "the process did not live through it"
}

test_responders_and_jobd_cannot_execute_connect_or_make_files() {
    local pid tid n=0
    for pid in $(processes gb-fcgi) $(processes gb-jobd); do
        # The main thread, and the last: one of those that serve.
        for tid in "$pid" "$(ls "/proc/$pid/task" | tail -n 1)"; do
            inside "$tid" exec EPERM
            inside "$tid" inet EPERM
            inside "$tid" inet6 EPERM
            inside "$tid" create EPERM
            inside "$tid" open EPERM
            inside "$tid" unlink EPERM
            inside "$tid" ptrace EPERM
            inside "$tid" unix ok
            n=$((n + 1))
        done
        kill -0 "$pid" || bad "$pid did not live through it"
    done
    [ "$n" -ge 10 ] || bad "only $n threads were tried"
    post /v1/compile examples/sum.json
    json_is .success true
    post /v1/compile examples/sum.json -H 'Prefer: respond-async'
    local job=$(json .job_id)
    eventually 20 eval "api GET /v1/jobs/$job; [ \"\$(json .state)\" = succeeded ]" || bad "the job is $body"
}

test_responders_and_jobd_are_under_a_filter() {
    local pid n=0
    for pid in $(processes 'gb-(fcgi|jobd)'); do
        n=$((n + 1))
        is "filter of $(cat "/proc/$pid/comm")" "$(awk '/^Seccomp:/ {print $2}' "/proc/$pid/status")" 2
        is "no_new_privs of $(cat "/proc/$pid/comm")" "$(awk '/^NoNewPrivs:/ {print $2}' "/proc/$pid/status")" 1
    done
    [ "$n" -ge 5 ] || bad "only $n processes were looked at"
}

test_nothing_of_ours_runs_as_root() {
    local pid n=0
    only_root || return
    for pid in $(processes 'gb-(fcgi|jobd|sandboxd)') $(pgrep -f "^memcached -s $RUN/"); do
        n=$((n + 1))
        is "user of $(cat "/proc/$pid/comm")" "$(awk '/^Uid:/ {print ($2 > 0 && $3 > 0 && $4 > 0)}' "/proc/$pid/status")" 1
        is "capabilities of $(cat "/proc/$pid/comm")" "$(awk '/^CapEff:/ {print $2}' "/proc/$pid/status")" 0000000000000000
    done
    [ "$n" -ge 7 ] || bad "only $n processes were looked at"
    # nginx's master opens the port; its workers do the work.
    ! pgrep -u root -f 'nginx: worker' -P "$(cat "$RUN/nginx.pid")" || bad "nginx works as root"
}
