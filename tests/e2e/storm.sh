# storm.sh - clients at work while kill -9 meets responders, gb-jobd and gb-sandboxd at random moments, and
# what must hold afterwards. Sourced by test_kill.sh (a little of it) and long/test_durability.sh (all).

# One client's share: posts graph N until it is accepted; each reply is kept as KIND.N.ATTEMPT.
# Two of three graphs are new to the cache, the others are asked for again and again.
storm_client() { # KIND N
    local kind=$1 n=$2 attempt value=$2 code prefer=()
    [ $((n % 3)) -ne 0 ] || value=$((n % 5))
    [ "$kind" = sync ] || prefer=(-H 'Prefer: respond-async')
    jq -c --argjson v "$STORM_SALT$value" '.ir.nodes[0].properties.value = $v' examples/sum.json >"$STORM/$kind.$n.request"
    for attempt in $(seq 1 90); do
        code=$(curl -s -m 100 --cacert "$GB_CA" "$GB_URL/v1/compile" -H "Authorization: Bearer $GB_KEY" "${prefer[@]}" \
            -H 'Content-Type: application/json' --data-binary "@$STORM/$kind.$n.request" \
            -D "$STORM/$kind.$n.$attempt.headers" -o "$STORM/$kind.$n.$attempt" -w '%{http_code}')
        echo "$kind $n $attempt $code $?" >>"$STORM/replies"
        case $code in 200 | 202) return 0 ;; esac
        sleep 0.$((RANDOM % 8 + 2))
    done
}

storm_victims() { pgrep -f "^$RUN/bin/gb-(fcgi|jobd|sandboxd) "; }

# kill -9 of one of them, whichever, until the clients are done or there were KILLS.
storm_killer() { # MOST_TENTHS between two kills, KILLS
    local pid name
    while [ ! -e "$STORM/over" ] && [ "$(wc -l <"$STORM/killed")" -lt "$2" ]; do
        sleep "$(((RANDOM % $1 + 2) / 10)).$(((RANDOM % $1 + 2) % 10))"
        pid=$(storm_victims | shuf -n 1)
        [ -n "$pid" ] && name=$(cat "/proc/$pid/comm" 2>/dev/null) && kill -9 "$pid" && echo "$name" >>"$STORM/killed"
    done
}

storm_is_over() { [ "$(db "select count(*) from job where state in ('queued','running')")" = 0 ]; }

# What every reply must be, whoever was killed while it was made.
storm_check_replies() {
    local line kind n attempt code rest file
    while read -r kind n attempt code rest; do
        file=$STORM/$kind.$n.$attempt
        case $kind.$code in
        sync.200 | async.202) ;;
        *.429 | *.502 | *.503 | *.504)
            jq -e --argjson code "$code" '.success == false and .error and .message and .status == $code' "$file" >/dev/null 2>&1 ||
                bad "$kind $n got $code that is no problem document: $(head -c 300 "$file")"
            grep -qi '^retry-after: [0-9]' "$file.headers" || bad "$kind $n got $code without Retry-After"
            grep -qi '^content-type: application/problem+json' "$file.headers" || bad "$kind $n got $code of another type"
            ;;
        *) bad "$kind $n got $code ($rest): $(head -c 300 "$file")" ;;
        esac
        [ "$failures" -lt 10 ] || return
    done <"$STORM/replies"
}

# Every job id that a client was told has its rows; what it was told of the end is what is recorded.
storm_check_records() {
    local file
    for file in "$STORM"/*sync.*.*[0-9]; do
        jq -r '[.job_id // empty, .verdict // "none"] | select(length == 2) | join(" ")' "$file" 2>/dev/null
    done | sort -u >"$STORM/told"
    db "select id || ' ' || state from job" | sort >"$STORM/states"
    db "select distinct job_id from audit where job_id is not null" | sort >"$STORM/audited"
    cut -d' ' -f1 "$STORM/told" | sort -u >"$STORM/ids"
    is "jobs that clients know and no row does" "$(cut -d' ' -f1 "$STORM/states" | comm -23 "$STORM/ids" - | wc -l)" 0
    is "jobs that clients know and no audit row does" "$(comm -23 "$STORM/ids" "$STORM/audited" | wc -l)" 0
    db "select id || ' ' || coalesce(verdict, 'none') from job" | sort >"$STORM/verdicts"
    is "verdicts that clients were told and are not recorded" \
        "$(grep -v ' none$' "$STORM/told" | comm -23 - "$STORM/verdicts" | wc -l)" 0
    is "jobs that ended without an audit row of their end" \
        "$(db "select count(*) from job j where not exists (select 1 from audit a where a.job_id = j.id)")" 0
}

# A reply's output is that of its own graph.
storm_check_outputs() { # N
    local n wrong=0
    for n in $(seq 1 "$1"); do
        local reply=$(ls -t "$STORM/sync.$n".*[0-9] | grep -v headers | head -n 1)
        [ "$(jq -r 'select(.success) | .stdout' "$reply")" = "$(($(jq .ir.nodes[0].properties.value "$STORM/sync.$n.request") + 4))" ] ||
            wrong=$((wrong + 1))
    done
    is "outputs that are not the graph's own" "$wrong" 0
}

storm() { # N MOST_TENTHS KILLS: N synchronous and N asynchronous jobs
    local n=$1 killing clients
    STORM=$(mktemp -d "$TMP/storm.XXXX") STORM_SALT=$((RANDOM % 900 + 100))
    : >"$STORM/replies"
    : >"$STORM/killed"
    export STORM STORM_SALT GB_URL GB_KEY GB_CA
    export -f storm_client
    storm_killer "$2" "$3" &
    killing=$!
    seq 1 "$n" | xargs -P 6 -I{} bash -c 'storm_client async {}' &
    clients=$!
    seq 1 "$n" | xargs -P 6 -I{} bash -c 'storm_client sync {}'
    wait "$clients"
    touch "$STORM/over"
    wait "$killing" 2>/dev/null
    eventually 90 is_ready || bad "not ready after the kills"
    eventually 180 storm_is_over || bad "without an end: $(db "select id, state from job where state in ('queued','running')" | head -n 5)"
    is "synchronous jobs with a result" "$(grep -c '^sync [0-9]* [0-9]* 200' "$STORM/replies")" "$n"
    is "asynchronous jobs accepted" "$(grep -c '^async [0-9]* [0-9]* 202' "$STORM/replies")" "$n"
    storm_check_replies
    storm_check_records
    storm_check_outputs "$n"
    admin audit verify >"$TMP/verify" 2>&1 || bad "audit verify: $(cat "$TMP/verify")"
    is integrity "$(db 'pragma integrity_check')" ok
    is "foreign keys that lead nowhere" "$(db 'pragma foreign_key_check' | wc -l)" 0
    post /v1/compile examples/sum.json
    json_is .success true
    storm_figures | tee -a "$RUN/log/storm.log"
}

storm_figures() {
    echo "$(date -u +%FT%TZ)"
    echo "    kills: $(sort "$STORM/killed" | uniq -c | tr -s ' \n' ' ')"
    echo "    replies: $(cut -d' ' -f1,4 "$STORM/replies" | sort | uniq -c | tr -s ' \n' ' ')"
    echo "    jobs so far: $(db "select state || ' ' || coalesce(verdict, error, '') || ' ' || count(*) from job group by state, verdict, error" | tr '\n' ';')"
}
