"""How far a container's log file is written, so that another process can go on from there.

Before each batch the file's size and the output's position before and behind the batch are
written beside it. Whoever finds both later knows by the size whether the batch got there: nothing
is lost and nothing comes twice, whenever the process died.
"""

import os
from pathlib import Path
from typing import Final

from emulator.model.log_position import START, LogPosition, Place

_WIDTH: Final = 240
"""Bytes of the record: one page at most, which a dying process writes whole or not at all."""


def journal_path(stream: Path) -> Path:
    """Return where the journal of a stream's file is."""
    return stream.with_name(f".{stream.name}.position")


class Journal:
    """The journal of one file while it is written. Raises OSError."""

    def __init__(self, stream: Path, written: LogPosition = START) -> None:
        self._path = journal_path(stream)
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o644)
        self._written = written

    def announce(self, size: int, length: int, position: LogPosition) -> None:
        """Note that the file, of so many bytes, is about to get more, and what they stand for."""
        record = _format(size, length, self._written, position)
        os.pwrite(self._file, record, 0)
        self._written = position

    def close(self, *, remove: bool) -> None:
        """Close the journal, and remove it where nobody will have to go on."""
        os.close(self._file)
        if remove:
            self._path.unlink(missing_ok=True)


def recover(stream: Path) -> LogPosition | None:
    """Return the position that a stream's file stands for, which a torn batch is cut off.

    None where nobody can tell. Raises OSError.
    """
    size = stream.stat().st_size if stream.exists() else 0
    try:
        record = journal_path(stream).read_bytes()
    except FileNotFoundError:
        return START if size == 0 else None
    if not record:
        return START if size == 0 else None
    found = _parse(record)
    if found is None:
        return None
    before, length, old, new = found
    if size >= before + length:
        return new
    if size > before:
        os.truncate(stream, before)
    return old


def _format(size: int, length: int, old: LogPosition, new: LogPosition) -> bytes:
    numbers = (size, length, *_numbers(old), *_numbers(new))
    return f"{' '.join(map(str, numbers)):<{_WIDTH - 1}}\n".encode()


def _parse(record: bytes) -> tuple[int, int, LogPosition, LogPosition] | None:
    words = record.split()
    if len(words) != 10 or not all(word.isdigit() for word in words):
        return None
    size, length, *rest = map(int, words)
    return size, length, _position(*rest[:4]), _position(*rest[4:])


def _numbers(position: LogPosition) -> tuple[int, int, int, int]:
    out, err = position.stdout, position.stderr
    return out.lines, out.bytes, err.lines, err.bytes


def _position(lines: int, size: int, err_lines: int, err_size: int) -> LogPosition:
    return LogPosition(Place(lines, size), Place(err_lines, err_size))
