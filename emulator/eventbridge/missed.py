"""Due instants that come up late: which still fire, and which are reported missed (pure)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

LATEST: Final = timedelta(seconds=60)
"""How late a firing may be: EventBridge fires within the due minute, and makes nothing up."""


class MissedPolicy(StrEnum):
    """What to do with due instants that passed unseen: nothing as AWS, the last, or each."""

    SKIP = "skip"
    ONCE = "once"
    ALL = "all"


class Verdict(NamedTuple):
    """Which due instants to fire now, and which are reported missed.

    `uncounted_before` is set where so much time passed unseen that what was due before that
    instant has not been looked at.
    """

    fire: tuple[datetime, ...] = ()
    missed: tuple[datetime, ...] = ()
    uncounted_before: datetime | None = None


def judge(due: Sequence[datetime], now: datetime, policy: MissedPolicy) -> Verdict:
    """Decide about due instants, in order of time, that have come up at `now`.

    Those at most `LATEST` old fire. The older are missed; by policy the last of them or all fire
    too, and they are reported all the same.
    """
    missed = tuple(instant for instant in due if now - instant > LATEST)
    fire = tuple(due[len(missed) :])
    if policy is MissedPolicy.ALL:
        fire = missed + fire
    elif policy is MissedPolicy.ONCE and not fire:
        fire = missed[-1:]
    return Verdict(fire=fire, missed=missed)
