"""Until when containers wait for others."""

from datetime import timedelta

from emulator.ecs.standings import Standings
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
