"""Months as calendar sheets: how many firings each day has, and what fires first."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from emulator.cli import screen
from emulator.cli.language import language, weekday_names
from emulator.cli.table import cut, pad, width_of
from emulator.errors import UsageError
from emulator.schedules import Schedule
from emulator.schedules.timeline import timeline
from emulator.schedules.words import describe
from emulator.schedules.words_english import MONTHS

WIDTH_IN_A_PIPE: Final = 80
MOST_MONTHS: Final = 36
NARROWEST: Final = 6
NARROWEST_WITH_TIMES: Final = 8
NARROWEST_WITH_INDENT: Final = 10
ROOMY: Final = 16
WIDEST: Final = 28
"""Columns of a day."""

_DAY: Final = timedelta(days=1)
_SHADES: Final = ("·", "░", "▒", "▓", "█")
_GREENS: Final = ("2", "38;5;22", "38;5;28", "38;5;34", "38;5;46")
_SUNDAY, _SATURDAY = 0, 6


@dataclass(slots=True)
class Day:
    """One day of a zone: how often each rule fires, and the first and the last of it."""

    date: date
    counts: Counter[str] = field(default_factory=Counter)
    first: tuple[datetime, str] | None = None
    last: tuple[datetime, str] | None = None

    @property
    def firings(self) -> int:
        """How often anything fires."""
        return self.counts.total()


Month = list[Day]


def count(
    schedules: Mapping[str, Schedule], after: datetime, until: datetime, zone: str | None
) -> list[Month]:
    """Return the whole months from that of `after` to that of `until`, with what fires in them.

    Days are those of a zone, or of this machine's. Raises `UsageError` for too many months.
    """
    days = list(_days(screen.in_zone(after, zone).date(), screen.in_zone(until, zone).date()))
    begins = [_midnight(day.date, zone) for day in days]
    end = _midnight(days[-1].date + _DAY, zone)
    for due, name in timeline(schedules, begins[0], end):
        day = days[bisect_right(begins, due) - 1]
        day.counts[name] += 1
        day.first = day.first or (due, name)
        day.last = (due, name)
    months: dict[tuple[int, int], Month] = {}
    for day in days:
        months.setdefault((day.date.year, day.date.month), []).append(day)
    return list(months.values())


def document(months: Sequence[Month], zone: str | None) -> dict[str, Any]:
    """Return months as JSON has them; `timezone` null is this machine's."""
    return {
        "timezone": zone,
        "days": [
            {"date": day.date.isoformat(), "firings": day.firings, "rules": dict(day.counts)}
            for month in months
            for day in month
        ],
    }


def text(
    months: Sequence[Month],
    schedules: Mapping[str, Schedule],
    zone: str | None,
    now: datetime,
    width: int,
) -> str:
    """Return months as a screen of so many columns shows them."""
    most = max(day.firings for month in months for day in month)
    cell = min(WIDEST, max(NARROWEST, width // 7))
    names = sorted(schedules)
    letters = _letters(names, cell)
    page = _Page(zone, screen.in_zone(now, zone).date(), cell, most, letters)
    parts = [page.month(month) for month in months]
    totals = sum((day.counts for month in months for day in month), Counter())
    rules = [
        line
        for name in names
        for line in _rule(name, schedules[name], totals[name], letters.get(name), width)
    ]
    return "\n\n".join([*parts, "\n".join(rules), page.legend()])


def _rule(name: str, schedule: Schedule, firings: int, letter: str | None, width: int) -> list[str]:
    """Return a rule in one line, or in two where it is too long for that."""
    head = f"{firings:>9,}  " if letter is None else f"{letter:>3} {firings:>9,}  "
    words = describe(schedule, language())
    line = f"{head}{name}: {words}" if name else f"{head}{words}"
    if not name or width_of(line) <= width:
        return [line]
    return [f"{head}{name}:", " " * len(head) + words]


def _letters(names: Sequence[str], cell: int) -> dict[str, str]:
    """Return the letters that stand for rules in days without room for their names; none else.

    A wide day cuts names, as long as they can be told from each other.
    """
    if cell < NARROWEST_WITH_TIMES:
        return {}
    room = cell - len(_indent(cell)) - len("00:00  ")
    shown = {cut(name, room) for name in names}
    if shown.issuperset(names) or (cell >= ROOMY and len(shown) == len(names)):
        return {}
    return {name: _nth_letter(number) for number, name in enumerate(names)}


def _nth_letter(number: int) -> str:
    """Return a to z, then aa to zz, and so on."""
    before, last = divmod(number, 26)
    return (_nth_letter(before - 1) if before else "") + chr(ord("a") + last)


def _indent(cell: int) -> str:
    """Return what stands before a time in a day of so many columns."""
    if cell < ROOMY:
        return "" if cell < NARROWEST_WITH_INDENT else " "
    return "    "


@dataclass(frozen=True, slots=True)
class _Page:
    """What all months of a screen share: `cell` columns for a day, `most` firings of one.

    `letters` stand for rules; none where days have room for names.
    """

    zone: str | None
    today: date
    cell: int
    most: int
    letters: Mapping[str, str]

    def month(self, month: Month) -> str:
        total = sum(day.firings for day in month)
        first = month[0].date
        if language() == "ja":
            title = f"{first.year}年{first.month}月 ({self.zone or '現地時間'}) {total:,}回"
        else:
            noun = "firing" if total == 1 else "firings"
            name = MONTHS[first.month - 1]
            title = f"{name} {first.year} ({self.zone or 'local time'}), {total:,} {noun}"
        weeks = [line for week in _weeks(month) for line in self._week(week)]
        return "\n".join([screen.paint(title, screen.BOLD), "", self._header(), *weeks])

    def legend(self) -> str:
        """Return what the shades mean."""
        shades = [f"{self._shade(0)} 0"]
        bounds = sorted({self.most * level // 4 for level in range(1, 5)} - {0})
        lower = 1
        for upper in bounds if self.most else []:
            span = f"{lower:,}" if lower == upper else f"{lower:,}–{upper:,}"
            shades.append(f"{self._shade(upper)} {span}")
            lower = upper + 1
        a_day = "1日あたりの実行" if language() == "ja" else "firings a day"
        return f"{a_day}: {'  '.join(shades)}"

    def _header(self) -> str:
        # AWS's numbers beside the names: 1 is Sunday, and is often taken for Monday.
        cells = []
        for index, name in enumerate(weekday_names()):
            cell = pad(cut(f"{name} ({index + 1})", self.cell - 1), self.cell)
            colour = {_SUNDAY: screen.RED, _SATURDAY: "34"}.get(index)
            cells.append(cell if colour is None else screen.paint(cell, colour))
        return "".join(cells).rstrip()

    def _week(self, week: Sequence[Day | None]) -> Iterator[str]:
        cells = [self._cell(day) for day in week]
        for line in range(max(map(len, cells))):
            yield "".join(
                pad_painted(*(cell[line] if line < len(cell) else ("", None)), self.cell)
                for cell in cells
            ).rstrip()

    def _cell(self, day: Day | None) -> list[tuple[str, str | None]]:
        """Return the lines of a day, each with its colour."""
        if day is None:
            return [("", None)]
        mark = ">" if day.date == self.today else " "
        level = self._level(day.firings)
        head = f"{mark}{day.date.day:>2} {_SHADES[level]}"
        number = f" {day.firings}" if day.firings else ""
        if width_of(head + number) < self.cell:
            head += number
        lines: list[tuple[str, str | None]] = [(head, _GREENS[level])]
        ends = [day.first] if day.firings < 2 else [day.first, day.last]
        for end in ends:
            if end is not None and self.cell >= NARROWEST_WITH_TIMES:
                due, name = end
                time = f"{_indent(self.cell)}{screen.in_zone(due, self.zone):%H:%M}"
                shown = f"{time} {self.letters.get(name, name)}".rstrip()
                lines.append((cut(shown, self.cell - 1), None))
        return lines

    def _level(self, firings: int) -> int:
        return 0 if firings == 0 else min(4, -(-firings * 4 // self.most))

    def _shade(self, firings: int) -> str:
        level = self._level(firings)
        return screen.paint(_SHADES[level], _GREENS[level])


def pad_painted(text: str, colour: str | None, width: int) -> str:
    """Return a text in a colour, filled up with blanks that have none."""
    blanks = pad(text, width)[len(text) :]
    return (text if colour is None or not text else screen.paint(text, colour)) + blanks


def _days(first: date, last: date) -> Iterator[Day]:
    if last < first:
        message = "--until is before --after"
        raise UsageError(message)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months > MOST_MONTHS:
        message = f"{months} months; --calendar shows at most {MOST_MONTHS}"
        raise UsageError(message)
    day = first.replace(day=1)
    while (day.year, day.month) <= (last.year, last.month):
        yield Day(day)
        day += _DAY


def _weeks(month: Month) -> Iterator[list[Day | None]]:
    cells: list[Day | None] = [None] * (month[0].date.isoweekday() % 7)
    cells += month
    for start in range(0, len(cells), 7):
        yield cells[start : start + 7]


def _midnight(day: date, zone: str | None) -> datetime:
    """Return the instant at which a day begins in a zone."""
    wall = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - wall time
    if zone is None:
        return wall.astimezone(UTC)
    from zoneinfo import ZoneInfo

    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
