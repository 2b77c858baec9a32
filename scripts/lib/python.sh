# The virtual environment .venv, with the packages of constraints.txt.

find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

ensure_environment() {
    local root=$1 python stamp wanted constraints
    python=$(find_python) || die "Python 3.11 or newer is needed" "install python3.11"
    stamp="$root/.venv/.stamp"
    wanted=$(
        "$python" --version
        printf '%s\n' "$root"
        cat "$root/pyproject.toml" "$root/constraints.txt"
    )
    wanted=$(printf '%s' "$wanted" | sha256sum)
    if [ -x "$root/.venv/bin/ecs-local" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    create_environment "$root" "$python"
    say "installing packages into .venv"
    # The variable holds for what builds the project, too; it is split at blanks, a URI has none.
    constraints=$("$python" -c 'import pathlib, sys; print(pathlib.Path(sys.argv[1]).as_uri())' \
        "$root/constraints.txt")
    PIP_CONSTRAINT=$constraints quietly \
        "$root/.venv/bin/python" -m pip install --disable-pip-version-check -e "$root[dev]" ||
        die "the packages could not be installed" "see above; is the package index reachable?"
    name_checkout_in_ascii "$root"
    # As pip does with packages: else the first command of each kind would be slow.
    quietly "$root/.venv/bin/python" -m compileall -q "$root/emulator" ||
        die "ecs-local could not be compiled" "see above; is there room on the disk?"
    printf '%s' "$wanted" >"$stamp"
}

# Python up to 3.12 reads the file that names the checkout by the locale: in the locale C it would
# not even start where the checkout's path is not ASCII.
name_checkout_in_ascii() {
    local root=$1 file
    for file in "$root"/.venv/lib/python3.*/site-packages/*.pth; do
        [ "$(cat "$file")" != "$root" ] || printf '../../../..\n' >"$file"
    done
}

# Where Python is told to write no bytecode, each start of the program would compile all of it anew:
# a third of a second, and a few hundred starts in the tests.
compile_program() {
    quietly "$1/.venv/bin/python" -m compileall -q "$1/emulator" ||
        die "a module of emulator/ is no Python" "see above"
}

create_environment() {
    local root=$1 python=$2
    if "$root/.venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' \
        2>/dev/null; then
        return
    fi
    say "creating .venv with $("$python" --version)"
    rm -rf "$root/.venv"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        install_packages "to create virtual environments" python3-venv
    fi
    quietly "$python" -m venv "$root/.venv" || die "the virtual environment could not be created"
}
