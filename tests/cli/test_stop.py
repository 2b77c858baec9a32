"""`ecs-local stop`: of several tasks those that can be, and what is told of the others."""

from contextlib import closing
from pathlib import Path

import pytest

from emulator.errors import EngineUnavailableError
from emulator.state.history import History
from emulator.state.owner import Owner
from tests.builders import container, task
from tests.cli.conftest import PROJECT, Cli


def test_a_task_that_is_over_cannot_be_stopped(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT)
    stream = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log"))
    assert cli("stop", stream.stem).screen == (
        "ecs-local: error: task ID is over: Essential container in task exited\nexit code 2\n"
    )


def test_of_several_tasks_those_are_stopped_that_can_be(cli: Cli, tmp_path: Path) -> None:
    cli("invoke", "daily", project=PROJECT)
    over = next(tmp_path.glob(".ecs-local/logs/batch/daily/main/*.log")).stem
    running = task(container("main"))
    with closing(
        History(tmp_path / ".ecs-local/history.sqlite3", owner=str(Owner.current()))
    ) as history:
        history.record([running])
    assert cli("stop", "--no-wait", over, running.id, "nobody").screen == (
        "ID asked to stop\n"
        "ecs-local: error: task ID is over: Essential container in task exited\n"
        "no task 'nobody'\n"
        "  hint: `ecs-local tasks` lists them; 4 characters of an id do\n"
        "exit code 2\n"
    )


def test_what_was_refused_is_told_when_waiting_for_the_others_fails(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object, **_named: object) -> None:
        message = "no container engine answers"
        raise EngineUnavailableError(message)

    monkeypatch.setattr("emulator.app.other_processes.await_stop", fail)
    running = task(container("main"))
    (tmp_path / ".ecs-local").mkdir()
    with closing(
        History(tmp_path / ".ecs-local/history.sqlite3", owner=str(Owner.current()))
    ) as history:
        history.record([running])
    assert cli("stop", "nobody", running.id).screen == (
        "ecs-local: error: no task 'nobody'\n"
        "  hint: `ecs-local tasks` lists them; 4 characters of an id do\n"
        "ecs-local: error: no container engine answers\n"
        "exit code 3\n"
    )
