"""The clock that containers see: how they are told of it, and how it is found out whether."""

from datetime import timedelta

import pytest

from emulator.clock import system_clock
from emulator.engines.base import EngineRefusedError
from emulator.engines.docker import DockerEngine
from emulator.engines.docker_faked_clock import FakedClockEngine, faked
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec

LIBRARY = "/usr/lib/faketime/libfaketime.so.1"


def test_a_container_is_told_how_far_its_clock_is_ahead() -> None:
    environment = faked({"A": "1"}, LIBRARY, timedelta(days=1, milliseconds=250))
    assert environment == {
        "A": "1",
        "LD_PRELOAD": LIBRARY,
        "FAKETIME": "+86400.250",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def test_a_clock_may_be_behind() -> None:
    assert faked({}, LIBRARY, -timedelta(hours=1))["FAKETIME"] == "-3600.000"


def test_what_an_image_loads_already_is_loaded_all_the_same() -> None:
    environment = faked({"LD_PRELOAD": "/lib/jemalloc.so"}, LIBRARY, timedelta())
    assert environment["LD_PRELOAD"] == f"{LIBRARY}:/lib/jemalloc.so"


def test_an_image_that_cannot_be_looked_into_leaves_no_container_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there: list[str] = []

    class _Unreadable(FakedClockEngine):
        def _has(self, container_id: str, path: str) -> bool:
            raise EngineRefusedError("input/output error")

    def create(_: DockerEngine, spec: ContainerSpec) -> str:
        there.append(spec.name)
        return spec.name

    monkeypatch.setattr(DockerEngine, "create", create)
    monkeypatch.setattr(DockerEngine, "remove", lambda _, container_id: there.remove(container_id))
    engine = _Unreadable(system_clock, print)
    spec = ContainerSpec(name="job", image="app", labels={CONTAINER_NAME_LABEL: "app"})
    with pytest.raises(EngineRefusedError):
        engine.create(spec)
    assert there == []
