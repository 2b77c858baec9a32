"""Lines become log events, by the rules of the awslogs driver (pure).

A line is an event; an empty one is none. With a multiline pattern, a line that matches begins an
event and all others go on with it. No event is larger than CloudWatch takes. Source: moby's
awslogs driver, which Fargate uses, too.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from emulator.logs.lines import LARGEST_EVENT, Lines
from emulator.model.log_position import LogPosition, Place

Matches = Callable[[bytes], bool]
"""Whether a line, which is UTF-8, begins an event."""

_UNDECODABLE: Final = re.compile("[\udc80-\udcff]")


class Events(NamedTuple):
    """Events of one timestamp, and the position in the output once they are written."""

    at: datetime
    messages: list[bytes]
    position: LogPosition


class LineEvents:
    """Makes an event of each line."""

    waiting = False
    """Nothing ever waits."""

    def __init__(self, position: LogPosition) -> None:
        self._position = position

    def add(self, lines: Lines) -> list[Events]:
        """Return the events of lines."""
        self._position = self._position.moved(lines.stream, lines.end)
        messages = [line for line in lines.lines if line]
        if not lines.clean:
            messages = [event for line in messages for event in events_of(as_utf8(line))]
        return [Events(lines.at, messages, self._position)] if messages else []

    def tick(self, now: datetime, expiry: timedelta) -> list[Events]:
        """Return what has waited too long."""
        return []

    def finish(self) -> list[Events]:
        """Return what is left."""
        return []


class MultilineEvents:
    """Joins lines to events: one that matches begins the next event.

    A joined event keeps the newline behind each of its lines, also behind the last. What goes on
    with an event that was sent off at a tick keeps its timestamp, as in the driver.
    """

    def __init__(self, position: LogPosition, matches: Matches) -> None:
        self._matches = matches
        self._read = position
        self._buffer = bytearray()
        self._at: datetime | None = None

    @property
    def waiting(self) -> bool:
        """Whether an event waits for more lines."""
        return bool(self._buffer)

    def add(self, lines: Lines) -> list[Events]:
        """Return the events that are complete now that these lines are here."""
        found: list[Events] = []
        place = lines.start
        last = len(lines.lines) - 1
        for number, line in enumerate(lines.lines):
            text = line if lines.clean else as_utf8(line)
            if self._matches(text) or len(self._buffer) + len(text) > LARGEST_EVENT:
                found += self._flush()
                self._at = lines.at
            self._at = self._at or lines.at
            self._buffer += text
            if len(text) < LARGEST_EVENT:
                self._buffer += b"\n"
            place = lines.end if number == last else _after(place, line)
            self._read = self._read.moved(lines.stream, place)
        return found

    def tick(self, now: datetime, expiry: timedelta) -> list[Events]:
        """Return the waiting event if it is so old that it must be over, or from the future."""
        if self._at is None or timedelta() <= now - self._at < expiry:
            return []
        return self._flush()

    def finish(self) -> list[Events]:
        """Return the waiting event; what comes after it is another one."""
        left = self._flush()
        self._at = None
        return left

    def _flush(self) -> list[Events]:
        message = bytes(self._buffer)
        self._buffer.clear()
        if self._at is None or not message:
            return []
        return [Events(self._at, list(events_of(message)), self._read)]


def as_utf8(line: bytes) -> bytes:
    """Return text as CloudWatch stores it: each byte that is not UTF-8 becomes U+FFFD."""
    text = line.decode("utf-8", "surrogateescape")
    return _UNDECODABLE.sub("\ufffd", text).encode("utf-8")


def events_of(message: bytes) -> Iterator[bytes]:
    """Yield UTF-8 text in events of at most the largest size, never cut inside a code point."""
    start = 0
    while len(message) - start > LARGEST_EVENT:
        end = start + LARGEST_EVENT
        while message[end] & 0xC0 == 0x80:
            # A byte 10xxxxxx continues a code point that began before it.
            end -= 1
        yield message[start:end]
        start = end
    if start < len(message):
        yield message[start:]


def _after(place: Place, line: bytes) -> Place:
    """Return the place behind a line, or behind a piece that its line goes on after."""
    if len(line) == LARGEST_EVENT:
        return Place(place.lines, place.bytes + LARGEST_EVENT)
    return Place(place.lines + 1)
