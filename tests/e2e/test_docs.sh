# test_docs.sh - every example of docs/api.md, as it stands there.

# Runs the examples of a page: blocks that begin with "```sh" and a line "# STATUS jq-filter".
test_the_examples_of_the_api_page_hold() {
    local line block= inside= count=0
    while IFS= read -r line; do
        case $line in
        '```sh') inside=1 block= ;;
        '```')
            [ -z "$inside" ] || { example "$block"; count=$((count + 1)); }
            inside=
            ;;
        *) [ -z "$inside" ] || block+=$line$'\n' ;;
        esac
    done <docs/api.md
    [ "$count" -ge 25 ] || bad "only $count examples were found"
}

example() {
    local first=${1%%$'\n'*} wanted filter
    read -r _ wanted filter <<<"$first"
    gb() {
        curl -sS --cacert "$GB_CA" -H "Authorization: Bearer $GB_KEY" \
            -H "Content-Type: application/json" "$@" -w '%{stderr}%{http_code}' 2>"$TMP/example.status"
    }
    eval "$1" >"$TMP/example.body" </dev/null
    status=$(tail -c 3 "$TMP/example.status") body=$(cat "$TMP/example.body")
    is "status of: $first" "$status" "$wanted"
    jq -e "$filter" "$TMP/example.body" >/dev/null 2>&1 || bad "$first: does not hold of $(head -c 400 <<<"$body")"
}

test_a_responder_is_confined() {
    local pid found=0
    for pid in $(pgrep -f "$RUN/bin/gb-(fcgi|jobd) --config"); do
        case $(readlink "/proc/$pid/exe") in */gb-fcgi* | */gb-jobd*) ;; *) continue ;; esac
        is "Seccomp of $pid" "$(sed -n 's/^Seccomp:\t//p' "/proc/$pid/status")" 2
        is "NoNewPrivs of $pid" "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status")" 1
        found=$((found + 1))
    done
    [ "$found" -ge 2 ] || bad "only $found processes were found"
}
