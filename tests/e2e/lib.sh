# lib.sh - black-box tests: curl through nginx into the real stack. Sourced by tests/e2e/run.
#
# A test is a function named test_*; it passes unless a check of it fails. Checks say what they saw.

api() { # METHOD PATH [curl options...]: sets $status, $body, $headers
    local method=$1 path=$2
    shift 2
    rm -f "$TMP/body" # a reply without a body writes none
    status=$(curl -sS -m "${API_SECONDS:-60}" --cacert "$GB_CA" -X "$method" "$GB_URL$path" \
        -H "Authorization: Bearer ${KEY-$GB_KEY}" -D "$TMP/headers" -o "$TMP/body" -w '%{http_code}' "$@") ||
        status="curl failed ($?)"
    body=$(cat "$TMP/body" 2>/dev/null)
    headers=$(tr -d '\r' <"$TMP/headers" 2>/dev/null)
}

post() { # PATH FILE|JSON [curl options...]
    local path=$1 data=$2
    shift 2
    [ ! -f "$data" ] || data=@$data
    api POST "$path" -H 'Content-Type: application/json' --data-binary "$data" "$@"
}

json() { jq -r "$1" <<<"$body" 2>/dev/null; }
header() { sed -n "s/^$1: //Ip" <<<"$headers" | tail -n 1; }

bad() {
    failures=$((failures + 1))
    printf '    %s\n' "$*"
}

is() { # WHAT GOT WANTED
    [ "$2" = "$3" ] || bad "$1 is '$2', not '$3'${body:+; body: $(head -c 600 <<<"$body")}"
}
status_is() { is "status" "$status" "$1"; }
json_is() { is "$1" "$(json "$1")" "$2"; }
stdout_is() { # exactly, newlines included
    is stdout "$(jq -j .stdout <<<"$body"; echo .)" "$1."
}
has() { # WHAT TEXT PART
    case $2 in *"$3"*) ;; *) bad "$1 does not contain '$3': $(head -c 600 <<<"$2")" ;; esac
}
not_run() { reason=$1; } # WHY: the test ends here and counts as neither passed nor failed
only_root() { [ "$(id -u)" -eq 0 ] || { not_run "only root can try this"; return 1; }; }
problem_is() { # STATUS WORD: the reply is a problem document of that kind
    status_is "$1"
    is "content type" "$(header content-type)" application/problem+json
    json_is .error "$2"
    json_is .success false
    json_is .status "$1"
    [ -n "$(json .message)" ] || bad "the problem has no message: $body"
    [ -n "$(header x-request-id)" ] || bad "the reply has no X-Request-Id"
}

db() { sqlite3 -readonly -cmd '.timeout 5000' "$RUN/jobs.db" "$1"; }
engine() { curl -s --unix-socket "$ENGINE" "http://engine/v1.41$1" "${@:2}"; }
containers() { # [INSTANCE]: ids of its containers, whatever their state; the stack's own by default
    engine /containers/json -G --data-urlencode all=true --data-urlencode \
        "filters={\"label\":[\"graph-blocks.instance=${1:-$INSTANCE}\"]}" | jq -r '.[].Id'
}
SBX=build/release/tests/sbx-run
sandbox_status() { $SBX "${1:-$RUN/sandbox.sock}" status; } # [SOCKET]
at_rest() { # [SOCKET]: no job runs, and the pool is full
    sandbox_status "$@" | jq -e '.pool | .busy + .ending + .starting == 0 and .warm == .size'
}
# Runs a command until it succeeds, at most $1 seconds.
eventually() {
    local end=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.2
    done
}
service() { sv -v -w 20 "$1" "$RUN/service/$2" >/dev/null; } # ACTION NAME (runit), and waits for it
is_ready() { curl -sf --cacert "$GB_CA" "$GB_URL/readyz"; }
admin() { # gb-admin as the service's user
    local as=
    [ "$(id -u)" -ne 0 ] || as="runuser -u graph-blocks --"
    $as env -i "$RUN/bin/gb-admin" --config "$RUN/graph-blocks.conf" "$@"
}
