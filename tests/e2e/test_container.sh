# test_container.sh - what docker inspect says of a container that waits for its job.

containers_are_warm() { [ -n "$(containers)" ]; }

test_a_warm_container_has_every_flag() {
    local id wrong
    eventually 20 containers_are_warm || bad "no container is warm"
    id=$(containers | head -n 1)
    engine "/containers/$id/json" >"$TMP/inspect"
    wrong=$(jq -r --arg instance "$INSTANCE" '{
        "user": (.Config.User == "1000:1000"),
        "label": (.Config.Labels["graph-blocks.instance"] == $instance),
        "stdin": (.Config.OpenStdin and .Config.StdinOnce and (.Config.Tty | not)),
        "capabilities": (.HostConfig.CapDrop == ["ALL"] and (.HostConfig.CapAdd | length) == 0),
        "privileged": (.HostConfig.Privileged | not),
        "no-new-privileges": (.HostConfig.SecurityOpt | index("no-new-privileges") != null),
        "seccomp": ([.HostConfig.SecurityOpt[] | select(startswith("seccomp="))][0][8:] | fromjson
            | .defaultAction | test("ERRNO|KILL")),
        "network": (.HostConfig.NetworkMode == "none"),
        "root": .HostConfig.ReadonlyRootfs,
        "ipc": (.HostConfig.IpcMode == "none"),
        "log": (.HostConfig.LogConfig.Type == "none"),
        "pids": (.HostConfig.PidsLimit > 0 and .HostConfig.PidsLimit <= 80),
        "memory": (.HostConfig.Memory == 268435456 and .HostConfig.MemorySwap == 268435456),
        "cpus": (.HostConfig.NanoCpus == 1000000000),
        "binds": ((.HostConfig.Binds | length) == 0 and (.HostConfig.Mounts | length) == 0),
        "workspace": (.HostConfig.Tmpfs["/workspace"] | test("size=") and test("nosuid") and test("nodev")),
        "tmp": (.HostConfig.Tmpfs["/tmp"] | test("noexec") and test("size=")),
        "ulimits": ([.HostConfig.Ulimits[] | select(.Name == "core" and .Hard == 0)] | length == 1),
        "oom": (.HostConfig.OomScoreAdj > 0)
    } | to_entries[] | select(.value != true) | .key' "$TMP/inspect")
    is "flags that are not as they must be" "$wrong" ""
    is "processes of a warm container" "$(engine "/containers/$id/top" | jq '.Processes | length')" 1
}

test_delete_of_a_job_ends_its_container_and_keeps_its_output() {
    local job container
    post /v1/execute '{"code":"#include <stdio.h>\n#include <time.h>\nint main(void) { struct timespec t = {9, 0}; puts(\"begun\"); fflush(stdout); nanosleep(&t, 0); return 0; }\n","options":{"cache":"bypass"}}' \
        -H 'Prefer: respond-async'
    status_is 202
    job=$(json .job_id)
    job_is() { api GET "/v1/jobs/$job" && [ "$(json .state)" = "$1" ]; }
    has_begun() { api GET "/v1/jobs/$job/events" -m 2 >/dev/null; grep -q begun "$TMP/body"; }
    eventually 15 job_is running || bad "it does not run: $body"
    eventually 15 has_begun || bad "it says nothing: $(head -c 300 "$TMP/body")"
    api DELETE "/v1/jobs/$job"
    [[ $status = 20[02] ]] || bad "DELETE is answered by $status: $body"
    eventually 5 job_is cancelled || bad "not cancelled: $body"
    is verdict "$(json .result.verdict)" cancelled
    is success "$(json .result.success)" false
    is "output so far" "$(json .result.stdout)" begun
    container=$(db "select container_id from audit_log where job_id = '$job' and container_id is not null order by seq desc limit 1")
    [ -n "$container" ] || bad "the audit names no container"
    is_gone() { [ "$(engine "/containers/$container/json" -o /dev/null -w '%{http_code}')" = 404 ]; }
    eventually 10 is_gone || bad "its container is still there"
}
