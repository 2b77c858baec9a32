"""Appends log events to the files of their streams.

One event a line: `2026-11-23T22:11:46.514Z message`. Further lines of a multi-line event begin
with a tab. A batch is one write, so that readers see whole lines; of one that the disk does not
take nothing stays, so that what is lost can be counted.
"""

import errno
import fcntl
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

from emulator.clock import iso_instant
from emulator.errors import LogWriteError
from emulator.logs.directory import LogDirectory
from emulator.logs.journal import Journal, recover
from emulator.model.log_position import LogPosition


def format_events(at: datetime, messages: list[bytes]) -> bytes:
    """Return events that were read at one instant as the lines of a file (pure)."""
    stamp = f"{iso_instant(at.astimezone(UTC), timespec='milliseconds')} ".encode()
    # Joined first: one search for newlines in all, instead of one in each.
    joined = (b"\n" + stamp).join(messages)
    if joined.count(b"\n") == len(messages) - 1:
        return stamp + joined + b"\n"
    lines = [message.replace(b"\n", b"\n\t") for message in messages]
    return stamp + (b"\n" + stamp).join(lines) + b"\n"


class StreamRemovedError(LogWriteError):
    """Somebody took the file of a stream away while it was written."""


class _StreamFile:
    """One open file. A line that was cut off is ended before the next is written."""

    journal: Journal | None = None

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = _open_below(path)
        self._size = os.fstat(self._file).st_size
        self._torn = self._size > 0 and os.pread(self._file, 1, self._size - 1) != b"\n"

    def append(self, data: bytes, position: LogPosition | None) -> None:
        with self._lock:
            if not os.fstat(self._file).st_nlink:
                message = f"{self.path}: it was removed while its container ran"
                raise StreamRemovedError(message)
            view = memoryview(b"\n" + data if self._torn else data)
            if position is not None:
                self._announce(len(view), position)
            before = self._size
            try:
                while view:
                    written = os.write(self._file, view)
                    self._size += written
                    view = view[written:]
            except OSError:
                self._cut_back(before)
                raise
            self._torn = False

    def close(self, *, over: bool) -> None:
        with self._lock:
            os.close(self._file)
            if self.journal is not None:
                self.journal.close(remove=over)

    def _cut_back(self, size: int) -> None:
        """Take away the part of a batch that was written before the disk was full."""
        if self._size == size:
            return
        try:
            os.ftruncate(self._file, size)
        except OSError:
            self._torn = True
        else:
            self._size = size

    def _announce(self, length: int, position: LogPosition) -> None:
        if self.journal is None:
            self.journal = Journal(self.path)
        self.journal.announce(self._size, length, position)


def _open_below(path: Path) -> int:
    """Open a file, of whose folders the first stream of a container makes what is missing."""
    try:
        return _open(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _open(path)


def _open(path: Path) -> int:
    """Open a file that retention of no process takes while it is open, whatever its silence."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    while True:
        file = os.open(path, flags, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_SH)
            if os.fstat(file).st_nlink:
                return file
        except OSError:
            os.close(file)
            raise
        # It was taken between the two.
        os.close(file)


class LogWriter:
    """Writes streams; thread-safe. Raises `LogWriteError` when the disk does not take it."""

    def __init__(self, directory: LogDirectory) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._files: dict[tuple[str, str], _StreamFile] = {}

    def open_stream(self, log_group: str, log_stream: str) -> None:
        """Make a stream: one that gets no event is an empty file."""
        self._file(log_group, log_stream)

    def write(
        self,
        log_group: str,
        log_stream: str,
        at: datetime,
        messages: list[bytes],
        position: LogPosition | None = None,
    ) -> None:
        """Append events that were read at one instant; `position` is what they lead to.

        Raises `StreamRemovedError` where nobody would find them: close the stream, and write again.
        """
        file = self._file(log_group, log_stream)
        try:
            file.append(format_events(at, messages), position)
        except OSError as error:
            raise write_failure(file.path, error) from error

    def close_stream(self, log_group: str, log_stream: str) -> None:
        """Close a stream that is over; a later write opens its file again."""
        with self._lock:
            file = self._files.pop((log_group, log_stream), None)
        if file is not None:
            file.close(over=True)

    def close(self) -> None:
        """Close all files; what is not over can be gone on with."""
        with self._lock:
            files, self._files = self._files, {}
        for file in files.values():
            file.close(over=False)

    def take_up(self, log_group: str, log_stream: str) -> LogPosition | None:
        """Return where a stream goes on that another process began; None if nobody can tell."""
        path = self._directory.stream_path(log_group, log_stream)
        try:
            position = recover(path)
            if position is not None:
                file = self._file(log_group, log_stream)
                file.journal = Journal(path, position)
            return position
        except OSError as error:
            raise write_failure(path, error) from error

    def _file(self, log_group: str, log_stream: str) -> _StreamFile:
        with self._lock:
            file = self._files.get((log_group, log_stream))
            if file is None:
                path = self._directory.root
                try:
                    path = self._directory.stream_path(log_group, log_stream)
                    file = _StreamFile(path)
                except OSError as error:
                    raise write_failure(path, error) from error
                self._files[log_group, log_stream] = file
            return file


def write_failure(path: Path, error: OSError) -> LogWriteError:
    """Return the error for a file or folder of logs that the disk does not take."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "free some space or choose" if full else "choose"
    hint = f"{remedy} another --state-dir; the container runs on meanwhile"
    return LogWriteError(f"cannot write {path}: {error.strerror}", hint=hint)
