"""`--report`: what ran, as JUnit XML for CI or as JSON."""

import json
import threading
from pathlib import Path
from typing import Self

from emulator.cli.junit import junit
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.events import EventBus, FiringMissed, InvocationFailed, TaskStateChanged
from emulator.logs.directory import LogDirectory
from emulator.model.describe import describe_task
from emulator.model.task import Task


class Collector:
    """Keeps what a report needs while a run goes on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._tasks: list[Task] = []
        self._refused: list[InvocationFailed] = []
        self._missed: list[FiringMissed] = []

    @classmethod
    def for_file(cls, name: str | None) -> Self | None:
        """Return a collector for a report file; None without one. Raises `UsageError`."""
        if name is None:
            return None
        path = Path(name)
        if path.suffix not in (".xml", ".json"):
            message = f"--report {name}: a report ends in .xml (JUnit) or .json"
            raise UsageError(message)
        try:
            path.touch()
        except OSError as error:
            message = f"--report {name}: cannot be written: {error.strerror}"
            raise UsageError(message) from error
        return cls(path)

    def subscribe(self, bus: EventBus) -> None:
        """Collect from now on."""
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(InvocationFailed, self._refused.append)
        bus.subscribe(FiringMissed, self._missed.append)

    def write(self, logs: LogDirectory) -> None:
        """Write the report. Raises `UsageError` when that cannot be done."""
        text = (
            self._json()
            if self._path.suffix == ".json"
            else junit(self._tasks, self._refused, logs)
        )
        try:
            self._path.write_text(text, "utf-8")
        except OSError as error:
            message = f"--report {self._path}: cannot be written: {error.strerror}"
            raise UsageError(message) from error

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.stopped:
            with self._lock:
                self._tasks.append(event.task)

    def _json(self) -> str:
        document = {
            "tasks": [describe_task(task) for task in self._tasks],
            "failures": [
                {
                    "arn": event.target_id,
                    "rule": event.rule,
                    "scheduled": iso_instant(event.scheduled_at),
                    "reason": event.reason,
                }
                for event in self._refused
            ],
            "missed": [
                {"rule": event.rule, "scheduled": iso_instant(due), "reason": event.reason}
                for event in self._missed
                for due in event.scheduled
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
