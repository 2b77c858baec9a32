"""A timeline as a screen of fixed-width cells: lanes of bars, a scale in two zones, a summary.

Outcomes differ in their glyphs as well as in colour. A bar takes at least one cell, so that a job
of a second is seen in a picture of a day; where several share a cell, the gravest is shown.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from emulator.cli import screen
from emulator.cli.language import weekday_name
from emulator.cli.table import cut, pad, width_of
from emulator.pictures.timeline import Bar, MarkKind, Outcome, Row, Timeline
from emulator.pictures.visible_text import visible

WIDEST_LABEL: Final = 28
FEWEST_CELLS: Final = 20
MOST_LANES: Final = 8
"""Lanes of a row that are drawn; a line says how many more there are."""

Kind = Outcome | MarkKind

_LOOKS: Final[dict[Kind, tuple[str, str, str, str]]] = {
    # kind: body and end of a bar; both in ASCII; colour
    Outcome.SUCCEEDED: ("█", "▊", "==", screen.GREEN),
    Outcome.FAILED: ("▒", "✗", "xX", screen.RED),
    Outcome.NOT_STARTED: ("░", "!", "!!", "35"),
    Outcome.STOPPED: ("▓", "■", "sS", screen.YELLOW),
    Outcome.RUNNING: ("─", "▶", "->", "36"),
    MarkKind.MISSED: ("○", "○", "oo", screen.YELLOW),
    MarkKind.SKIPPED: ("»", "»", "kk", "34"),
    MarkKind.INVOCATION_FAILED: ("‼", "‼", "##", screen.RED),
    MarkKind.EXPECTED: ("·", "·", "..", screen.DIM),
}
_GRAVITY: Final[tuple[Kind, ...]] = (
    MarkKind.EXPECTED,
    Outcome.SUCCEEDED,
    MarkKind.SKIPPED,
    MarkKind.MISSED,
    Outcome.RUNNING,
    Outcome.STOPPED,
    Outcome.NOT_STARTED,
    Outcome.FAILED,
    MarkKind.INVOCATION_FAILED,
)
_STEPS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        *(1, 2, 5, 10, 15, 30),
        *(60, 120, 300, 600, 900, 1800),
        *(3600, 7200, 10800, 21600, 43200),
        *(86400 * days for days in (1, 2, 7, 14, 28, 91, 182, 364)),
    )
)
_DAY: Final = timedelta(days=1)
_PLAIN: Final = str.maketrans("…–·", "~--")
"""What stands for our own punctuation on a terminal that knows ASCII alone."""

Cell = tuple[str, str] | None
"""A glyph and its colour; None is a blank."""


def text(timeline: Timeline, *, zone: str | None, width: int, why: Callable[[Bar], str]) -> str:
    """Return a timeline as a screen of so many columns shows it; `why` says why a task failed."""
    names = [visible(row.name, longest=200) for row in timeline.rows]
    label = min(max(map(width_of, [*names, "UTC"])), WIDEST_LABEL, max(6, width // 3))
    chart = _Chart(timeline, label, max(FEWEST_CELLS, width - label - 2), zone, why)
    head = "\n".join(chart.heading(width))
    if not timeline.rows:
        return f"{head}\n\nnothing is recorded in this period"
    rows = [
        line
        for row, name in zip(timeline.rows, names, strict=True)
        for line in chart.row(row, name)
    ]
    parts = [head, "\n".join([*chart.scale(), *rows]), "\n".join(chart.legend(width))]
    return chart.spelled("\n\n".join(part for part in parts if part))


def duration(span: timedelta) -> str:
    """Return a length of time with the two units that tell most: `1.2s`, `3m04s`, `2h05m`."""
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d{hours:02}h"
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s"


class _Chart:
    """What all rows of one screen share: the period, the columns, the glyphs of this terminal."""

    def __init__(
        self,
        timeline: Timeline,
        label: int,
        cells: int,
        zone: str | None,
        why: Callable[[Bar], str],
    ) -> None:
        self._timeline = timeline
        self._label = label
        self._cells = cells
        self._zone = zone
        self._why = why
        self._length = max(timeline.until - timeline.since, timedelta.resolution)
        self._plain = not _knows(sys.stdout.encoding)

    def heading(self, width: int) -> Iterator[str]:
        """Yield the period, and what a column stands for."""
        since, until = self._timeline.since, self._timeline.until
        parts = [
            f"{since:%Y-%m-%d %H:%M:%S} – {self._end(since, until)} UTC",
            f"one column is {duration(self._length / self._cells)}",
        ]
        for line in _wrapped([(part, None) for part in parts], "  ", width):
            yield screen.paint(line, screen.BOLD)

    def scale(self) -> Iterator[str]:
        """Yield the lines of the scale: days where they change, local time, UTC, ticks."""
        ticks = list(self._ticks())
        local = screen.in_zone(self._timeline.since, self._zone)
        zones: list[str | None] = ["UTC"]
        if local.utcoffset() != timedelta() or any(
            screen.in_zone(at, self._zone).utcoffset() for _, at in ticks
        ):
            zones.append(self._zone)
        for zone in zones:
            name = "UTC" if zone == "UTC" else f"{screen.in_zone(self._timeline.since, zone):%Z}"
            yield self._line(name, self._days(ticks, zone), screen.BOLD)
            if not self._by_days(ticks):
                yield self._line("", self._times(ticks, zone))
        marks = [" "] * self._cells
        for column, _ in ticks:
            marks[column] = "+" if self._plain else "┬"
        line = "".join(marks).replace(" ", "-" if self._plain else "─")
        yield self._line("", line, screen.DIM)

    def row(self, row: Row, name: str) -> Iterator[str]:
        """Yield the lines of a rule: its lanes, what is beyond them, and its summary."""
        shown = pad(cut(name, self._label), self._label)
        drawn = min(row.lanes, MOST_LANES)
        for lane in range(drawn):
            bars = [bar for bar in row.bars if bar.lane == lane]
            cells = self._lane(bars, row if lane == 0 else None)
            head = screen.paint(shown, screen.BOLD) if lane == 0 else " " * self._label
            yield f"{head}  {_painted(cells)}".rstrip()
        if row.lanes > drawn:
            beyond = sum(bar.lane >= drawn for bar in row.bars)
            more = f"and {beyond:,} more at the same time, in {row.lanes - drawn:,} lanes"
            yield self._line("", more, screen.DIM)
        yield from self._summary(row)

    def legend(self, width: int) -> Iterator[str]:
        """Yield what the glyphs mean, with how many there are of each."""
        counts = self._timeline.counts
        words = []
        for kind in reversed(_GRAVITY):
            if counts[kind]:
                body, end, ascii_, colour = _LOOKS[kind]
                glyph = ascii_ if self._plain else body + end
                glyph = glyph if isinstance(kind, Outcome) else glyph[:1]
                words.append((f"{glyph} {counts[kind]:,} {kind}", colour))
        return _wrapped(words, "  ", width)

    def spelled(self, screenful: str) -> str:
        """Return a screen with what this terminal cannot show replaced, as wide as before."""
        return screenful.translate(_PLAIN) if self._plain else screenful

    def _summary(self, row: Row) -> Iterator[str]:
        counts = row.counts
        tasks = len(row.bars)
        told = [visible(text) for text in (row.description, row.schedule) if text]
        told.append("1 task" if tasks == 1 else f"{tasks:,} tasks")
        told += [f"{counts[k]:,} {k}" for k in reversed(_GRAVITY) if counts[k]]
        if row.typical is not None:
            median, longest = row.typical
            told.append(f"took {duration(median)}, at most {duration(longest)}")
        for line in _wrapped([(word, None) for word in told], " · ", self._cells):
            yield self._line("", line, screen.DIM)
        failure = row.last_failure
        if failure is not None:
            code = "" if failure.exit_code is None else f" exit code {failure.exit_code}"
            at = failure.end or failure.created
            day = "" if at.date() == self._timeline.since.date() else f"{at:%m-%d} "
            why = visible(self._why(failure), longest=300).replace("\n", " ")
            line = f"{failure.task_id[:8]} {failure.outcome} {day}{at:%H:%M:%S}Z{code} {why}"
            yield self._line("", line.rstrip(), screen.RED)

    def _lane(self, bars: Sequence[Bar], marks: Row | None) -> list[Cell]:
        graves = [-1] * self._cells
        ends = [False] * self._cells

        def put(first: int, last: int, kind: Kind) -> None:
            grave = _GRAVITY.index(kind)
            for column in range(first, last + 1):
                if grave >= graves[column]:
                    graves[column] = grave
                    ends[column] = column == last

        for mark in marks.marks if marks else ():
            column = self._column(mark.at)
            if column is not None:
                put(column, column, mark.kind)
        for bar in bars:
            end = bar.end or max(self._timeline.now, bar.created)
            if end < self._timeline.since or bar.created >= self._timeline.until:
                continue
            put(self._clamped(bar.created), self._clamped(end), bar.outcome)
        return [
            None if grave < 0 else self._look(_GRAVITY[grave], end=end)
            for grave, end in zip(graves, ends, strict=True)
        ]

    def _look(self, kind: Kind, *, end: bool) -> tuple[str, str]:
        body, last, ascii_, colour = _LOOKS[kind]
        pair = ascii_ if self._plain else body + last
        return pair[1] if end else pair[0], colour

    def _column(self, at: datetime) -> int | None:
        if not self._timeline.since <= at < self._timeline.until:
            return None
        return self._clamped(at)

    def _clamped(self, at: datetime) -> int:
        column = int((at - self._timeline.since) / self._length * self._cells)
        return min(max(column, 0), self._cells - 1)

    # -- the scale -----------------------------------------------------------------------------

    def _ticks(self) -> Iterator[tuple[int, datetime]]:
        """Yield round instants of the local zone and their columns, at least ten columns apart."""
        wanted = self._length / self._cells * 10
        step = next((s for s in _STEPS if s >= wanted), _STEPS[-1])
        start = screen.in_zone(self._timeline.since, self._zone)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        # Counted in wall time, so that ticks stay round where summer time begins or ends.
        wall = midnight + (start - midnight) // step * step
        while (at := wall.astimezone(UTC)) < self._timeline.until:
            column = self._column(at)
            if column is not None:
                yield column, at
            wall += step

    def _by_days(self, ticks: Sequence[tuple[int, datetime]]) -> bool:
        return len(ticks) > 1 and ticks[1][1] - ticks[0][1] > _DAY / 2

    def _days(self, ticks: Sequence[tuple[int, datetime]], zone: str | None) -> str:
        """Return dates where they begin, and that of the left edge."""
        places = [(0, self._timeline.since), *ticks]
        line = ""
        last = None
        for column, at in places:
            day = screen.in_zone(at, zone).date()
            if day == last:
                continue
            shown = f"{day:%m-%d} {weekday_name(day)}"
            if line and width_of(line) >= column:
                continue
            line = pad(line, column) + shown + " "
            last = day
        return cut(line.rstrip(), self._cells)

    def _times(self, ticks: Sequence[tuple[int, datetime]], zone: str | None) -> str:
        seconds = any(at.second for _, at in ticks)
        line = ""
        for column, at in ticks:
            shown = f"{screen.in_zone(at, zone):{'%H:%M:%S' if seconds else '%H:%M'}}"
            if column >= len(line) + (1 if line else 0) and column + len(shown) <= self._cells:
                line = line.ljust(column) + shown
        return line

    def _line(self, head: str, rest: str, colour: str | None = None) -> str:
        shown = cut(rest, self._cells)
        text = screen.paint(shown, colour) if colour and shown else shown
        return f"{pad(cut(head, self._label), self._label)}  {text}".rstrip()

    @staticmethod
    def _end(since: datetime, until: datetime) -> str:
        same = since.date() == until.date()
        return f"{until:%H:%M:%S}" if same else f"{until:%Y-%m-%d %H:%M:%S}"


def _painted(cells: Sequence[Cell]) -> str:
    """Return cells as text, neighbours of one colour painted together."""
    line = ""
    run, colour = "", None
    for glyph, own in [cell or (" ", None) for cell in cells] + [("", "end")]:
        if own != colour:
            line += screen.paint(run, colour) if colour and run else run
            run, colour = "", own
        run += glyph
    return line.rstrip()


def _wrapped(words: Sequence[tuple[str, str | None]], middle: str, width: int) -> Iterator[str]:
    """Yield lines of words, each with its colour, that do not go beyond a width."""
    line, taken = "", 0
    for word, colour in words:
        shown = cut(word, width)
        size = width_of(shown)
        painted = screen.paint(shown, colour) if colour else shown
        if line and taken + width_of(middle) + size > width:
            yield line
            line, taken = "", 0
        line, taken = (
            (f"{line}{middle}{painted}", taken + width_of(middle) + size)
            if line
            else (
                painted,
                size,
            )
        )
    if line:
        yield line


def _knows(encoding: str | None) -> bool:
    try:
        "█▒✗▶·".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
