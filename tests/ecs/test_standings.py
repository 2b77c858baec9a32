"""Until when containers wait for others."""

from datetime import timedelta

import pytest

from emulator.ecs.standings import Standings
from emulator.model.health import HealthStatus
from tests.builders import NOON, container, depends_on


def test_a_start_timeout_does_not_run_out_with_one_from_before_the_clock_was_set_back() -> None:
    standings = Standings(
        [
            container("early", start_timeout=60),
            container("late", start_timeout=120),
            container("app", depends_on=depends_on(early="COMPLETE", late="COMPLETE")),
        ]
    )
    early = standings.started("early", NOON)
    late = standings.started("late", NOON - timedelta(hours=1))
    assert early is not None
    assert late is not None
    assert (early, late) == (NOON + timedelta(minutes=1), NOON - timedelta(minutes=58))
    standings.expire(early)
    assert [name for name, each in standings.items() if each.timed_out] == ["early"]
    standings.expire(late)
    assert [name for name, each in standings.items() if each.timed_out] == ["early", "late"]


@pytest.mark.parametrize(
    ("condition", "awaited"),
    [("START", False), ("COMPLETE", True), ("SUCCESS", True), ("HEALTHY", True)],
)
def test_a_start_timeout_counts_where_more_than_the_start_is_waited_for(
    condition: str, awaited: bool
) -> None:
    prepare = container("prepare", start_timeout=60)
    app = container("app", depends_on=depends_on(prepare=condition))
    due = Standings([prepare, app]).started("prepare", NOON)
    assert due == (NOON + timedelta(minutes=1) if awaited else None)
    other = container("app", depends_on=depends_on(other=condition))
    beside = Standings([prepare, other, container("other")])
    assert beside.started("prepare", NOON) is None
    assert beside.started("other", NOON) is None


@pytest.mark.parametrize("happens", ["healthy", "ill", "stopped"])
def test_a_start_timeout_no_longer_counts_once_its_container_is_healthy_or_over(
    happens: str,
) -> None:
    app = container("app", depends_on=depends_on(prepare="HEALTHY"))
    standings = Standings([container("prepare", start_timeout=60), app])
    due = standings.started("prepare", NOON)
    assert due is not None
    if happens == "stopped":
        standings.stopped("prepare", ran=True, exit_code=0)
    else:
        health = HealthStatus.HEALTHY if happens == "healthy" else HealthStatus.UNHEALTHY
        standings.health("prepare", health)
    standings.expire(due)
    assert standings["prepare"].timed_out is (happens == "ill")


def test_a_task_runs_once_each_container_does_or_is_past_it_and_the_essential_ones_ran() -> None:
    standings = Standings([container("app"), container("side", essential=False)])
    assert (standings.running, standings.launching) == (False, False)
    standings.launch("app")
    standings.launch("side")
    assert (standings.running, standings.launching, len(standings)) == (False, True, 2)
    standings.started("app", NOON)
    assert (standings.running, standings.launching) == (False, True)
    standings.stopped("side")
    assert (standings.running, standings.launching) == (True, False)
    standings.stopped("app", ran=True)
    assert not standings.running


def test_a_task_whose_essential_container_never_ran_does_not_run() -> None:
    standings = Standings([container("app"), container("side", essential=False)])
    standings.stopped("app")
    standings.started("side", NOON)
    assert not standings.running
