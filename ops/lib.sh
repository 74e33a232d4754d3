# lib.sh - what ops/up, ops/down and the tests share. Sourced by bash; sets no options of its own.
#
#   GB_RUN       the instance's folder            default: run/ of this checkout
#   GB_PORT      the port of nginx                default: 8443
#   GB_ADDRESS   the address nginx listens on     default: 127.0.0.1
#   DOCKER_HOST  unix:///path of a Docker Engine  default: the machine's, else a private one
#   GB_ENGINE    private: an Engine of this stack's own

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
GB_RUN=${GB_RUN:-$ROOT/run}
GB_PORT=${GB_PORT:-8443}
GB_ADDRESS=${GB_ADDRESS:-127.0.0.1}
SERVICE_USER=graph-blocks
BROKER_USER=graph-blocks-sandbox

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

is_root() { [ "$(id -u)" -eq 0 ]; }

# A Docker Engine behind this socket? (Engine API 1.41, SystemPing)
engine_answers() { [ -S "$1" ] && [ "$(curl -s -m 5 --unix-socket "$1" http://engine/_ping)" = OK ]; }

# Runs a command until it succeeds, at most $1 seconds.
wait_for() {
    local end=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# Removes the containers of an instance, whoever left them there.
remove_containers() { # socket instance
    local filter id
    filter=$(printf '{"label":["graph-blocks.instance=%s"]}' "$2")
    for id in $(curl -s --unix-socket "$1" -G --data-urlencode "filters=$filter" \
        "http://engine/v1.41/containers/json?all=true" | jq -r '.[].Id' 2>/dev/null); do
        curl -s -o /dev/null --unix-socket "$1" -X DELETE "http://engine/v1.41/containers/$id?force=true"
    done
}
