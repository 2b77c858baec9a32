"""A system that gives no further thread: tasks wait for one, or end and say why."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from emulator import activity
from emulator.ecs.cluster import Cluster
from emulator.ecs.task_messages import StopAsked
from emulator.ecs.task_run import TaskRun
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.events import EventBus, TaskStateChanged, Warned
from emulator.model.health import HealthCheck
from emulator.model.task import StopCode, Task, TaskStatus
from emulator.timers import SimulatedTimers
from emulator.workers import NoThreadError, Workers
from tests.builders import NOON, container, task, workshop

PATIENCE = 60.0
UNTIL_STOPPED = FakeProcess(duration=None)


class _Scarce(Workers):
    """Has no thread for work whose name begins with one of some words."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[str] = set()

    def run(self, work: Callable[[], object], name: str) -> None:
        if name.split()[0] in self.refused:
            message = "can't start new thread"
            raise NoThreadError(message)
        super().run(work, name)


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> _Scarce:
    scarce = _Scarce()
    monkeypatch.setattr(activity, "workers", scarce)
    return scarce


def _task(number: int) -> Task:
    return task(container(), task_id=f"{number:032x}")


def test_tasks_without_a_thread_wait_in_their_order_and_keep_no_slot(threads: _Scarce) -> None:
    bus, timers = EventBus(), SimulatedTimers(NOON)
    warnings: list[str] = []
    begun: list[str] = []

    def on_task(event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.PENDING:
            begun.append(event.task.id)

    bus.subscribe(Warned, lambda event: warnings.append(event.message))
    bus.subscribe(TaskStateChanged, on_task)
    cluster = Cluster(workshop(FakeEngine(), bus, timers=timers), start_slots=1)
    threads.refused = {"task"}
    cluster.submit(_task(1))
    cluster.submit(_task(2))
    assert timers.step(NOON + timedelta(seconds=1))
    assert not timers.step(NOON + timedelta(seconds=1))
    assert warnings == ["tasks wait for a thread: can't start new thread"]
    assert begun == []
    threads.refused = set()
    assert timers.step(NOON + timedelta(seconds=2))
    assert cluster.wait_idle(PATIENCE)
    assert begun == [f"{1:032x}", f"{2:032x}"]
    assert timers.activity.quiet


def _ended(
    made: Task, engine: FakeEngine, when_running: Callable[[TaskRun], None] = lambda _: None
) -> Task:
    bus = EventBus()
    run = TaskRun(made, workshop(engine, bus))

    def on_task(event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.RUNNING:
            when_running(run)

    bus.subscribe(TaskStateChanged, on_task)
    return run.execute()


def test_a_container_without_a_thread_fails_its_task(threads: _Scarce) -> None:
    threads.refused = {"container"}
    engine = FakeEngine()
    ended = _ended(task(container()), engine)
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START
    reason = ended.containers[0].reason or ""
    assert reason.startswith("CannotCreateContainerError: ")
    assert reason.endswith("can't start new thread")
    assert engine.find_containers({}) == []


def test_a_pull_without_a_thread_fails_its_task(threads: _Scarce) -> None:
    threads.refused = {"pull"}
    engine = FakeEngine(registry=frozenset({"elsewhere:1"}))
    ended = _ended(task(container(image="elsewhere:1")), engine)
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START
    assert "can't start new thread" in (ended.containers[0].reason or "")


def test_a_container_whose_health_nobody_can_watch_is_lost(threads: _Scarce) -> None:
    threads.refused = {"health"}
    check = HealthCheck(command=("CMD", "true"))
    ended = _ended(task(container(health_check=check)), FakeEngine({"app": UNTIL_STOPPED}))
    assert ended.containers[0].reason == "CannotInspectContainerError: can't start new thread"


def test_a_stop_without_a_thread_comes_all_the_same(threads: _Scarce) -> None:
    threads.refused = {"stop"}
    stop = StopAsked(code=StopCode.USER_INITIATED, reason="Task stopped by user")
    engine = FakeEngine({"app": UNTIL_STOPPED})
    ended = _ended(task(container()), engine, lambda run: run.ask_stop(stop))
    assert ended.containers[0].exit_code == 143
