# test_image.sh - the sandbox image: what is in it, what is known of it, and that a bad one is refused.

image_name() { local name=$(sed -n 's/^SANDBOX_IMAGE=//p' "$RUN/graph-blocks.conf"); echo "${name:-graph-blocks-sandbox}"; }
docker_here() { DOCKER_HOST=unix://$ENGINE docker "$@"; }
check_image() { DOCKER_HOST=unix://$ENGINE SANDBOX_IMAGE=$1 sandbox/image/build.sh --check 2>&1; }

test_the_image_holds_a_compiler_and_nothing_else() {
    local id programs
    docker_here image inspect "$(image_name)" >"$TMP/image"
    is "user" "$(jq -r '.[0].Config.User' "$TMP/image")" 1000:1000
    is "entry point" "$(jq -rc '.[0].Config.Entrypoint' "$TMP/image")" '["/usr/bin/gb-job"]'
    is "labels" "$(jq -r '.[0].Config.Labels | has("org.opencontainers.image.version") and has("graph-blocks.inputs")' "$TMP/image")" true
    id=$(docker_here create "$(image_name)")
    docker_here export "$id" | tar tv >"$TMP/files"
    docker_here rm "$id" >/dev/null
    is "setuid and setgid files" "$(grep -cE '^-..[sS]|^-.....[sS]' "$TMP/files")" 0
    programs=$(awk '$1 ~ /^[-l]/ && $6 ~ /^usr\/s?bin\// {sub(".*/", "", $6); print $6}' "$TMP/files" | sort | tr '\n' ' ')
    is "programs" "$programs" "as g++ gb-job gcc ld ld.mold "
}

test_the_image_of_a_result_is_the_one_that_ran() {
    local id
    id=$(docker_here image inspect --format '{{.Id}}' "$(image_name)")
    post /v1/execute '{"code":"int main(void) { return 0; }","options":{"cache":"bypass"}}'
    json_is .image "$(image_name)@$id"
    is "recorded by the build" "$(jq -r '(.id | startswith("sha256:")) and .bytes > 1000000' build/sandbox-image.json)" true
}

# The good image with one thing wrong, each.
test_a_bad_image_is_refused() {
    local name=bad-image-$$ said change place mode reason id
    said=$(check_image "$(image_name)") || bad "the good image is refused: $said"
    mkdir -p "$TMP/root/usr/bin" "$TMP/root/etc"
    while IFS='|' read -r change place mode reason; do
        id=$(docker_here create "$(image_name)")
        if [ -n "$place" ]; then
            echo 'root:x:0:0::/:/' >"$TMP/root/$place"
            chmod "$mode" "$TMP/root/$place"
            tar -C "$TMP/root" -c "$place" | docker_here cp - "$id:/"
        fi
        docker_here commit --change "$change" "$id" "$name" >/dev/null
        docker_here rm "$id" >/dev/null
        if said=$(check_image "$name"); then bad "passes: $change $place"; else has "$change $place" "$said" "$reason"; fi
        docker_here rmi -f "$name" >/dev/null
    done <<'ROWS'
USER 0|||its user is '0'
USER 1000:1000|usr/bin/tool|4755|setuid or setgid
USER 1000:1000|usr/bin/tool|666|all may write
USER 1000:1000|usr/bin/sh|755|a shell
USER 1000:1000|usr/bin/python3.11|755|a shell, an interpreter
USER 1000:1000|etc/passwd|644|not the user sandbox
USER 1000:1000|usr/bin/gb-job|755|hello-world job failed
ROWS
}
