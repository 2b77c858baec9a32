"""A task as a row of the history, of which the latest version stays."""

from datetime import timedelta
from typing import Final

from emulator.model.describe import describe_task
from emulator.model.task import Task
from emulator.state.records import instant_text, json_text, optional
from emulator.state.snapshot import dump_task

UPSERT: Final = """
INSERT INTO tasks (
    task_id, rule, family, last_status, version, stop_code, stopped_reason, exit_code, succeeded,
    created_at, started_at, stopped_at, scheduled_at, owner, streams, document,
    attempt, retry_of, definition, duration, snapshot, origin, cause
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (task_id) DO UPDATE SET
    last_status = excluded.last_status, version = excluded.version,
    stop_code = excluded.stop_code, stopped_reason = excluded.stopped_reason,
    exit_code = excluded.exit_code, succeeded = excluded.succeeded,
    started_at = excluded.started_at, stopped_at = excluded.stopped_at,
    owner = excluded.owner, document = excluded.document, duration = excluded.duration,
    snapshot = excluded.snapshot
WHERE excluded.version >= tasks.version
"""
"""Takes what `task_row` returns."""


def task_row(task: Task, owner: str, definition: str | None) -> tuple[object, ...]:
    """Return the values of a task's row; `definition` is the digest of what it ran."""
    streams = [
        (c.name, c.log_stream.log_group, c.log_stream.log_stream)
        for c in task.containers
        if c.log_stream is not None
    ]
    return (
        task.id,
        task.rule,
        task.task_definition.family,
        task.last_status.value,
        task.version,
        None if task.stop_code is None else task.stop_code.value,
        task.stopped_reason,
        task.exit_code if task.stopped else None,
        int(task.succeeded) if task.stopped else None,
        instant_text(task.created_at),
        optional(task.started_at, instant_text),
        optional(task.stopped_at, instant_text),
        optional(task.scheduled_at, instant_text),
        owner,
        json_text(streams),
        json_text(describe_task(task)),
        task.attempt,
        task.retry_of,
        definition,
        _milliseconds(task),
        None if task.stopped else dump_task(task),
        task.origin.value,
        json_text(task.cause) if task.cause else None,
    )


def _milliseconds(task: Task) -> int | None:
    """Return how long a task ran."""
    if task.started_at is None or task.stopped_at is None:
        return None
    return round((task.stopped_at - task.started_at) / timedelta(milliseconds=1))
