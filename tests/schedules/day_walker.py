"""A second opinion on cron: every minute of every day is asked, field by field.

Written from AWS's documentation alone, without a cron library and without the package under test.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def firings(fields: str, first: date, last: date) -> Iterator[tuple[date, int, int]]:
    """Yield day, hour and minute of all firings from one day to another, both inclusive."""
    minute, hour, day_of_month, month, day_of_week, year = fields.upper().split()
    hours = [h for h in range(24) if _holds(hour, h, 0, 23)]
    minutes = [m for m in range(60) if _holds(minute, m, 0, 59)]
    day = first
    while day <= last:
        if (
            _holds(month, day.month, 1, 12, MONTHS)
            and _holds(year, day.year, 1970, 2199)
            and (day_of_month == "?" or _holds_day(day_of_month, day))
            and (day_of_week == "?" or _holds_weekday(day_of_week, day))
        ):
            yield from ((day, h, m) for h in hours for m in minutes)
        day += timedelta(days=1)


def _holds(text: str, value: int, low: int, high: int, names: list[str] | None = None) -> bool:
    return any(_item_holds(item, value, low, high, names or []) for item in text.split(","))


def _item_holds(item: str, value: int, low: int, high: int, names: list[str]) -> bool:
    span, _, step = item.partition("/")
    if span == "*":
        begin, end = low, high
    elif "-" in span:
        begin, end = (_number(part, low, names) for part in span.split("-"))
    else:
        begin = _number(span, low, names)
        end = high if step else begin
    # Step by step from the beginning, round the ring, until the end has been passed.
    size = high - low + 1
    length = (end - begin) % size if begin > end else end - begin
    return any(
        low + (begin - low + gone) % size == value for gone in range(0, length + 1, int(step or 1))
    )


def _number(text: str, low: int, names: list[str]) -> int:
    return names.index(text) + low if text in names else int(text)


def _holds_day(text: str, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    if text == "L":
        return day.day == length
    if text.startswith("L-"):
        return day.day == length - int(text[2:])
    if text == "LW":
        return day == _nearest_weekday(day, length)
    if text.endswith("W"):
        wanted = int(text[:-1])
        return wanted <= length and day == _nearest_weekday(day, wanted)
    return _holds(text, day.day, 1, 31)


def _nearest_weekday(month: date, wanted: int) -> date:
    """Return the Monday-to-Friday day of the month that is nearest to one of its days."""
    length = monthrange(month.year, month.month)[1]
    candidates = [
        date(month.year, month.month, number)
        for number in range(1, length + 1)
        if date(month.year, month.month, number).weekday() < 5
    ]
    return min(candidates, key=lambda candidate: abs(candidate.day - wanted))


def _holds_weekday(text: str, day: date) -> bool:
    number = day.isoweekday() % 7 + 1
    length = monthrange(day.year, day.month)[1]
    if text == "L":
        return number == 7
    if "#" in text:
        wanted, nth = text.split("#")
        return number == _number(wanted, 1, DAYS) and (day.day - 1) // 7 + 1 == int(nth)
    if text.endswith("L"):
        return number == _number(text[:-1], 1, DAYS) and day.day + 7 > length
    return _holds(text, number, 1, 7, DAYS)
