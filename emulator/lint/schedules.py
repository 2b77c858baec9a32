"""Schedules that do not say what was meant: pitfalls of cron, rate and time zones."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from statistics import median
from typing import Final

from emulator.clock import iso_instant
from emulator.errors import Severity
from emulator.lint.checks import Check, Facts, Finding
from emulator.lint.zones import Shift, clock_shifts
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule
from emulator.quantity import counted
from emulator.schedules import Schedule, parse

MINUTE: Final = timedelta(minutes=1)
HORIZON: Final = timedelta(days=7)
"""How far ahead firings are compared."""

DST_HORIZON: Final = timedelta(days=2 * 366)
MANY_A_DAY: Final = 4
"""A schedule that fires more often than this on a day does not miss one firing."""

_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_FIRINGS: Final = 200
_SHOWN: Final = 3
_CRON: Final = re.compile(r"cron\((.*)\)", re.ASCII | re.DOTALL)
_WEEKDAY_NUMBER: Final = re.compile(r"(?<![#/\dA-Za-z])[1-7](?!\d)", re.ASCII)
_WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS_WITHOUT: Final = {29: "February, but for leap years", 30: "February"}
_SHORT_MONTHS: Final = "February, April, June, September and November"


def _schedule(rule: Rule, facts: Facts) -> Schedule:
    return rule.schedule.with_anchor(facts.now)


def _never_fires(facts: Facts) -> Iterator[Finding]:
    for rule in facts.enabled():
        schedule = _schedule(rule, facts)
        if schedule.next_after(facts.now) is None and schedule.next_after(_FIRST) is None:
            yield Finding(
                f"rule {rule.name} never fires: no instant is {rule.schedule_expression}"
                f"{_bounds(rule)}",
                facts.of_rule(rule, "scheduleExpression"),
                "look at `ecs-local next --expression` for what an expression means",
            )


def _bounds(rule: Rule) -> str:
    """Return the start and end date of a schedule, as what its expression is followed by."""
    start = "" if rule.start_date is None else f" from {iso_instant(rule.start_date)}"
    end = "" if rule.end_date is None else f" until {iso_instant(rule.end_date)}"
    return start + end


def _never_again(facts: Facts) -> Iterator[Finding]:
    for rule in facts.enabled():
        schedule = _schedule(rule, facts)
        if schedule.next_after(facts.now) is None and schedule.next_after(_FIRST) is not None:
            yield Finding(
                f"rule {rule.name} never fires again: {rule.schedule_expression} lies in the past",
                facts.of_rule(rule, "scheduleExpression"),
                "delete the rule, or give it a schedule that is to come",
            )


def _every_minute(facts: Facts) -> Iterator[Finding]:
    for rule in facts.enabled():
        due = _next(rule, facts, 70)
        if len(due) == 70 and all(later - earlier == MINUTE for earlier, later in pairwise(due)):
            tasks = sum(target.task_count for target in rule.targets)
            yield Finding(
                f"rule {rule.name} fires every minute: {1440 * tasks} tasks a day, each with a "
                "start of its own",
                facts.of_rule(rule, "scheduleExpression"),
                "one task that stays, or a longer interval, is cheaper on Fargate",
            )


def _collision(facts: Facts) -> Iterator[Finding]:
    by_family: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in facts.enabled():
        for family in {split_task_definition(t.task_definition)[0] for t in rule.targets}:
            by_family[family].append(rule)
    for family, rules in by_family.items():
        for instant, together in _together(rules, facts).items():
            yield Finding(
                f"rules {_named(together)} start {family} in the same second, "
                f"next at {instant:%Y-%m-%dT%H:%M:%SZ}",
                facts.of_rule(together[-1], "scheduleExpression"),
                "shift one of them if the tasks work on the same data",
            )


def _together(rules: Sequence[Rule], facts: Facts) -> dict[datetime, list[Rule]]:
    """Return who fires in one second, by the first such instant of any of them.

    However many rules there are, each is told of with its first instant only.
    """
    if len(rules) < 2:
        return {}
    due = {rule.name: _next(rule, facts, _MOST_FIRINGS) for rule in rules}
    firing: defaultdict[datetime, list[Rule]] = defaultdict(list)
    for rule in rules:
        for instant in due[rule.name]:
            firing[instant].append(rule)
    shared = ([i for i in due[rule.name] if len(firing[i]) > 1] for rule in rules)
    return {
        first: firing[first] for first in sorted({instants[0] for instants in shared if instants})
    }


def _named(rules: Sequence[Rule]) -> str:
    """Return the names of two rules or more, the first few of them and the last."""
    *others, last = [rule.name for rule in rules]
    more = [f"{len(others) - _SHOWN} more"] if len(others) > _SHOWN else []
    return f"{', '.join([*others[:_SHOWN], *more])} and {last}"


def _overrun(facts: Facts) -> Iterator[Finding]:
    for rule in facts.enabled():
        lasted = facts.durations.get(rule.name, ())
        gap = smallest_gap(rule, facts) if lasted else None
        longer = [duration for duration in lasted if gap is not None and duration > gap]
        if longer and gap is not None:
            yield Finding(
                f"rule {rule.name} fires every {_text(gap)}, and {len(longer)} of its last "
                f"{counted(len(lasted), 'task')} ran longer (median {_text(_median(lasted))}): "
                "tasks overlap",
                facts.of_rule(rule, "scheduleExpression"),
                "AWS starts the next task beside the one that runs; make the interval longer, "
                "or the task able to bear it",
            )


def _clock_change(facts: Facts) -> Iterator[Finding]:
    for rule in facts.enabled():
        if rule.timezone == "UTC" or rule.schedule_expression.startswith("rate("):
            continue
        wall = parse(rule.schedule_expression, dialect="scheduler")
        for shift in clock_shifts(rule.timezone, facts.now, facts.now + DST_HORIZON):
            due = next(wall.between(shift.start, shift.end), None)
            if due is None or _many_on_day(wall, due):
                continue
            yield Finding(
                f"rule {rule.name}: {_shift_text(due, shift, rule.timezone)}",
                facts.of_rule(rule, "scheduleExpression"),
                "an hour that always comes once is safer, or UTC",
            )
            break


def _shift_text(due: datetime, shift: Shift, zone: str) -> str:
    if shift.skipped:
        return f"{due:%H:%M} does not exist on {due:%Y-%m-%d} in {zone}: it is skipped"
    return f"{due:%H:%M} comes twice on {due:%Y-%m-%d} in {zone}: it runs the first time only"


def _many_on_day(wall: Schedule, due: datetime) -> bool:
    midnight = due.replace(hour=0, minute=0, second=0, microsecond=0)
    day = islice(wall.between(midnight, midnight + timedelta(days=1)), MANY_A_DAY + 1)
    return len(list(day)) > MANY_A_DAY


def _numeric_weekday(facts: Facts) -> Iterator[Finding]:
    for rule in facts.enabled():
        field = _cron_field(rule, 4)
        if field is None:
            continue
        spelled = _WEEKDAY_NUMBER.sub(lambda match: _WEEKDAYS[int(match[0]) - 1], field)
        if spelled != field:
            yield Finding(
                f"rule {rule.name}: day-of-week {field} means {spelled}; in Unix cron 1 is Monday, "
                "here it is Sunday",
                facts.of_rule(rule, "scheduleExpression"),
                f"write {spelled}",
            )


def _short_months(facts: Facts) -> Iterator[Finding]:
    for rule in facts.enabled():
        field = _cron_field(rule, 2)
        if field is None or not re.fullmatch(r"29|30|31", field, re.ASCII):
            continue
        missing = _MONTHS_WITHOUT.get(int(field), _SHORT_MONTHS)
        if _cron_field(rule, 3) == "*":
            yield Finding(
                f"rule {rule.name} fires on day {field}, which does not come in {missing}",
                facts.of_rule(rule, "scheduleExpression"),
                "L is the last day of every month",
            )


def _cron_field(rule: Rule, index: int) -> str | None:
    match = _CRON.fullmatch(rule.schedule_expression)
    words = match[1].split() if match else []
    return words[index] if len(words) > index else None


def _next(rule: Rule, facts: Facts, count: int) -> list[datetime]:
    return list(islice(_schedule(rule, facts).between(facts.now, facts.now + HORIZON), count))


def smallest_gap(rule: Rule, facts: Facts) -> timedelta | None:
    """Return the shortest time between two firings to come; None for one that fires once."""
    schedule = _schedule(rule, facts)
    due: list[datetime] = []
    instant: datetime | None = facts.now
    while len(due) < _MOST_FIRINGS and instant is not None:
        instant = schedule.next_after(instant)
        due += [] if instant is None else [instant]
    return min((later - earlier for earlier, later in pairwise(due)), default=None)


def _median(lasted: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(duration.total_seconds() for duration in lasted))


def _text(duration: timedelta) -> str:
    seconds = round(duration.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m")]
    text = "".join(f"{count}{unit}" for count, unit in parts if count)
    return text + (f"{seconds % 60}s" if seconds % 60 or not text else "")


CHECKS: Final = (
    Check(
        "schedule-never-fires",
        Severity.WARNING,
        "No instant fits the schedule, such as 30 February.",
        _never_fires,
    ),
    Check(
        "schedule-never-again",
        Severity.WARNING,
        "All instants of the schedule lie in the past.",
        _never_again,
    ),
    Check(
        "schedule-every-minute",
        Severity.NOTE,
        "The rule starts a task every minute.",
        _every_minute,
    ),
    Check(
        "schedule-collision",
        Severity.WARNING,
        "Two rules start the same task definition in the same second.",
        _collision,
    ),
    Check(
        "schedule-overrun",
        Severity.WARNING,
        "By the run history, tasks take longer than the interval between two firings.",
        _overrun,
    ),
    Check(
        "schedule-clock-change",
        Severity.WARNING,
        "The local time of the schedule does not exist, or comes twice, when clocks change.",
        _clock_change,
    ),
    Check(
        "schedule-numeric-weekday",
        Severity.NOTE,
        "Days of the week are numbers, which count from Sunday = 1 on AWS.",
        _numeric_weekday,
    ),
    Check(
        "schedule-short-months",
        Severity.NOTE,
        "The day of the month does not come in every month.",
        _short_months,
    ),
)
