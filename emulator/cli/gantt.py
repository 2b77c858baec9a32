"""A timeline as a screen of fixed-width cells: lanes of bars, a scale in two zones, a summary.

Outcomes differ in their glyphs as well as in colour. A bar takes at least one cell, so that a job
of a second is seen in a picture of a day; where several share a cell, the gravest is shown.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from emulator.cli import screen
from emulator.cli.gantt_plain import PLAIN, in_ascii
from emulator.cli.gantt_scale import Scale
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

Cell = tuple[str, str] | None
"""A glyph and its colour; None is a blank."""


def text(timeline: Timeline, *, zone: str | None, width: int, why: Callable[[Bar], str]) -> str:
    """Return a timeline as a screen of so many columns shows it; `why` says why a task failed."""
    if not _knows(sys.stdout.encoding):
        timeline, why = in_ascii(timeline, why)
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
    if round(seconds, 1) < 60:
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
        self._why = why
        self._scale = Scale(timeline.since, timeline.until, cells, zone)
        self._plain = not _knows(sys.stdout.encoding)

    def heading(self, width: int) -> Iterator[str]:
        """Yield the period, and what a column stands for."""
        since, until = self._timeline.since, self._timeline.until
        parts = [
            f"{since:%Y-%m-%d %H:%M:%S} – {self._end(since, until)} UTC",
            f"one column is {duration(self._scale.cell)}",
        ]
        for line in _wrapped([(part, None) for part in parts], "  ", width):
            yield screen.paint(line, screen.BOLD)

    def scale(self) -> Iterator[str]:
        """Yield the lines of the scale: days where they change, local time, UTC, ticks."""
        for name, days, times in self._scale.lines():
            yield self._line(name, days, screen.BOLD)
            if times is not None:
                yield self._line("", times)
        cross, dash = ("+", "-") if self._plain else ("┬", "─")
        yield self._line("", self._scale.ruler(cross, dash), screen.DIM)

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
        return screenful.translate(PLAIN) if self._plain else screenful

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
            column = self._scale.column(mark.at)
            if column is not None:
                put(column, column, mark.kind)
        for bar in bars:
            end = bar.end or max(self._timeline.now, bar.created)
            if end < self._timeline.since or bar.created >= self._timeline.until:
                continue
            put(self._scale.clamped(bar.created), self._scale.clamped(end), bar.outcome)
        return [
            None if grave < 0 else self._look(_GRAVITY[grave], end=end)
            for grave, end in zip(graves, ends, strict=True)
        ]

    def _look(self, kind: Kind, *, end: bool) -> tuple[str, str]:
        body, last, ascii_, colour = _LOOKS[kind]
        pair = ascii_ if self._plain else body + last
        return pair[1] if end else pair[0], colour

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
