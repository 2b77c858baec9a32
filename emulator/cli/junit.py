"""JUnit XML of what ran: a test case for each task, with all attempts at it.

Attempts are told as Maven Surefire tells reruns of a test, which Jenkins, GitLab and the common
GitHub actions read: a task that succeeded in the end is no failure, its failed attempts are
`flakyFailure`; of one that never did, the first attempt is the `failure`, later ones `rerunFailure`
(`Error` in place of `Failure` for what never started).

Consumers compare runs by the names of test cases: names hold nothing that is new in each run, such
as a task's id, or the instant at which something was asked for by hand.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from emulator.clock import iso_instant
from emulator.events import FiringMissed, InvocationFailed
from emulator.logs.directory import LogDirectory
from emulator.logs.reader import read_events
from emulator.model.describe import ENGINE_ATTRIBUTE
from emulator.model.task import FAKE_ENGINE, Origin, Task
from emulator.pictures.visible_text import without_colours

LAST_EVENTS: Final = 1000
"""Log events of a task in a report: enough for a stack trace, bounded for CI."""

LONGEST: Final = 1_000_000
"""Characters of them: an event has up to 256 KiB, and CI servers refuse reports of many MB."""

_OF_A_SCHEDULE: Final = (Origin.SCHEDULE, Origin.QUEUE, Origin.REPLACE)
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Said(NamedTuple):
    """What there is to read of tasks: what they wrote, and by their ids what to do about them."""

    logs: LogDirectory
    hints: Mapping[str, Sequence[str]]


def junit(
    attempts: Sequence[Sequence[Task]],
    refused: Sequence[InvocationFailed],
    missed: Sequence[FiringMissed],
    logs: LogDirectory,
    hints: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> str:
    """Return the report of STOPPED tasks, all attempts at one together, and of what never ran.

    `hints` say by a task's id what could be done about its end. A firing that was missed is a
    skipped test: it was not tried, which fails no run.
    """
    names = _names([each[0] for each in attempts])
    said = _Said(logs, hints)
    cases = [_task_case(name, each, said) for name, each in zip(names, attempts, strict=True)]
    cases += [_refused_case(event) for event in refused]
    cases += [_missed_case(event, due) for event in missed for due in event.scheduled]
    suite = ET.Element(
        "testsuite",
        name="ecs-local",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        time=f"{sum(float(case.get('time', '0')) for case in cases):.3f}",
    )
    if any(task.engine == FAKE_ENGINE for tasks in attempts for task in tasks):
        properties = ET.SubElement(suite, "properties")
        ET.SubElement(properties, "property", name=ENGINE_ATTRIBUTE, value=FAKE_ENGINE)
    suite.extend(cases)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _names(tasks: Iterable[Task]) -> Iterator[str]:
    """Yield a name for each task, of those that would share one with a number."""
    seen: Counter[str] = Counter()
    for task in tasks:
        name = _subject(task)
        family = task.task_definition.family
        if family != name:
            name += f" {family}"
        if task.scheduled_at is not None and task.origin in _OF_A_SCHEDULE:
            name += f" due {iso_instant(task.scheduled_at)}"
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


def _subject(task: Task) -> str:
    return task.rule or task.task_definition.family


def _task_case(name: str, attempts: Sequence[Task], said: _Said) -> ET.Element:
    first, last = attempts[0], attempts[-1]
    case = ET.Element(
        "testcase",
        classname=xml_text(f"ecs-local.{_subject(first)}"),
        name=xml_text(name),
        time=f"{sum(map(_seconds, attempts)):.3f}",
    )
    if last.succeeded:
        for attempt in attempts[:-1]:
            _add_attempt(case, "flaky", attempt, said)
    else:
        problem = _add_problem(case, "", first)
        problem.text = _details(first, said)
        for attempt in attempts[1:]:
            _add_attempt(case, "rerun", attempt, said)
    output = ET.SubElement(case, "system-out")
    output.text = _output(first if not last.succeeded else last, said.logs)
    return case


def _add_attempt(case: ET.Element, kind: str, task: Task, said: _Said) -> None:
    problem = _add_problem(case, kind, task)
    ET.SubElement(problem, "stackTrace").text = _details(task, said)
    ET.SubElement(problem, "system-out").text = _output(task, said.logs)


def _add_problem(case: ET.Element, kind: str, task: Task) -> ET.Element:
    """Add what a task that did not succeed is: a failure, or an error where it never started."""
    word = "error" if task.stop_code == "TaskFailedToStart" else "failure"
    return ET.SubElement(
        case,
        f"{kind}{word.capitalize()}" if kind else word,
        message=xml_text(task.stopped_reason or ""),
        type=str(task.stop_code),
    )


def _details(task: Task, said: _Said) -> str:
    reasons = "; ".join(c.reason for c in task.containers if c.reason)
    codes = ", ".join(
        f"{c.name} " + ("has no exit code" if c.exit_code is None else f"exited {c.exit_code}")
        for c in task.containers
    )
    lines = (f"task {task.id}: {codes}", reasons, *said.hints.get(task.id, ()))
    return xml_text("\n".join(filter(None, lines)))


def _seconds(task: Task) -> float:
    return 0.0 if task.ran_for is None else task.ran_for.total_seconds()


def _output(task: Task, logs: LogDirectory) -> str:
    text = without_colours("\n".join(_last_lines(task, logs)))
    return xml_text(text if len(text) <= LONGEST else f"…{text[-LONGEST:]}")


def _last_lines(task: Task, logs: LogDirectory) -> Iterable[str]:
    return (event.message for event in read_events(logs, task.log_streams, tail=LAST_EVENTS))


def _refused_case(event: InvocationFailed) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=xml_text(f"ecs-local.{event.rule}"),
        name=xml_text(
            f"{event.rule} due {iso_instant(event.scheduled_at)} target {event.target_id}"
        ),
        time="0",
    )
    ET.SubElement(case, "error", message=xml_text(event.reason), type="InvocationFailed")
    return case


def _missed_case(event: FiringMissed, due: datetime) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=xml_text(f"ecs-local.{event.rule}"),
        name=xml_text(f"{event.rule} due {iso_instant(due)}"),
        time="0",
    )
    ET.SubElement(case, "skipped", message=xml_text(f"missed: {event.reason}"))
    return case


def xml_text(text: str) -> str:
    """Return text without the characters that XML cannot hold."""
    return _NOT_XML.sub("�", text)
