"""A schedule in a Japanese sentence."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from emulator.schedules.base import Schedule
from emulator.schedules.cron import CronSchedule
from emulator.schedules.phrasing import Special, runs, special_of, times_of, years_matter

if TYPE_CHECKING:
    from emulator.schedules.bounded import BoundedSchedule

WEEKDAYS: Final = ("日", "月", "火", "水", "木", "金", "土")
_UNITS: Final = {"minute": "分", "hour": "時間", "day": "日"}


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
            since = "作成" if schedule.first else "開始"
            return f"{since}時から{schedule.value}{_UNITS[schedule.unit]}ごと"
        case FlexibleSchedule():
            minutes = int(schedule.window.total_seconds() // 60)
            return f"{sentence(schedule.schedule)}、{minutes}分以内に"
        case BoundedSchedule():
            return sentence(schedule.schedule) + _bounds(schedule)
        case AtSchedule():
            wall = schedule.wall
            day = f"{wall.year}年{wall.month}月{wall.day}日({WEEKDAYS[wall.isoweekday() % 7]})"
            return f"{day} {wall:%H:%M:%S} に一度 ({schedule.timezone})"
        case _:
            return str(schedule)


def _bounds(schedule: "BoundedSchedule") -> str:
    begin = "" if schedule.start is None else f"、{_instant(schedule.start)} から"
    end = "" if schedule.end is None else f"、{_instant(schedule.end)} まで"
    return begin + end


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _cron(schedule: CronSchedule) -> str:
    times = times_of(schedule)
    zone = "" if times.all_day and schedule.days.every else f" ({schedule.timezone})"
    years = ""
    if years_matter(schedule):
        years = "・".join(_span(*run, "年") for run in runs(schedule.years)) + "の"
    months = ""
    if len(schedule.months) < 12:
        months = "・".join(_span(*run, "月") for run in runs(schedule.months)) + "の"
    days = _days(schedule, years + months, years + (months or "毎月"))
    said = _times(schedule)
    if not days:
        return said + zone
    return f"{days} {said}{zone}" if said[0].isdigit() else f"{days}の{said}{zone}"


def _times(schedule: CronSchedule) -> str:
    times = times_of(schedule)
    if times.listed:
        return "、".join(times.listed)
    first = times.minutes[0]
    if times.hour_step is not None:
        return f"{times.hours[0]:02}:{first:02} から{times.hour_step}時間ごと"
    hours = "" if times.all_day else "、".join(_span(*run, "時") for run in runs(times.hours))
    if times.step == 1:
        text = "毎分"
    elif times.step is not None and len(times.minutes) > 1:
        text = f"{first}分から{times.step}分ごと" if first else f"{times.step}分ごと"
    else:
        text = "、".join(_span(*run, "分") for run in runs(times.minutes))
        return f"{hours}の{text}" if hours else f"毎時{text}"
    return f"{hours}台の{text}" if hours else text


def _days(schedule: CronSchedule, within: str, monthly: str) -> str:
    days = schedule.days
    if days.every:
        return within + "毎日" if within or not times_of(schedule).all_day else ""
    found = []
    if days.weekdays:
        named = "・".join(_weekdays(*run) for run in runs(days.weekdays))
        found.append(f"{within}毎週{named}")
    if days.days:
        found.append(monthly + "・".join(_span(*run, "日") for run in runs(days.days)))
    found += [monthly + _special(special_of(form)) for form in days.special]
    return "と".join(found)


def _special(form: Special) -> str:
    weekday = f"{WEEKDAYS[form.weekday - 1]}曜日" if form.weekday else ""
    match form.kind:
        case "nth":
            only = "(ある月のみ)" if form.number == 5 else ""
            return f"第{form.number}{weekday}{only}"
        case "last of":
            return f"最終{weekday}"
        case "nearest":
            only = "(その日がある月のみ)" if form.number > 28 else ""
            return f"{form.number}日に最も近い平日(月〜金){only}"
        case "last weekday" if form.number:
            return f"末日の{form.number}日前に最も近い平日(月〜金)"
        case "last weekday":
            return "最後の平日(月〜金)"
        case _ if form.number:
            return f"末日の{form.number}日前"
        case _:
            return "末日"


def _weekdays(first: int, last: int) -> str:
    names: Sequence[str] = WEEKDAYS
    if first == last:
        return f"{names[first - 1]}曜日"
    return f"{names[first - 1]}曜日〜{names[last - 1]}曜日"


def _span(first: int, last: int, unit: str) -> str:
    return f"{first}{unit}" if first == last else f"{first}{unit}〜{last}{unit}"
