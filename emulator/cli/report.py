"""`--report`: what ran, as JUnit XML, as JSON, or for GitHub Actions."""

import json
import os
import threading
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Self

from emulator.cli import screen
from emulator.cli.junit import junit
from emulator.cli.options import GITHUB
from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.events import EventBus, FiringMissed, InvocationFailed, TaskStateChanged, Warned
from emulator.logs.directory import LogDirectory
from emulator.model.definitions import Definitions
from emulator.model.describe import describe_task
from emulator.model.task import Task

STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The variable in which GitHub Actions names the file for a step's summary."""


class Collector:
    """Keeps what reports need while a run goes on."""

    def __init__(self, names: Sequence[str]) -> None:
        self._github = GITHUB in names
        # It may be gone by the time the reports are written.
        self._here = Path.cwd()
        self._paths = [_writable(name) for name in names if name != GITHUB]
        self._lock = threading.Lock()
        self._tasks: list[Task] = []
        self._refused: list[InvocationFailed] = []
        self._missed: list[FiringMissed] = []
        self._hints: dict[str, list[str]] = {}

    @classmethod
    def on(cls, bus: EventBus, names: Sequence[str]) -> Self:
        """Return what collects from a bus for reports. Raises `UsageError` for a name of none."""
        collector = cls(names)
        if names:
            bus.subscribe(TaskStateChanged, collector._on_task)
            bus.subscribe(InvocationFailed, collector._refused.append)
            bus.subscribe(FiringMissed, collector._missed.append)
            bus.subscribe(Warned, collector._on_warned)
        return collector

    def write(self, definitions: Definitions, logs: LogDirectory) -> None:
        """Write the reports. Raises `UsageError` when that cannot be done, after all others."""
        failed: list[str] = []
        writes = [partial(self._write_file, path, logs) for path in self._paths]
        if self._github:
            writes.append(partial(self._tell_github, definitions, logs))
        for write in writes:
            try:
                write()
            except UsageError as error:
                failed.append(error.message)
        if failed:
            raise UsageError("\n".join(failed))

    def _write_file(self, path: Path, logs: LogDirectory) -> None:
        text = self._json() if path.suffix == ".json" else self._junit(logs)
        _write(f"--report {path}", path, text, "w")

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.stopped:
            with self._lock:
                self._tasks.append(event.task)

    def _on_warned(self, event: Warned) -> None:
        if event.task_id is not None:
            self._hints.setdefault(event.task_id, []).append(event.message)

    def _tell_github(self, definitions: Definitions, logs: LogDirectory) -> None:
        from emulator.cli.workflow_commands import in_repository
        from emulator.cli.workflow_report import annotations, summary

        attempts = attempts_of(self._tasks)
        rules = [(rule.name, rule.source) for rule in definitions.rules]
        rules += [(rule.name, rule.source) for rule in definitions.event_rules]
        sources = {
            name: in_repository(source, os.environ, self._here)
            for name, source in rules
            if source is not None
        }
        told = partial(annotations, attempts, self._refused, self._missed, sources, logs)
        for line in told(self._hints):
            screen.command(line)
        step = os.environ.get(STEP_SUMMARY)
        if step:
            _write(f"{STEP_SUMMARY}={step}", Path(step), summary(attempts, self._refused), "a")

    def _junit(self, logs: LogDirectory) -> str:
        attempts = attempts_of(self._tasks)
        return junit(attempts, self._refused, self._missed, logs, self._hints)

    def _json(self) -> str:
        document = {
            "tasks": [describe_task(task) for task in self._tasks],
            "failures": list(map(failure, self._refused)),
            "missed": [
                {"rule": event.rule, "scheduled": iso_instant(due), "reason": event.reason}
                for event in self._missed
                for due in event.scheduled
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def failure(event: InvocationFailed) -> dict[str, str]:
    """Return what could not be started as one of the `failures` of an answer in JSON."""
    return {
        "arn": event.target_id,
        "rule": event.rule,
        "scheduled": iso_instant(event.scheduled_at),
        "reason": event.reason,
    }


def attempts_of(tasks: Iterable[Task]) -> list[list[Task]]:
    """Return tasks by what they are attempts at, in the order in which they ended."""
    attempts: dict[str, list[Task]] = {}
    for task in tasks:
        attempts.setdefault(task.retry_of or task.id, []).append(task)
    return list(attempts.values())


def _writable(name: str) -> Path:
    """Return the path of a report, which must be possible before anything runs.

    Nothing is left there: where no report is written in the end, an empty file would pass for one.
    """
    path = Path(name)
    if path.suffix not in (".xml", ".json"):
        message = f"--report {name}: a report ends in .xml (JUnit) or .json, or is `{GITHUB}`"
        raise UsageError(message)
    there = os.path.lexists(path)
    try:
        path.touch()
        if not there:
            path.unlink()
    except OSError as error:
        message = f"--report {name}: cannot be written: {error.strerror}"
        raise UsageError(message) from error
    return path


def _write(named: str, path: Path, text: str, mode: str) -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        message = f"{named}: cannot be written: {error.strerror}"
        raise UsageError(message) from error
