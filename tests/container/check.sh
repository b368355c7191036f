#!/usr/bin/env bash
# Build the image and hold a running container to its promises: tests/container/check.sh
#   ENGINE                   podman or docker (default: whichever there is)
#   MONITOR_CONTAINER_TOOLS  a folder with env.sh and image.sh, for machines without a container daemon or a registry
#   IMAGE                    check this image and build none
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
name=monitor-check-$$ volume=monitor-check-$$
beat_age=45 # seconds without a sign of life before HEALTHCHECK fails; longer than the daemon's pause between two

passed=0
check() { # WHAT COMMAND…
    if "${@:2}"; then printf 'ok    %s\n' "$1"; passed=$((passed + 1))
    else printf 'FAIL  %s\n' "$1"; "$engine" logs "$name" 2>&1 | tail -20; exit 1; fi
}
skip() { printf 'SKIPPED: %s\n' "$1"; exit 0; }
now() { date +%s%N; }
seconds_since() { awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f", (to - from) / 1e9 }'; }

cd "$(mktemp -d)" # an engine may leave files where it is called
if [[ -n ${MONITOR_CONTAINER_TOOLS:-} ]]; then
    [[ -f $MONITOR_CONTAINER_TOOLS/env.sh ]] || skip "no container tools at $MONITOR_CONTAINER_TOOLS"
    # shellcheck source=/dev/null
    . "$MONITOR_CONTAINER_TOOLS/env.sh"
    [[ -n ${IMAGE:-} ]] || "$MONITOR_CONTAINER_TOOLS/image.sh" "$root" monitor >build.log 2>&1 || { tail -20 build.log; exit 1; }
    engine=podman
else
    engine=${ENGINE:-$(command -v podman || command -v docker || true)}
    [[ -n $engine ]] || skip "neither podman nor docker here, and MONITOR_CONTAINER_TOOLS is not set"
    [[ -n ${IMAGE:-} ]] || "$engine" build -q -t monitor "$root" >build.log 2>&1 || { tail -20 build.log; exit 1; }
fi
image=${IMAGE:-monitor}
trap '"$engine" rm -f "$name" >/dev/null 2>&1; "$engine" volume rm -f "$volume" >/dev/null 2>&1 || true' EXIT

inside() { "$engine" run --rm --network none -v "$volume:/data/state" --entrypoint "$1" "$image" "${@:2}"; }
healthy() {
    if [[ $engine == *podman ]]; then "$engine" healthcheck run "$name" >/dev/null 2>&1
    else "$engine" exec "$name" monitor health >/dev/null 2>&1; fi
}
wait_until() { # SECONDS COMMAND…
    local end=$((SECONDS + $1)); shift
    until "$@"; do ((SECONDS < end)) || return 1; sleep 0.2; done
}
unhealthy() { ! healthy; }

user_is_10001() { [[ $(inside id -u) == 10001 ]]; }
no_pip() { ! inside python -c 'import pip' 2>/dev/null; }
asks_health() { [[ $("$engine" image inspect "$image" | tr -d ' \n') == *'"CMD","monitor","health"'* ]]; }
is_process_1() { [[ $("$engine" exec "$name" cat /proc/1/cmdline | tr '\0' ' ') == *monitor*run* ]]; }
no_capability() { "$engine" exec "$name" grep -qx "CapEff:[[:space:]]*0*" /proc/1/status; }
read_only() { ! "$engine" exec "$name" touch /opt/venv/x 2>/dev/null && ! "$engine" exec -u 0 "$name" touch /x 2>/dev/null; }
stops() {
    local from; from=$(now)
    "$engine" stop -t 10 "$name" >/dev/null
    took=$(seconds_since "$from") status=$("$engine" inspect --format '{{.State.ExitCode}}' "$name")
    printf '      exit status %s after %s s\n' "$status" "$took"
    [[ $status == 0 ]] && awk -v is="$took" 'BEGIN { exit !(is < 5) }'
}
state_is_whole() {
    local ask='import sqlite3; print(sqlite3.connect("/data/state/monitor.sqlite3").execute("pragma integrity_check").fetchone()[0])'
    [[ $(inside python -c "$ask") == ok ]]
}

printf '      size %d MB\n' $(($("$engine" image inspect --format '{{.Size}}' "$image") / 1000000))
check "runs as user 10001" user_is_10001
check "no pip is left behind" no_pip
check "HEALTHCHECK asks monitor health" asks_health

started=$(now)
"$engine" run -d --name "$name" --network none --read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges \
    -e MONITOR_HEALTH_MAX_AGE=$beat_age -v "$volume:/data/state" "$image" >/dev/null
check "healthy: no arguments, read-only root, no capabilities, no network" wait_until 30 healthy
printf '      after %s s\n' "$(seconds_since "$started")"
check "the daemon is process 1" is_process_1
check "it holds no capability" no_capability
check "the root file system is read-only" read_only

"$engine" kill --signal STOP "$name" >/dev/null
check "unhealthy when the daemon stands still" wait_until $((beat_age + 30)) unhealthy
"$engine" kill --signal CONT "$name" >/dev/null
check "healthy again when it goes on" wait_until 60 healthy
check "SIGTERM ends it with status 0 in under 5 s" stops
check "the state outlives the container, and is whole" state_is_whole
printf '%d checks passed\n' "$passed"
