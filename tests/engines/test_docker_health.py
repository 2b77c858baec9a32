"""What becomes of a container's state and the engine's events when its health is watched."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from emulator.engines import docker_health
from emulator.engines.docker_health import health_changes
from emulator.model.health import HealthStatus

STARTED = "2026-11-29T15:02:04.1145168Z"
WELL, ILL = HealthStatus.HEALTHY, HealthStatus.UNHEALTHY


class _Stream:
    """A stream of events; it ends when they do, as one whose connection is cut."""

    def __init__(self, actions: Iterable[str]) -> None:
        self._events = iter([{"Action": action} for action in actions])
        self._response = self
        self.closed = False

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return self._events

    def close(self) -> None:
        self.closed = True


class _Engine:
    """Answers each inspection with the next state, and each request for events with the next."""

    def __init__(self, states: Iterable[Mapping[str, Any]], *streams: Iterable[str]) -> None:
        self._states = iter(states)
        self.streams = [_Stream(actions) for actions in streams]
        self.since: list[str] = []

    def inspect_container(self, _container_id: str) -> Mapping[str, Any]:
        return {"State": next(self._states)}

    def events(self, *, since: str, **_: object) -> _Stream:
        self.since.append(since)
        return self.streams[len(self.since) - 1]

    def found(self) -> list[HealthStatus]:
        found = list(health_changes(self, "id"))
        assert all(stream.closed for stream in self.streams)
        return found


def _state(
    status: str = "starting", *, probes: Iterable[str] = (), started: str = STARTED, up: bool = True
) -> dict[str, Any]:
    health = {"Status": status, "Log": [{"End": end} for end in probes]}
    return {"Running": up, "StartedAt": started, "Health": health}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_health, "AGAIN_SECONDS", 0)


def test_findings_are_told_as_they_come_and_each_once() -> None:
    actions = ["health_status: healthy", "health_status: healthy", "health_status: unhealthy"]
    engine = _Engine([_state()], [*actions, "die", "health_status: healthy"])
    assert engine.found() == [WELL, ILL]
    assert engine.since == ["1795964524.114516800"]


def test_what_was_found_before_anybody_watched_is_told_first() -> None:
    ends = ["2026-11-29T15:02:05Z", "2026-11-29T17:02:06.25+02:00"]
    engine = _Engine([_state("unhealthy", probes=ends)], ["health_status: healthy", "die"])
    assert engine.found() == [ILL, WELL]
    assert engine.since == ["1795964526.250000000"]


def test_the_probes_of_an_earlier_life_do_not_bring_back_its_end() -> None:
    state = _state(probes=["2026-11-29T15:02:03Z"])
    engine = _Engine([state], ["die"])
    assert engine.found() == []
    assert engine.since == ["1795964524.114516800"]


def test_a_stream_that_breaks_off_is_followed_by_another_and_by_what_came_between() -> None:
    states = [_state(), _state("unhealthy"), _state("unhealthy")]
    engine = _Engine(states, ["health_status: healthy"], [], ["health_status: healthy", "die"])
    assert engine.found() == [WELL, ILL, WELL]


@pytest.mark.parametrize(
    "later", [_state("healthy", up=False), _state(started="2026-11-29T15:03:00Z")]
)
def test_a_stream_is_not_asked_for_again_after_this_life(later: Mapping[str, Any]) -> None:
    engine = _Engine([_state("healthy"), later], [])
    assert engine.found() == [WELL]


def test_a_container_that_is_down_by_now_tells_what_it_was() -> None:
    assert _Engine([_state("unhealthy", up=False)]).found() == [ILL]
