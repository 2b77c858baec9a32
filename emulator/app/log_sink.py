"""Writes what containers say into the log directory; a failure is told once and never silent."""

import threading
from datetime import datetime

from emulator.errors import EcsLocalError
from emulator.events import EventBus, LogEventsReceived, TaskStateChanged, Warned
from emulator.logs.directory import LogDirectory
from emulator.logs.writer import LogWriter, StreamRemovedError, write_failure
from emulator.model.log_position import LogPosition
from emulator.model.rules import LogGroup
from emulator.model.task import LogStream, Task, TaskStatus
from emulator.quantity import counted


class LogSink:
    """Subscribes to tasks and their output, and keeps one file per log stream.

    A container that says nothing has an empty stream, as with awslogs. When the directory cannot
    be written the containers go on, what they say is counted as lost, and `failure` is set.
    """

    def __init__(
        self, directory: LogDirectory, bus: EventBus, log_groups: dict[str, LogGroup]
    ) -> None:
        self.failure: str | None = None
        self.lost_bytes = 0
        self._directory = directory
        self._writer = LogWriter(directory)
        self._bus = bus
        self._log_groups = log_groups
        self._made: set[str] = set()
        self._lock = threading.Lock()
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(LogEventsReceived, self._on_output)

    def close(self) -> None:
        """Close all files, and tell how much was lost."""
        self._writer.close()
        if self.lost_bytes:
            message = f"{counted(self.lost_bytes, 'byte')} of log could not be written: lost"
            self._bus.publish(Warned(message=message))

    def take_up(self, stream: LogStream) -> LogPosition | None:
        """Return where a stream goes on that another process began.

        None, which is told, where nobody can tell: nothing more is then added to it.
        """
        try:
            position = self._writer.take_up(stream.log_group, stream.log_stream)
        except EcsLocalError as error:
            self._failed(error, 0)
            return None
        if position is None:
            message = (
                f"log stream {stream.log_stream}: nobody can tell how far it was written, so "
                "nothing more of its container's output is added"
            )
            self._bus.publish(Warned(message=message))
        return position

    def adopt(self, log_groups: dict[str, LogGroup]) -> None:
        """Make groups as other definitions declare them from now on."""
        with self._lock:
            self._log_groups = log_groups
            self._made.clear()

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.last_status is TaskStatus.PENDING:
            self._open(event)
        elif event.task.stopped:
            self._close(event.task)

    def _open(self, event: TaskStateChanged) -> None:
        for container in event.task.containers:
            stream = container.log_stream
            if stream is None:
                continue
            try:
                self._ensure_group(stream.log_group, event.at)
                self._writer.open_stream(stream.log_group, stream.log_stream)
            except EcsLocalError as error:
                self._failed(error, 0)

    def _ensure_group(self, name: str, at: datetime) -> None:
        with self._lock:
            # Somebody may have taken the whole directory away.
            if name in self._made and self._directory.group(name) is not None:
                return
            declared = self._log_groups.get(name)
            try:
                self._directory.ensure_group(
                    name,
                    retention_in_days=None if declared is None else declared.retention_in_days,
                    created_at=at,
                    # What a group that no file here declares keeps was said elsewhere.
                    renew=declared is not None,
                )
            except OSError as error:
                raise write_failure(self._directory.root, error) from error
            self._made.add(name)

    def _close(self, task: Task) -> None:
        for container in task.containers:
            stream = container.log_stream
            if stream is not None:
                self._writer.close_stream(stream.log_group, stream.log_stream)

    def _on_output(self, event: LogEventsReceived) -> None:
        stream = event.container.log_stream
        if stream is None:
            return
        try:
            try:
                self._write(stream, event)
            except StreamRemovedError as error:
                self._begin_anew(stream, event.at, error)
                self._write(stream, event)
        except EcsLocalError as error:
            self._failed(error, sum(map(len, event.messages)))

    def _write(self, stream: LogStream, event: LogEventsReceived) -> None:
        if stream.log_group not in self._made:
            # It could not be made: in a folder that no group has taken nobody finds the stream.
            self._ensure_group(stream.log_group, event.at)
        self._writer.write(
            stream.log_group, stream.log_stream, event.at, event.messages, event.position
        )

    def _begin_anew(self, stream: LogStream, at: datetime, error: StreamRemovedError) -> None:
        """Let a stream go on in a new file: what was in the one before, its remover wanted gone."""
        self._writer.close_stream(stream.log_group, stream.log_stream)
        self._ensure_group(stream.log_group, at)
        message = f"{error.message}; its log goes on in a new file, without what was in that one"
        self._bus.publish(Warned(message=message))

    def _failed(self, error: EcsLocalError, lost: int) -> None:
        with self._lock:
            self.lost_bytes += lost
            first = self.failure is None
            self.failure = self.failure or str(error)
        if first:
            self._bus.publish(Warned(message=f"logs are being lost: {error}"))
