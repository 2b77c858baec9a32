"""The scale of a timeline on a screen: which column an instant is in, and what stands above."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from emulator.cli import screen
from emulator.cli.language import weekday_name
from emulator.cli.table import cut, pad, width_of

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

Tick = tuple[int, datetime]
"""A column, and the round instant that it begins at (UTC)."""


class Scale:
    """A period (`since` inclusive, `until` exclusive) on so many columns, in UTC and a zone."""

    def __init__(self, since: datetime, until: datetime, cells: int, zone: str | None) -> None:
        self._since = since
        self._until = until
        self._cells = cells
        self._zone = zone
        self._length = max(until - since, timedelta.resolution)
        self._ticks = list(self._round_instants())

    @property
    def cell(self) -> timedelta:
        """What a column stands for."""
        return self._length / self._cells

    def column(self, at: datetime) -> int | None:
        """Return the column of an instant; None outside of the period."""
        return self.clamped(at) if self._since <= at < self._until else None

    def clamped(self, at: datetime) -> int:
        """Return the column of an instant, or the nearest one."""
        column = int((at - self._since) / self._length * self._cells)
        return min(max(column, 0), self._cells - 1)

    def lines(self) -> Iterator[tuple[str, str, str | None]]:
        """Yield for each zone its name, the days where they begin, and times if there is room."""
        by_days = self._by_days()
        for zone in self._zones():
            name = "UTC" if zone == "UTC" else f"{screen.in_zone(self._since, zone):%Z}"
            yield name, self._days(zone), None if by_days else self._times(zone)

    def ruler(self, cross: str, dash: str) -> str:
        """Return a line of dashes with a cross at each tick."""
        marks = [dash] * self._cells
        for column, _ in self._ticks:
            marks[column] = cross
        return "".join(marks)

    def _zones(self) -> list[str | None]:
        """Return UTC, and the zone where that is another one anywhere in the period."""
        instants = [self._since, *(at for _, at in self._ticks)]
        other = any(screen.in_zone(at, self._zone).utcoffset() for at in instants)
        return ["UTC", self._zone] if other else ["UTC"]

    def _round_instants(self) -> Iterator[Tick]:
        """Yield round instants of the zone and their columns, at least ten columns apart."""
        wanted = self.cell * 10
        step = next((s for s in _STEPS if s >= wanted), _STEPS[-1])
        start = screen.in_zone(self._since, self._zone)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        # Counted in wall time, so that ticks stay round where summer time begins or ends.
        wall = midnight + (start - midnight) // step * step
        while (at := wall.astimezone(UTC)) < self._until:
            column = self.column(at)
            if column is not None:
                yield column, at
            wall += step

    def _by_days(self) -> bool:
        ticks = self._ticks
        return len(ticks) > 1 and ticks[1][1] - ticks[0][1] > _DAY / 2

    def _days(self, zone: str | None) -> str:
        """Return dates where they begin, and that of the left edge."""
        line = ""
        last = None
        for column, at in [(0, self._since), *self._ticks]:
            day = screen.in_zone(at, zone).date()
            if day == last:
                continue
            shown = f"{day:%m-%d} {weekday_name(day)}"
            no_room = width_of(line) >= column or column + width_of(shown) > self._cells
            if line and no_room:
                continue
            line = pad(line, column) + shown + " "
            last = day
        return cut(line.rstrip(), self._cells)

    def _times(self, zone: str | None) -> str:
        seconds = any(at.second for _, at in self._ticks)
        line = ""
        for column, at in self._ticks:
            shown = f"{screen.in_zone(at, zone):{'%H:%M:%S' if seconds else '%H:%M'}}"
            if column >= len(line) + (1 if line else 0) and column + len(shown) <= self._cells:
                line = line.ljust(column) + shown
        return line
