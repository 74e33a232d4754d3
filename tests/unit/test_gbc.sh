#!/usr/bin/env bash
# test_gbc.sh - the command as a person meets it: exit codes, streams, carets, colours, files.
# GBC names the program that is tested.
set -u
gbc=${GBC:-build/release/gbc}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# expect NAME WANTED GOT: the two are equal.
expect() {
    [ "$2" = "$3" ] && return
    failed=$((failed + 1))
    printf 'FAIL %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
}

# contains NAME PART TEXT: the part stands in the text.
contains() {
    case $3 in
    *"$2"*) ;;
    *) failed=$((failed + 1)); printf 'FAIL %s\n  no "%s" in:\n%s\n' "$1" "$2" "$3" ;;
    esac
}

# run ARGUMENT...: leaves out, err and code behind; standard input is kept.
run() {
    "$gbc" "$@" >"$dir/out" 2>"$dir/err"
    code=$?
    out=$(cat "$dir/out")
    err=$(cat "$dir/err")
}

sum='{"nodes":[{"id":"a","type":"Literal","properties":{"value":3}},
{"id":"s","type":"Add","inputs":["a","a"]},{"id":"p","type":"Print","inputs":["s"]}]}'
printf '%s' "$sum" >"$dir/sum.json"
printf '{"ir":%s}' "$sum" >"$dir/request.json"

# ---- running -------------------------------------------------------------------------------------
run run "$dir/sum.json" </dev/null
expect 'run: output' 6 "$out"
expect 'run: exit code' 0 "$code"
expect 'run: quiet on standard error' '' "$err"
run run "$dir/request.json" </dev/null
expect 'run: a request' 6 "$out"
run run <"$dir/sum.json"
expect 'run: from standard input' 6 "$out"
run run - <"$dir/sum.json"
expect 'run: from standard input as -' 6 "$out"
run run --native "$dir/sum.json" </dev/null
expect 'run --native: output' 6 "$out"

cat >"$dir/fault.json" <<'END'
{"nodes": [
  {"id": "one", "type": "Literal", "properties": {"value": 1}},
  {"id": "none", "type": "Literal", "properties": {"value": 0}},
  {"id": "ratio", "type": "IntDiv", "inputs": ["one", "none"]},
  {"id": "hello", "type": "Print", "properties": {"text": "hello"}},
  {"id": "p", "type": "Print", "inputs": ["ratio"]}]}
END
for way in '' --native; do
    run run $way "$dir/fault.json" </dev/null
    expect "run $way: a fault's exit code" 70 "$code"
    expect "run $way: what was printed before it" hello "$out"
    contains "run $way: the fault's node" 'division by zero at node ratio' "$err"
    contains "run $way: the fault's place" '{"id": "ratio"' "$err"
done

cat >"$dir/read.json" <<'END'
{"nodes": [{"id": "r", "type": "Read", "properties": {"kind": "word"}},
           {"id": "p", "type": "Print", "inputs": ["r"]}]}
END
run run "$dir/read.json" <<<'from-stdin rest'
expect 'run: reads standard input' from-stdin "$out"
echo from-file >"$dir/input"
run run --input "$dir/input" "$dir/read.json" </dev/null
expect 'run: --input' from-file "$out"
run run --native --input "$dir/input" "$dir/read.json" </dev/null
expect 'run --native: --input' from-file "$out"

echo '{"nodes":[{"id":"c","type":"Literal","properties":{"value":9}},
       {"id":"r","type":"Return","inputs":["c"]}]}' >"$dir/code.json"
for way in '' --native; do
    run run $way "$dir/code.json" </dev/null
    expect "run $way: the program's exit code" 9 "$code"
done

echo '{"nodes":[{"id":"t","type":"Literal","properties":{"value":true}},
       {"id":"w","type":"While","inputs":["t"]}]}' >"$dir/endless.json"
run run --steps 100 "$dir/endless.json" </dev/null
expect 'run: --steps' 70 "$code"
contains 'run: --steps' step_limit "$err"

# ---- wrong signatures: the compiler's words name the node ------------------------------------------
while read -r name signature; do
    cat >"$dir/wrong.json" <<END
{"ir": {"nodes": [{"id": "k", "type": "Literal", "properties": {"value": 2.0}},
                  {"id": "x", "type": "X", "inputs": ["k"]}, {"id": "p", "type": "Print", "inputs": ["x"]}]},
 "node_defs": {"X": {"lib": {"name": "$name", "include": "<cmath>", "signature": "$signature"}}}}
END
    run run --native "$dir/wrong.json" </dev/null
    expect "$signature of $name: exit code" 65 "$code"
    expect "$signature of $name: each error has its node" \
        "$(grep -c 'error: ' "$dir/err")" "$(grep -c '^  node: x' "$dir/err")"
done <<'END'
sqrt string f(double)
sqrt array<int> f(double)
frexp double f(double)
nosuch double f(double)
END
cat >"$dir/wrong.json" <<'END'
{"ir": {"nodes": [{"id": "k", "type": "Literal", "properties": {"value": 2.0}}, {"id": "x", "type": "X", "inputs": ["k"]},
                  {"id": "p", "type": "Print", "inputs": ["x"]}]},
 "node_defs": [{"nodeType": "X", "function": "frexp", "include": "<cmath>", "returns": {"type": "double"},
                "params": [{"name": "x"}, {"name": "e", "type": "string", "kind": "output"}]}]}
END
run run --native "$dir/wrong.json" </dev/null
expect 'an output of a wrong type: one error' 1 "$(grep -c 'error: ' "$dir/err")"
contains 'an output of a wrong type: its node' '  node: x' "$err"

# ---- an external function may throw: it is called where a consumer runs, and nowhere else ----------
cat >"$dir/lazy.json" <<'END'
{"ir": {"nodes": [
  {"id": "s", "type": "Literal", "properties": {"value": "no number"}}, {"id": "d", "type": "Stod", "inputs": ["s"]},
  {"id": "b", "type": "VarDecl", "properties": {"name": "b", "initialValue": false}},
  {"id": "g", "type": "VarGet", "properties": {"name": "b"}},
  {"id": "i", "type": "If", "properties": {"then": ["p"]}, "inputs": ["g"]}, {"id": "p", "type": "Print", "inputs": ["d"]},
  {"id": "j", "type": "If", "properties": {"then": ["q"]}, "inputs": ["g"]}, {"id": "q", "type": "Print", "inputs": ["d"]},
  {"id": "z", "type": "Print", "properties": {"text": "end"}}]},
 "node_defs": {"Stod": {"lib": {"name": "std::stod", "include": "<string>", "signature": "double stod(string)"}}}}
END
run run --native "$dir/lazy.json" </dev/null
expect 'an external of branches not taken' end "$out"

# ---- refusals ------------------------------------------------------------------------------------
cat >"$dir/bad.json" <<'END'
{"nodes": [
  {"id": "flag", "type": "Literal", "properties": {"value": 5}},
  {"id": "n", "type": "Not"},
  {"id": "p", "type": "Prnt"}],
 "edges": [{"from": "flag", "to": "n", "toPort": "x"}]}
END
run validate "$dir/bad.json"
expect 'validate: exit code of a refusal' 65 "$code"
expect 'validate: nothing on standard output' '' "$out"
contains 'validate: file, line and column' "$dir/bad.json:5:12: error: Type mismatch" "$err"
contains 'validate: the excerpt' '{"from": "flag", "to": "n", "toPort": "x"}' "$err"
contains 'validate: the cast' 'Cast with targetType "bool"' "$err"
contains 'validate: did you mean' 'did you mean "Print"?' "$err"
contains 'validate: how many' '2 errors' "$err"
caret=$(grep -A1 '"edges"' "$dir/err" | tail -1)
expect 'validate: the caret stands under the edge' \
    "               ^$(printf '~%.0s' $(seq 41))" "$caret"
case $err in *$'\033'*) failed=$((failed + 1)); echo 'FAIL colours without a terminal' ;; esac

run validate --json "$dir/bad.json"
contains 'validate --json' '"valid":false' "$out"
contains 'validate --json: pointer' '"pointer":"/edges/0"' "$out"
expect 'validate --json: exit code' 65 "$code"
run validate "$dir/sum.json"
expect 'validate: exit code' 0 "$code"

echo '{"nodes": [1,]}' >"$dir/broken.json"
run run "$dir/broken.json"
expect 'no JSON: exit code' 65 "$code"
contains 'no JSON: where' "$dir/broken.json:1:14: error:" "$err"

run validate --json "$dir/broken.json"
expect 'no JSON, as JSON' \
    '{"valid":false,"errors":[{"code":"no_json","message":"a value was expected (line 1, column 14)","pointer":"","line":1,"column":14}],"warnings":[]}' "$out"
expect 'no JSON, as JSON: exit code' 65 "$code"
printf '{"nodes":[],"metadata":%s%s}' "$(printf '[%.0s' $(seq 64))" "$(printf ']%.0s' $(seq 64))" >"$dir/deep.json"
run validate --json "$dir/deep.json"
contains 'nested too deep: a limit' '"code":"limit_exceeded","message":"nested deeper than 64' "$out"

cat >"$dir/plugin.json" <<'END'
{"name": "cube_root", "include": "<cmath>", "function": "cbrt",
 "params": [{"name": "x", "type": "double"}], "returns": {"type": "double"}}
END
echo '{"nodes":[{"id":"e","type":"Const","params":{"value":27}},
       {"id":"c","type":"Lib_cube_root","inputs":["e"]},{"id":"p","type":"Print","inputs":["c"]}]}' >"$dir/root.json"
run validate "$dir/root.json"
contains 'a plugin that is not there' 'unknown_type' "$err"
run run --native --plugins "$dir/plugin.json" "$dir/root.json" </dev/null
expect '--plugins' 3 "$out"
echo '["<vector>"]' >"$dir/includes.json"
run validate --includes "$dir/includes.json" --plugins "$dir/plugin.json" "$dir/root.json"
expect '--includes: a plugin it does not allow' 66 "$code"
printf '{"ir":{"nodes":[{"id":"e","type":"Const","params":{"value":27}},{"id":"c","type":"Root","inputs":["e"]},
 {"id":"p","type":"Print","inputs":["c"]}],"node_defs":{"Root":{"inputs":["x"],"outputs":["out"],"lib":{"name":"cbrt","include":"<cmath>"}}}}}' >"$dir/inner.json"
run run --native "$dir/inner.json" </dev/null
expect 'node_defs within the ir' 3 "$out"

script -qec "$gbc validate $dir/bad.json" /dev/null </dev/null >"$dir/tty" 2>&1
contains 'colours on a terminal' $'\033[1;31m' "$(cat "$dir/tty")"
NO_COLOR=1 script -qec "$gbc validate $dir/bad.json" /dev/null </dev/null >"$dir/tty" 2>&1
case $(cat "$dir/tty") in *$'\033'*) failed=$((failed + 1)); echo 'FAIL NO_COLOR' ;; esac

# ---- the other commands --------------------------------------------------------------------------
run emit "$dir/sum.json"
contains 'emit' '#include "gb.hpp"' "$out"
run emit --standalone --map "$dir/map.json" -o "$dir/sum.cpp" "$dir/sum.json"
expect 'emit -o: exit code' 0 "$code"
expect 'emit -o: nothing on standard output' '' "$out"
contains 'emit --map' '"node_id":"s"' "$(cat "$dir/map.json")"
g++ -std=c++17 -o "$dir/sum" "$dir/sum.cpp" && expect 'emit --standalone' 6 "$("$dir/sum")"
run hash "$dir/sum.json"
expect 'hash: 64 hexadecimal digits' 64 "$(tr -d '\n' <"$dir/out" | tr -cd '0-9a-f' | wc -c)"
hash=$out
run fmt -o "$dir/fmt.json" "$dir/sum.json"
run hash "$dir/fmt.json"
expect 'fmt keeps the meaning' "$hash" "$out"
run fmt "$dir/fmt.json"
expect 'fmt of fmt is fmt' "$(cat "$dir/fmt.json")" "$out"
run dot "$dir/sum.json"
contains 'dot' 'digraph' "$out"
run nodes
contains 'nodes' 'ArrayPush' "$out"
run nodes --json
contains 'nodes --json' '"Add"' "$out"
run schema
contains 'schema' '"$schema"' "$out"
run help
contains 'help' 'usage: gbc COMMAND' "$out"
expect 'help: exit code' 0 "$code"
run help run
contains 'help COMMAND' 'usage: gbc COMMAND' "$out"
run run --help
contains 'COMMAND --help' 'usage: gbc COMMAND' "$out"
expect 'COMMAND --help: exit code' 0 "$code"
run help frobnicate
expect 'help of no command' 64 "$code"
run --version
contains 'version' 'gbc ' "$out"

# ---- mistakes on the command line ----------------------------------------------------------------
run frobnicate
expect 'unknown command' 64 "$code"
run run --frobnicate
expect 'unknown option' 64 "$code"
run hash --native "$dir/sum.json"
expect "another command's option" 64 "$code"
run run --steps nine "$dir/sum.json"
expect 'no number' 64 "$code"
run run a b
expect 'two files' 64 "$code"
run emit --map
expect 'a missing value' 64 "$code"
run run "$dir/absent.json"
expect 'no such file' 66 "$code"
contains 'no such file' "$dir/absent.json: No such file" "$err"
run emit -o "$dir/absent/x" "$dir/sum.json"
expect 'cannot be written' 73 "$code"

[ "$failed" = 0 ] && echo "gbc: all as expected"
exit $((failed != 0))
