"""How a task on record is told: as a document, and what is said of it in a few words."""

from datetime import datetime
from typing import Any, Final

from emulator.clock import iso_instant
from emulator.model.task import Origin, StopCode, TaskStatus
from emulator.state.owner import owner_lives
from emulator.state.records import TaskRecord

FORSAKEN: Final = "its process is gone; the next `run` sees to it"


def described(record: TaskRecord) -> dict[str, Any]:
    """Return a task as DescribeTasks has it, with what AWS does not know of it as `local`."""
    local = {
        "rule": record.rule,
        "scheduledAt": None if record.scheduled_at is None else iso_instant(record.scheduled_at),
        "attempt": record.attempt,
        "retryOf": record.retry_of,
        "cause": record.origin,
        "chain": list(record.cause) if len(record.cause) > 1 else None,
    }
    return record.document | {"local": {k: v for k, v in local.items() if v is not None}}


def cause_of(record: TaskRecord) -> str:
    """Return what a task was started for; of an event, which rule's task led to it."""
    if record.origin == Origin.EVENT and len(record.cause) > 1:
        return f"event ({record.cause[-2]})"
    return record.origin or "-"


def duration(start: datetime | None, end: datetime) -> str:
    """Return a length of time to a tenth of a second below a minute."""
    if start is None:
        return "-"
    seconds = max(0.0, (end - start).total_seconds())
    if round(seconds, 1) < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m{rest:02}s" if hours else f"{minutes}m{rest:02}s"


def reason(record: TaskRecord) -> str:
    """Return why a task ended, where its exit code does not say it all.

    A container's own reason says more than the task's. Of one that has not ended by its record it
    is said when nobody is left who would record its end.
    """
    if is_forsaken(record):
        return FORSAKEN
    own = next((c["reason"] for c in record.document["containers"] if "reason" in c), None)
    if own is None and record.stop_code == StopCode.ESSENTIAL_CONTAINER_EXITED:
        return ""
    return str(own or record.stopped_reason or "")


def is_forsaken(record: TaskRecord) -> bool:
    """Return whether a task has not ended by its record, and its process is gone."""
    return record.last_status != TaskStatus.STOPPED and not owner_lives(record.owner)
