"""What can be told of schedules in advance: whether, how often and together with what they fire.

All of it is pure; the present is handed in. `lint`, `rules` and `next` ask.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from emulator.schedules.at import AtSchedule
from emulator.schedules.base import MOMENT, Schedule, earlier
from emulator.schedules.bounded import BoundedSchedule
from emulator.schedules.cron import END_OF_CALENDAR, CronSchedule
from emulator.schedules.flexible import FlexibleSchedule
from emulator.schedules.rate import RateSchedule
from emulator.schedules.timeline import timeline
from emulator.schedules.zones import DAY, Transition, transitions

MINUTE: Final = timedelta(minutes=1)
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The first instant a cron expression can mean."""

_A_CYCLE_OF_YEARS: Final = 28


def core(schedule: Schedule) -> Schedule:
    """Return the cron, rate or at inside bounds and a flexible time window."""
    while isinstance(schedule, BoundedSchedule | FlexibleSchedule):
        schedule = schedule.schedule
    return schedule


def never_fires(schedule: Schedule) -> bool:
    """Return whether a schedule has no due instant at all, as 30 February, or bounds that cross.

    One whose years are past has had some: see `over`.
    """
    return not schedule.wants_anchor and schedule.next_after(earlier(BEGINNING, DAY)) is None


def over(schedule: Schedule, now: datetime) -> bool:
    """Return whether a schedule fires never again after an aware instant; true for never at all."""
    return not schedule.wants_anchor and schedule.next_after(now) is None


def last_due(schedule: Schedule, before: datetime) -> datetime | None:
    """Return the last due instant earlier than an aware instant; None when there was none."""
    span = MINUTE
    while True:
        start = earlier(before, span)
        found = schedule.next_after(earlier(start, MOMENT))
        if found is not None and found < before:
            break
        if start <= earlier(BEGINNING, DAY):
            return None
        span *= 4
    last = found
    for due in schedule.between(found, before):
        last = due
    return last


def fires_every_minute(schedule: Schedule) -> bool:
    """Return whether a schedule fires at each minute of an hour: `*` where 0 may be meant."""
    return smallest_interval(schedule) == MINUTE and not _is_list_of_minutes(core(schedule))


def smallest_interval(schedule: Schedule) -> timedelta | None:
    """Return the shortest time between two firings; None where there are never two.

    A cron is measured by wall time: where clocks are changed, an interval differs by the shift.
    A flexible time window may shorten what is told here by its length.
    """
    inner = core(schedule)
    if isinstance(inner, RateSchedule):
        return inner.period
    if not isinstance(inner, CronSchedule):
        return None
    times = [
        timedelta(hours=hour, minutes=minute) for hour in inner.hours for minute in inner.minutes
    ]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    in_a_day = min(gaps, default=None)
    if in_a_day == MINUTE:
        return in_a_day
    days = _smallest_gap_of_days(inner)
    if days is None:
        return in_a_day if next(inner.due_days(_wall(BEGINNING)), None) else None
    over_night = days - times[-1] + times[0]
    return over_night if in_a_day is None else min(in_a_day, over_night)


def _smallest_gap_of_days(schedule: CronSchedule) -> timedelta | None:
    """Return the least distance of two due days; every constellation comes up in 28 years."""
    smallest: timedelta | None = None
    previous: datetime | None = None
    first = schedule.years[0]
    for day in schedule.due_days(_wall(BEGINNING)):
        if previous is not None:
            gap = day - previous
            smallest = gap if smallest is None else min(smallest, gap)
            if smallest == DAY:
                break
            if day.year > max(first, BEGINNING.year) + 3 * _A_CYCLE_OF_YEARS:
                break
        previous = day
    return smallest


def _is_list_of_minutes(schedule: Schedule) -> bool:
    return isinstance(schedule, CronSchedule) and len(schedule.minutes) < 60


@dataclass(frozen=True, slots=True)
class Collision:
    """Rules that are due at the same instants: `count` times, `first` at that one."""

    rules: tuple[str, ...]
    first: datetime
    count: int


def collisions(
    schedules: Mapping[str, Schedule], start: datetime, end: datetime
) -> tuple[Collision, ...]:
    """Return which rules are due together from `start` (inclusive) to `end`, the earliest first.

    One entry for each set of rules that come due at the same instant; what fires takes about a
    microsecond of looking. Rates need their anchors.
    """
    found: dict[tuple[str, ...], Collision] = {}
    for instant, rules in _together(schedules, start, end):
        if len(rules) > 1:
            seen = found.get(rules)
            first, count = (instant, 1) if seen is None else (seen.first, seen.count + 1)
            found[rules] = Collision(rules, first, count)
    return tuple(sorted(found.values(), key=lambda collision: collision.first))


def _together(
    schedules: Mapping[str, Schedule], start: datetime, end: datetime
) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    instant: datetime | None = None
    rules: list[str] = []
    for due, rule in timeline(schedules, start, end):
        if due == instant:
            rules.append(rule)
            continue
        if instant is not None:
            yield instant, tuple(rules)
        instant, rules = due, [rule]
    if instant is not None:
        yield instant, tuple(rules)


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What a change of clocks does to a schedule read in a zone.

    `skipped` are wall times that do not exist that day, so nothing fires; `repeated` come twice
    and fire the first time only.
    """

    transition: Transition
    skipped: tuple[datetime, ...]
    repeated: tuple[datetime, ...]


def clock_changes(schedule: Schedule, start: datetime, end: datetime) -> Iterator[ClockChange]:
    """Yield the changes of clocks between two aware instants that a cron or at runs into."""
    inner = core(schedule)
    if inner.timezone == "UTC" or isinstance(inner, RateSchedule):
        return
    for transition in transitions(inner.timezone, start, end):
        wall, shift = transition.wall, transition.shift
        skipped = tuple(_walls(inner, wall, wall + shift)) if shift > timedelta() else ()
        repeated = tuple(_walls(inner, wall + shift, wall)) if shift < timedelta() else ()
        if skipped or repeated:
            yield ClockChange(transition, skipped, repeated)


def _walls(schedule: Schedule, start: datetime, end: datetime) -> Iterator[datetime]:
    if isinstance(schedule, CronSchedule):
        yield from schedule.walls(start, end)
    elif isinstance(schedule, AtSchedule) and start <= schedule.wall < end:
        yield schedule.wall


def local_times(
    schedule: Schedule, zone: str, start: datetime, end: datetime
) -> tuple[Transition, ...]:
    """Return the changes of a zone's clocks that move a UTC schedule to another local time.

    A rule knows UTC only: one that is to run at nine in New York runs at ten for half a year.
    Empty for what is due all through the day (all 24 hours), and for rates.
    """
    inner = core(schedule)
    if not isinstance(inner, CronSchedule) or inner.timezone != "UTC" or len(inner.hours) == 24:
        return ()
    return tuple(transitions(zone, start, end))


def _wall(instant: datetime) -> datetime:
    return min(instant.replace(tzinfo=None), END_OF_CALENDAR)
