"""The days of a cron expression: day-of-month and day-of-week become one rule.

Plain sets of days are looked up here. What `L`, `W` and `#` mean in a month is croniter's to
decide, in its own dialect and within what it gets right (a month depends only on the weekday it
begins with and on its length, so it is asked at most 28 times for one rule).
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from emulator.schedules.fields import DAY_OF_WEEK, FieldText, item_values, values_of

SATURDAY: Final = 7
_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_OF_MONTH_SPECIAL: Final = r"L(?:-(\d{1,2}))?(W?)|(\d{1,2})W"
_LAST_WEEKDAY: Final = r"(\w+)L"
_NTH_WEEKDAY: Final = r"(\w+)#(\w*)"


class DayRule(NamedTuple):
    """Which days of a month are due: a day is when any part says so.

    `days` are days of the month, `weekdays` AWS's numbers (1 is Sunday), `special` the forms
    that need a calendar: `L`, `L-3`, `LW`, `15W` of a month, `6L` and `3#2` of its weeks.
    """

    days: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    special: tuple[str, ...] = ()
    every: bool = False

    def of_month(self, year: int, month: int) -> tuple[int, ...]:
        """Return the due days of a month, sorted."""
        return _days_of_pattern(self, *_shape_of(year, month))


def day_rule(day_of_month: FieldText, day_of_week: FieldText, doubts: list[str]) -> DayRule:
    """Return the rule of two fields of which exactly one is `?`, as the caller has made sure.

    Raises `ScheduleExpressionError`; appends to `doubts`.
    """
    if day_of_week.text == "?":
        return _month_rule(day_of_month, doubts)
    return _week_rule(day_of_week, doubts)


def _month_rule(field: FieldText, doubts: list[str]) -> DayRule:
    if field.text == "*":
        return DayRule(every=True)
    items = field.text.upper().split(",")
    special = [item for item in items if re.search(r"[LW]", item)]
    if not special:
        return DayRule(days=values_of(field, doubts))
    if len(items) > 1:
        doubts.append("L or W in a list: AWS documents it for a single day only")
    plain: set[int] = set()
    at = 0
    for item in items:
        if item in special:
            _check_month_special(field, item, at, doubts)
        else:
            plain.update(item_values(field, item, at, doubts, alone=False))
        at += len(item) + 1
    return DayRule(days=tuple(sorted(plain)), special=tuple(dict.fromkeys(special)))


def _check_month_special(field: FieldText, item: str, at: int, doubts: list[str]) -> None:
    match = re.fullmatch(_DAY_OF_MONTH_SPECIAL, item, re.ASCII)
    if match is None:
        form = "W follows one day number" if "W" in item else "L stands alone or begins L-n, LW"
        field.fail(f"{item!r} is not valid: {form}", at=at)
    offset, _, day = match.groups()
    if day is not None and not 1 <= int(day) <= 31:
        field.fail(f"{day!r} is not 1 to 31", at=at)
    if offset is not None and int(offset) > 30:
        field.fail(f"no month has {offset} days before its last", at=at)
    if offset is not None and item.endswith("W"):
        doubts.append(f"{item}: AWS does not say whether W may follow L-n")


def _week_rule(field: FieldText, doubts: list[str]) -> DayRule:
    text = field.text.upper()
    if text == "*":
        return DayRule(every=True)
    if "#" in text:
        return DayRule(special=(_nth_weekday(field, text),))
    if text == "L":
        return DayRule(weekdays=(SATURDAY,))
    if re.fullmatch(r"L-[1-7]", text, re.ASCII):
        doubts.append(f"{text} in day-of-week is read as L, Saturday: AWS does not say")
        return DayRule(weekdays=(SATURDAY,))
    last = re.fullmatch(_LAST_WEEKDAY, text, re.ASCII)
    if last is not None and text not in DAY_OF_WEEK.names:
        return DayRule(special=(f"{_weekday(field, last[1])}L",))
    weekdays = values_of(field, doubts)
    return DayRule(every=True) if len(weekdays) == 7 else DayRule(weekdays=weekdays)


def _weekday(field: FieldText, text: str) -> int:
    number = DAY_OF_WEEK.value(text)
    if number is None:
        hint = "days of the week count from 1 (Sunday) to 7 (Saturday)"
        field.fail(f"{text!r} is not 1 to 7 or SUN to SAT", hint=hint)
    return number


def _nth_weekday(field: FieldText, text: str) -> str:
    match = re.fullmatch(_NTH_WEEKDAY, text, re.ASCII)
    if match is None:
        field.fail("only one expression with # is allowed", at=text.index("#"))
    weekday = _weekday(field, match[1])
    if match[2] not in ("1", "2", "3", "4", "5"):
        field.fail("# is followed by 1 to 5", at=text.index("#") + 1)
    return f"{weekday}#{match[2]}"


def _shape_of(year: int, month: int) -> tuple[int, int]:
    """Return the weekday a month begins with (0 is Monday) and its length in days."""
    length = _LENGTHS[month - 1]
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        length = 29
    return date(year, month, 1).weekday(), length


@lru_cache(maxsize=4096)
def _days_of_pattern(rule: DayRule, first: int, length: int) -> tuple[int, ...]:
    """Return the due days of a month that begins on weekday `first` (0 is Monday)."""
    if rule.every:
        return tuple(range(1, length + 1))
    found = {day for day in rule.days if day <= length}
    if rule.weekdays:
        found.update(day for day in range(1, length + 1) if (first + day) % 7 + 1 in rule.weekdays)
    for form in rule.special:
        day = _special_day(form, first, length)
        if day is not None:
            found.add(day)
    return tuple(sorted(found))


@lru_cache(maxsize=4096)
def _special_day(form: str, first: int, length: int) -> int | None:
    """Return the one day a special form means in such a month, or None where there is none."""
    month = _month_like(first, length)
    if "#" in form:
        weekday, nth = form.split("#")
        return _ask_croniter(f"0 0 * * {int(weekday) - 1}#{nth}", month)
    if form.endswith("L") and form != "L":
        return _ask_croniter(f"0 0 * * L{int(form[:-1]) - 1}", month)
    if form.startswith("L"):
        return _from_the_end(form, month, length)
    day = int(form[:-1])
    # croniter takes the last weekday for 31W in a short month; AWS skips the month.
    return _ask_croniter(f"0 0 {day}W * *", month) if day <= length else None


def _from_the_end(form: str, month: date, length: int) -> int | None:
    match = re.fullmatch(_DAY_OF_MONTH_SPECIAL, form, re.ASCII)
    if match is None:
        return None
    # The length of a month is known; croniter need not even be imported for L and L-3.
    day = length - int(match[1] or 0)
    if day < 1:
        return None
    return _ask_croniter(f"0 0 {day}W * *", month) if match[2] else day


@lru_cache(maxsize=256)
def _asker(expression: str) -> Callable[[datetime], datetime]:
    """Return a function that gives croniter's next match of a five-field expression."""
    from croniter import croniter

    cron = croniter(expression, datetime(2000, 1, 1), ret_type=datetime)  # noqa: DTZ001 - wall time

    def ask(after: datetime) -> datetime:
        found: datetime = cron.get_next(start_time=after)
        return found

    return ask


def _ask_croniter(expression: str, month: date) -> int | None:
    before = datetime(month.year, month.month, 1) - timedelta(seconds=1)  # noqa: DTZ001 - wall time
    found = _asker(expression)(before)
    return found.day if (found.year, found.month) == (month.year, month.month) else None


@lru_cache(maxsize=28)
def _month_like(first: int, length: int) -> date:
    """Return the first day of some month that begins on a weekday and has so many days."""
    return next(
        date(year, month, 1)
        for year in range(2000, 2029)
        for month in range(1, 13)
        if _shape_of(year, month) == (first, length)
    )
