"""What every schedule is: a value that knows its next due instant."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, Self

MOMENT: Final = timedelta.resolution
"""The smallest step of time: between an instant and what is strictly later."""

FEW: Final = 10
"""Instants that are looked for ahead of those who asked for one."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Schedule(ABC):
    """A parsed schedule expression: an immutable, hashable value without clock or I/O.

    `expression` is AWS's text, `timezone` the IANA name it is read in, `doubts` says for lint
    where AWS's behaviour is not established and the natural reading was taken.
    """

    __slots__ = ()

    expression: str
    timezone: str
    doubts: tuple[str, ...]

    @abstractmethod
    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first due instant strictly later than an aware instant, in UTC.

        None when the schedule is over. Raises ValueError for a naive instant.
        """

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due instants from `start` (inclusive) to `end` (exclusive), in UTC."""
        last = in_utc(end)
        due = self.next_after(earlier(in_utc(start), MOMENT))
        while due is not None and due < last:
            yield due
            due = self.next_after(due)

    def ticks(self, start: datetime, end: datetime) -> Iterator[Sequence[int]]:
        """Yield the same instants in batches of microseconds since the epoch, in order.

        For those who go through millions of them: numbers are cheaper to make and to compare.
        """
        instants = self.between(start, end)
        while batch := [tick_of(due) for due in islice(instants, FEW)]:
            yield batch

    def scheduled_time(self, due: datetime) -> datetime:
        """Return the time that the expression says of a due instant: that very one.

        Only within a flexible time window something is due later than that.
        """
        return due

    @property
    def wants_anchor(self) -> bool:
        """Whether it is known how often, but not from when on: a rate without its anchor."""
        return False

    @property
    def counts_from(self) -> datetime | None:
        """The anchor of its rate; None: it has none."""
        return None

    def with_anchor(self, anchor: datetime) -> Self:
        """Return this schedule with its rate counted from an aware instant."""
        return self

    def _key(self) -> tuple[object, ...]:
        return (self.expression, self.timezone)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._key() == self._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __str__(self) -> str:
        return self.expression if self.timezone == "UTC" else f"{self.expression} {self.timezone}"

    def __repr__(self) -> str:
        zone = "" if self.timezone == "UTC" else f", timezone={self.timezone!r}"
        return f"{type(self).__name__}({self.expression!r}{zone}{self._more()})"

    def _more(self) -> str:
        """Return what a kind of schedule adds to its `repr`."""
        return ""


def in_utc(instant: datetime) -> datetime:
    """Return an aware instant in UTC. Raises ValueError for a naive one."""
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        message = f"an instant needs a time zone: {instant.isoformat()}"
        raise ValueError(message)
    return instant.astimezone(UTC)


def tick_of(instant: datetime) -> int:
    """Return an aware instant as microseconds since the epoch."""
    return (instant - EPOCH) // MOMENT


def instant_of_tick(tick: int) -> datetime:
    """Return so many microseconds since the epoch as an instant in UTC."""
    return EPOCH + tick * MOMENT


def earlier(instant: datetime, by: timedelta) -> datetime:
    """Return an instant moved back, or the first instant there is."""
    try:
        return instant - by
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
