"""The end that is wanted of a container, before it is created, while it starts, and after."""

from datetime import timedelta

import pytest

from emulator.activity import Activity
from emulator.ecs.ending import Ending
from emulator.ecs.maker import Maker
from emulator.ecs.outage import Outage
from emulator.ecs.task_messages import Lost, Report
from emulator.engines.base import EngineRefusedError
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import ContainerSpec
from emulator.timers import SimulatedTimers
from tests.builders import NOON

SPEC = ContainerSpec(name="app", image="alpine:latest")
AT_ONCE = timedelta()


class _Refusing(FakeEngine):
    def kill(self, container_id: str) -> None:
        message = "cannot kill container: permission denied"
        raise EngineRefusedError(message)


class _Container:
    """A container of the fake engine that runs until it is ended, and what is wanted of its end."""

    def __init__(self, engine_class: type[FakeEngine] = FakeEngine) -> None:
        timers = SimulatedTimers(NOON)
        self.engine = engine_class({"app": FakeProcess(duration=None)}, timers=timers)
        self.id: str | None = None
        self.reports: list[Report] = []
        self.threads: list[str] = []
        outage = Outage(self.engine, timers, lambda _text: None)
        self.ending = Ending(
            name="app",
            engine_name=SPEC.name,
            container_id=lambda: self.id,
            engine=self.engine,
            maker=Maker(engine=self.engine, outage=outage, given_up=lambda: False),
            activity=_Here(self.threads),
            report=self.reports.append,
            lose=self.threads.append,
        )

    def start(self) -> None:
        self.id = self.engine.create(SPEC)
        self.engine.start(self.id)

    @property
    def ended_by(self) -> list[str]:
        return [call for call in self.engine.calls if call.startswith(("stop", "kill"))]


class _Here(Activity):
    """Does in the caller's thread what is for one of its own, and keeps its name."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._names = names

    def thread(self, target: object, name: str) -> None:
        assert callable(target)
        self._names.append(name)
        target()


def test_a_container_that_runs_is_stopped_in_a_thread_of_its_own() -> None:
    container = _Container()
    container.start()
    container.ending.stop(AT_ONCE)
    assert (container.ended_by, container.threads) == (["stop app"], ["stop app"])


def test_a_container_that_is_not_created_is_not_stopped_later() -> None:
    container = _Container()
    container.ending.stop(AT_ONCE)
    container.start()
    container.ending.bring_about(str(container.id))
    assert container.ended_by == []


def test_a_container_that_was_to_be_killed_before_it_was_created_is_killed_once_it_runs() -> None:
    container = _Container()
    container.ending.kill()
    assert container.ended_by == []
    container.start()
    container.ending.bring_about(str(container.id))
    assert container.ended_by == ["kill app"]


def test_of_two_ends_the_later_is_wanted_of_a_container_that_has_yet_to_run() -> None:
    container = _Container()
    container.id = container.engine.create(SPEC)
    container.ending.stop(AT_ONCE)
    container.ending.kill()
    assert container.ended_by == [], "the engine ends nothing that does not run"
    container.engine.start(container.id)
    container.ending.bring_about(container.id)
    assert container.ended_by == ["kill app"]


def test_an_engine_that_will_not_end_a_container_is_reported() -> None:
    container = _Container(_Refusing)
    container.start()
    container.ending.kill()
    (lost,) = container.reports
    assert isinstance(lost, Lost)
    assert "cannot kill container: permission denied" in lost.reason


def test_a_mistake_of_ours_is_told_and_shown() -> None:
    container = _Container()
    container.start()
    container.engine.stop = None  # type: ignore[assignment,method-assign] # not callable
    with pytest.raises(TypeError):
        container.ending.stop(AT_ONCE)
    assert container.threads[-1].startswith("TypeError: ")
