"""`ecs-local tasks`: the list."""

import json

from emulator.engines.fake import FakeProcess
from tests.cli.conftest import PROJECT, Cli


def test_tasks_fit_80_columns(cli: Cli) -> None:
    cli("invoke", "daily", project=PROJECT)
    cli("run-task", "daily", main_process=FakeProcess(never_starts="no such user"))
    lines = cli("tasks", columns=80).out.splitlines()
    assert lines[0].split() == [
        *("TASK", "RULE", "CREATED", "(UTC)", "DURATION", "STATUS", "EXIT", "REASON")
    ]
    assert lines[1].split()[:6] == ["ID", "(daily)", "11-24", "06:37:05", "-", "STOPPED"]
    assert lines[1].endswith("…")
    assert lines[2].split() == ["ID", "daily", "11-24", "06:37:05", "0.0s", "STOPPED", "0"]


def test_no_tasks_is_an_answer(cli: Cli) -> None:
    assert cli("tasks").screen == "no tasks\nexit code 0\n"
    assert json.loads(cli("tasks", "--format", "json").out) == {"tasks": [], "failures": []}
