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
    [[ $status =~ ^($wanted)$ ]] || bad "status of: $first: is $status; body: $(head -c 400 <<<"$body")"
    case $filter in
    text) [ -z "$body" ] || bad "$first: there is a body: $(head -c 400 <<<"$body")" ;;
    'text '*) has "$first" "$body" "${filter#text }" ;;
    *) jq -e "$filter" "$TMP/example.body" >/dev/null 2>&1 || bad "$first: does not hold of $(head -c 400 <<<"$body")" ;;
    esac
}

# METHOD and path of every call in the examples.
calls() {
    sed -n '/^```sh$/,/^```$/p' docs/api.md | sed -e ':a' -e '/\\$/N; s/\\\n//; ta' | grep -o 'gb .*\$GB_URL/.*' | while IFS= read -r line; do
        local method=GET
        case $line in *'-X DELETE'*) method=DELETE ;; *' -d '*) method=POST ;; esac
        printf '%s %s\n' $method "$(sed 's/.*\$GB_URL\([^" ?]*\).*/\1/' <<<"$line")"
    done
}

test_every_route_has_an_example() {
    local method path
    calls >"$TMP/calls"
    api GET /v1/openapi.json
    while read -r method path; do
        grep -qE "^${method^^} $(sed 's/{[a-z]*}/[^ \/]+/g' <<<"$path")\$" "$TMP/calls" || bad "docs/api.md has no example of ${method^^} $path"
    done < <(jq -r '.paths | to_entries[] | .key as $p | .value | keys[] | . + " " + $p' <<<"$body")
}
