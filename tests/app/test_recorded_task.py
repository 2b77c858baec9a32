"""What the history keeps of a task is enough to run it again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.app.archive import Archive
from emulator.app.recorded_task import changed_since, recorded_task
from emulator.ecs.further_attempt import further_attempt
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.errors import UsageError
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Definitions
from emulator.model.rules import TaskOverride
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode
from emulator.state.history import History
from tests.builders import NOON, awslogs, container, definitions, task_definition

OVERRIDES = TaskOverride(
    container_overrides=(
        ContainerOverride(name="app", command=("echo", "日本"), environment={"A": "1"}),
    ),
    cpu=512,
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.sqlite3", owner="me", archive=Archive())
    yield made
    made.close()


def known(**fields: Any) -> Definitions:
    one = container(memory=64, environment={"B": "2"}, log_configuration=awslogs(), **fields)
    return definitions(task_definition(one, container("side", essential=False, memory=32)))


def started(known: Definitions, overrides: TaskOverride = OVERRIDES) -> Task:
    request = RunTaskRequest(
        task_definition="job:7",
        overrides=overrides,
        rule="nightly",
        scheduled_at=NOON,
        started_by="events-rule/nightly",
        group="nightly-group",
    )
    (task,) = run_task(request, known, now=NOON)
    return task


def test_a_recorded_task_is_the_task_that_was(history: History) -> None:
    task = started(known())
    history.record([task])
    assert recorded_task(history.find(task.id), history) == task


def test_a_task_of_other_files_keeps_its_definition(history: History) -> None:
    task = started(known())
    history.record([task])
    again = recorded_task(history.find(task.id), history)
    assert not changed_since(again, known())
    assert changed_since(again, known(user="nobody"))
    assert changed_since(again, replace(known(), task_definitions={}))
    assert again.task_definition.container_definitions[0].environment == {"B": "2", "A": "1"}


def test_equal_definitions_are_kept_once(history: History) -> None:
    history.record([started(known()), started(known()), started(known(user="nobody"))])
    assert len(history.query("SELECT * FROM task_definitions")) == 2


def test_a_task_of_which_no_definition_was_kept_is_refused(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3", owner="me")
    task = started(known())
    history.record([task])
    with pytest.raises(UsageError, match="its definition was not kept"):
        recorded_task(history.find(task.id), history)
    history.close()


def test_a_further_attempt_is_a_task_of_its_own_tied_to_the_first(history: History) -> None:
    first = started(known())
    second = further_attempt(first, attempt=2, now=NOON)
    third = further_attempt(second, attempt=3, now=NOON)
    assert len({first.id, second.id, third.id}) == 3
    assert (third.attempt, third.retry_of) == (3, first.id)
    assert third.containers[0].log_stream is not None
    assert third.containers[0].log_stream.log_stream == f"batch/app/{third.id}"
    same = ("task_definition", "overrides", "scheduled_at", "rule", "started_by", "group")
    assert [getattr(third, name) for name in same] == [getattr(first, name) for name in same]
    history.record([first, second, third])
    assert history.last_attempt(first.id) == 3


def test_a_definition_with_a_network_mode_reads_back(history: History) -> None:
    mode = replace(
        started(known(), TaskOverride()),
        task_definition=task_definition(
            container(memory=32), network_mode=NetworkMode.HOST, revision=7
        ),
    )
    history.record([replace(mode, containers=mode.containers[:1])])
    assert recorded_task(history.find(mode.id), history).task_definition == mode.task_definition
