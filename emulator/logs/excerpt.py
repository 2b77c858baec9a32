"""The last lines of a task's log streams, read from the ends of their files."""

import os
import re
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final

from emulator.logs.directory import LogDirectory

REACH: Final = 16 * 1024
"""Bytes at the end of a file that are looked at."""

_STAMP: Final = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ", re.ASCII)
_BY_STAMP: Final = itemgetter(0)


def last_lines(
    directory: LogDirectory, streams: Sequence[tuple[str, str]], count: int
) -> list[str]:
    """Return the last lines of log streams together, in order of their events' time.

    A multi-line event counts as its lines; a stream without a file has none. Of a line that is
    longer than what is looked at comes its end, behind an ellipsis.
    """
    if count <= 0:
        return []
    found: list[tuple[bytes, bytes]] = []
    for group, stream in streams:
        found += list(_stamped(_end_of(directory.stream_path(group, stream))))[-count:]
    # Sorting keeps the lines of one event together, and in their order.
    found.sort(key=_BY_STAMP)
    return [line.decode("utf-8", "replace") for _, line in found[-count:]]


def _end_of(path: Path) -> bytes:
    """Return the end of a file from the beginning of a line, if there is one."""
    try:
        with path.open("rb") as file:
            start = max(0, os.fstat(file.fileno()).st_size - REACH)
            file.seek(start)
            text = file.read(REACH)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    if not start:
        return text
    _, newline, rest = text.partition(b"\n")
    return rest if newline and rest else "…".encode() + text


def _stamped(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each line with the stamp of its event; lines before the first stamp have none."""
    stamp = b""
    for line in text.removesuffix(b"\n").split(b"\n") if text else ():
        match = _STAMP.match(line)
        if match is None:
            yield stamp, line.removeprefix(b"\t")
        else:
            stamp = match[1]
            yield stamp, line[match.end() :]
