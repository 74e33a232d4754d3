#!/usr/bin/env bash
# build.sh - makes the image graph-blocks-sandbox and checks what it made.
#
#   GB_JOB=…        the static gb-job to put in       (default build/release/gb-job)
#   SANDBOX_IMAGE=… the image's name                  (default graph-blocks-sandbox)
#   BASE=…          the first stage's base image      (default: found out)
#
#   build.sh               builds and checks
#   build.sh --if-needed   only when what the image is made of has changed
#   build.sh --check       checks the image that is there, an operator's own for one; removes nothing
#
# The base is debian:bookworm-slim when a registry answers, else a root file system made with
# mmdebstrap; either is kept, so later builds take seconds. A bad image is refused and removed.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
here=$top/sandbox/image
job=${GB_JOB:-$top/build/release/gb-job}
image=${SANDBOX_IMAGE:-graph-blocks-sandbox}
packages=g++,gcc,libc6-dev,mold,libfann-dev
local_base=graph-blocks-base:bookworm
base_tar=$top/build/image/base.tar # kept: a second Engine takes it as it is
version=$(sed -n 's/^VERSION := //p' "$top/Makefile")

say() { printf 'image: %s\n' "$*"; }
die() { printf 'image: %s\n' "$*" >&2; exit 1; }

# choose_base - prints the name of the first stage's base and makes that image if need be.
choose_base()
{
    if [ -n "${BASE:-}" ]; then echo "$BASE"; return; fi
    if docker image inspect "$local_base" >/dev/null 2>&1; then echo "$local_base"; return; fi
    if timeout 60 docker pull -q debian:bookworm-slim >/dev/null 2>&1; then
        echo debian:bookworm-slim
        return
    fi
    if [ ! -s "$base_tar" ]; then
        say "no registry: making the base with mmdebstrap (about a minute, once)" >&2
        mkdir -p "$(dirname "$base_tar")"
        mmdebstrap --quiet --format=tar --variant=minbase --include="$packages" bookworm "$base_tar.part" >&2
        mv "$base_tar.part" "$base_tar"
    fi
    docker import "$base_tar" "$local_base" >/dev/null
    echo "$local_base"
}

# stage DIR - the build context: gb-job, the runtime library, the scripts.
stage()
{
    mkdir -p "$1/runtime"
    cp "$here/Dockerfile" "$here/collect" "$1/"
    install -m 755 "$job" "$1/gb-job"
    if [ -e "$top/build/release/libgb.a" ]; then cp "$top/build/release/libgb.a" "$1/runtime/"; fi
    if [ -e "$top/core/runtime/gb.hpp" ]; then cp "$top/core/runtime/"*.hpp "$1/runtime/"; fi
}

# ---- checks ------------------------------------------------------------------------------------

# frame TYPE TEXT - one frame of sandbox/wire.h.
frame()
{
    printf '%s' "$1"
    printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((${#2} >> 24 & 255)) $((${#2} >> 16 & 255)) \
        $((${#2} >> 8 & 255)) $((${#2} & 255)))"
    printf '%s' "$2"
}

# job SOURCE - runs a C program in a container as gb-sandboxd makes them; prints all frames.
job()
{
    {
        frame S "{\"language\": \"c\", \"files\": {\"main.c\": \"$1\"}, \"run\": true, \"options\": {},
                  \"limits\": {}, \"inputs\": []}"
        frame E ''
        frame g ''
    } | timeout 60 docker run --rm -i --label graph-blocks.check=1 --cap-drop ALL \
        --security-opt no-new-privileges --security-opt "seccomp=$here/seccomp.json" \
        --network none --read-only --pids-limit 64 --memory 256m --ipc none \
        --tmpfs /workspace:rw,exec,nosuid,nodev,size=64m,mode=0700,uid=1000,gid=1000 \
        --tmpfs /tmp:rw,noexec,nosuid,nodev,size=32m,mode=1777 "$image" | tr -d '\0'
}

# files - a listing of the image's files.
files()
{
    local id
    id=$(docker create --label graph-blocks.check=1 "$image")
    docker export "$id" | tar tv
    docker rm "$id" >/dev/null
}

# file_of PATH - the text of one file of the image.
file_of()
{
    local id
    id=$(docker create --label graph-blocks.check=1 "$image")
    docker export "$id" | tar xO "$1" 2>/dev/null || :
    docker rm "$id" >/dev/null
}

unwanted='sh|ash|bash|dash|zsh|ksh|csh|busybox|toybox|perl[0-9.]*|python[0-9.]*|ruby|lua[0-9.]*|node|php'
unwanted+='|awk|mawk|gawk|apt|apt-get|dpkg|apk|rpm|yum|gdb|strace|curl|wget|su|sudo|mount'

check()
{
    local listing user out
    user=$(docker image inspect --format '{{.Config.User}}' "$image")
    [ "$user" = 1000:1000 ] || { say "bad: its user is '$user'"; return 1; }
    listing=$(files)
    if grep -E '^-..[sS]|^-.....[sS]' <<<"$listing"; then say "bad: setuid or setgid files"; return 1; fi
    if grep -E '^-.......w' <<<"$listing"; then say "bad: files that all may write"; return 1; fi
    if grep -E "/($unwanted)( ->.*)?\$" <<<"$listing"; then
        say "bad: a shell, an interpreter or a package manager"
        return 1
    fi
    if ! grep -q '^sandbox:x:1000:1000:' <<<"$(file_of etc/passwd)"; then
        say "bad: uid 1000 is not the user sandbox"
        return 1
    fi
    out=$(job '#include <stdio.h>\nint main(void) { puts(\"hello, sandbox\"); return 0; }\n') || :
    if ! grep -q 'hello, sandbox' <<<"$out" || ! grep -q '"verdict":"ok"' <<<"$out"; then
        say "bad: the hello-world job failed: $out"
        return 1
    fi
    # Whoever may open a socket in it has no filter: this must be seen and refused.
    out=$(job '#include <sys/socket.h>\nint main(void) { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }\n') || :
    if ! grep -Eq '"verdict":"(policy_blocked|forbidden_syscall)"' <<<"$out"; then
        say "bad: a socket was not refused: $out"
        return 1
    fi
}

# inputs DIR - what the image is made of: the context and this script's packages, as one hash.
inputs()
{
    (cd "$1" && find . -type f | sort | xargs sha256sum; echo "$packages $version") | sha256sum | cut -c1-64
}

# ---- the whole ---------------------------------------------------------------------------------

[ -x "$job" ] || die "$job is not there: make build/release/gb-job"
docker version >/dev/null 2>&1 || die "no Docker Engine answers"
if [ "${1:-}" = --check ]; then
    check || die "$image is refused"
    say "checked: user, setuid, no shell, a job, the filters"
    exit 0
fi
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
stage "$context"
made_of=$(inputs "$context")
if [ "${1:-}" = --if-needed ] && [ "$(docker image inspect --format \
    '{{index .Config.Labels "graph-blocks.inputs"}}' "$image" 2>/dev/null)" = "$made_of" ]; then
    exit 0
fi
base=$(choose_base)
network=none
[ "$base" = "$local_base" ] || network=default
say "building from $base"
mkdir -p "$top/build"
DOCKER_BUILDKIT=0 docker build --quiet --network="$network" --build-arg BASE="$base" \
    --build-arg VERSION="$version" --label graph-blocks.inputs="$made_of" --tag "$image" "$context" >"$context/id" 2>"$context/log" ||
    { cat "$context/log" >&2; die "docker build failed"; }
if ! check; then
    docker rmi -f "$image" >/dev/null
    die "refused"
fi
docker image inspect --format '{"image": "{{index .RepoTags 0}}", "id": "{{.Id}}", "bytes": {{.Size}}, "created": "{{.Created}}"}' \
    "$image" >"$top/build/sandbox-image.json"
say "checked: user, setuid, no shell, a job, the filters"
say "$image $(cat "$context/id"), $(docker image inspect --format '{{.Size}}' "$image" | numfmt --to=iec)"
