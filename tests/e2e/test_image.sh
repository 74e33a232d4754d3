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
    local name=bad-image-$$ said row
    said=$(check_image "$(image_name)") || bad "the good image is refused: $said"
    mkdir -p "$TMP/context/bin"
    printf 'x' | tee "$TMP/context/bin/sh" "$TMP/context/bin/tool" "$TMP/context/gb-job" >/dev/null
    chmod 755 "$TMP/context/bin/sh" "$TMP/context/gb-job"
    chmod 4755 "$TMP/context/bin/tool"
    echo 'root:x:0:0::/:/' >"$TMP/context/passwd"
    while IFS='|' read -r row reason; do
        printf 'FROM %s\n%s\n' "$(image_name)" "$row" >"$TMP/context/Dockerfile"
        DOCKER_BUILDKIT=0 docker_here build -q -t "$name" "$TMP/context" >/dev/null || bad "cannot build: $row"
        if said=$(check_image "$name"); then bad "passes: $row"; else has "$row" "$said" "$reason"; fi
        docker_here rmi -f "$name" >/dev/null
    done <<'ROWS'
USER 0|its user is '0'
COPY bin/tool /usr/bin/tool|setuid
COPY bin/sh /usr/bin/sh|a shell
COPY passwd /etc/passwd|not the user sandbox
COPY gb-job /usr/bin/gb-job|hello-world job failed
ROWS
}
