"""What is heard of a container's health, whatever becomes of the engine meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from emulator.ecs.health_watch import HealthWatch
from emulator.ecs.outage import Outage
from emulator.ecs.task_messages import HealthChanged, Report
from emulator.engines.base import ContainerEngine, EngineRefusedError
from emulator.errors import EngineError, EngineUnavailableError
from emulator.model.health import HealthStatus
from emulator.timers import SimulatedTimers
from tests.builders import NOON

ILL, WELL = HealthStatus.UNHEALTHY, HealthStatus.HEALTHY


class _Engine:
    """Each time it is asked it tells of the next script: findings, and then an error or the end."""

    def __init__(self, *scripts: tuple[HealthStatus | EngineError, ...], back: bool = True) -> None:
        self.scripts = list(scripts)
        self._back = back

    def watch_health(self, container_id: str) -> Iterator[HealthStatus]:
        assert container_id == "c1"
        for each in self.scripts.pop(0):
            if isinstance(each, EngineError):
                raise each
            yield each

    def info(self) -> object:
        if not self._back:
            raise EngineUnavailableError("still away")
        return None


class _Outage(Outage):
    """One that does not wait between two looks."""

    looks = 0

    def look_later(self) -> None:
        self.looks += 1


def _heard(engine: _Engine) -> tuple[list[HealthStatus], int]:
    """Return what is reported until nobody watches any more, and how often it was waited."""
    known = cast("ContainerEngine", engine)
    said: list[str] = []
    outage = _Outage(known, SimulatedTimers(NOON), said.append, patience=timedelta(0))
    reported: list[Report] = []
    watch = HealthWatch(name="app", engine=known, outage=outage, report=reported.append)
    watch.follow("c1", lambda: False)
    assert all(isinstance(each, HealthChanged) and each.name == "app" for each in reported)
    return [each.status for each in reported if isinstance(each, HealthChanged)], outage.looks


def test_a_life_that_ends_is_watched_no_longer() -> None:
    engine = _Engine((ILL, WELL), (ILL,))
    assert _heard(engine) == ([ILL, WELL], 0)
    assert len(engine.scripts) == 1


def test_an_engine_that_is_back_is_asked_again_after_a_pause() -> None:
    away = EngineUnavailableError("no container engine answers")
    engine = _Engine((ILL, away), (away,), (WELL,))
    assert _heard(engine) == ([ILL, WELL], 2)


def test_an_engine_that_stays_away_is_asked_no_more() -> None:
    away = EngineUnavailableError("no container engine answers")
    engine = _Engine((WELL, away), (ILL,), back=False)
    assert _heard(engine) == ([WELL], 0)


def test_a_container_that_is_gone_is_no_mistake() -> None:
    engine = _Engine((ILL, EngineRefusedError("No such container")), (WELL,))
    assert _heard(engine) == ([ILL], 0)
