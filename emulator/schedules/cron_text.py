"""The fields of a `cron(...)` become a schedule, or are refused as AWS would."""

import re
from typing import Final

from emulator.schedules.cron import CronSchedule
from emulator.schedules.days import day_rule
from emulator.schedules.fields import FIELDS, FieldText, Refuse, values_of

_WORD: Final = re.compile(r"([^ \t]*[^ \t,]),(?![^ \t])|[^ \t]+")
_TRAILING_COMMA: Final = re.compile(r"[^ \t,],(?![^ \t])")


def parse_cron(
    expression: str, inside: str, dialect: str, timezone: str, refuse: Refuse
) -> CronSchedule:
    """Return the schedule that the fields `inside` an expression mean. Raises the refusal."""
    doubts: list[str] = []
    words = [
        (match[1] or match[0], match.start() + len("cron(")) for match in _WORD.finditer(inside)
    ]
    if _TRAILING_COMMA.search(inside):
        doubts.append("commas behind a field: AWS has taken them, and does not say so")
    if dialect == "scheduler" and len(words) == 5:
        words.append(("*", len(expression) - 1))
    _check_count(expression, words, refuse)
    texts = [
        FieldText(kind, text, position, refuse)
        for kind, (text, position) in zip(FIELDS, words, strict=True)
    ]
    minutes, hours, day_of_month, month, day_of_week, year = texts
    if inside != inside.strip() or "\t" in inside:
        doubts.append("AWS is only known to take single blanks between the fields")
    return CronSchedule(
        expression,
        timezone,
        minutes=values_of(minutes, doubts),
        hours=values_of(hours, doubts),
        days=day_rule(day_of_month, day_of_week, doubts),
        months=values_of(month, doubts),
        years=_years(year, doubts),
        doubts=tuple(doubts),
    )


def _check_count(expression: str, words: list[tuple[str, int]], refuse: Refuse) -> None:
    """Refuse fields that are not six, or of which not exactly one day is `?`."""
    counted = len(words) == len(FIELDS)
    if counted and (words[2][0] == "?") != (words[4][0] == "?"):
        return
    from emulator.schedules import corrections

    refused = corrections.both_days_given if counted else corrections.wrong_count
    raise refused(expression, words, refuse)


_EVERY_YEAR: Final = tuple(range(1970, 2200))


def _years(field: FieldText, doubts: list[str]) -> tuple[int, ...]:
    # Most schedules run every year, and can share one tuple of 230 numbers.
    return _EVERY_YEAR if field.text == "*" else values_of(field, doubts)
