"""A schedule in an English sentence."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from emulator.schedules.base import Schedule
from emulator.schedules.cron import CronSchedule
from emulator.schedules.phrasing import Special, runs, special_of, times_of, years_matter

if TYPE_CHECKING:
    from emulator.schedules.bounded import BoundedSchedule

WEEKDAYS: Final = (
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
)
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NTH: Final = ("first", "second", "third", "fourth", "fifth")


def sentence(schedule: Schedule) -> str:
    """Return what a schedule means."""
    if isinstance(schedule, CronSchedule):
        return _cron(schedule)
    return _rarer(schedule)


def _rarer(schedule: Schedule) -> str:
    # Imported here: most projects have none of these, and every command waits.
    from emulator.schedules.at import AtSchedule
    from emulator.schedules.bounded import BoundedSchedule
    from emulator.schedules.flexible import FlexibleSchedule
    from emulator.schedules.rate import RateSchedule

    match schedule:
        case RateSchedule():
            every = schedule.unit if schedule.value == 1 else f"{schedule.value} {schedule.unit}s"
            since = "its creation" if schedule.first else "its start"
            return f"every {every}, counted from {since}"
        case FlexibleSchedule():
            minutes = int(schedule.window.total_seconds() // 60)
            return f"{sentence(schedule.schedule)}, within {minutes} minutes"
        case BoundedSchedule():
            return sentence(schedule.schedule) + _bounds(schedule)
        case AtSchedule():
            day = WEEKDAYS[schedule.wall.isoweekday() % 7]
            return f"once, on {day}, {schedule.wall:%Y-%m-%d at %H:%M:%S} {schedule.timezone}"
        case _:
            return str(schedule)


def _bounds(schedule: "BoundedSchedule") -> str:
    begin = "" if schedule.start is None else f", from {_instant(schedule.start)}"
    end = "" if schedule.end is None else f", until {_instant(schedule.end)}"
    return begin + end


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _cron(schedule: CronSchedule) -> str:
    times = times_of(schedule)
    by_the_clock = bool(times.listed) or times.hour_step is not None
    parts = [_times(schedule), schedule.timezone if by_the_clock else "", _days(schedule)]
    if len(schedule.months) < 12:
        parts.append("in " + _listed([_span(MONTHS, *run) for run in runs(schedule.months)]))
    if years_matter(schedule):
        parts.append("in " + _listed([_numbers(*run) for run in runs(schedule.years)]))
    if not by_the_clock and not (times.all_day and schedule.days.every):
        parts.append(f"({schedule.timezone})")
    return " ".join(part for part in parts if part)


def _times(schedule: CronSchedule) -> str:
    times = times_of(schedule)
    if times.listed:
        return "at " + _listed(times.listed)
    first = times.minutes[0]
    if times.hour_step is not None:
        return f"every {times.hour_step} hours from {times.hours[0]:02}:{first:02}"
    hours = runs(times.hours)
    if times.step == 1:
        text = "every minute"
    elif times.step is not None and len(times.minutes) > 1:
        text = f"every {times.step} minutes" + (f" from minute {first}" if first else "")
    else:
        noun = "minute" if len(times.minutes) == 1 else "minutes"
        text = f"at {noun} " + _listed([_numbers(*run) for run in runs(times.minutes)])
        if times.all_day:
            return f"{text} of every hour"
    if times.all_day:
        return text
    if len(hours) == 1 and times.step is not None and len(times.minutes) > 1:
        start, end = times.hours[0], times.hours[-1]
        return f"{text}, {start:02}:{first:02} to {end:02}:{times.minutes[-1]:02}"
    noun = "hour" if len(times.hours) == 1 else "hours"
    return f"{text} of {noun} " + _listed([_numbers(*run) for run in hours])


def _days(schedule: CronSchedule) -> str:
    days = schedule.days
    if days.every:
        return "" if times_of(schedule).all_day else "every day"
    found = []
    if days.weekdays:
        found.append("on " + _listed([_span(WEEKDAYS, *run) for run in runs(days.weekdays)]))
    if days.days:
        noun = "day" if len(days.days) == 1 else "days"
        numbers = _listed([_numbers(*run) for run in runs(days.days)])
        found.append(f"on {noun} {numbers} of the month")
    found += [_special(special_of(form)) for form in days.special]
    return _listed(found)


def _special(form: Special) -> str:
    weekday = WEEKDAYS[form.weekday - 1] if form.weekday else ""
    before = "1 day" if form.number == 1 else f"{form.number} days"
    match form.kind:
        case "nth" if form.number == 5:
            return f"on the fifth {weekday} of a month that has one"
        case "nth":
            return f"on the {_NTH[form.number - 1]} {weekday} of the month"
        case "last of":
            return f"on the last {weekday} of the month"
        case "nearest":
            which = "the month" if form.number < 29 else "a month that has it"
            return f"on the weekday (Monday to Friday) nearest to day {form.number} of {which}"
        case "last weekday" if form.number:
            return f"on the weekday nearest to {before} before the last day of the month"
        case "last weekday":
            return "on the last weekday (Monday to Friday) of the month"
        case _ if form.number:
            return f"{before} before the last day of the month"
        case _:
            return "on the last day of the month"


def _span(names: Sequence[str], first: int, last: int) -> str:
    return names[first - 1] if first == last else f"{names[first - 1]} to {names[last - 1]}"


def _numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
