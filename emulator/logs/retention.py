"""Retention: deletes streams whose last event is older than their group keeps events."""

import fcntl
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

from emulator.logs.directory import LogDirectory
from emulator.logs.journal import journal_path


def expire(directory: LogDirectory, now: datetime) -> list[str]:
    """Delete expired streams and return their names, `group:stream`.

    A stream goes as a whole, once its last event is too old: a task's stream is as old as its
    task. One that a process still writes stays. Raises OSError.
    """
    gone = []
    for group in directory.groups():
        if group.retention_in_days is None:
            continue
        oldest = (now - timedelta(days=group.retention_in_days)).timestamp()
        for stream, path in directory.streams(group):
            if _last_written(path) < oldest and remove_stream(path):
                gone.append(f"{group.name}:{stream}")
    return gone


def remove_stream(path: Path) -> bool:
    """Delete a stream's file with its journal; return false where a process still writes it.

    Raises OSError.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        # Another process was quicker.
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
        journal_path(path).unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True


def _last_written(path: Path) -> float:
    """Return when a file was written last (POSIX seconds), endless for one that is gone.

    So it is for what is no file: that is none of ours, and must not keep others from going.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return float("inf")
    return found.st_mtime if stat.S_ISREG(found.st_mode) else float("inf")
