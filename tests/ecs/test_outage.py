"""An engine that goes away and comes back: its tasks end as they truly did."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import groupby

import pytest

from emulator.ecs.following import MOST_IN_VAIN
from emulator.ecs.outage import PATIENCE, Outage
from emulator.ecs.task_messages import StopAsked
from emulator.ecs.task_run import TaskRun
from emulator.engines.base import ContainerExit, EngineInfo, LogRecord, OutputChunk
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec
from emulator.errors import EngineUnavailableError
from emulator.events import EventBus, LogEventsReceived, TaskStateChanged, Warned
from emulator.model.health import HealthCheck, HealthStatus
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.model.task_definition import NetworkMode
from emulator.timers import SimulatedTimers
from tests.builders import NOON, container, depends_on, task, workshop

GONE = EngineUnavailableError("no container engine answers")
SECOND = timedelta(seconds=1)


def _pass(timers: SimulatedTimers, over: threading.Thread) -> None:
    """Let time pass whenever somebody waits for it, until a thread is over."""
    while over.is_alive():
        if timers.next_instant() is not None:
            timers.step(timers.now() + SECOND)
        over.join(0.001)


def _come_back_to_a_waiter(engine: FakeEngine, timers: SimulatedTimers, outage: Outage) -> bool:
    """Return whether somebody waits until an engine that is silent now is back."""
    over: list[bool] = []
    waiter = threading.Thread(
        target=lambda: over.append(outage.wait_until_over(GONE, lambda: False))
    )
    waiter.start()
    while timers.next_instant() is None and waiter.is_alive():
        waiter.join(0.001)
    engine.come_back()
    _pass(timers, waiter)
    return over == [True]


def test_it_is_told_when_it_begins_and_when_it_is_over() -> None:
    engine, timers, said = FakeEngine(), SimulatedTimers(NOON), list[str]()
    outage = Outage(engine, timers, said.append)
    engine.fall_silent()
    assert _come_back_to_a_waiter(engine, timers, outage)
    assert said == [
        "no container engine answers; what runs there is waited for",
        "the container engine is back after 1 s",
    ]


class _AwayForOneLook(FakeEngine):
    """Does not answer when it is looked at first."""

    looks = 0

    def info(self) -> EngineInfo:
        self.looks += 1
        if self.looks == 1:
            raise GONE
        return super().info()


def test_one_that_is_over_at_once_is_not_said_to_have_lasted_no_time() -> None:
    said = list[str]()
    outage = Outage(_AwayForOneLook(), SimulatedTimers(NOON), said.append)
    assert outage.wait_until_over(GONE, lambda: False)
    assert said[1:] == ["the container engine is back after less than a second"]


def test_a_connection_alone_that_breaks_is_no_outage() -> None:
    said = list[str]()
    outage = Outage(FakeEngine(), SimulatedTimers(NOON), said.append)
    assert outage.wait_until_over(GONE, lambda: False)
    assert said == []


class _LookedFor(Outage):
    """One between two looks at which something happens, instead of time passing."""

    def __init__(self, engine: FakeEngine, said: list[str], happens: Callable[[], object]) -> None:
        super().__init__(engine, SimulatedTimers(NOON), said.append)
        self._happens = happens

    def look_later(self) -> None:
        self._happens()


def test_whoever_gives_up_leaves_the_waiting_to_the_others_and_tells_nothing_of_it() -> None:
    engine, said = FakeEngine(), list[str]()
    engine.fall_silent()

    def another_comes_and_goes() -> None:
        answers = iter((False, False, True))
        waited_out = first.wait_until_over(GONE, lambda: next(answers))
        assert not waited_out
        engine.come_back()

    happenings = iter((another_comes_and_goes, lambda: None))
    first = _LookedFor(engine, said, lambda: next(happenings)())
    assert first.wait_until_over(GONE, lambda: False)
    assert said == [
        "no container engine answers; what runs there is waited for",
        "the container engine is back after less than a second",
    ]


def test_it_is_not_waited_for_without_end() -> None:
    engine, timers = FakeEngine(), SimulatedTimers(NOON)
    engine.fall_silent()
    outage = Outage(engine, timers, lambda _: None, patience=timedelta(0))
    assert not outage.wait_until_over(GONE, lambda: False)
    assert not Outage(engine, timers, lambda _: None).wait_until_over(GONE, lambda: True)


def test_one_that_nobody_waited_out_leaves_the_next_all_its_patience() -> None:
    engine, timers, said = FakeEngine(), SimulatedTimers(NOON), list[str]()
    outage = Outage(engine, timers, said.append)
    engine.fall_silent()
    looks = iter((False, False, True))
    impatient = threading.Thread(target=lambda: outage.wait_until_over(GONE, lambda: next(looks)))
    impatient.start()
    _pass(timers, impatient)
    timers.move_to(NOON + timedelta(hours=1))
    assert _come_back_to_a_waiter(engine, timers, outage)
    assert len(said) == 3


def test_who_does_not_wait_begins_none() -> None:
    engine, timers, said = FakeEngine(), SimulatedTimers(NOON), list[str]()
    outage = Outage(engine, timers, said.append)
    engine.fall_silent()
    assert not outage.wait_until_over(GONE, lambda: True)
    assert said == []
    timers.move_to(NOON + timedelta(hours=1))
    assert _come_back_to_a_waiter(engine, timers, outage)


class _Asked(FakeEngine):
    """Tells that it was asked to stop a container, whether it answers or not."""

    def __init__(self, processes: dict[str, FakeProcess]) -> None:
        super().__init__(processes)
        self.asked = threading.Event()

    def stop(self, container_id: str, *, grace: timedelta) -> None:
        self.asked.set()
        super().stop(container_id, grace=grace)


def test_a_stop_that_no_engine_heard_is_asked_for_again() -> None:
    engine = _Asked({"app": FakeProcess(duration=None)})
    timers, bus = SimulatedTimers(NOON), EventBus()
    running, told = threading.Event(), threading.Event()

    def on_task(event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.RUNNING:
            running.set()

    bus.subscribe(TaskStateChanged, on_task)
    bus.subscribe(Warned, lambda _: told.set())
    outage = Outage(engine, timers, lambda text: bus.publish(Warned(message=text)))
    run = TaskRun(task(container()), workshop(engine, bus, timers=timers, outage=outage))
    life = threading.Thread(target=run.execute, daemon=True)
    life.start()
    running.wait()
    engine.fall_silent()
    told.wait()
    run.ask_stop(StopAsked(code=StopCode.USER_INITIATED, reason="Task stopped by user"))
    engine.asked.wait()
    engine.come_back()
    _pass(timers, life)
    assert run.task.containers[0].exit_code == 143
    assert run.task.containers[0].reason is None
    assert engine.find_containers({}) == []


class _Lost(FakeEngine):
    """Goes away as it is to make something, which it has made then, if `done`."""

    def __init__(self, *, done: bool = False) -> None:
        super().__init__()
        self._done = done

    def create(self, spec: ContainerSpec) -> str:
        if self._done:
            super().create(spec)
        self.fall_silent()
        return super().create(spec)


def _stopped(
    engine: FakeEngine, made: Task, *, recorded: Callable[[Task], None] = lambda _: None
) -> tuple[Task, list[str]]:
    """Return a task that was stopped as soon as its engine was missed, and what was warned of."""
    timers, bus, told = SimulatedTimers(NOON), EventBus(), threading.Event()
    warnings: list[str] = []

    def on_warning(event: Warned) -> None:
        warnings.append(event.message)
        told.set()

    bus.subscribe(Warned, on_warning)
    outage = Outage(engine, timers, lambda text: bus.publish(Warned(message=text)))
    shop = workshop(engine, bus, timers=timers, outage=outage)
    run = TaskRun(made, shop, recorded=recorded)
    life = threading.Thread(target=run.execute, daemon=True)
    life.start()
    told.wait()
    run.ask_stop(StopAsked(code=StopCode.USER_INITIATED, reason="Task stopped by user"))
    _pass(timers, life)
    assert timers.now() - NOON < PATIENCE
    return run.task, warnings


@pytest.mark.parametrize("mode", [NetworkMode.AWSVPC, NetworkMode.BRIDGE])
@pytest.mark.parametrize("done", [False, True])
def test_a_task_that_is_stopped_while_its_engine_is_away_says_who_stopped_it(
    mode: NetworkMode, done: bool
) -> None:
    ended, _ = _stopped(_Lost(done=done), task(container(), network_mode=mode))
    assert ended.stop_code is StopCode.USER_INITIATED
    assert ended.stopped_reason == "Task stopped by user"
    assert [c.last_status for c in ended.containers] == [ContainerStatus.STOPPED]


@pytest.mark.parametrize("mode", [NetworkMode.AWSVPC, NetworkMode.BRIDGE])
def test_what_an_engine_that_is_away_may_have_made_for_a_task_that_was_stopped_is_told(
    mode: NetworkMode,
) -> None:
    _, warnings = _stopped(_Lost(done=True), task(container(), network_mode=mode))
    assert "something of a task may be left in the engine" in warnings[-1]


@pytest.mark.parametrize("mode", [NetworkMode.AWSVPC, NetworkMode.BRIDGE])
def test_what_it_made_is_removed_where_it_is_back_by_the_end(mode: NetworkMode) -> None:
    engine = _Lost(done=True)

    def at_the_end(made: Task) -> None:
        if made.last_status is TaskStatus.DEPROVISIONING:
            engine.come_back()

    _, warnings = _stopped(engine, task(container(), network_mode=mode), recorded=at_the_end)
    assert engine.find_containers({}) == []
    assert len(warnings) == 1


def test_the_end_of_an_essential_container_waits_for_no_other_to_be_made() -> None:
    engine = _LostToOne({"app": FakeProcess(duration=None)})
    timers, bus = SimulatedTimers(NOON), EventBus()
    outage = Outage(engine, timers, lambda _: engine.missed.set())
    made = task(container(), container("side", depends_on=depends_on(app="START")))
    run = TaskRun(made, workshop(engine, bus, timers=timers, outage=outage))
    life = threading.Thread(target=run.execute, daemon=True)
    life.start()
    engine.missed.wait()
    engine.kill(engine.find_containers({})[0].id)
    _pass(timers, life)
    assert timers.now() - NOON < PATIENCE
    assert [c.exit_code for c in run.task.containers] == [137, None]


class _LostToOne(FakeEngine):
    """Does not answer to a request for one container, nor whether it is there."""

    def __init__(self, processes: dict[str, FakeProcess]) -> None:
        super().__init__(processes)
        self.missed = threading.Event()

    def create(self, spec: ContainerSpec) -> str:
        if spec.labels[CONTAINER_NAME_LABEL] == "side":
            raise GONE
        return super().create(spec)

    def info(self) -> EngineInfo:
        raise GONE


@pytest.mark.parametrize("image", ["alpine:latest", "elsewhere:1"])
@pytest.mark.parametrize("mode", [NetworkMode.AWSVPC, NetworkMode.BRIDGE])
def test_a_task_that_is_due_while_its_engine_is_away_starts_when_it_is_back(
    mode: NetworkMode, image: str
) -> None:
    engine = FakeEngine(registry=frozenset({"elsewhere:1"}))
    timers, bus, told = SimulatedTimers(NOON), EventBus(), threading.Event()
    outage = Outage(engine, timers, lambda _: told.set())
    made = task(container(image=image), network_mode=mode)
    run = TaskRun(made, workshop(engine, bus, timers=timers, outage=outage))
    engine.fall_silent()
    life = threading.Thread(target=run.execute, daemon=True)
    life.start()
    told.wait()
    engine.come_back()
    _pass(timers, life)
    assert run.task.succeeded
    assert engine.find_containers({}) == []


class _Probing(FakeEngine):
    """Finds a container well, breaks the connection off, and finds it ill by the next one."""

    def watch_health(self, container_id: str) -> Iterator[HealthStatus]:
        if "watch" not in self.calls:
            self.calls.append("watch")
            yield HealthStatus.HEALTHY
            raise GONE
        yield HealthStatus.UNHEALTHY
        self.kill(container_id)


def test_a_container_is_watched_again_after_a_pause_where_the_connection_broke_off() -> None:
    engine = _Probing({"app": FakeProcess(duration=None)})
    timers, bus = SimulatedTimers(NOON), EventBus()
    found: list[HealthStatus] = []
    bus.subscribe(
        TaskStateChanged, lambda event: found.append(event.task.containers[0].health_status)
    )
    made = task(container(health_check=HealthCheck(command=("CMD", "true"))))
    outages = list[str]()
    outage = Outage(engine, timers, outages.append)
    run = TaskRun(made, workshop(engine, bus, timers=timers, outage=outage))
    life = threading.Thread(target=run.execute, daemon=True)
    life.start()
    _pass(timers, life)
    assert outages == []
    assert timers.now() == NOON + SECOND
    assert [status for status, _ in groupby(found)] == [
        HealthStatus.UNKNOWN,
        HealthStatus.HEALTHY,
        HealthStatus.UNHEALTHY,
    ]


class _Unreadable(FakeEngine):
    """Answers, and breaks off every connection to a container's output."""

    def wait_briefly(self, container_id: str, patience: timedelta) -> ContainerExit | None:
        return None

    def read_log(
        self, container_id: str, *, tty: bool = False, follow: bool = False
    ) -> Iterator[LogRecord]:
        self.calls.append("read_log")
        raise GONE


def test_output_that_no_connection_can_be_had_to_is_not_asked_for_without_end() -> None:
    engine, bus = _Unreadable({"app": FakeProcess()}), EventBus()
    timers = SimulatedTimers(NOON)
    run = TaskRun(task(container()), workshop(engine, bus, timers=timers))
    life = threading.Thread(target=run.execute, daemon=True)
    life.start()
    _pass(timers, life)
    assert engine.calls.count("read_log") == MOST_IN_VAIN
    assert NOON + timedelta(seconds=MOST_IN_VAIN - 1) <= timers.now() < NOON + PATIENCE
    (ended,) = run.task.containers
    assert GONE.message in (ended.reason or "")
    assert engine.find_containers({}) == []


def test_a_task_whose_engine_comes_back_ends_as_it_did_with_its_whole_log() -> None:
    said = (OutputChunk("stdout", b"one\ntwo\n"),)
    engine = FakeEngine({"app": FakeProcess(output=said, duration=None)})
    timers, bus = SimulatedTimers(NOON), EventBus()
    warnings: list[str] = []
    messages: list[bytes] = []
    running, told, read = threading.Event(), threading.Event(), threading.Event()

    def on_task(event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.RUNNING:
            running.set()

    def on_output(event: LogEventsReceived) -> None:
        messages.extend(event.messages)
        read.set()

    def on_warning(event: Warned) -> None:
        warnings.append(event.message)
        told.set()

    bus.subscribe(TaskStateChanged, on_task)
    bus.subscribe(LogEventsReceived, on_output)
    bus.subscribe(Warned, on_warning)
    shop = workshop(
        engine,
        bus,
        timers=timers,
        outage=Outage(engine, timers, lambda text: bus.publish(Warned(message=text))),
    )
    run = TaskRun(task(container()), shop)
    life = threading.Thread(target=run.execute, daemon=True)
    life.start()
    running.wait()
    read.wait()
    engine.fall_silent()
    told.wait()
    engine.come_back()
    engine.stop(engine.find_containers({})[0].id, grace=timedelta())
    _pass(timers, life)
    assert run.task.containers[0].exit_code == 143
    assert messages == [b"one", b"two"]
    assert len(warnings) == 2
