"""What processes that are gone have left behind is found, ended, removed and recorded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from emulator.app.upkeep import ORPHANED, adopt_orphans, remove_leftovers, stop_orphan
from emulator.ecs import identity
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import ContainerSpec
from emulator.errors import UsageError
from emulator.events import EventBus, Warned
from emulator.model.task import TaskStatus
from emulator.state.directory import Owner, StateDirectory
from emulator.state.history import History
from tests.builders import NOON, task

LATER = NOON + timedelta(minutes=5)
GONE = str(replace(Owner.current(), started="1"))


class _State:
    """A state directory with a history and an engine, and what is left in them."""

    def __init__(self, path: Path) -> None:
        self.directory = StateDirectory(path)
        self.directory.prepare()
        self.engine = FakeEngine({"app": FakeProcess(duration=None)})
        self.history = History(self.directory.database)

    def leave(self, task_id: str, owner: str, *, path: Path | None = None) -> None:
        """Leave a running task with a container and a volume."""
        made = replace(task(task_id=task_id.ljust(32, "0")), last_status=TaskStatus.RUNNING)
        labels = {
            **identity.labels(made, "app"),
            identity.OWNER_LABEL: owner,
            identity.STATE_DIRECTORY_LABEL: str(path or self.directory.path),
        }
        spec = ContainerSpec(name=f"ecs-job-1-app-{task_id}", image="alpine:latest", labels=labels)
        self.engine.start(self.engine.create(spec))
        self.engine.create_volume(f"ecs-job-{made.id}-v", labels)
        writer = History(self.directory.database, owner=owner)
        writer.record([made])
        writer.close()

    def left(self) -> list[str]:
        containers = [
            each.labels[identity.TASK_ID_LABEL][:2] for each in self.engine.find_containers({})
        ]
        volumes = [f"volume {name[8:10]}" for name in self.engine.find_volumes({})]
        return sorted(containers + volumes)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[_State]:
    made = _State(tmp_path / "state")
    yield made
    made.history.close()


def test_what_a_dead_process_left_is_removed_and_recorded_and_told(state: _State) -> None:
    state.leave("aa", GONE)
    bus = EventBus()
    told: list[str] = []
    bus.subscribe(Warned, lambda event: told.append(event.message))
    adopt_orphans(state.history, state.engine, state.directory, LATER, bus)
    assert state.left() == []
    found = state.history.find("aa00")
    assert (found.stop_code, found.stopped_reason, found.succeeded) == (
        "TerminationNotice",
        ORPHANED,
        False,
    )
    (message,) = told
    assert message.startswith("an earlier run ended before its tasks did: 1 tasks recorded")


def test_what_a_living_process_or_another_state_directory_owns_stays(
    state: _State, tmp_path: Path
) -> None:
    state.leave("aa", str(Owner.current()))
    state.leave("bb", GONE, path=tmp_path / "other")
    told: list[Warned] = []
    bus = EventBus()
    bus.subscribe(Warned, told.append)
    adopt_orphans(state.history, state.engine, state.directory, LATER, bus)
    assert state.left() == ["aa", "bb", "volume aa", "volume bb"]
    assert not state.history.find("aa00").stopped


def test_nothing_left_is_nothing_told(state: _State) -> None:
    told: list[Warned] = []
    bus = EventBus()
    bus.subscribe(Warned, told.append)
    adopt_orphans(state.history, state.engine, state.directory, LATER, bus)
    assert told == []


def test_down_removes_leftovers_and_counts_them(state: _State) -> None:
    state.leave("aa", GONE)
    state.leave("bb", GONE)
    removed = remove_leftovers(state.history, state.engine, state.directory, LATER)
    assert (removed.containers, removed.volumes, removed.tasks) == (2, 2, 2)
    assert state.left() == []


def test_down_is_refused_while_a_scheduler_is_at_work(state: _State) -> None:
    with state.directory.lock(), pytest.raises(UsageError, match="a scheduler is at work"):
        remove_leftovers(state.history, state.engine, state.directory, LATER)


def test_a_task_of_a_dead_process_can_be_stopped_by_anybody(state: _State) -> None:
    state.leave("aa", GONE)
    state.leave("bb", GONE)
    stop_orphan(state.history.find("aa00"), state.history, state.engine, LATER, "takes too long")
    assert state.left() == ["bb", "volume bb"]
    found = state.history.find("aa00")
    assert (found.stop_code, found.stopped_reason) == ("UserInitiated", "takes too long")
