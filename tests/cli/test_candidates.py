"""What a word of a command line can become."""

import json
import shlex
from pathlib import Path

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
        ("lint --format=s", ["--format=sarif"]),
        ("lint --format = s", ["sarif"]),  # As bash hands it on.
        ("run --missed =", ["all", "once", "skip"]),
        ("run --detach=", []),
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


@pytest.mark.parametrize("word", ['"my infra"', "my\\ infra", "my infra", "~/my\\ infra"])
def test_a_file_is_found_as_shells_hand_it_on(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "my infra").mkdir()
    (tmp_path / "my infra/ecs-local.yaml").write_text(PROJECT, "utf-8")
    told = cli("completion", "--words", "invoke", "-f", word, "--command", "it's", "d")
    assert (told.code, told.out) == (0, "daily\n"), told.err


def test_rules_of_events_are_named_to_commands_that_take_them(cli: Cli) -> None:
    pattern = "  - name: after\n    eventPattern: {source: [shop]}\n    taskDefinition: daily\n"
    cli("rules", project=PROJECT + pattern)
    assert _completed(cli, "invoke ") == ["daily"]
    assert _completed(cli, "timeline ") == ["after", "daily"]
    assert _completed(cli, "tasks --rule ") == ["after", "daily"]


def test_a_name_that_a_shell_would_run_is_not_offered(cli: Cli, tmp_path: Path) -> None:
    for folder, name in (("a", "/a$(id)"), ("b", "/b;id"), ("c", "/c#1")):
        group = {"logGroupName": name, "retentionInDays": None, "creationTime": "2026-01-01"}
        path = tmp_path / f".ecs-local/logs/{folder}/.log-group.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(group), "utf-8")
    assert _completed(cli, "logs ") == ["/c#1"]


def test_the_file_of_the_line_is_read(cli: Cli) -> None:
    cli("rules", project=PROJECT)
    assert _completed(cli, "invoke --lenient -f none.yaml ") == []


def test_tasks_are_those_on_record_and_those_that_run_for_stop(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    assert _completed(cli, "describe ") == ["ID"]
    assert _completed(cli, "stop ") == []
    assert _completed(cli, "describe --state-dir elsewhere ") == []


def test_logs_are_followed_of_groups_rules_and_tasks_that_were(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT, main_process=says(b"x"))
    # The id may come before the rule, or behind it.
    assert sorted(_completed(cli, "logs -f ")) == ["/batch", "ID", "daily"]
    assert _completed(cli, "logs /b") == ["/batch"]


def test_of_definitions_with_errors_what_could_be_read_is_found(cli: Cli, tmp_path: Path) -> None:
    broken = "  - name: weekly\n    scheduleExpression: crom(0)\n    taskDefinition: daily\n"
    (tmp_path / "ecs-local.yaml").write_text(PROJECT + broken, "utf-8")
    assert cli("rules").code == 2
    assert _completed(cli, "invoke ") == ["daily"]
    assert _completed(cli, "enable ") == ["daily"]
    assert _completed(cli, "run-task ") == ["daily"]
    (tmp_path / "ecs-local.yaml").write_text("rules: [", "utf-8")
    assert _completed(cli, "invoke ") == []
