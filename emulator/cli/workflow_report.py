"""What ran, for GitHub Actions: an annotation for each failure, and a summary of the job's step.

A task that succeeded in the end is no failure: its earlier attempts make a warning, and so does one
that somebody stopped, or the failure of another one. The summary is Markdown, in which nothing that
a task, a name or a reason contains is markup.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from emulator.cli.workflow_commands import annotation
from emulator.clock import iso_instant
from emulator.errors import SourceRef
from emulator.events import FiringMissed, InvocationFailed
from emulator.logs.directory import LogDirectory
from emulator.logs.excerpt import last_lines
from emulator.model.task import FAKE_ENGINE, NOTHING_IS_RUN, StopCode, Task
from emulator.pictures.visible_text import visible
from emulator.quantity import counted

LAST_LINES: Final = 10
"""Lines of a failed task's log in its annotation, of which GitHub shows the beginning."""

MOST_ROWS: Final = 500
LONGEST_CELL: Final = 300
"""Rows of a summary, and characters of a cell: GitHub takes one MiB of it, or else nothing."""

_SIGNS: Final = {"succeeded": "✅", "failed": "❌", "stopped": "⏹️"}
_OUTCOMES: Final = ("did not start", "failed", "stopped", "succeeded")
_MARKUP: Final = re.compile(r"[\\`*_\[\]<>#|~&@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def annotations(
    attempts: Sequence[Sequence[Task]],
    refused: Sequence[InvocationFailed],
    missed: Sequence[FiringMissed],
    sources: Mapping[str, SourceRef],
    logs: LogDirectory,
    hints: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    """Yield annotations, one a line, at the places of the rules that they concern.

    `hints` say by a task's id what could be done about its end.
    """
    for tasks in attempts:
        last = tasks[-1]
        name = _name(last)
        source = sources.get(last.rule or "")
        if not last.succeeded:
            title, why = f"{name} {_outcome(last)}", _why(last, logs, hints)
            yield annotation("warning" if _was_stopped(last) else "error", title, why, source)
        elif len(tasks) > 1:
            text = f"succeeded at attempt {len(tasks)}; before: {_reason(tasks[-2])}"
            yield annotation("warning", f"{name} is flaky", text, source)
    for event in refused:
        text = f"due {iso_instant(event.scheduled_at)}, target {event.target_id}: {event.reason}"
        yield annotation("error", f"{event.rule} did not start", text, sources.get(event.rule))
    for lost in missed:
        due = ", ".join(map(iso_instant, lost.scheduled))
        text = f"due {due}: {lost.reason}"
        yield annotation("warning", f"{lost.rule} missed a firing", text, sources.get(lost.rule))


def summary(attempts: Sequence[Sequence[Task]], refused: Sequence[InvocationFailed]) -> str:
    """Return a table of what ran, as Markdown; "" where nothing did.

    What did not go well comes first: of a long table nobody reads the end, and it may be cut.
    """
    rows: list[tuple[str, ...]] = [
        (event.rule, iso_instant(event.scheduled_at), "❌ did not start", "-", event.reason)
        for event in refused
    ]
    rows += map(_row, sorted(attempts, key=_how_well))
    if not rows:
        return ""
    lines = [] if len(rows) == 1 else [_counts(attempts, refused), ""]
    lines += [
        "| Rule | Due (UTC) | Outcome | Duration | Reason |",
        "| --- | --- | --- | ---: | --- |",
    ]
    lines += [f"| {' | '.join(map(_plain, row))} |" for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines += ["", f"{len(rows) - MOST_ROWS:,} more are left out here."]
    if any(task.engine == FAKE_ENGINE for tasks in attempts for task in tasks):
        lines += ["", f"{NOTHING_IS_RUN[0].upper()}{NOTHING_IS_RUN[1:]}."]
    return "\n".join(lines) + "\n"


def _how_well(attempts: Sequence[Task]) -> tuple[bool, bool]:
    """Return what is greater the better it went: at the first attempt is best."""
    return attempts[-1].succeeded, len(attempts) == 1


def _counts(attempts: Sequence[Sequence[Task]], refused: Sequence[InvocationFailed]) -> str:
    """Return in a sentence how many tasks went how."""
    counts = Counter(_outcome(tasks[-1]) for tasks in attempts)
    counts["did not start"] = len(refused)
    told = [f"{counts[outcome]:,} {outcome}" for outcome in _OUTCOMES if counts[outcome]]
    return f"{counted(counts.total(), 'task')}: {', '.join(told)}"


def _row(attempts: Sequence[Task]) -> tuple[str, ...]:
    task = attempts[-1]
    outcome = f"{_SIGNS[_outcome(task)]} {_outcome(task)}"
    if len(attempts) > 1:
        outcome += f" at attempt {len(attempts)}"
    seconds = "-" if task.ran_for is None else f"{task.ran_for.total_seconds():.1f} s"
    due = "-" if task.scheduled_at is None else iso_instant(task.scheduled_at, timespec="seconds")
    return (_name(task), due, outcome, seconds, "" if task.succeeded else _reason(task))


def _outcome(task: Task) -> str:
    """Return in a word how a task ended, as the last line of a run counts it."""
    if task.succeeded:
        return "succeeded"
    return "stopped" if _was_stopped(task) else "failed"


def _was_stopped(task: Task) -> bool:
    return task.stop_code is StopCode.USER_INITIATED and not task.timed_out


def _name(task: Task) -> str:
    return task.rule or task.task_definition.family


def _reason(task: Task) -> str:
    """Return why a task failed: its containers' own reasons and codes say more than its own."""
    parts = [task.stopped_reason or ""]
    for container in task.containers:
        if container.exit_code:
            parts.append(f"{container.name} exited {container.exit_code}")
        if container.reason:
            parts.append(f"{container.name}: {container.reason}")
    return "; ".join(filter(None, parts))


def _why(task: Task, logs: LogDirectory, hints: Mapping[str, Sequence[str]]) -> str:
    lines = last_lines(logs, task.log_streams, LAST_LINES)
    return "\n".join((_reason(task), *hints.get(task.id, ()), *map(visible, lines)))


def _plain(text: str) -> str:
    """Return a text as Markdown that shows just it, in one line of bounded length."""
    line = " ".join(text.split())
    shown = line if len(line) <= LONGEST_CELL else f"{line[:LONGEST_CELL]}…"
    return _MARKUP.sub(lambda m: f"&#{ord(m[0])};", shown)
