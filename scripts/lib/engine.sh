# The container engine: one that answers is left as it is; else Docker is installed and started.

engine_log=${ECS_LOCAL_DOCKERD_LOG:-/var/log/ecs-local-dockerd.log}

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1 </dev/null; }

ensure_engine() {
    if command -v docker >/dev/null 2>&1 && engine_answers; then
        return
    fi
    [ -z "${DOCKER_HOST:-}" ] || die "no container engine answers at DOCKER_HOST=$DOCKER_HOST" \
        "start it, or unset DOCKER_HOST"
    [ "$(uname -s)" = Linux ] || die "no container engine answers" "start Docker Desktop"
    if ! command -v dockerd >/dev/null 2>&1; then
        install_packages "the container engine" docker.io iptables
    fi
    # Its package may have started it.
    engine_answers && return
    is_root || die "no container engine answers" "start Docker, or run this as root"
    start_engine
}

# Starts dockerd apart from this script: whoever waits for the script's output must not wait for
# the engine as well, so that nothing of ours stays open in it.
start_engine() {
    say "starting dockerd (log: $engine_log)"
    exec 9>/run/ecs-local-dockerd.lock
    flock -w 60 9 || die "another start of dockerd takes too long"
    if ! engine_answers; then
        forget_dead_engine
        setsid nohup dockerd >"$engine_log" 2>&1 </dev/null 9>&- &
        disown
        wait_for_engine $!
    fi
    exec 9>&-
}

# A pid file of a dockerd that is gone keeps the next one from starting.
forget_dead_engine() {
    local pid
    pid=$(cat /var/run/docker.pid 2>/dev/null) || return 0
    [ -d "/proc/$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] ||
        rm -f /var/run/docker.pid
}

wait_for_engine() {
    local pid=$1 tries
    for ((tries = 0; tries < 150; tries++)); do
        engine_answers && return
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 15 "$engine_log" >&2
    die "dockerd did not start" "see $engine_log"
}
