"""Files that a reader finds whole, before or after: they are written beside, and put in place."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

_DEFAULT_MODE: Final = 0o666
"""What a new file's mode is before the process's umask, as for files that are simply opened."""


def put_in_place(path: Path, data: bytes, *, mode: int = _DEFAULT_MODE) -> os.stat_result:
    """Let a file hold `data`, and return the status of the file that now does.

    Whoever reads it, and be it after a kill, has the old content or this. A file that is there
    already keeps its permissions; a new one gets `mode` less the umask. A link is replaced, never
    followed: it may have come with a directory from a stranger. Raises `OSError`, which names
    `path`.
    """
    kept = _mode_of(path)
    # Who looks for files by their suffix must not find the draft; nor may its name be too long.
    draft = path.with_name(f".{path.name[:60]}.{os.urandom(4).hex()}")
    try:
        status = _write_new(draft, data, mode if kept is None else kept, exact=kept is not None)
        draft.replace(path)
    except OSError as error:
        # The system names the draft, and when a disk is full no file at all.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        # Nothing has this name once the draft is in place.
        with suppress(OSError):
            draft.unlink()
    return status


def write_output(path: Path, data: bytes) -> None:
    """Write a file that a user has named, at the place that a link leads to. Raises `OSError`.

    What is no regular file, such as /dev/null or a pipe, is written to where it stands: a file in
    its place would take it away from every program on the machine.
    """
    if _is_file_or_none(path):
        put_in_place(path.resolve(), data)
    else:
        path.write_bytes(data)


def _mode_of(path: Path) -> int | None:
    """Return the permission bits of a regular file; None where no such file is."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return None
    return found & 0o777 if stat.S_ISREG(found) else None


def _write_new(path: Path, data: bytes, mode: int, *, exact: bool) -> os.stat_result:
    """Write a file that was not there; `exact` says that the umask takes nothing from its mode."""
    # Made with its mode: changed afterwards, a private file could be opened by others until then.
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        if exact:
            os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        return os.fstat(file.fileno())


def _is_file_or_none(path: Path) -> bool:
    """Return whether a path leads to a regular file, or to where one may be made."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return True
