"""Whether the program was replaced while it runs, as an upgrade does.

Parts of it are read when they are first needed: from another version they may not fit what is read
already, and fail hours later with words that nobody could make anything of.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import emulator

INTERVAL: Final = timedelta(minutes=1)

_MESSAGE: Final = (
    "ecs-local was upgraded or removed under this run: start it again, "
    "for what it needs of itself from now on is of another version"
)


class ProgramWatch:
    """Looks whether the program's files are those that this process began with; tells it once.

    `path` is one that every installation puts in place anew. For one thread.
    """

    def __init__(self, warn: Callable[[str], None], path: Path = Path(emulator.__file__)) -> None:
        self._warn = warn
        self._path = path
        self._began_with = _mark(path)
        self._looked_at: datetime | None = None
        self._told = False

    def look(self, now: datetime) -> None:
        """Look, at most once a minute."""
        if self._looked_at is not None and abs(now - self._looked_at) < INTERVAL:
            return
        self._looked_at = now
        if not self._told and _mark(self._path) != self._began_with:
            self._told = True
            self._warn(_MESSAGE)


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
