# The image of tests/with_docker/test_clients.py: Debian's own boto3 and aws-cli, as they come.

clients_image=ecs-local/clients:1
clients_label=ecs-local.clients
clients_packages=python3-boto3,awscli

ensure_clients() {
    local suite recipe found
    suite=$(debian_suite) || die "$clients_image is made of Debian's packages, on Debian alone" \
        "import an image of that name with python3, boto3 and aws"
    # Another recipe is another image.
    recipe=$(printf '%s\n' "$suite" "$(declare -f import_clients)" | sha256sum | cut -c 1-12)
    found=$(docker image inspect --format "{{index .Config.Labels \"$clients_label\"}}" \
        "$clients_image" 2>/dev/null) || found=
    [ "$found" != "$recipe" ] || return 0
    command -v mmdebstrap >/dev/null 2>&1 ||
        install_packages "the image with AWS's clients" mmdebstrap
    say "making $clients_image of Debian's $clients_packages"
    import_clients "$suite" "$recipe"
}

debian_suite() {
    [ -r /etc/os-release ] && (
        . /etc/os-release
        [ "$ID" = debian ] && [ -n "${VERSION_CODENAME:-}" ] && printf '%s\n' "$VERSION_CODENAME"
    )
}

# Unpacks the packages and runs none of their scripts: a few seconds, and no shell in the image.
import_clients() {
    local suite=$1 recipe=$2 log made status=0
    log=$(mktemp)
    made=$(mmdebstrap --quiet --variant=extract --include="$clients_packages" \
        "$suite" - 2>"$log" </dev/null |
        docker import --change "LABEL $clients_label=$recipe" - 2>>"$log") || status=$?
    [ "$status" -eq 0 ] || tail -n 15 "$log" >&2
    rm -f "$log"
    if [ "$status" -ne 0 ]; then
        # What came before the failure has become an image all the same.
        [ -z "$made" ] || docker rmi "$made" >/dev/null 2>&1 || true
        die "$clients_image could not be made" "are Debian's packages reachable?"
    fi
    # An earlier one must not stay without a name.
    docker rmi "$clients_image" >/dev/null 2>&1 || true
    docker tag "$made" "$clients_image"
}
