"""Output bytes become lines with a timestamp, as the engine's copier hands them to awslogs (pure).

The copier has a buffer of 262,118 bytes. A line that fills it goes on in pieces, cut anywhere,
all with the timestamp of the first. Source: moby's `daemon/logger/copier.go`, which Fargate's
logger has in its own words.
"""

from datetime import datetime
from typing import Final, NamedTuple

from emulator.model.log_position import BEGINNING, OutputStream, Place

LARGEST_EVENT: Final = 262_144 - 26
"""Bytes of one event: CloudWatch's 256 KiB less what it counts for each event."""


class Lines(NamedTuple):
    """Lines of one stream that were read at one instant, without their newlines.

    They lead from `start` to `end`. `clean`: all are UTF-8 and of an event's size. A piece of
    just the largest size is one that its line goes on after.
    """

    stream: OutputStream
    at: datetime
    lines: list[bytes]
    start: Place
    end: Place
    clean: bool


class LineSplitter:
    """Cuts one stream into lines; what is not finished waits, in bounded memory."""

    def __init__(self, stream: OutputStream, place: Place = BEGINNING) -> None:
        self._stream = stream
        self._place = place
        self._rest = bytearray()
        self._piece_at: datetime | None = None

    @property
    def place(self) -> Place:
        """How far the stream has been fed, whether that has become lines yet or not."""
        return Place(self._place.lines, self._place.bytes + len(self._rest))

    def feed(self, data: bytes, at: datetime) -> list[Lines]:
        """Return the lines that are complete with these bytes, and pieces of longer ones."""
        head, newline, tail = data.rpartition(b"\n")
        if not newline:
            self._rest += data
            return self._full_pieces(at)
        block = bytes(self._rest) + head if self._rest else head
        self._rest = bytearray(tail)
        return self._split(block, at) + self._full_pieces(at)

    def finish(self, at: datetime) -> list[Lines]:
        """Return the last line when it has no newline at its end."""
        at = self._piece_at or at
        self._piece_at = None
        rest = bytes(self._rest)
        if not rest:
            return []
        end = self.place
        self._rest.clear()
        return [self._lines(at, [rest], end, clean=_is_utf8(rest))]

    def _split(self, block: bytes, at: datetime) -> list[Lines]:
        lines = block.split(b"\n")
        whole = len(block) < LARGEST_EVENT or max(map(len, lines)) < LARGEST_EVENT
        found = []
        if self._piece_at is not None:
            found.append(self._whole_lines(self._piece_at, _pieces(lines.pop(0))))
            self._piece_at = None
        if whole and lines:
            clean = _is_utf8(block)
            end = Place(self._place.lines + len(lines))
            found.append(self._lines(at, lines, end, clean=clean))
        elif lines:
            found.append(self._whole_lines(at, [p for line in lines for p in _pieces(line)]))
        return found

    def _whole_lines(self, at: datetime, pieces: list[bytes]) -> Lines:
        ended = sum(len(piece) < LARGEST_EVENT for piece in pieces)
        return self._lines(at, pieces, Place(self._place.lines + ended), clean=False)

    def _full_pieces(self, at: datetime) -> list[Lines]:
        pieces = []
        while len(self._rest) >= LARGEST_EVENT:
            pieces.append(bytes(self._rest[:LARGEST_EVENT]))
            del self._rest[:LARGEST_EVENT]
        if not pieces:
            return []
        self._piece_at = self._piece_at or at
        end = Place(self._place.lines, self._place.bytes + LARGEST_EVENT * len(pieces))
        return [self._lines(self._piece_at, pieces, end, clean=False)]

    def _lines(self, at: datetime, lines: list[bytes], end: Place, *, clean: bool) -> Lines:
        start, self._place = self._place, end
        return Lines(self._stream, at, lines, start, end, clean)


def _pieces(line: bytes) -> list[bytes]:
    """Return a line as its pieces; the last is shorter than the others, and may be empty."""
    return [line[i : i + LARGEST_EVENT] for i in range(0, len(line) + 1, LARGEST_EVENT)]


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
