"""The values that the history is read as, and the text that it keeps them in."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from emulator.clock import iso_instant
from emulator.values import frozen

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")


@frozen
class TaskRecord:
    """A task in the history. `document` is its DescribeTasks entry.

    `exit_code` and `succeeded` are None until it is STOPPED; `streams` holds container name, log
    group and log stream. `attempt` and `retry_of` as in `Task`; `definition` names what the task
    ran, for `recorded_definition`; it and `origin` are None where an older ecs-local has not kept
    them. `cause` are the rules of the chain of events that led to it.
    """

    task_id: str
    rule: str | None
    family: str
    last_status: str
    stop_code: str | None
    stopped_reason: str | None
    exit_code: int | None
    succeeded: bool | None
    created_at: datetime
    started_at: datetime | None
    stopped_at: datetime | None
    scheduled_at: datetime | None
    owner: str
    streams: tuple[tuple[str, str, str], ...]
    document: dict[str, Any]
    attempt: int = 1
    retry_of: str | None = None
    definition: str | None = None
    origin: str | None = None
    cause: tuple[str, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether the task is over."""
        return self.last_status == "STOPPED"


class Firing(NamedTuple):
    """What became of a rule's due instant: `fired`, `missed`, `skipped`, `queued` or `failed`."""

    rule: str
    scheduled_at: datetime
    outcome: str
    at: datetime
    detail: str = ""


class WaitingAttempt(NamedTuple):
    """The attempt that follows upon a failed task comes at an instant; None: it does not come.

    `first` is the id of the first attempt of them all.
    """

    first: str
    task_id: str
    at: datetime | None


class Archived(NamedTuple):
    """A task definition as text, and the digest of it that is its name."""

    digest: str
    text: str


def task_record(row: "sqlite3.Row") -> TaskRecord:
    """Return a row of `tasks` as a value."""
    return TaskRecord(
        task_id=row["task_id"],
        rule=row["rule"],
        family=row["family"],
        last_status=row["last_status"],
        stop_code=row["stop_code"],
        stopped_reason=row["stopped_reason"],
        exit_code=row["exit_code"],
        succeeded=optional(row["succeeded"], bool),
        created_at=datetime.fromisoformat(row["created_at"]),
        started_at=optional(row["started_at"], datetime.fromisoformat),
        stopped_at=optional(row["stopped_at"], datetime.fromisoformat),
        scheduled_at=optional(row["scheduled_at"], datetime.fromisoformat),
        owner=row["owner"],
        streams=tuple((name, group, stream) for name, group, stream in json.loads(row["streams"])),
        document=json.loads(row["document"]),
        attempt=row["attempt"],
        retry_of=row["retry_of"],
        definition=row["definition"],
        origin=row["origin"],
        cause=tuple(json.loads(row["cause"])) if row["cause"] else (),
    )


def firing(row: "sqlite3.Row") -> Firing:
    """Return a row of `firings` as a value."""
    return Firing(
        row["rule"],
        datetime.fromisoformat(row["scheduled_at"]),
        row["outcome"],
        datetime.fromisoformat(row["at"]),
        row["detail"],
    )


def optional(value: Any, convert: Callable[[Any], T]) -> T | None:
    """Return a value that may be NULL, converted where it is there."""
    return None if value is None else convert(value)


def instant_text(instant: datetime) -> str:
    """Return an instant as text that sorts by time."""
    return iso_instant(instant, timespec="milliseconds")


def json_text(value: object) -> str:
    """Return a JSON value as text without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
