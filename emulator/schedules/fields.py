"""The fields of a cron expression: their text becomes sets of numbers, once.

AWS: "Cron expressions reference" in the EventBridge user guide. What AWS refuses is refused with
its place; what it is not known to refuse is read the natural way and noted as a doubt.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from emulator.errors import ScheduleExpressionError

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

Refuse = Callable[..., ScheduleExpressionError]
"""Makes the error from a problem, `position=` and `hint=`."""


class FieldKind(NamedTuple):
    """One of the six fields. `limit` is the largest step; names count from `first`."""

    name: str
    first: int
    last: int
    limit: int
    names: tuple[str, ...] = ()
    wraps: bool = True

    def value(self, text: str) -> int | None:
        """Return the number a value's text stands for, or None when it is none."""
        if text.isdigit():
            number = int(text) if len(text) <= 4 else -1
            return number if self.first <= number <= self.last else None
        upper = text.upper()
        return self.names.index(upper) + self.first if upper in self.names else None


MINUTES: Final = FieldKind("minutes", 0, 59, 59)
HOURS: Final = FieldKind("hours", 0, 23, 23)
DAY_OF_MONTH: Final = FieldKind("day-of-month", 1, 31, 31)
MONTH: Final = FieldKind("month", 1, 12, 12, MONTHS)
DAY_OF_WEEK: Final = FieldKind("day-of-week", 1, 7, 7, WEEKDAYS)
YEAR: Final = FieldKind("year", 1970, 2199, 10**9, wraps=False)
FIELDS: Final = (MINUTES, HOURS, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR)

_ITEM: Final = re.compile(r"(?:(\*)(?:-(\w+))?|(\w+)(?:-(\w+))?)(?:/(\w*))?", re.ASCII)


class FieldText(NamedTuple):
    """One field as written, with the offset of its first character in the expression."""

    kind: FieldKind
    text: str
    position: int
    refuse: Refuse

    def fail(self, problem: str, *, at: int = 0, hint: str | None = None) -> NoReturn:
        """Refuse the field."""
        raise self.refuse(f"{self.kind.name}: {problem}", position=self.position + at, hint=hint)


def values_of(field: FieldText, doubts: list[str]) -> tuple[int, ...]:
    """Return the sorted numbers of a field made of values, ranges, steps and lists.

    Raises `ScheduleExpressionError`; appends to `doubts`.
    """
    kind, text = field.kind, field.text
    if text == "*":
        return tuple(range(kind.first, kind.last + 1))
    if text.isdigit() and (number := kind.value(text)) is not None:
        return (number,)
    found: set[int] = set()
    at = 0
    items = text.split(",")
    for item in items:
        found.update(item_values(field, item, at, doubts, alone=len(items) == 1))
        at += len(item) + 1
    return tuple(sorted(found))


def item_values(
    field: FieldText, item: str, at: int, doubts: list[str], *, alone: bool
) -> list[int]:
    """Return the numbers of one item of a field, `at` characters into it; `alone`: no list.

    Raises `ScheduleExpressionError`; appends to `doubts`.
    """
    match = _ITEM.fullmatch(item)
    if match is None:
        _refuse_item(field, item, at)
    star, star_to, low_text, high_text, step_text = match.groups()
    kind = field.kind
    step = 1 if step_text is None else _step(field, item, step_text, at, doubts)
    if star:
        if star_to is not None:
            _value(field, star_to, at + 2)
        if not alone or star_to is not None:
            doubts.append(f"{item} is read as every value of {kind.name}: AWS does not say")
        return list(range(kind.first, kind.last + 1, step))
    low = _value(field, low_text, at)
    if high_text is None:
        if step_text is None:
            return [low]
        if low_text.upper() in kind.names:
            doubts.append(f"a step on the name {low_text}: read as from {low_text} on")
        return list(range(low, kind.last + 1, step))
    high = _value(field, high_text, at + len(low_text) + 1)
    if low_text.isdigit() != high_text.isdigit():
        doubts.append(f"{item} mixes a number and a name: AWS does not say")
    elif step_text is not None and not low_text.isdigit() and kind is not DAY_OF_WEEK:
        doubts.append(f"a step on names, {item}: AWS does not say whether it counts")
    return _range(field, low, high, step, at)


def _value(field: FieldText, text: str, at: int) -> int:
    value = field.kind.value(text)
    if value is None:
        kind = field.kind
        hint = None
        if kind is DAY_OF_WEEK and text == "0":
            hint = "days of the week count from 1 (Sunday) to 7 (Saturday); Sunday is 1 or SUN"
        elif kind is DAY_OF_WEEK and text == "8":
            hint = "days of the week count from 1 (Sunday) to 7 (Saturday)"
        elif text[:3].upper() in kind.names:
            hint = f"write {text[:3].upper()}"
        names = f" or {kind.names[0]} to {kind.names[-1]}" if kind.names else ""
        field.fail(f"{text!r} is not {kind.first} to {kind.last}{names}", at=at, hint=hint)
    return value


def _step(field: FieldText, item: str, text: str, at: int, doubts: list[str]) -> int:
    kind = field.kind
    place = at + item.index("/") + 1
    if not text.isdigit() or len(text) > 9:
        field.fail(f"a step must be a number, not {text!r}", at=place)
    step = int(text)
    if kind is DAY_OF_WEEK:
        if not re.match(r"[A-Za-z]+-[A-Za-z]", item):
            hint = "list the days, such as MON,WED,FRI"
            field.fail("/ is not among the wildcards of this field", at=place - 1, hint=hint)
        doubts.append(f"{item}: a step is not among AWS's wildcards for day-of-week")
    if step == 0:
        field.fail("a step of 0 never moves", at=place, hint="leave the step out, or use 1")
    if step > kind.limit:
        if item.startswith("*"):
            hint = _wide_step_hint(kind, step)
            field.fail(f"a step of {step} is more than {kind.limit}", at=place, hint=hint)
        doubts.append(f"a step of {step} in {kind.name} is wider than the field")
    return step


def _wide_step_hint(kind: FieldKind, step: int) -> str:
    if kind is MINUTES and step % 60 == 0:
        hours = step // 60
        unit = "hour" if hours == 1 else "hours"
        every = "*" if hours == 1 else f"*/{hours}"
        return f"use rate({hours} {unit}), or 0 in minutes and {every} in hours"
    return f"the largest step here is {kind.limit}"


def _range(field: FieldText, low: int, high: int, step: int, at: int) -> list[int]:
    kind = field.kind
    if low <= high:
        return list(range(low, high + 1, step))
    if not kind.wraps:
        field.fail(f"the range {low}-{high} runs backwards", at=at)
    size = kind.last - kind.first + 1
    return [
        (number - kind.first) % size + kind.first for number in range(low, high + size + 1, step)
    ]


def _refuse_item(field: FieldText, item: str, at: int) -> NoReturn:
    if item == "":
        field.fail("an empty item in a list", at=at)
    if "?" in item:
        field.fail(
            "? stands alone, in day-of-month or day-of-week only",
            at=at + item.index("?"),
            hint="use * for every value",
        )
    if item.startswith("/"):
        field.fail("nothing before the slash", at=at, hint=f"write *{item}")
    field.fail(f"{item!r} is not a value, a range or a step", at=at)
