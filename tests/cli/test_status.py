"""The status of a state directory as a user reads it."""

import json
from dataclasses import replace
from pathlib import Path

from emulator.eventbridge.occasion import due
from emulator.events import Promised, PromiseKind
from emulator.model.definitions import Definitions
from emulator.model.task import TaskStatus
from emulator.state.history import History
from emulator.state.owner import Owner
from emulator.state.records import WaitingAttempt
from tests.builders import NOON, rule, task
from tests.cli.conftest import Cli


def _leave(state_dir: Path) -> None:
    """Leave what a killed scheduler had promised."""
    state_dir.mkdir()
    history = History(state_dir / "history.sqlite3", owner="gone/1@1")
    value = due(rule(), NOON, Definitions())
    kinds = [PromiseKind.TURN, PromiseKind.TURN, PromiseKind.INVOCATION, PromiseKind.NOTIFICATION]
    promised = [
        Promised(key=str(number), kind=kind, value=value, at=NOON)
        for number, kind in enumerate(kinds)
    ]
    waiting = [WaitingAttempt("a" * 32, "a" * 32, NOON)]
    history.record([task()], (), waiting, promised)
    history.close()


def test_a_state_directory_without_anything_says_so(cli: Cli) -> None:
    told = cli("status")
    assert told.screen == (
        "scheduler  none\nrunning    no task\nlast day   nothing has ended\nexit code 1\n"
    )


def test_what_waits_is_counted_in_words_and_in_json(cli: Cli, tmp_path: Path) -> None:
    _leave(tmp_path / ".ecs-local")
    line = next(line for line in cli("status").out.splitlines() if line.startswith("waiting"))
    assert line == ("waiting    2 firings, 1 retry of RunTask, 1 further attempt, 1 notification")
    document = json.loads(cli("status", "--format", "json").out)
    assert document["waiting"] == {"turn": 2, "invocation": 1, "attempt": 1, "notification": 1}


def test_what_a_killed_process_left_running_is_said_to_be_in_doubt(
    cli: Cli, tmp_path: Path
) -> None:
    here = Owner.current()
    running = replace(task(), last_status=TaskStatus.RUNNING)
    (tmp_path / ".ecs-local").mkdir()
    for number, owner in enumerate((here._replace(started="1"), here)):
        history = History(tmp_path / ".ecs-local" / "history.sqlite3", owner=str(owner))
        history.record([replace(running, id=f"{number}" * 32)], ())
        history.close()
    doubt = "its process is gone; the next `run` sees to it"
    told = [line for line in cli("status").out.splitlines() if "task" in line]
    assert [line.endswith(f"RUNNING - ({doubt})") for line in told] == [True, False]
    listed = [line for line in cli("tasks").out.splitlines() if "RUNNING" in line]
    assert sorted(line.endswith(doubt) for line in listed) == [False, True]


def test_of_many_running_tasks_it_is_said_how_many_are_not_shown(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".ecs-local").mkdir()
    history = History(tmp_path / ".ecs-local" / "history.sqlite3", owner=str(Owner.current()))
    running = replace(task(), last_status=TaskStatus.RUNNING)
    history.record([replace(running, id=f"{number:032x}") for number in range(12)], ())
    history.close()
    told = [line for line in cli("status").out.splitlines() if "task" in line]
    assert len(told) == 10
    assert told[0].startswith("running    ")
    assert all(line.startswith("           ") for line in told[1:])
    assert told[-1].endswith(" and 2 more")
