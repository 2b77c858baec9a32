"""Which late due instants still fire, by policy."""

from datetime import UTC, datetime, timedelta

import pytest

from emulator.eventbridge.missed import MissedPolicy, judge

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DUE = [NOON + timedelta(minutes=minute) for minute in range(4)]


def _minutes(instants: tuple[datetime, ...]) -> list[int]:
    return [instant.minute for instant in instants]


@pytest.mark.parametrize(
    ("policy", "seconds_late", "fire", "missed"),
    [
        (MissedPolicy.SKIP, 0, [2, 3], [0, 1]),
        (MissedPolicy.SKIP, 61, [], [0, 1, 2, 3]),
        (MissedPolicy.ONCE, 0, [2, 3], [0, 1]),
        (MissedPolicy.ONCE, 61, [3], [0, 1, 2, 3]),
        (MissedPolicy.ALL, 0, [0, 1, 2, 3], [0, 1]),
        (MissedPolicy.ALL, 61, [0, 1, 2, 3], [0, 1, 2, 3]),
    ],
)
def test_what_is_a_minute_late_fires_and_the_older_by_policy(
    policy: MissedPolicy, seconds_late: int, fire: list[int], missed: list[int]
) -> None:
    verdict = judge(DUE, DUE[-1] + timedelta(seconds=seconds_late), policy)
    assert (_minutes(verdict.fire), _minutes(verdict.missed)) == (fire, missed)
