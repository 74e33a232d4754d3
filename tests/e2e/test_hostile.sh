# test_hostile.sh - tests/hostile through the API: every attack gets its verdict, an ordinary job passes
# after it, and nothing of it is left. The first line of each program says what is expected:
#
#   // verdict: A|B  layer: screen|symbol  rule: R  event: SYSCALL  killed_by: RESOURCE  signal: S
#      truncated: BOOL  request: {members of the request}

hostile=tests/hostile

wanted() { # FILE KEY: the word behind "key:" in the first line
    head -1 "$1" | grep -o "\b$2: [^ ]*" | cut -d' ' -f2-
}

request_for() { # FILE: the request that submits it
    local name=main.c language=c extra none='{}'
    case $1 in *.cpp) name=main.cpp language=c++ ;; esac
    extra=$(head -1 "$1" | tr -d '\0' | grep -ao 'request: .*' | cut -d' ' -f2-)
    jq -n --rawfile code "$1" --rawfile raw $hostile/raw.h --arg name "$name" --arg language "$language" \
        --argjson extra "${extra:-$none}" \
        '{files: {($name): $code, "raw.h": $raw}, language: $language, stdin: "3 4 "} + $extra
         | if .inputs then del(.stdin) else . end'
}

# Over the rate of one caller the answer is 429 and says how long to wait; everything else is an answer.
post_patiently() { # PATH JSON
    local tries
    for tries in 1 2 3 4 5; do
        post "$1" "$2"
        [ "$status" = 429 ] || [ "$status" = 503 ] || return 0
        sleep "$(header retry-after | grep -x '[0-9]\+' || echo 1)"
    done
}

ordinary_job_passes() { # NAME
    post_patiently /v1/execute \
        '{"code":"#include <stdio.h>\nint main(void) { puts(\"7\"); return 0; }\n","options":{"cache":"bypass"}}'
    [ "$(json .verdict) $(json .stdout)" = "ok 7" ] || bad "after $1 an ordinary job fails: $status $(head -c 300 <<<"$body")"
}

# The containers that stand are warm ones: one process each, and no more of them than the pool holds.
in_use() {
    local id n=0
    for id in $(containers); do
        [ "$(engine "/containers/$id/top" | jq '.Processes | length' 2>/dev/null)" = 1 ] || n=$((n + 1))
    done
    echo "$n"
}
none_in_use() { [ "$(in_use)" = 0 ]; }
mounts() { wc -l </proc/self/mountinfo; }
broker_fds() { ls "/proc/$(cat "$RUN/sandboxd.pid" 2>/dev/null || cat "$RUN/gb-sandboxd.pid")/fd" 2>/dev/null | wc -l; }
disk() { engine /system/df | jq '.LayersSize'; }

attack() { # FILE
    local name verdict key got
    name=${1##*/}
    post_patiently /v1/execute "$(request_for "$1")"
    verdict=$(json .verdict)
    case "|$(wanted "$1" verdict)|" in
    *"|$verdict|"*) ;;
    *) bad "$name: verdict '$verdict', not $(wanted "$1" verdict): $status $(head -c 400 <<<"$body")" ;;
    esac
    key=$(wanted "$1" killed_by)
    [ -z "$key" ] || [ "$(json '.killed_by.resource // .run.killed_by.resource // empty')" = "$key" ] ||
        bad "$name: killed_by $(json -c '.killed_by'), not $key"
    key=$(wanted "$1" signal)
    [ -z "$key" ] || [ "$(json .signal)" = "$key" ] || bad "$name: signal $(json .signal), not $key"
    key=$(wanted "$1" truncated)
    [ -z "$key" ] || [ "$(json .truncated)" = "$key" ] || bad "$name: truncated $(json .truncated), not $key"
    key=$(wanted "$1" rule)
    [ -z "$key" ] || [ "$(wanted "$1" verdict)" != policy_blocked ] ||
        [ "$(json "[.violations[].rule] | index(\"$key\") != null")" = true ] ||
        bad "$name: no violation of $key: $(json '.violations')"
    case $verdict in null | '') ;; *) [ "$(json .success)" = "$([ "$verdict" = ok ] && echo true || echo false)" ] || bad "$name: success $(json .success) for $verdict" ;; esac
    ordinary_job_passes "$name"
}

no_more() { [ "$("$1")" -le "$2" ]; } # MEASURE THAN

attack_all() { # FILES: then nothing may be left
    local mounts_before fds_before disk_before f
    eventually 20 none_in_use
    mounts_before=$(mounts) fds_before=$(broker_fds) disk_before=$(disk)
    for f in "$@"; do attack "$f"; done
    eventually 20 none_in_use || bad "$(in_use) containers are still in use"
    eventually 20 no_more mounts "$mounts_before" || bad "mounts: $mounts_before before, $(mounts) after"
    eventually 20 no_more broker_fds $((fds_before + 4)) || bad "descriptors of gb-sandboxd: $fds_before before, $(broker_fds) after"
    eventually 20 no_more disk "$disk_before" || bad "the Engine's disk use grew from $disk_before to $(disk)"
}

test_hostile_compiling() { attack_all $hostile/compile_*.c*; }
test_hostile_processes() { attack_all $hostile/process_*.c*; }
test_hostile_memory() { attack_all $hostile/memory_*.c*; }
test_hostile_output() { attack_all $hostile/output_*.c*; }
test_hostile_files() { attack_all $hostile/files_*.c*; }
test_hostile_kernel() { attack_all $hostile/kernel_*.c*; }
test_hostile_network() { attack_all $hostile/network_*.c*; }
test_evasions_are_stopped() { attack_all $hostile/evasions/*.c*; }

test_innocents_pass() {
    local f
    for f in $hostile/innocents/*.c*; do
        post_patiently /v1/execute "$(request_for "$f")"
        [ "$(json .verdict)" = ok ] || bad "${f##*/}: $(head -c 400 <<<"$body")"
    done
}

# Requests that are attacks themselves: {"path", "request", "status", "error" or "verdict"}.
test_hostile_requests() {
    local f verdict
    for f in $hostile/*.json; do
        post_patiently "$(jq -r .path "$f")" "$(jq -c .request "$f")"
        [ "$status" = "$(jq -r .status "$f")" ] || bad "${f##*/}: status $status: $(head -c 300 <<<"$body")"
        verdict=$(jq -r '.verdict // empty' "$f")
        [ -z "$verdict" ] || [ "$(json .verdict)" = "$verdict" ] || bad "${f##*/}: verdict $(json .verdict), not $verdict"
        ordinary_job_passes "${f##*/}"
    done
}

# ---- the operator guide's two smoke tests ------------------------------------------------------------

# "Compile and run a small C program inside the sandbox that tries to open a raw socket or call ptrace."
test_forbidden_syscall() {
    local f
    for f in $hostile/network_raw_socket.c $hostile/process_ptrace_traceme.c; do
        post_patiently /v1/execute "$(request_for "$f")"
        json_is .verdict forbidden_syscall
        json_is .success false
        has stdout "$(json .stdout)" refused
        is "events of job $(json .job_id)" "$(db "select count(*) > 0 from security_event where job_id = '$(json .job_id)'")" 1
    done
}

# "Submit a job that sleeps for a long time and confirm the runner enforces the timeout and removes the
# container."
test_timeout() {
    post_patiently /v1/execute "$(request_for $hostile/process_long_sleep.c)"
    json_is .verdict time_limit
    json_is .killed_by.resource wall
    json_is .killed_by.phase run
    json_is .stdout $'asleep'
    eventually 10 none_in_use || bad "its container is still there"
}
