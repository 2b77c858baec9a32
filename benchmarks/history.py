"""The history with a million tasks: lists, statistics, what was due, and inserts."""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.figure import Figure, seconds
from emulator.app.archive import Archive
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.model.definitions import Definitions
from emulator.model.describe import describe_task
from emulator.model.task import StopCode, Task, TaskStatus
from emulator.model.task_definition import ContainerDefinition, TaskDefinition
from emulator.state.firings import firings_between, outcomes_between
from emulator.state.history import History
from emulator.state.statistics import rule_statistics
from emulator.state.task_filter import TaskFilter

TASKS: Final = 1_000_000
RULES: Final = 50
INSERTS: Final = 500
ROUNDS: Final = 5
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
LONGEST: Final = 300.0
"""Milliseconds that an answer may take."""


def measure(quick: bool) -> Iterator[Figure]:
    """Measure on a state directory of its own."""
    count = TASKS // 50 if quick else TASKS
    with tempfile.TemporaryDirectory(prefix="ecs-local-history-") as folder:
        history = History(Path(folder) / "history.sqlite3", owner="bench", archive=Archive())
        history.record([_task(0)])
        fill(history, count)
        end = BEGIN + count * MINUTE / 10
        day = end - timedelta(days=1)
        yield _answer(
            "`tasks --since 1d`", count, lambda: history.tasks(TaskFilter(since=day), limit=20)
        )
        yield _answer(
            "`tasks --failed --since 1d`",
            count,
            lambda: history.tasks(TaskFilter(since=day, failed=True), limit=20),
        )
        yield _answer("`tasks --stats`", count, lambda: rule_statistics(history))
        yield _answer(
            "`tasks --expected --since 1d`",
            count,
            lambda: (firings_between(history, day, end), outcomes_between(history, day, end)),
        )
        tasks = [_task(count + number) for number in range(INSERTS)]
        taken = seconds(lambda: _record_each(history, tasks)) / INSERTS
        yield _figure(f"one task recorded among {count:,}, a transaction each", taken, 1.0)
        history.close()


def _record_each(history: History, tasks: list[Task]) -> None:
    for task in tasks:
        history.record([task])


def _answer(what: str, count: int, ask: Callable[[], object]) -> Figure:
    taken = median(seconds(ask) for _ in range(ROUNDS))
    return _figure(f"{what} of {count:,} tasks of {RULES} rules", taken, LONGEST)


def _figure(what: str, taken: float, target: float) -> Figure:
    return Figure(
        what=what,
        ours=f"{taken * 1000:.2f} ms",
        against="-",
        value=round(taken * 1000, 3),
        unit="ms",
        target=target,
    )


def fill(history: History, count: int) -> None:
    """Write tasks six seconds apart, as the recorder would, but by one statement."""
    document = json.dumps(describe_task(_task(0)), ensure_ascii=False, separators=(",", ":"))
    with history.writing() as database:
        database.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO tasks (task_id, rule, family, last_status, version, stop_code, "
            "stopped_reason, exit_code, succeeded, created_at, started_at, stopped_at, "
            "scheduled_at, owner, streams, document, attempt, definition, duration) "
            "SELECT printf('%032x', i), printf('rule-%02d', i % ?), 'job', 'STOPPED', 5, "
            "'EssentialContainerExited', 'Essential container in task exited', i % 10 = 0, "
            "i % 10 <> 0, t, t, t, t, 'bench', '[]', ?, 1, 'x', abs(random()) % 600000 "
            "FROM (SELECT i, strftime('%Y-%m-%dT%H:%M:%fZ', ?, (6 * i) || ' seconds') AS t FROM n)",
            (count, RULES, document, BEGIN.isoformat()),
        )
        database.execute(
            "INSERT INTO firings SELECT rule, scheduled_at, 'fired', created_at, '' FROM tasks "
            "WHERE true ON CONFLICT DO NOTHING"
        )


def _task(number: int) -> Task:
    container = ContainerDefinition(name="app", image="alpine:latest", memory=64)
    definition = TaskDefinition(family="job", container_definitions=(container,))
    known = Definitions(task_definitions={"job": definition})
    request = RunTaskRequest(task_definition="job", rule="rule-00", scheduled_at=BEGIN)
    (task,) = run_task(request, known, now=BEGIN + number * MINUTE / 10)
    return replace(
        task,
        last_status=TaskStatus.STOPPED,
        stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED,
        started_at=task.created_at,
        stopped_at=task.created_at + MINUTE,
    )
