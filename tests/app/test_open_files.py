"""The limit of open files is raised as far as it goes, and never lowered."""

import resource

import pytest

from emulator.app.open_files import ENOUGH, allow_enough

INFINITE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((256, INFINITE), (ENOUGH, INFINITE)),
        ((1024, 1_048_576), (ENOUGH, 1_048_576)),
        ((1024, 4096), (4096, 4096)),
        ((20_000, 20_000), (20_000, 20_000)),
        ((INFINITE, INFINITE), (INFINITE, INFINITE)),
    ],
)
def test_as_many_as_are_enough_or_as_there_may_be(
    monkeypatch: pytest.MonkeyPatch, before: tuple[int, int], after: tuple[int, int]
) -> None:
    limits = [before]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: limits.append(wanted))
    allow_enough()
    assert limits[-1] == after


def test_a_system_that_refuses_keeps_nobody_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, INFINITE))
    monkeypatch.setattr(resource, "setrlimit", refused)
    allow_enough()
