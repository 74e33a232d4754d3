#!/usr/bin/env bash
# build.sh [--force] - makes the image graph-blocks-sandbox and checks what it made.
#
#   GB_JOB=…        the static gb-job to put in       (default build/release/gb-job)
#   SANDBOX_IMAGE=… the image's name                  (default graph-blocks-sandbox)
#   BASE=…          the first stage's base image      (default: found out)
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

[ -x "$job" ] || die "$job is not there: make build/release/gb-job"
docker version >/dev/null 2>&1 || die "no Docker Engine answers"
base=$(choose_base)
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
stage "$context"
network=none
[ "$base" = "$local_base" ] || network=default
say "building from $base"
DOCKER_BUILDKIT=0 docker build --quiet --network="$network" --build-arg BASE="$base" \
    --build-arg VERSION="$version" --tag "$image" "$context" >"$context/id" ||
    die "docker build failed"
say "$image $(cat "$context/id"), $(docker image inspect --format '{{.Size}}' "$image" | numfmt --to=iec)"
