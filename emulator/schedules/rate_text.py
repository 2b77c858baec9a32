"""The text of a `rate(...)` becomes a schedule, or is refused as AWS would."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from emulator.schedules.rate import RateSchedule

if TYPE_CHECKING:
    from emulator.schedules.fields import Refuse

UNITS: Final = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_RATE: Final = re.compile(r"rate\((\d+)( +)([a-z]+)\)", re.ASCII)


def parse_rate(expression: str, dialect: str, timezone: str, refuse: "Refuse") -> RateSchedule:
    """Return the rate that an expression means, without its anchor. Raises the refusal."""
    match = _RATE.fullmatch(expression)
    unit = match[3].removesuffix("s") if match else ""
    if match is None or unit not in UNITS:
        raise _rate_refusal(expression, refuse)
    value = int(match[1])
    if value == 0:
        raise refuse("the value must be 1 or more", position=5, hint=f"use rate(1 {unit})")
    right = unit if value == 1 else f"{unit}s"
    if dialect == "rule" and match[3] != right:
        problem = f"{value} goes with {right}, not {match[3]}"
        raise refuse(problem, position=match.start(3), hint=f"use rate({value} {right})")
    doubts = []
    if len(match[2]) > 1 or match[1].startswith("0"):
        doubts.append("AWS is only known to take one blank and no leading zero in rate()")
    try:
        period = UNITS[unit] * value
    except OverflowError:
        period = timedelta.max
    return RateSchedule(
        expression,
        timezone,
        value=value,
        unit=unit,
        period=period,
        first=0 if dialect == "scheduler" else 1,
        doubts=tuple(doubts),
    )


def _rate_refusal(expression: str, refuse: "Refuse") -> Exception:
    inside = re.fullmatch(r"\s*rate\s*\(\s*(\d+)\s*([A-Za-z]+)\s*\)\s*", expression, re.ASCII)
    if inside is None:
        return refuse(
            "rate needs a whole number and a unit", position=0, hint="use rate(5 minutes)"
        )
    value, word = int(inside[1]), inside[2].lower()
    unit = word.removesuffix("s")
    if unit not in UNITS:
        from emulator.schedules import corrections

        units = "minute, minutes, hour, hours, day or days"
        problem = f"{inside[2]!r} is not a unit: {units}"
        return refuse(problem, position=inside.start(2), hint=corrections.unit_hint(value, unit))
    right = unit if value == 1 else f"{unit}s"
    problem = "the unit is lower case" if inside[2] != word else "blanks are not allowed there"
    position = inside.start(2) if inside[2] != word else 0
    return refuse(problem, position=position, hint=f"use rate({value} {right})")
