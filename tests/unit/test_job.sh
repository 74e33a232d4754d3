#!/usr/bin/env bash
# test_job.sh - gb-job started by hand, outside a container: it touches nothing of where it stands.
set -uo pipefail
GB_JOB=$(realpath "${GB_JOB:-build/release/gb-job}")
folder=$(mktemp -d)
trap 'rm -rf "$folder" "$folder.said"' EXIT
mkdir "$folder/deep"
echo mine | tee "$folder/file" >"$folder/deep/file"
failed=0

untouched() { # HOW
    if [ "$(cat "$folder/file" "$folder/deep/file" 2>&1)" != $'mine\nmine' ]; then
        echo "FAILED  gb-job $1 changed the folder it was started in"
        failed=1
    fi
}
ends() { # STATUS HOW: with which status the command before ended
    [ "$1" -eq "$2" ] || { echo "FAILED  gb-job $3 ended with $2, not $1"; failed=1; }
    untouched "$3"
}

cd "$folder"
"$GB_JOB" </dev/null >/dev/null 2>&1
ends 0 $? "without a job"
for bytes in 'head -c 300 /dev/zero' 'echo nonsense'; do
    $bytes | timeout 10 "$GB_JOB" >"$folder.said" 2>/dev/null
    untouched "with bytes that are no job"
    tr -d '\0' <"$folder.said" | grep -q '"verdict":"sandbox_unavailable"' ||
        { echo "FAILED  gb-job does not say that this is no job: $bytes"; failed=1; }
done
"$GB_JOB" --seccomp-profile </dev/null >/dev/null 2>&1
ends 0 $? "--seccomp-profile"
"$GB_JOB" --print-config </dev/null >/dev/null 2>&1
ends 2 $? "--print-config"
[ "$failed" -eq 0 ] && echo "gb-job leaves its surroundings alone"
exit "$failed"
