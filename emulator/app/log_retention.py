"""Retention at work: deletes streams past their group's retention while a machine lives."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from emulator.events import EventBus, TaskStateChanged
from emulator.logs.directory import LogDirectory
from emulator.model.task import LogStream
from emulator.timers import Timers, after
from emulator.workers import NoThreadError, begin_thread

EVERY: Final = timedelta(minutes=15)

Warn = Callable[[str], None]


class SweptRetention:
    """Looks through the whole directory, now and from time to time: other processes write it too.

    Streams are as old as the machine's clock says, which `timers` go by.
    """

    def __init__(self, directory: LogDirectory, timers: Timers, warn: Warn) -> None:
        self._directory = directory
        self._timers = timers
        self._warn = warn

    def begin(self) -> None:
        """Look in a thread of its own, which may take its time."""
        after(self._timers, EVERY, self.begin)
        # Without a thread the next sweep takes what this one would have.
        with suppress(NoThreadError):
            begin_thread(self._sweep, "retention")

    def _sweep(self) -> None:
        from emulator.logs.retention import expire

        try:
            expire(self._directory, self._timers.now())
        except OSError as error:
            self._warn(f"expired log streams could not be deleted: {_why(error)}")


class TimedRetention:
    """Gives each stream a timer once its task is over: for virtual clocks, which jump.

    Only what was written by the clock of `timers` goes; a stream's file gets the time at which its
    task stopped, so that a simulation that is resumed knows it.
    """

    def __init__(self, directory: LogDirectory, timers: Timers, warn: Warn) -> None:
        self._directory = directory
        self._timers = timers
        self._warn = warn
        self.gone = 0
        """Streams that were deleted so far."""
        self._days: dict[str, int | None] = {}

    def watch(self, bus: EventBus) -> None:
        """See to the streams of tasks from now on; behind whoever closes their files."""
        bus.subscribe(TaskStateChanged, self._on_task)

    def take_up(self) -> None:
        """See to the streams that are there: those of the same clock's earlier part."""
        for group in self._directory.groups():
            if group.retention_in_days is None:
                continue
            for _, path in self._directory.streams(group):
                written = datetime.fromtimestamp(path.stat().st_mtime, tz=self._timers.now().tzinfo)
                self._delete_after(path, written, group.retention_in_days)

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        if not task.stopped:
            return
        # What a killed simulation left is stopped when the next one begins, at the period's start.
        over = max(task.stopped_at or event.at, task.created_at)
        for container in task.containers:
            if container.log_stream is not None:
                self._over(container.log_stream, over)

    def _over(self, stream: LogStream, at: datetime) -> None:
        days = self._retention(stream.log_group)
        if days is None:
            return
        path = self._directory.stream_path(stream.log_group, stream.log_stream)
        try:
            os.utime(path, (at.timestamp(), at.timestamp()))
        except FileNotFoundError:
            # It could not be written, which is told, or its task ended before it had one.
            return
        self._delete_after(path, at, days)

    def _retention(self, log_group: str) -> int | None:
        if log_group not in self._days:
            group = self._directory.group(log_group)
            self._days[log_group] = None if group is None else group.retention_in_days
        return self._days[log_group]

    def _delete_after(self, path: Path, written: datetime, days: int) -> None:
        self._timers.at(written + timedelta(days=days), lambda: self._delete(path))

    def _delete(self, path: Path) -> None:
        from emulator.logs.retention import remove_stream

        try:
            self.gone += remove_stream(path)
        except OSError as error:
            self._warn(f"an expired log stream could not be deleted: {_why(error)}")


def _why(error: OSError) -> str:
    """Return what the system says of a file, without its number."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)
