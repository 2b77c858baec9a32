"""`ecs-local completion`: what a shell needs to complete command lines."""

import argparse
from typing import Final

from emulator.cli import screen
from emulator.errors import UsageError

_BASH: Final = """\
_ecs_local() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <(ecs-local completion --words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _ecs_local ecs-local"""

_ZSH: Final = """\
_ecs_local() {
    local -a found
    found=("${(@f)$(ecs-local completion --words "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n $found ]]; then compadd -- $found; else _files; fi
}
compdef _ecs_local ecs-local"""

_FISH: Final = """\
function __ecs_local
    set -l before (commandline -opc)[2..-1]
    set -l found (ecs-local completion --words $before (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c ecs-local -f -a '(__ecs_local)'"""

_SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = (
        "examples:\n"
        '  eval "$(ecs-local completion bash)"      in ~/.bashrc\n'
        '  eval "$(ecs-local completion zsh)"       in ~/.zshrc, behind compinit\n'
        "  ecs-local completion fish | source       in ~/.config/fish/config.fish\n\n"
        "Commands, options and their values are completed, and names of rules, task definitions, "
        "log groups and tasks."
    )
    parser.add_argument("shell", choices=tuple(_SCRIPTS), nargs="?", help="which shell")
    parser.add_argument(
        "--words",
        nargs=argparse.REMAINDER,
        metavar="WORD",
        help="what the shell asks: the words behind ecs-local, the last one unfinished",
    )
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace) -> int:
    """Print the script of a shell, or what a word can become."""
    if (arguments.shell is None) == (not arguments.words):
        message = "name the shell whose script is wanted"
        raise UsageError(message, hint=f"ecs-local completion {'|'.join(_SCRIPTS)}")
    if arguments.shell is not None:
        screen.say(_SCRIPTS[arguments.shell])
        return 0
    from emulator.cli.candidates import candidates

    for word in candidates(arguments.words, arguments):
        screen.say(word)
    return 0
