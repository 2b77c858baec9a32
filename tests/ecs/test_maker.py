"""An engine that goes away between a request and its answer: what was asked for is there once."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

import pytest

from emulator.ecs.identity import TASK_ID_LABEL
from emulator.ecs.maker import MOST_OUTAGES, Maker
from emulator.ecs.outage import Outage
from emulator.ecs.task_run import TaskRun
from emulator.engines.base import OutputChunk
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER, ContainerSpec
from emulator.errors import EngineUnavailableError
from emulator.events import EventBus, LogEventsReceived, Warned
from emulator.model.task import Task
from emulator.model.task_definition import NetworkMode
from emulator.timers import SimulatedTimers
from tests.builders import NOON, container, task, workshop

_Answer = TypeVar("_Answer")

SPEC = ContainerSpec(
    name="ecs-job-1-app",
    image="alpine:latest",
    labels={TASK_ID_LABEL: "1", CONTAINER_NAME_LABEL: "app"},
)


class _Cut(FakeEngine):
    """Breaks off requests to create or start a container, carried out or not, so many times."""

    def __init__(
        self,
        request: str,
        *,
        of: str = "app",
        done: bool,
        times: int = 1,
        processes: dict[str, FakeProcess] | None = None,
    ) -> None:
        super().__init__(processes)
        self._request = f"{request} {of}"
        self._done = done
        self._times = times

    def create(self, spec: ContainerSpec) -> str:
        name = spec.labels[CONTAINER_NAME_LABEL]
        return self._cut(f"create {name}", lambda: super(_Cut, self).create(spec))

    def start(self, container_id: str) -> None:
        self._cut(
            f"start {self._called_here(container_id)}",
            lambda: super(_Cut, self).start(container_id),
        )

    def remove(self, container_id: str) -> None:
        self._cut(
            f"remove {self._called_here(container_id)}",
            lambda: super(_Cut, self).remove(container_id),
        )

    def _called_here(self, container_id: str) -> str | None:
        found = [c for c in self.find_containers({}) if c.id == container_id]
        return found[0].labels[CONTAINER_NAME_LABEL] if found else None

    def _cut(self, request: str, action: Callable[[], _Answer]) -> _Answer:
        if request != self._request or not self._times:
            return action()
        self._times -= 1
        if self._done:
            action()
        message = "no container engine answers"
        raise EngineUnavailableError(message)


def _maker(engine: FakeEngine, *, given_up: bool = False) -> tuple[Maker, SimulatedTimers]:
    timers = SimulatedTimers(NOON)
    outage = Outage(engine, timers, lambda _: None)
    return Maker(engine=engine, outage=outage, given_up=lambda: given_up), timers


def _in_time(timers: SimulatedTimers, action: Callable[[], _Answer]) -> _Answer:
    """Return what a thread comes to for which time passes whenever it waits."""
    answers: list[_Answer] = []
    thread = threading.Thread(target=lambda: answers.append(action()))
    thread.start()
    while thread.is_alive():
        if timers.next_instant() is not None:
            timers.step(timers.now() + timedelta(seconds=1))
        thread.join(0.001)
    return answers[0]


@pytest.mark.parametrize("done", [False, True])
def test_a_container_is_there_once_though_nobody_told_that_it_was_made(done: bool) -> None:
    engine = _Cut("create", done=done)
    maker, _ = _maker(engine)
    made = maker.create(SPEC)
    assert [c.id for c in engine.find_containers({})] == [made]


class _Late(FakeEngine):
    """Breaks off a request to create a container, and carries it out as the next one comes."""

    def create(self, spec: ContainerSpec) -> str:
        self.calls.append("asked")
        if self.calls.count("asked") == 1:
            message = "no container engine answers"
            raise EngineUnavailableError(message)
        if self.calls.count("asked") == 2:
            super().create(spec)
        return super().create(spec)


def test_a_container_that_was_still_being_made_when_asked_for_again_is_there_once() -> None:
    engine = _Late()
    maker, timers = _maker(engine)
    made = _in_time(timers, lambda: maker.create(SPEC))
    assert [c.id for c in engine.find_containers({})] == [made]


@pytest.mark.parametrize("done", [False, True])
def test_a_container_starts_once_though_nobody_told_that_it_did(done: bool) -> None:
    engine = _Cut("start", done=done)
    maker, timers = _maker(engine)
    made = maker.create(SPEC)
    assert not _in_time(timers, lambda: maker.start(SPEC, made))
    assert engine.calls == ["create app", "start app"]


def test_without_an_outage_what_was_attached_stays_so() -> None:
    maker, _ = _maker(FakeEngine())
    assert maker.start(SPEC, maker.create(SPEC))


def test_who_has_given_up_waits_for_no_engine() -> None:
    maker, _ = _maker(_Cut("create", done=False), given_up=True)
    with pytest.raises(EngineUnavailableError):
        maker.create(SPEC)


def test_an_engine_that_never_answers_one_request_is_not_asked_for_ever() -> None:
    maker, _ = _maker(_Cut("create", done=False, times=MOST_OUTAGES + 1))
    with pytest.raises(EngineUnavailableError):
        maker.create(SPEC)


def _ended(engine: FakeEngine, made: Task) -> tuple[Task, list[bytes], list[str]]:
    timers, bus = SimulatedTimers(NOON), EventBus()
    said: list[bytes] = []
    warned: list[str] = []
    bus.subscribe(LogEventsReceived, lambda event: said.extend(event.messages))
    bus.subscribe(Warned, lambda event: warned.append(event.message))
    outage = Outage(engine, timers, lambda text: bus.publish(Warned(message=text)))
    run = TaskRun(made, workshop(engine, bus, timers=timers, outage=outage))
    return _in_time(timers, run.execute), said, warned


@pytest.mark.parametrize("request_", ["create", "start"])
@pytest.mark.parametrize("of", ["app", PAUSE_CONTAINER])
@pytest.mark.parametrize("done", [False, True])
def test_a_task_whose_start_breaks_off_ends_as_it_did_and_leaves_nothing(
    request_: str, of: str, done: bool
) -> None:
    process = FakeProcess(output=(OutputChunk("stdout", b"one\n"),), exit_code=7)
    engine = _Cut(request_, of=of, done=done, processes={"app": process})
    made = task(container(), network_mode=NetworkMode.AWSVPC)
    ended, said, warned = _ended(engine, made)
    assert [c.exit_code for c in ended.containers] == [7]
    assert said == [b"one"]
    assert engine.calls.count("start app") == 1
    assert engine.find_containers({}) == []
    # The engine was not away: it answers when it is asked how it is.
    assert warned == []


class _Torn(FakeEngine):
    """Is restarted after it was asked for a container's output, and before it starts it."""

    def attach(self, container_id: str, *, tty: bool = False) -> Iterator[OutputChunk]:
        return iter(())


def test_what_is_said_to_a_connection_that_broke_before_the_start_is_in_the_log() -> None:
    process = FakeProcess(output=(OutputChunk("stdout", b"one\n"),), exit_code=7)
    ended, said, _ = _ended(_Torn({"app": process}, clock=lambda: NOON), task(container()))
    assert [c.exit_code for c in ended.containers] == [7]
    assert said == [b"one"]


@pytest.mark.parametrize("of", ["app", PAUSE_CONTAINER])
@pytest.mark.parametrize("done", [False, True])
def test_a_removal_that_breaks_off_is_asked_for_again(of: str, done: bool) -> None:
    engine = _Cut("remove", of=of, done=done)
    _, _, warned = _ended(engine, task(container(), network_mode=NetworkMode.AWSVPC))
    assert engine.find_containers({}) == []
    assert warned == []
