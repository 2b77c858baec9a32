"""What `tasks` answers besides a list."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Cli, says


def test_statistics_are_a_table_and_json(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT)
    cli("invoke", "daily", main_process=says(exit_code=1))
    assert cli("tasks", "--stats", columns=80).out == (
        "RULE   OK  FAILED   MEDIAN  P95    MAX    TREND  LAST (UTC)\n"
        "daily  1   1 (50%)  0.00s   0.00s  0.00s  -      2026-11-24T06:37:05Z failed\n"
    )
    (found,) = json.loads(cli("tasks", "--stats", "--format", "json").out)
    assert (found["rule"], found["succeeded"], found["failed"]) == ("daily", 1, 1)
    assert (found["medianSeconds"], found["trend"]) == (0.0, None)


def test_what_was_due_and_never_ran_is_told_and_fails(cli: Cli) -> None:
    told = cli("tasks", "--expected", "--since", "2026-11-23", project=PROJECT, columns=80)
    assert told.screen == (
        "due from 2026-11-23T00:00:00Z to 2026-11-24T06:37:05Z\n"
        "RULE   DUE  NEVER SEEN\n"
        "daily  2    2\n"
        "\n"
        "not well:\n"
        "RULE   DUE (UTC)             WHAT BECAME OF IT  WHY\n"
        "daily  2026-11-23T01:00:00Z  never seen\n"
        "daily  2026-11-24T01:00:00Z  never seen\n"
        "exit code 1\n"
    )


def test_a_time_in_which_nothing_was_due_is_well(cli: Cli) -> None:
    told = cli("tasks", "--expected", "--since", "2026-11-24T02:00:00Z", project=PROJECT)
    assert told.screen == (
        "nothing was due from 2026-11-24T02:00:00Z to 2026-11-24T06:37:05Z\nexit code 0\n"
    )


def test_a_time_that_ends_before_it_begins_is_refused(cli: Cli) -> None:
    words = ("--since", "2026-11-24", "--until", "2026-11-23")
    assert cli("tasks", "--expected", *words, project=PROJECT).screen == (
        "ecs-local: error: --since must lie before --until\nexit code 2\n"
    )


def test_the_export_is_a_json_object_a_line(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT)
    lines = [json.loads(line) for line in cli("tasks", "--export").out.splitlines()]
    assert [line["type"] for line in lines] == ["task", "firing"]
    assert lines[0]["local"]["rule"] == lines[1]["rule"] == "daily"
    assert lines[1]["outcome"] == "fired"


def test_pruning_goes_by_the_options_or_by_the_files(cli: Cli) -> None:
    for _ in range(3):
        cli("invoke", "daily", project=PROJECT)
    assert cli("tasks", "--prune").err.splitlines()[0] == (
        "ecs-local: error: nothing says what stays"
    )
    assert cli("tasks", "--keep-tasks", "1").code == 2
    told = cli("tasks", "--prune", "--keep-days", "1")
    assert told.out == "removed from the history: 0 tasks, 0 firings\n"
    assert cli("tasks", "--prune", "--format", "json", "--keep-days", "1").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--prune", "--keep-days", "1", "--rule", "daily"], "--rule does not go with --prune"),
        (["--stats", "--failed", "-n", "3"], "--failed, -n do not go with --stats"),
        (["--expected", "--family", "daily"], "--family does not go with --expected"),
        (["--export", "-q"], "--quiet does not go with --export"),
        (["--keep-tasks", "1"], "--keep-tasks does not go with a list of tasks"),
        (["-q", "--format", "json"], "--quiet and --format json contradict each other"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused_and_nothing_is_done(
    cli: Cli, words: list[str], message: str
) -> None:
    cli("invoke", "daily", project=PROJECT)
    told = cli("tasks", *words)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"ecs-local: error: {message}\n")
    assert len(json.loads(cli("tasks", "--format", "json").out)["tasks"]) == 1


def test_ids_alone_are_for_other_commands(cli: Cli) -> None:
    assert cli("tasks", "-q", project=PROJECT).screen == "exit code 0\n"
    cli("invoke", "daily")
    cli("invoke", "daily", main_process=says(exit_code=1))
    assert cli("tasks", "--quiet").out == "ID\nID\n"
    assert cli("tasks", "-q", "--failed").out == "ID\n"
    assert cli("tasks", "-q", "--status", "running").out == ""


def test_a_status_there_is_none_of_is_refused(cli: Cli) -> None:
    told = cli("tasks", "--status", "runing", project=PROJECT)
    assert told.code == 2
    assert "invalid choice: 'RUNING'" in told.err


def test_a_rule_of_which_nothing_is_on_record_is_named(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT)
    told = cli("tasks", "--rule", "dialy", "--family", "daily")
    assert told.screen == "no tasks\nno task of a rule 'dialy' is on record\nexit code 0\n"
    assert cli("tasks", "--rule", "daily", "--failed").err == ""


def test_a_time_that_is_none_is_refused_with_both_ways_to_write_one(cli: Cli) -> None:
    told = cli("tasks", "--since", "yesterday", project=PROJECT)
    assert told.code == 2
    assert "'yesterday' is neither an instant nor a duration" in told.err
    assert "2026-11-24T09:00:00Z, or 10m" in told.err


def test_where_nothing_ever_ran_there_is_nothing_to_prune(cli: Cli, tmp_path: Path) -> None:
    told = cli("tasks", "--prune", "--keep-days", "1", project=PROJECT)
    assert told.screen == "removed from the history: 0 tasks, 0 firings\nexit code 0\n"
    assert not (tmp_path / ".ecs-local").exists()
