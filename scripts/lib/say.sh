# Messages of the scripts, and what several of them need.

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
    printf 'setup: error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '  hint: %s\n' "$2" >&2
    exit 1
}

# Runs a command with its output shown only when it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] || tail -n 30 "$log" >&2
    rm -f "$log"
    return "$status"
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# Installs Debian packages; says what it wants them for.
install_packages() {
    local purpose=$1
    shift
    command -v apt-get >/dev/null 2>&1 ||
        die "$purpose: $* is missing, and there is no apt-get to install it" "install it by hand"
    is_root || die "$purpose: $* is missing" "as root: apt-get install $*"
    say "installing $* ($purpose)"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get install -y --no-install-recommends "$@" && return
    quietly apt-get update || die "apt-get update failed"
    quietly apt-get install -y --no-install-recommends "$@" || die "apt-get install $* failed"
}
