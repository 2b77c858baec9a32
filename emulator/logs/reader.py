"""Reads log events back from files: by stream, in order of time, once or as they come."""

import heapq
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from emulator.logs.directory import LogDirectory

_EVENT: Final = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ", re.ASCII)
_NEAR: Final = 64 * 1024
"""Bytes below which searching a file is no faster than reading it."""

_BLOCK: Final = 16 * 1024
"""Bytes of a file that are read at once, and a little more: its last event is read whole."""

Stream = tuple[str, str]
"""A log group and a log stream."""

_Record = tuple[bytes, list[bytes]]
"""The stamp of an event, and its lines."""


@dataclass(frozen=True, slots=True, order=True)
class LogEvent:
    """One event. Order is by time, then by stream."""

    timestamp: datetime
    log_group: str
    log_stream: str
    message: str


def read_events(
    directory: LogDirectory,
    streams: Sequence[Stream],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    tail: int | None = None,
) -> Iterator[LogEvent]:
    """Yield the events of streams merged in order of time.

    `since` is inclusive, `until` exclusive; `tail` keeps only the last so many of all.
    """
    readers = [
        _StreamReader(directory.stream_path(*stream), stream).events(since) for stream in streams
    ]
    merged = heapq.merge(*readers, key=lambda event: event.timestamp)
    chosen = (event for event in merged if until is None or event.timestamp < until)
    return iter(deque(chosen, maxlen=tail)) if tail is not None else chosen


def follow_events(
    directory: LogDirectory,
    select: Callable[[], Sequence[Stream]],
    *,
    since: datetime | None = None,
    wait: Callable[[], bool],
) -> Iterator[LogEvent]:
    """Yield events as they come, of streams that may only appear later.

    Between two looks `wait` is called; the end has come when it returns False. Events of several
    streams are in order of time within one look.
    """
    readers: dict[Stream, _StreamReader] = {}
    while True:
        for stream in select():
            if stream not in readers:
                readers[stream] = _StreamReader(directory.stream_path(*stream), stream)
        batches = [reader.events(since) for reader in readers.values()]
        yield from heapq.merge(*batches, key=lambda event: event.timestamp)
        if not wait():
            return


class _StreamReader:
    """Reads one file from where it stopped last time; a line without its newline waits.

    The file is open only while a block of it is read: a rule that fires every minute has more
    streams after a day than a process may have files open.
    """

    def __init__(self, path: Path, stream: Stream) -> None:
        self._path = path
        self._group, self._stream = stream
        self._position: int | None = None
        self._stamp: bytes | None = None

    def events(self, since: datetime | None) -> Iterator[LogEvent]:
        more = True
        while more:
            records, more = self._next_block(since)
            for stamp, lines in records:
                timestamp = datetime.fromisoformat(stamp.decode()).astimezone(UTC)
                if since is None or timestamp >= since:
                    message = b"\n".join(lines).decode("utf-8", "replace")
                    yield LogEvent(timestamp, self._group, self._stream, message)

    def _next_block(self, since: datetime | None) -> tuple[list[_Record], bool]:
        """Return the records of the next block, and whether it was not the last."""
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return [], False
        with file:
            if self._position is None:
                self._position = _position_of(file.fileno(), since)
            file.seek(self._position)
            return self._records(file, self._position)

    def _records(self, file: Iterable[bytes], begun: int) -> tuple[list[_Record], bool]:
        """Return stamp and lines of each event. What is no event belongs to the one before.

        A block ends before an event. Of one that is still being written the rest comes as an event
        of the same instant.
        """
        found: list[_Record] = []
        lines: list[bytes] = []
        self._position = begun
        for line in file:
            if not line.endswith(b"\n"):
                break
            match = _EVENT.match(line)
            if match is not None:
                self._end_event(lines, found)
                if self._position - begun >= _BLOCK:
                    return found, True
                self._stamp, lines = match[1], [line[match.end() : -1]]
            else:
                lines.append(line[:-1].removeprefix(b"\t"))
            self._position += len(line)
        self._end_event(lines, found)
        return found, False

    def _end_event(self, lines: list[bytes], found: list[_Record]) -> None:
        # Lines before the first stamp of a file are of no event.
        if self._stamp is not None and lines:
            found.append((self._stamp, lines))


def _position_of(file: int, since: datetime | None) -> int:
    """Return where events from `since` on begin, or a little before, by bisection."""
    if since is None:
        return 0
    stamp = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
    low, high = 0, os.fstat(file).st_size
    while high - low > _NEAR:
        middle = (low + high) // 2
        found = re.search(rb"\n(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", os.pread(file, _NEAR, middle))
        if found is not None and found[1] < stamp:
            low = middle + found.start() + 1
        else:
            high = middle
    return low
