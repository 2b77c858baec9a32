"""The parts of a cron in the shape in which any language says them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from emulator.schedules.cron import LAST_YEAR, CronSchedule

MOST_TIMES: Final = 4
"""How many times of day are listed one by one."""


class Times(NamedTuple):
    """The times of day of a cron, in the shape in which they are said.

    Either `listed` ("HH:MM"), or `minutes` of `hours`. `step` is how far minutes lie apart that go
    all round the hour, `hour_step` how far hours do that have a single minute; None: neither.
    """

    listed: tuple[str, ...] = ()
    minutes: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    step: int | None = None
    hour_step: int | None = None

    @property
    def all_day(self) -> bool:
        """Whether something is due in every hour."""
        return len(self.hours) == 24


def times_of(schedule: CronSchedule) -> Times:
    """Return the times of day of a cron in the shape in which they are said."""
    minutes, hours = schedule.minutes, schedule.hours
    if len(minutes) * len(hours) <= MOST_TIMES:
        return Times(tuple(f"{hour:02}:{minute:02}" for hour in hours for minute in minutes))
    hour_step = round_step(hours, 24) if len(minutes) == 1 and len(hours) < 24 else None
    return Times((), minutes, hours, round_step(minutes, 60), hour_step)


def round_step(values: Sequence[int], size: int) -> int | None:
    """Return n where values come every n all round a circle of `size` from 0; None if not so."""
    step = size // len(values)
    regular = step * len(values) == size and values[0] < step
    if not regular or any(v != values[0] + step * i for i, v in enumerate(values)):
        return None
    return step


def runs(values: Sequence[int]) -> list[tuple[int, int]]:
    """Return sorted numbers as ranges, first and last; two neighbours are no range."""
    found: list[tuple[int, int]] = []
    for value in values:
        if found and value == found[-1][1] + 1:
            found[-1] = (found[-1][0], value)
        else:
            found.append((value, value))
    return [
        part
        for first, last in found
        for part in ([(first, first), (last, last)] if last == first + 1 else [(first, last)])
    ]


def years_matter(schedule: CronSchedule) -> bool:
    """Return whether a cron leaves any year out."""
    return len(schedule.years) < LAST_YEAR - 1970 + 1


class Special(NamedTuple):
    """A form that needs a calendar, taken apart.

    `kind`: "last" (L, L-n), "last weekday" (LW, L-nW), "nearest" (nW), "last of" (dL), "nth"
    (d#n). `number` is n or 0, `weekday` AWS's d, 1 for Sunday.
    """

    kind: str
    number: int = 0
    weekday: int = 0


def special_of(form: str) -> Special:
    """Return a special form of a `DayRule` taken apart."""
    if "#" in form:
        weekday, _, nth = form.partition("#")
        return Special("nth", int(nth), int(weekday))
    if form.startswith("L"):
        number = form.removeprefix("L").removesuffix("W").removeprefix("-")
        return Special("last weekday" if form.endswith("W") else "last", int(number or 0))
    if form.endswith("L"):
        return Special("last of", weekday=int(form[:-1]))
    return Special("nearest", int(form[:-1]))
