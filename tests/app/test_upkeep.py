"""What processes that are gone have left behind is gone on with, stopped, or cleared away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.app.live import Live
from emulator.app.settings import Settings
from emulator.app.upkeep import ORPHANED, Leftovers, Upkeep, refuse_while_at_work
from emulator.ecs import identity
from emulator.engines.base import ContainerSummary, OutputChunk
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import ContainerSpec
from emulator.errors import UsageError
from emulator.events import EventBus, Warned
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import read_events
from emulator.logs.writer import LogWriter
from emulator.model.definitions import Definitions, Local
from emulator.model.log_position import START, LogPosition, Place
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.state.directory import StateDirectory
from emulator.state.history import History
from emulator.state.owner import Owner
from emulator.state.records import TaskRecord
from tests.builders import NOON, awslogs, container, depends_on, task

GONE = str(Owner.current()._replace(started="1"))
LASTS = FakeProcess(duration=None, output=(OutputChunk("stdout", b"one\ntwo\n"),))
NOTHING_LOCAL = Local()
ENDS = FakeProcess(exit_code=7, output=(OutputChunk("stdout", b"one\ntwo\nthree"),))


class _State:
    """A state directory with a history and an engine, and what is left in them."""

    def __init__(self, path: Path) -> None:
        self.directory = StateDirectory(path)
        self.directory.prepare()
        self.engine = FakeEngine({"app": LASTS, "ends": ENDS})
        self.told: list[str] = []
        logs = LogDirectory(self.directory.logs)
        logs.ensure_group("/jobs/nightly", retention_in_days=7, created_at=NOON)

    def leave(self, left: Task, owner: str, *started: str, path: Path | None = None) -> None:
        """Leave a task of which some containers have started, and a volume."""
        for name in started or [c.name for c in left.containers]:
            labels = {
                **identity.labels(left, name),
                identity.OWNER_LABEL: owner,
                identity.STATE_DIRECTORY_LABEL: str(path or self.directory.path),
            }
            spec = ContainerSpec(name=f"{name}-{left.id}", image="alpine:latest", labels=labels)
            container_id = self.engine.create(spec)
            if started:
                self.engine.start(container_id)
        self.engine.create_volume(f"ecs-job-{left.id}-v", labels)
        writer = History(self.directory.database, owner=owner)
        writer.record([left])
        writer.close()

    def write(self, left: Task, messages: list[bytes], position: LogPosition) -> None:
        """Write what the process that is gone had written of the first container's log."""
        stream = left.containers[0].log_stream
        assert stream is not None
        writer = LogWriter(LogDirectory(self.directory.logs))
        writer.write(stream.log_group, stream.log_stream, NOON, messages, position)
        writer.close()

    def messages(self, left: Task) -> list[str]:
        stream = left.containers[0].log_stream
        assert stream is not None
        at = (stream.log_group, stream.log_stream)
        return [e.message for e in read_events(LogDirectory(self.directory.logs), [at])]

    @contextmanager
    def machine(self, local: Local = NOTHING_LOCAL) -> Iterator[Upkeep]:
        bus = EventBus()
        bus.subscribe(Warned, lambda event: self.told.append(event.message))
        settings = Settings(directory=self.directory.path, state_dir=self.directory.path)
        known = Definitions(local=local)
        with Live(settings, known, bus, lambda: NOON, lambda: self.engine) as live:
            yield Upkeep(live, self.directory)
            live.cluster.wait_idle()

    def adopt(self, *heir_of: str) -> None:
        with self.machine() as upkeep:
            upkeep.adopt(heir_of)

    def remove(self) -> Leftovers:
        with self.machine() as upkeep:
            return upkeep.remove()

    def record(self, left: Task) -> TaskRecord:
        history = History(self.directory.database)
        found = history.find(left.id)
        history.close()
        return found

    def left(self) -> list[str]:
        found = [_id(each) for each in self.engine.find_containers({})]
        volumes = [f"volume {name[8:10]}" for name in self.engine.find_volumes({})]
        return sorted(found + volumes)


def _id(container: ContainerSummary) -> str:
    return container.labels[identity.TASK_ID_LABEL][:2]


@pytest.fixture
def state(tmp_path: Path) -> _State:
    return _State(tmp_path / "state")


def _running(name: str, task_id: str) -> Task:
    """Return a task of one container that runs."""
    made = task(container(name, log_configuration=awslogs()), task_id=task_id.ljust(32, "0"))
    running = replace(
        made.containers[0], last_status=ContainerStatus.RUNNING, runtime_id="r", started_at=NOON
    )
    return replace(
        made,
        last_status=TaskStatus.RUNNING,
        started_at=NOON,
        containers=(running,),
        version=3,
    )


def _pending(task_id: str) -> Task:
    made = task(container("app", log_configuration=awslogs()), task_id=task_id.ljust(32, "0"))
    return replace(made, last_status=TaskStatus.PENDING, version=2)


def test_what_was_begun_by_the_directory_s_true_name_is_found_by_a_link_to_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    state = _State(tmp_path / "link" / "state")
    left = _running("app", "aa")
    state.leave(left, str(GONE), "app", path=tmp_path / "disk" / "state")
    assert state.remove() == Leftovers(containers=1, volumes=1, tasks=1)
    assert state.left() == []


def test_a_task_that_ended_meanwhile_gets_its_true_outcome_and_the_rest_of_its_log(
    state: _State,
) -> None:
    left = _running("ends", "aa")
    state.leave(left, GONE, "ends")
    state.write(left, [b"one"], LogPosition(Place(1)))
    state.adopt()
    found = state.record(left)
    assert (found.stop_code, found.exit_code) == ("EssentialContainerExited", 7)
    assert state.messages(left) == ["one", "two", "three"]
    assert state.left() == []
    assert state.told == [
        "an earlier run ended before its tasks did: going on with 1 task (aa000000)"
    ]


def test_a_task_that_still_runs_runs_on_under_the_new_process(state: _State) -> None:
    left = _running("app", "aa")
    state.leave(left, GONE, "app")
    with state.machine() as upkeep:
        upkeep.adopt()
        owner = ""
        while owner != str(Owner.current()):
            owner = state.record(left).owner
        state.engine.stop(state.engine.find_containers({})[0].id, grace=timedelta())
    found = state.record(left)
    assert (found.last_status, found.exit_code) == ("STOPPED", 143)
    assert state.messages(left) == ["one", "two"]
    assert state.left() == []


def test_what_a_log_group_keeps_stays_where_no_definition_is_at_hand(state: _State) -> None:
    left = replace(_running("ends", "aa"), last_status=TaskStatus.PENDING)
    state.leave(left, GONE, "ends")
    state.remove()
    (group,) = LogDirectory(state.directory.logs).groups()
    assert group.retention_in_days == 7


def test_a_container_that_waits_for_another_still_starts(state: _State) -> None:
    second = container("app", depends_on=depends_on(ends="COMPLETE"))
    made = task(container("ends", essential=False), second, task_id="aa".ljust(32, "0"))
    state.engine = FakeEngine({"ends": ENDS, "app": FakeProcess(exit_code=3)})
    state.leave(replace(made, last_status=TaskStatus.PENDING, version=2), GONE, "ends")
    state.adopt()
    found = state.record(made)
    assert (found.stop_code, found.exit_code) == ("EssentialContainerExited", 3)
    assert state.left() == []


def test_a_container_that_is_gone_from_the_engine_is_said_to_be(state: _State) -> None:
    left = _running("app", "aa")
    state.leave(left, GONE, "app")
    state.engine.remove(state.engine.find_containers({})[0].id)
    state.adopt()
    (document,) = state.record(left).document["containers"]
    assert document["reason"].startswith("CannotInspectContainerError: the container is gone")
    assert "exitCode" not in document


def test_a_task_that_had_not_begun_is_recorded_as_stopped_and_cleared_away(state: _State) -> None:
    left = _pending("aa")
    state.leave(left, GONE)
    state.adopt()
    found = state.record(left)
    assert (found.stop_code, found.stopped_reason) == ("TerminationNotice", ORPHANED)
    assert state.left() == []
    (message,) = state.told
    assert message.endswith("1 task recorded as stopped, 1 container removed")


def test_what_a_killed_scheduler_was_to_start_begins_now_and_leaves_nothing_behind(
    state: _State,
) -> None:
    state.engine = FakeEngine({"app": ENDS})
    left = replace(_pending("aa"), rule="nightly", scheduled_at=NOON, connectivity_at=NOON)
    state.leave(left, GONE)
    state.adopt(GONE)
    found = state.record(left)
    assert (found.stop_code, found.exit_code) == ("EssentialContainerExited", 7)
    assert state.messages(left) == ["one", "two", "three"]
    assert state.left() == []
    (message,) = state.told
    assert message.endswith("starting 1 task (aa000000), 1 container removed")


@pytest.mark.parametrize(
    ("last", "local"),
    [
        (NOON - timedelta(seconds=59), Local()),
        (NOON - timedelta(hours=2), Local(concurrency=1)),
    ],
)
def test_what_waited_while_a_scheduler_lived_or_for_a_place_begins_however_old_it_is(
    state: _State, last: datetime, local: Local
) -> None:
    state.engine = FakeEngine({"app": ENDS})
    begun = NOON - timedelta(hours=3)
    both = [replace(_pending(n), rule="nightly", created_at=begun) for n in ("bb", "aa")]
    for left in both:
        state.leave(left, GONE)
    with state.machine(local) as upkeep:
        upkeep.adopt([GONE], last)
    assert [state.record(left).exit_code for left in both] == [7, 7]
    assert "starting 2 tasks (bb000000, aa000000)" in state.told[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": None},
        {"created_at": NOON - timedelta(seconds=61)},
        {"stop_code": StopCode.USER_INITIATED, "stopped_reason": "by hand"},
    ],
)
def test_what_no_rule_asked_for_or_is_late_or_was_to_stop_does_not_begin(
    state: _State, changes: dict[str, Any]
) -> None:
    state.leave(replace(_pending("aa"), **{"rule": "nightly", **changes}), GONE)
    state.adopt(GONE)
    assert state.record(_pending("aa")).last_status == "STOPPED"
    assert state.told[0].endswith("1 task recorded as stopped, 1 container removed")


def test_a_task_whose_snapshot_nobody_can_read_is_cleared_away(state: _State) -> None:
    left = _running("app", "aa")
    state.leave(left, GONE, "app")
    history = History(state.directory.database)
    with history.writing() as database:
        database.execute('UPDATE tasks SET snapshot = \'{"$": "Task"}\'')
    history.close()
    state.adopt()
    assert state.record(left).stopped_reason == ORPHANED
    assert state.left() == []


def test_a_log_of_which_nobody_knows_how_far_it_was_written_gets_nothing_twice(
    state: _State,
) -> None:
    left = _running("ends", "aa")
    state.leave(left, GONE, "ends")
    state.write(left, [b"one"], START)
    next((state.directory.logs).rglob("*.position")).unlink()
    state.adopt()
    assert state.messages(left) == ["one"]
    assert "nobody can tell how far it was written" in state.told[0]


def test_what_a_living_process_or_another_state_directory_owns_stays(
    state: _State, tmp_path: Path
) -> None:
    alive = _running("app", "aa")
    state.leave(alive, str(Owner.current()), "app")
    state.leave(_running("app", "bb"), str(Owner.current()), "app", path=tmp_path / "other")
    state.adopt()
    assert state.left() == ["aa", "bb", "volume aa", "volume bb"]
    assert not state.record(alive).stopped
    assert state.told == []


def test_the_volume_of_a_task_that_is_being_prepared_elsewhere_stays(state: _State) -> None:
    being_prepared, gone = _pending("aa"), _pending("bb")
    for made, owner in ((being_prepared, str(Owner.current())), (gone, GONE)):
        state.leave(made, owner)
        for each in state.engine.find_containers({identity.TASK_ID_LABEL: made.id}):
            state.engine.remove(each.id)
    state.adopt()
    assert state.left() == ["volume aa"]


def test_down_ends_and_removes_leftovers_and_counts_them(state: _State) -> None:
    state.leave(_running("app", "aa"), GONE, "app")
    state.leave(_pending("bb"), GONE)
    removed = state.remove()
    assert (removed.containers, removed.volumes, removed.tasks) == (2, 2, 2)
    assert state.left() == []


def test_down_is_refused_while_a_scheduler_is_at_work(state: _State) -> None:
    with state.directory.lock(), pytest.raises(UsageError, match="a scheduler is at work"):
        refuse_while_at_work(state.directory)


def test_a_task_of_a_dead_process_can_be_stopped_by_anybody(state: _State) -> None:
    left, other = _running("app", "aa"), _running("app", "bb")
    state.leave(left, GONE, "app")
    state.leave(other, GONE, "app")
    with state.machine() as upkeep:
        upkeep.stop(state.record(left), "takes too long")
    assert state.left() == ["bb", "volume bb"]
    found = state.record(left)
    assert (found.stop_code, found.stopped_reason) == ("UserInitiated", "takes too long")
    assert found.exit_code == 143
    assert state.messages(left) == ["one", "two"]


def test_stopping_a_task_that_had_not_begun_takes_nothing_of_another_that_runs_on(
    state: _State,
) -> None:
    left, other = _pending("aa"), _running("app", "bb")
    state.leave(left, GONE)
    state.leave(other, GONE, "app")
    with state.machine() as upkeep:
        upkeep.stop(state.record(left), "not any more")
    assert state.left() == ["bb", "volume bb"]
    assert state.record(left).stopped_reason == "not any more"
    assert not state.record(other).stopped


def test_what_a_living_process_goes_on_with_stays_though_its_labels_name_a_dead_one(
    state: _State,
) -> None:
    gone_on_with, left = _running("app", "aa"), _pending("bb")
    state.leave(gone_on_with, GONE, "app")
    heir = History(state.directory.database, owner=str(Owner.current()))
    heir.record([replace(gone_on_with, version=4)])
    heir.close()
    state.leave(left, GONE)
    state.adopt()
    assert state.left() == ["aa", "volume aa"]
    assert not state.record(gone_on_with).stopped


def test_a_task_that_a_living_process_begins_meanwhile_keeps_its_volume(state: _State) -> None:
    begun = _pending("bb")

    class _Slow(FakeEngine):
        def remove(self, container_id: str) -> None:
            super().remove(container_id)
            living = History(state.directory.database, owner=str(Owner.current()))
            living.record([begun])
            living.close()
            labels = {identity.STATE_DIRECTORY_LABEL: str(state.directory.path)}
            self.create_volume(f"ecs-job-{begun.id}-v", labels)

    state.engine = _Slow({"app": LASTS})
    state.leave(_pending("aa"), GONE)
    state.adopt()
    assert state.left() == ["volume bb"]
