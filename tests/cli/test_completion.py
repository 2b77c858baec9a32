"""The script that a shell is given, and what it makes of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Cli

PRESS_TAB = """\
eval "$(ecs-local completion bash)"
COMP_WORDS=(ecs-local run --missed o)
COMP_CWORD=3
_ecs_local
printf '<%s>' "${COMPREPLY[@]}"
complete -p ecs-local
"""


def test_bash_is_given_what_a_word_can_become(tmp_path: Path) -> None:
    program = tmp_path / "ecs-local"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m emulator "$@"\n', "utf-8")
    program.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    words = ["bash", "--noprofile", "--norc", "-c", PRESS_TAB]
    ended = subprocess.run(words, capture_output=True, env=environment, text=True, check=False)
    assert ended.stdout == "<once>complete -o default -F _ecs_local ecs-local\n", ended.stderr


@pytest.mark.parametrize(
    ("shell", "registration"),
    [("zsh", "compdef _ecs_local ecs-local"), ("fish", "complete -c ecs-local -f -a")],
)
def test_other_shells_have_scripts_of_their_own(cli: Cli, shell: str, registration: str) -> None:
    told = cli("completion", shell)
    assert told.code == 0
    assert registration in told.out.splitlines()[-1]
    assert "completion --words" in told.out


@pytest.mark.parametrize("words", [[], ["--words"], ["bash", "--words", "run"]])
def test_a_shell_or_words_are_asked_for(cli: Cli, words: list[str]) -> None:
    assert cli("completion", *words).screen == (
        "ecs-local: error: name the shell whose script is wanted\n"
        "  hint: ecs-local completion bash|zsh|fish\n"
        "exit code 2\n"
    )


def test_a_shell_that_is_not_known_is_refused(cli: Cli) -> None:
    told = cli("completion", "powershell")
    assert told.code == 2
    assert "invalid choice: 'powershell'" in told.err
