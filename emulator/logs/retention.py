"""Retention: streams whose last event is older than their group keeps events are deleted."""

from datetime import datetime, timedelta

from emulator.logs.directory import LogDirectory
from emulator.logs.journal import journal_path


def expire(directory: LogDirectory, now: datetime) -> list[str]:
    """Delete expired streams and return their names, `group:stream`.

    A stream goes as a whole, once its last event is too old: a task's stream is as old as its
    task. Raises OSError.
    """
    gone = []
    for group in directory.groups():
        if group.retention_in_days is None:
            continue
        oldest = (now - timedelta(days=group.retention_in_days)).timestamp()
        for stream, path in directory.streams(group):
            try:
                if path.stat().st_mtime >= oldest:
                    continue
                path.unlink()
                journal_path(path).unlink(missing_ok=True)
            except FileNotFoundError:
                # Another process was quicker.
                continue
            gone.append(f"{group.name}:{stream}")
    return gone
