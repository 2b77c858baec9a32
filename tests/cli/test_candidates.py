"""What a word of a command line can become."""

import shlex

import pytest

from emulator.cli.commands import COMMANDS
from tests.cli.conftest import PROJECT, Cli, says


def _completed(cli: Cli, line: str) -> list[str]:
    """Return what becomes of the last word; a line that ends with a blank begins another."""
    words = shlex.split(line) + ([""] if line.endswith(" ") or not line else [])
    told = cli("completion", "--words", *words)
    assert (told.code, told.err) == (0, "")
    return told.out.splitlines()


def test_the_first_word_is_a_command(cli: Cli) -> None:
    assert _completed(cli, "") == sorted({*COMMANDS, "--help", "--version"})
    assert _completed(cli, "in") == ["init", "invoke"]
    assert _completed(cli, "nosuch ") == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("run --miss", ["--missed"]),
        ("run --missed ", ["all", "once", "skip"]),
        ("run -d --missed o", ["once"]),
        ("lint --format s", ["sarif"]),
        ("tasks --status R", ["RUNNING"]),
        ("completion ", ["bash", "fish", "zsh"]),
        ("run -f ", []),  # A file: the shell knows better.
        ("run --for ", []),
        ("init ", []),
        ("run --nosuch", []),
    ],
)
def test_options_and_their_values_are_those_of_the_command(
    cli: Cli, line: str, found: list[str]
) -> None:
    assert _completed(cli, line) == found


def test_every_option_of_a_command_is_found(cli: Cli) -> None:
    assert _completed(cli, "stop -") == ["--help", "--no-wait", "--reason", "--state-dir", "-h"]


def test_names_are_those_of_the_definitions_that_the_line_means(cli: Cli) -> None:
    other = PROJECT.replace("daily", "nightly")
    cli("rules", project=other)
    assert _completed(cli, "invoke ") == ["nightly"]
    assert _completed(cli, "run-task n") == ["nightly"]
    assert _completed(cli, "tasks --rule ") == ["nightly"]
    assert _completed(cli, "invoke d") == []


def test_the_file_of_the_line_is_read(cli: Cli) -> None:
    cli("rules", project=PROJECT)
    told = cli("completion", "--words", "invoke", "--lenient", "-f", "none.yaml", "")
    assert (told.code, told.out) == (2, "")


def test_tasks_are_those_on_record_and_those_that_run_for_stop(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    assert _completed(cli, "describe ") == ["ID"]
    assert _completed(cli, "stop ") == []
    assert _completed(cli, "describe --state-dir elsewhere ") == []


def test_logs_are_followed_of_groups_rules_and_tasks_that_were(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    assert _completed(cli, "logs -f ") == ["/batch", "ID", "daily"]
    assert _completed(cli, "logs /b") == ["/batch"]
