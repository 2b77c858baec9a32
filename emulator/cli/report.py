"""`--report`: what ran, as JUnit XML for CI or as JSON."""

import json
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self
from xml.etree import ElementTree as ET

from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.events import EventBus, FiringMissed, InvocationFailed, TaskStateChanged
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import read_events
from emulator.model.describe import describe_task
from emulator.model.task import Task

LAST_EVENTS: Final = 1000
"""Log events of a task in a report: enough for a stack trace, bounded for CI."""

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
        text = self._json() if self._path.suffix == ".json" else self._junit(logs)
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

    def _junit(self, logs: LogDirectory) -> str:
        cases = [_task_case(task, logs) for task in self._tasks]
        cases += [_refused_case(event) for event in self._refused]
        failures = sum(case.find("failure") is not None for case in cases)
        errors = sum(case.find("error") is not None for case in cases)
        suite = ET.Element(
            "testsuite",
            name="ecs-local",
            tests=str(len(cases)),
            failures=str(failures),
            errors=str(errors),
            skipped="0",
            time=f"{sum(float(case.get('time', '0')) for case in cases):.3f}",
        )
        suite.extend(cases)
        root = ET.Element("testsuites")
        root.append(suite)
        ET.indent(root)
        return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _task_case(task: Task, logs: LogDirectory) -> ET.Element:
    """Return a task as a test case: a failed task is a failure, one that never ran an error."""
    due = f" due {iso_instant(task.scheduled_at)}" if task.scheduled_at else ""
    seconds = 0.0
    if task.started_at is not None and task.execution_stopped_at is not None:
        seconds = (task.execution_stopped_at - task.started_at).total_seconds()
    case = ET.Element(
        "testcase",
        classname=f"ecs-local.{task.rule or task.task_definition.family}",
        name=_xml(f"{task.rule or task.task_definition.family}{due} task {task.id}"),
        time=f"{seconds:.3f}",
    )
    if not task.succeeded:
        started = task.stop_code != "TaskFailedToStart"
        reasons = "; ".join(c.reason for c in task.containers if c.reason)
        codes = ", ".join(f"{c.name} exited {c.exit_code}" for c in task.containers)
        problem = ET.SubElement(
            case,
            "failure" if started else "error",
            message=_xml(task.stopped_reason or ""),
            type=str(task.stop_code),
        )
        problem.text = _xml(f"{codes}\n{reasons}".strip())
    output = ET.SubElement(case, "system-out")
    output.text = _xml("\n".join(_last_lines(task, logs)))
    return case


def _last_lines(task: Task, logs: LogDirectory) -> Iterable[str]:
    streams = [
        (c.log_stream.log_group, c.log_stream.log_stream)
        for c in task.containers
        if c.log_stream is not None
    ]
    return (event.message for event in read_events(logs, streams, tail=LAST_EVENTS))


def _refused_case(event: InvocationFailed) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=f"ecs-local.{event.rule}",
        name=_xml(f"{event.rule} due {iso_instant(event.scheduled_at)} target {event.target_id}"),
        time="0",
    )
    ET.SubElement(case, "error", message=_xml(event.reason), type="InvocationFailed")
    return case


def _xml(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NOT_XML.sub("�", text)
