# test_hostile.sh - tests/hostile through the API: every attack gets its verdict, an ordinary job passes
# after it, and nothing of it is left. The first line of each program says what is expected:
#
#   // verdict: A|B  layer: screen|symbol  rule: R  event: SYSCALL  killed_by: RESOURCE  signal: S
#      truncated: BOOL  request: {members of the request}
#
# The JSON files are requests that are attacks themselves, see body_of().

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

# ---- what is left --------------------------------------------------------------------------------
# The Engine says which containers there are and what is on its disk; the kernel which mounts,
# processes and descriptors. The pool refills meanwhile: what belongs to one of its containers is no
# leftover, and a group of attacks ends at rest, with exactly what it began with.

engine_facts() { # bytes of layers, bytes written in containers, how many containers, their ids
    engine /system/df | jq -r '"\(.LayersSize) \([.Containers[].SizeRw // 0] | add // 0) \(.Containers | length) \([.Containers[].Id] | join(" "))"'
}
mounts() { grep -c "$ENGINE_ROOT/" /proc/self/mountinfo; }
broker_fds() { ls "/proc/$(cat "$RUN/sandboxd.pid")/fd" | wc -l; }
folders() { local all=("$ENGINE_ROOT"/containers/*/ "$ENGINE_ROOT"/overlay2/*/); echo ${#all[@]}; }

note_rest() { # what there is when nothing is done: set down for left_of() and left_at_rest()
    local containers ids
    ENGINE_ROOT=$(engine /info | jq -r .DockerRootDir)
    eventually 30 at_rest || bad "no rest before the attacks: $(sandbox_status)"
    read -r REST_LAYERS REST_WRITTEN containers ids < <(engine_facts)
    REST_CONTAINERS=$containers REST_MOUNTS=$(mounts) REST_FDS=$(broker_fds) REST_FOLDERS=$(folders)
}

# Each container is a mount, three folders (its own, its layer's two) and some descriptors more.
left_of() { # CONTAINER: says what is left of it; nothing when all is gone
    local layers written n ids more
    read -r layers written n ids < <(engine_facts)
    more=$((n > REST_CONTAINERS ? n - REST_CONTAINERS : 0))
    if [ -n "$1" ]; then
        case " $ids " in *" $1 "*) echo "the container" ;; esac
        [ -z "$(compgen -G "/sys/fs/cgroup/*/$1")$(compgen -G "/sys/fs/cgroup/*/*/$1")$(
            compgen -G "/sys/fs/cgroup/*/*$1.scope")$(compgen -G "/sys/fs/cgroup/*/*/*$1.scope")" ] ||
            echo "its control group, or a process in it"
        [ ! -e "$ENGINE_ROOT/containers/$1" ] || echo "its folder"
    fi
    [ "$layers" -le "$REST_LAYERS" ] && [ "$written" -le $((REST_WRITTEN + more)) ] ||
        echo "disk: $layers + $written bytes, $REST_LAYERS + $REST_WRITTEN at rest"
    [ "$(mounts)" -le $((REST_MOUNTS + more)) ] || echo "mounts: $(mounts), $REST_MOUNTS at rest"
    [ "$(folders)" -le $((REST_FOLDERS + 3 * more)) ] || echo "folders: $(folders), $REST_FOLDERS at rest"
    [ "$(broker_fds)" -le $((REST_FDS + 4 + 4 * more)) ] || echo "descriptors: $(broker_fds), $REST_FDS at rest"
}
nothing_of() { [ -z "$(left_of "$1")" ]; }
nothing_more() { # than there was at rest
    local layers written n ids
    read -r layers written n ids < <(engine_facts)
    at_rest && [ "$layers $written $n $(mounts) $(folders)" = \
        "$REST_LAYERS $REST_WRITTEN $REST_CONTAINERS $REST_MOUNTS $REST_FOLDERS" ] && [ "$(broker_fds)" -le "$REST_FDS" ]
}
left_at_rest() {
    eventually 30 nothing_more || bad "not what there was at rest: $(engine_facts), $(mounts) mounts," \
        "$(folders) folders, $(broker_fds) descriptors; it was $REST_LAYERS $REST_WRITTEN $REST_CONTAINERS," \
        "$REST_MOUNTS, $REST_FOLDERS, $REST_FDS; $(sandbox_status)"
}

# The attack's reply is in $body.
proves_itself_clean() { # NAME
    local container
    container=$(db "select coalesce(container_id, '') from audit_log where kind = 'job' and job_id = '$(json .job_id)' order by seq desc limit 1")
    case $(json .stage),$(json .cache) in *,hit) ;; compilation,* | execution,*) [ -n "$container" ] || bad "$1: its audit row names no container" ;; esac
    ordinary_job_passes "$1"
    eventually 15 nothing_of "$container" || bad "$1 has left: $(left_of "$container")"
}

attack() { # FILE
    local name verdict key
    name=${1##*/}
    post_patiently /v1/execute "$(request_for "$1")"
    verdict=$(json .verdict)
    case "|$(wanted "$1" verdict)|" in
    *"|$verdict|"*) ;;
    *) bad "$name: verdict '$verdict', not $(wanted "$1" verdict): $status $(head -c 400 <<<"$body")" ;;
    esac
    key=$(wanted "$1" killed_by)
    [ -z "$key" ] || [ "$(json '.killed_by.resource // empty')" = "$key" ] ||
        bad "$name: killed_by $(json .killed_by), not $key"
    case $verdict in
    time_limit | memory_limit | output_limit)
        [ "$(json '.killed_by | has("resource", "limit", "observed", "phase")' | sort -u)" = true ] ||
            bad "$name: $verdict without a whole killed_by: $(json .killed_by)" ;;
    esac
    key=$(wanted "$1" signal)
    [ -z "$key" ] || [ "$(json .signal)" = "$key" ] || bad "$name: signal $(json .signal), not $key"
    key=$(wanted "$1" truncated)
    [ -z "$key" ] || [ "$(json .truncated)" = "$key" ] || bad "$name: truncated $(json .truncated), not $key"
    [ "$verdict" = null ] || [ "$(json .success)" = "$([ "$verdict" = ok ] && echo true || echo false)" ] ||
        bad "$name: success $(json .success) for $verdict"
    case $verdict in policy_blocked | forbidden_syscall) stopped_by "$1" ;; esac
    proves_itself_clean "$name"
}

# Which layer stopped it, by which rule, and that this is a security event of that job.
stopped_by() { # FILE; the reply is in $body
    local name=${1##*/} key
    key=$(wanted "$1" rule)
    [ -z "$key" ] || [ "$(json "[.violations[].rule] | index(\"$key\") != null")" = true ] ||
        bad "$name: no violation of $key: $(json .violations)"
    key=$(wanted "$1" event)
    [ -z "$key" ] || [ "$(json "[.violations[].syscall] | index(\"$key\") != null")" = true ] ||
        bad "$name: the reply does not name $key: $(json .violations)"
    case $(wanted "$1" layer) in
    screen) [ "$(json .stage)" = validation ] || bad "$name: stage $(json .stage), not validation" ;;
    symbol) [ "$(json '[.violations[].rule] | index("symbol") != null')" = true ] || bad "$name: not stopped by its symbols: $(json .violations)" ;;
    esac
    [ "$(db "select count(*) > 0 from security_event where job_id = '$(json .job_id)'")" = 1 ] ||
        bad "$name: no security event of job $(json .job_id)"
}

attack_all() { # FILES
    local f
    note_rest
    for f in "$@"; do attack "$f"; done
    left_at_rest
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

# Requests that are attacks themselves: {"path", "status", and "error", "verdict", "stdout"}, and what is
# sent: "request", a document; "body", text; "base64", any bytes; "jq", an expression that makes either.
body_of() { # FILE: into $TMP/sent
    case $(jq -r 'keys_unsorted | map(select(IN("request", "body", "base64", "jq")))[0]' "$1") in
    request) jq -c .request "$1" ;;
    body) jq -j .body "$1" ;;
    base64) jq -r .base64 "$1" | base64 -d ;;
    jq) jq -ncr "$(jq -r .jq "$1")" ;;
    esac >"$TMP/sent"
}

request_attack() { # FILE
    local name=${1##*/} key wanted
    body_of "$1"
    post_patiently "$(jq -r .path "$1")" "$TMP/sent"
    [ "$status" = "$(jq -r .status "$1")" ] || bad "$name: status $status: $(head -c 300 <<<"$body")"
    for key in error verdict stdout; do
        [ "$(jq "has(\"$key\")" "$1")" = true ] || continue
        wanted=$(jq -c ".$key" "$1")
        [ "$(jq -c ".$key" <<<"$body")" = "$wanted" ] || bad "$name: $key $(jq -c ".$key" <<<"$body"), not $wanted: $(head -c 300 <<<"$body")"
    done
    [ "$status" = 200 ] || [ "$(json .success)" = false ] || bad "$name: a refusal without success: false"
    proves_itself_clean "$name"
}

request_attacks() { # FILES
    local f
    note_rest
    for f in "$@"; do request_attack "$f"; done
    left_at_rest
}

test_hostile_requests() { request_attacks $hostile/request_*.json; }
test_hostile_api() { request_attacks $hostile/api_*.json; }
test_hostile_graphs() { request_attacks $hostile/graph_*.json; }

# One container for all of them, or a few: those in flight share it, the later ones are hits.
test_two_thousand_identical_requests_at_once() {
    local before after answers
    note_rest
    echo "{\"code\": \"int main(void) { return 0; } // $RANDOM $$\"}" >"$TMP/same"
    before=$(db "select count(distinct container_id) from job")
    for _ in $(seq 1 2000); do
        printf 'url = "%s/v1/execute"\ndata-binary = "@%s"\noutput = /dev/null\nwrite-out = "%%{http_code}\\n"\n' "$GB_URL" "$TMP/same"
        printf 'cacert = "%s"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\nsilent\nnext\n' "$GB_CA" "$GB_KEY"
    done | sed '$d' | curl --parallel --parallel-immediate --parallel-max 300 --config - >"$TMP/codes" 2>/dev/null
    answers=$(sort "$TMP/codes" | uniq -c | awk '{printf "%s of %s ", $1, $2}')
    [ "$(grep -cvxE '200|429|503' "$TMP/codes")" = 0 ] && [ "$(wc -l <"$TMP/codes")" = 2000 ] || bad "answers: $answers"
    [ "$(grep -cx 200 "$TMP/codes")" -gt 0 ] || bad "nobody was served: $answers"
    after=$(db "select count(distinct container_id) from job")
    [ $((after - before)) -le 8 ] || bad "$((after - before)) containers for one program: $answers"
    ordinary_job_passes "2000 requests"
    left_at_rest
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
    local container=$(db "select container_id from audit_log where job_id = '$(json .job_id)' order by seq desc limit 1")
    [ -n "$container" ] || bad "the audit names no container"
    container_gone() { [ "$(engine "/containers/$1/json" -o /dev/null -w '%{http_code}')" = 404 ]; }
    eventually 10 container_gone "$container" || bad "its container is still there"
}
