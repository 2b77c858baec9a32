"""Files that a reader finds whole, before or after: they are written beside, and put in place."""

import os
import stat
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, at the place that a link leads to. Raises `OSError`.

    What is no regular file, such as /dev/null or a pipe, is written to where it stands: a file in
    its place would take it away from every program on the machine.
    """
    if not _is_file_or_none(path):
        path.write_bytes(data)
        return
    place = path.resolve()
    # Who looks for files by their suffix must not find the draft; nor may its name be too long.
    draft = place.with_name(f".{place.name[:60]}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(place)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise


def _is_file_or_none(path: Path) -> bool:
    """Return whether a path leads to a regular file, or to where one may be made."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True
