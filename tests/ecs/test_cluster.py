"""The tasks that run here: their order, and stopping one or all of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from emulator.ecs.cluster import Cluster
from emulator.ecs.plan import Host
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import ContainerSpec
from emulator.events import EventBus, TaskStateChanged, TaskWaits
from emulator.model.task import Match, StopCode, Task, TaskStatus
from tests.builders import container, task, workshop

UNTIL_STOPPED = FakeProcess(duration=None)
STUBBORN = FakeProcess(duration=None, ignores_sigterm=True)
PATIENCE = 60.0
"""Seconds after which a test that hangs fails; none comes near."""


def _task(number: int, **app: Any) -> Task:
    return task(container(**app), task_id=f"{number:032x}")


class _Watched:
    """A cluster with the states its tasks reach."""

    def __init__(self, engine: FakeEngine, start_slots: int) -> None:
        self.states: list[tuple[str, TaskStatus]] = []
        self.ended: dict[str, Task] = {}
        self._reached = threading.Condition()
        self.bus = EventBus()
        self.bus.subscribe(TaskStateChanged, self._on_task)
        self.cluster = Cluster(workshop(engine, self.bus), start_slots=start_slots)

    def wait_for(self, status: TaskStatus, count: int = 1) -> None:
        with self._reached:
            assert self._reached.wait_for(
                lambda: [state for _, state in self.states].count(status) >= count, PATIENCE
            )

    def _on_task(self, event: TaskStateChanged) -> None:
        with self._reached:
            self.states.append((event.task.id, event.task.last_status))
            if event.task.stopped:
                self.ended[event.task.id] = event.task
            self._reached.notify_all()


@contextmanager
def _cluster(engine: FakeEngine, start_slots: int = 4) -> Iterator[_Watched]:
    watched = _Watched(engine, start_slots)
    yield watched
    assert watched.cluster.wait_idle(PATIENCE)


def test_a_submitted_task_is_provisioning_at_once_and_stopped_in_the_end() -> None:
    with _cluster(FakeEngine()) as watched:
        watched.cluster.submit(_task(1))
        assert watched.states[0] == (f"{1:032x}", TaskStatus.PROVISIONING)
    assert watched.ended[f"{1:032x}"].succeeded
    assert watched.cluster.active() == []


def test_tasks_are_admitted_in_the_order_of_their_submission() -> None:
    with _cluster(FakeEngine(), start_slots=1) as watched:
        for number in range(20):
            watched.cluster.submit(_task(number))
    pending = [task_id for task_id, state in watched.states if state is TaskStatus.PENDING]
    assert pending == [f"{number:032x}" for number in range(20)]


def test_tasks_that_belong_together_begin_once_all_of_them_are_known() -> None:
    with _cluster(FakeEngine(), start_slots=1) as watched:
        with watched.bus.together():
            for number in range(3):
                watched.cluster.submit(_task(number))
        watched.wait_for(TaskStatus.STOPPED, 3)
    assert [state for _, state in watched.states[:3]] == [TaskStatus.PROVISIONING] * 3


def test_running_tasks_do_not_keep_others_from_starting() -> None:
    with _cluster(FakeEngine({"app": UNTIL_STOPPED}), start_slots=1) as watched:
        for number in range(5):
            watched.cluster.submit(_task(number))
        watched.wait_for(TaskStatus.RUNNING, 5)
        assert len(watched.cluster.active()) == 5
        assert watched.cluster.running_of("nightly") == 5
        watched.cluster.stop_all("Task stopped by user")
    assert watched.cluster.running_of("nightly") == 0


def test_a_pull_does_not_keep_others_from_starting() -> None:
    pulled = threading.Event()

    class _SlowRegistry(FakeEngine):
        def pull_image(self, *args: object, **options: object) -> object:  # type: ignore[override]
            assert pulled.wait(PATIENCE)
            return super().pull_image(*args, **options)  # type: ignore[arg-type]

    engine = _SlowRegistry(registry=frozenset({"far:1"}))
    with _cluster(engine, start_slots=1) as watched:
        watched.cluster.submit(_task(1, image="far:1"))
        watched.cluster.submit(_task(2))
        watched.wait_for(TaskStatus.STOPPED)
        assert list(watched.ended) == [f"{2:032x}"]
        pulled.set()
    assert watched.ended[f"{1:032x}"].succeeded


def test_one_task_is_stopped_and_the_others_go_on() -> None:
    with _cluster(FakeEngine({"app": UNTIL_STOPPED})) as watched:
        watched.cluster.submit(_task(1))
        watched.cluster.submit(_task(2))
        watched.wait_for(TaskStatus.RUNNING, 2)
        assert watched.cluster.stop(f"{1:032x}", "takes too long")
        watched.wait_for(TaskStatus.STOPPED)
        assert [each.id for each in watched.cluster.active()] == [f"{2:032x}"]
        watched.cluster.stop_all("enough", StopCode.TERMINATION_NOTICE)
    assert watched.ended[f"{1:032x}"].stopped_reason == "takes too long"
    assert watched.ended[f"{2:032x}"].stop_code is StopCode.TERMINATION_NOTICE


def test_a_task_that_is_not_here_cannot_be_stopped() -> None:
    with _cluster(FakeEngine()) as watched:
        assert not watched.cluster.stop("f" * 32, "why not")


def test_tasks_that_wait_for_a_start_slot_are_stopped_without_ever_starting() -> None:
    goes_on = threading.Event()

    class _SlowCreate(FakeEngine):
        def create(self, spec: ContainerSpec) -> str:
            assert goes_on.wait(PATIENCE)
            return super().create(spec)

    with _cluster(_SlowCreate({"app": UNTIL_STOPPED}), start_slots=1) as watched:
        for number in range(3):
            watched.cluster.submit(_task(number))
        watched.wait_for(TaskStatus.PENDING)
        watched.cluster.stop_all("Task stopped by user")
        goes_on.set()
    started = [each.id for each in watched.ended.values() if each.started_at is not None]
    assert started in ([], [f"{0:032x}"])
    assert len(watched.ended) == 3


def test_kill_all_does_not_wait_for_stop_timeouts() -> None:
    with _cluster(FakeEngine({"app": STUBBORN})) as watched:
        watched.cluster.submit(_task(1, stop_timeout=3600))
        watched.wait_for(TaskStatus.RUNNING)
        watched.cluster.stop_all("Task stopped by user")
        watched.cluster.kill_all("Task stopped by user")
    assert watched.ended[f"{1:032x}"].containers[0].exit_code == 137


def test_an_engine_that_goes_away_ends_every_task() -> None:
    engine = FakeEngine({"app": UNTIL_STOPPED})
    with _cluster(engine) as watched:
        for number in range(4):
            watched.cluster.submit(_task(number))
        watched.wait_for(TaskStatus.RUNNING, 4)
        engine.disappear()
    assert {each.exit_code for each in watched.ended.values()} == {125}


def test_who_waits_for_a_rule_or_for_an_event_is_told_when_no_task_is_left_of_it() -> None:
    gone: list[str] = []
    over: list[Match] = []
    with _cluster(FakeEngine()) as watched:
        watched.cluster.when_gone(gone.append)
        watched.cluster.when_over(over.append)
        come = watched.cluster.expect("after", ("after", "e1"))
        watched.cluster.submit(replace(_task(1), rule="after", event_id="e1"))
        watched.wait_for(TaskStatus.STOPPED)
        assert (over, watched.cluster.expecting, watched.cluster.idle) == ([], True, False)
        assert not watched.cluster.wait_idle(0)
        come()
        come()
    assert (gone, over) == (["after", "after"], [("after", "e1")])
    assert (watched.cluster.expecting, watched.cluster.idle) == (False, True)


def test_stopping_a_rule_stops_its_tasks_alone_and_tells_who_has_more_of_it_in_store() -> None:
    told: list[tuple[str, str]] = []
    with _cluster(FakeEngine({"app": UNTIL_STOPPED})) as watched:
        watched.cluster.when_stopped_by_rule(lambda *words: told.append(words))
        watched.cluster.submit(replace(_task(1), rule="a"))
        watched.cluster.submit(replace(_task(2), rule="b"))
        watched.wait_for(TaskStatus.RUNNING, 2)
        assert (watched.cluster.running_of("a"), watched.cluster.running_of("c")) == (1, 0)
        watched.cluster.stop_rule("a", "replaced")
        watched.wait_for(TaskStatus.STOPPED)
        assert [each.rule for each in watched.cluster.active()] == ["b"]
        watched.cluster.stop_all("enough")
    assert told == [("a", "replaced")]
    assert watched.ended[f"{1:032x}"].stopped_reason == "replaced"


def test_who_waits_for_a_place_is_told_of_and_gets_it_when_there_are_more() -> None:
    waits: list[tuple[str, int]] = []
    engine = FakeEngine({"app": UNTIL_STOPPED})
    with _cluster(engine) as watched:
        watched.bus.subscribe(TaskWaits, lambda event: waits.append((event.task.id, event.running)))
        watched.cluster.adopt(workshop(engine, watched.bus), limit=1)
        for number in range(2):
            watched.cluster.submit(_task(number))
        watched.wait_for(TaskStatus.RUNNING)
        assert waits == [(f"{1:032x}", 1)]
        watched.cluster.adopt(workshop(engine, watched.bus), limit=2)
        watched.wait_for(TaskStatus.RUNNING, 2)
        watched.cluster.stop_all("enough")


def test_a_task_tells_the_engine_that_it_runs_on() -> None:
    engine = FakeEngine()
    with _cluster(engine) as watched:
        shop = workshop(engine, watched.bus, host=Host(cpus=2, labels={}, engine="another"))
        watched.cluster.submit(_task(1))
        watched.wait_for(TaskStatus.STOPPED)
        watched.cluster.adopt(shop, limit=None)
        watched.cluster.submit(_task(2))
    before = workshop(engine).host.engine
    assert [each.engine for each in watched.ended.values()] == [before, "another"]
