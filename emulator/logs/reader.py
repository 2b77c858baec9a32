"""Reads log events back from files: by stream, in order of time, once or as they come."""

import heapq
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from emulator.logs.directory import LogDirectory

_EVENT: Final = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ", re.ASCII)
_NEAR: Final = 64 * 1024
"""Bytes below which searching a file is no faster than reading it."""

Stream = tuple[str, str]
"""A log group and a log stream."""


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
    """Reads one file from where it stopped last time; a line without its newline waits."""

    def __init__(self, path: Path, stream: Stream) -> None:
        self._path = path
        self._group, self._stream = stream
        self._position: int | None = None
        self._stamp: bytes | None = None

    def events(self, since: datetime | None) -> Iterator[LogEvent]:
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return
        with file:
            if self._position is None:
                self._position = _position_of(file.fileno(), since)
            file.seek(self._position)
            for stamp, lines in self._records(file):
                timestamp = datetime.fromisoformat(stamp.decode()).astimezone(UTC)
                if since is None or timestamp >= since:
                    message = b"\n".join(lines).decode("utf-8", "replace")
                    yield LogEvent(timestamp, self._group, self._stream, message)

    def _records(self, file: Iterator[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
        """Yield stamp and lines of each event. What is no event belongs to the one before.

        Of an event that is still being written the rest comes as an event of the same instant.
        """
        stamp = self._stamp
        lines: list[bytes] = []
        position = self._position or 0
        for line in file:
            if not line.endswith(b"\n"):
                break
            position += len(line)
            match = _EVENT.match(line)
            if match is not None:
                if stamp is not None and lines:
                    yield stamp, lines
                stamp = self._stamp = match[1]
                lines = [line[match.end() : -1]]
            elif stamp is not None:
                lines.append(line[:-1].removeprefix(b"\t"))
            self._position = position
        if stamp is not None and lines:
            yield stamp, lines


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
