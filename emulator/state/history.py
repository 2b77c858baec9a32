"""What ran, and how it ended: written by the process that runs tasks, read by any."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from emulator.clock import iso_instant
from emulator.errors import UsageError
from emulator.state.database import connect, connect_to_read, unusable

if TYPE_CHECKING:
    from emulator.model.task import Task
    from emulator.model.task_definition import TaskDefinition

SHORTEST_PREFIX: Final = 4
PAGE: Final = 1000
"""Tasks that are read at once where all are wanted."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRecord:
    """A task in the history. `document` is its DescribeTasks entry.

    `exit_code` and `succeeded` are None until it is STOPPED; `streams` holds container name, log
    group and log stream. `attempt` and `retry_of` as in `Task`; `definition` names what the task
    ran, for `History.definition`; it and `origin` are None where an older ecs-local has not kept
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


@dataclass(frozen=True, slots=True)
class Firing:
    """What became of a rule's due instant: `fired`, `missed`, `skipped` or `failed`."""

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


class History:
    """The run history of a state directory. Thread-safe; several processes may share it.

    `archive` makes the text of a task's definition that is kept for `definition`. `synced`: what is
    written survives that the machine loses power.

    Reading never makes the file: where there is none, there was nothing. All methods raise
    `StateDirectoryError`.
    """

    def __init__(
        self,
        path: Path,
        *,
        owner: str = "",
        archive: "Callable[[TaskDefinition], Archived] | None" = None,
        synced: bool = True,
    ) -> None:
        self._path = path
        self._synced = synced
        self._owner = owner
        self._archive = archive
        self._lock = threading.Lock()
        self._seen_change = -1

    def record(
        self,
        tasks: "Sequence[Task]",
        firings: Sequence[Firing] = (),
        waiting: Sequence[WaitingAttempt] = (),
    ) -> None:
        """Write tasks as they are now, what became of due instants and is to come, as a whole.

        An older version of a task never wins. An attempt that is on record waits no longer.
        """
        archive = self._archive
        kept = [None if archive is None else archive(task.task_definition) for task in tasks]
        rows = [
            self._row(task, None if found is None else found.digest)
            for task, found in zip(tasks, kept, strict=True)
        ]
        known = {found for found in kept if found is not None}
        with self.writing() as database:
            database.executemany("INSERT OR IGNORE INTO task_definitions VALUES (?, ?)", known)
            database.executemany(_UPSERT, rows)
            _write_firings(database, firings)
            come = [(task.retry_of,) for task in tasks if task.retry_of is not None]
            come += [(attempt.first,) for attempt in waiting]
            database.executemany("DELETE FROM waiting_attempts WHERE first = ?", come)
            database.executemany(
                "INSERT INTO waiting_attempts VALUES (?, ?, ?)",
                [(w.first, w.task_id, _text(w.at)) for w in waiting if w.at is not None],
            )

    def waiting_attempts(self) -> list[WaitingAttempt]:
        """Return the attempts that are to come, by time; of those of a killed process too."""
        rows = self.query("SELECT * FROM waiting_attempts ORDER BY at")
        return [
            WaitingAttempt(row["first"], row["task_id"], datetime.fromisoformat(row["at"]))
            for row in rows
        ]

    def definition(self, record: TaskRecord) -> str | None:
        """Return the text of the task definition that a task ran, with its overrides in it."""
        rows = self.query(
            "SELECT document FROM task_definitions WHERE digest = ?", (record.definition,)
        )
        return rows[0]["document"] if rows else None

    def last_attempt(self, task_id: str) -> int:
        """Return the highest number of an attempt at what a first task was started for."""
        rows = self.query(
            "SELECT max(attempt) AS last FROM tasks WHERE task_id = ?1 OR retry_of = ?1",
            (task_id,),
        )
        return (rows[0]["last"] or 1) if rows else 1

    def tasks(
        self,
        *,
        rule: str | None = None,
        family: str | None = None,
        status: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        failed: bool = False,
        limit: int | None = None,
    ) -> list[TaskRecord]:
        """Return tasks, the newest first; created from `since` (inclusive) to `until`."""
        where, values = _conditions(rule, family, status, since, until, failed)
        return self._read(
            f"SELECT * FROM tasks WHERE {where} ORDER BY created_at DESC, rowid DESC LIMIT ?",  # noqa: S608 - fixed texts
            (*values, -1 if limit is None else limit),
        )

    def each_task(
        self,
        *,
        rule: str | None = None,
        family: str | None = None,
        status: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        failed: bool = False,
    ) -> Iterator[TaskRecord]:
        """Yield tasks, the oldest first, page by page: there may be millions."""
        where, values = _conditions(rule, family, status, since, until, failed)
        after: tuple[str, int] = ("", -1)
        while True:
            rows = self.query(
                "SELECT rowid AS place, * FROM tasks "  # noqa: S608 - fixed texts
                f"WHERE {where} AND (created_at, rowid) > (?, ?) "
                "ORDER BY created_at, rowid LIMIT ?",
                (*values, *after, PAGE),
            )
            for row in rows:
                yield task_record(row)
            if len(rows) < PAGE:
                return
            after = (rows[-1]["created_at"], rows[-1]["place"])

    def durations(self, count: int) -> dict[str, list[timedelta]]:
        """Return how long the last so many tasks of each rule ran, the newest first."""
        rows = self.query(
            "SELECT rule, started_at, stopped_at FROM (SELECT *, row_number() OVER "
            "(PARTITION BY rule ORDER BY created_at DESC) AS place FROM tasks WHERE rule IS NOT "
            "NULL AND started_at IS NOT NULL AND stopped_at IS NOT NULL) WHERE place <= ? "
            "ORDER BY rule, place",
            (count,),
        )
        found: dict[str, list[timedelta]] = {}
        for row in rows:
            started, stopped = (
                datetime.fromisoformat(row[k]) for k in ("started_at", "stopped_at")
            )
            found.setdefault(row["rule"], []).append(stopped - started)
        return found

    def unfinished(self) -> list[TaskRecord]:
        """Return tasks that are not STOPPED, the oldest first."""
        return self._read("SELECT * FROM tasks WHERE last_status <> 'STOPPED' ORDER BY created_at")

    def unfinished_task(self, task_id: str) -> "Task | None":
        """Return a task as it was last recorded; None where it is over, or not to be read here.

        A later version of this program may have written it, or an earlier one.
        """
        rows = self.query("SELECT snapshot FROM tasks WHERE task_id = ?", (task_id,))
        if not rows or rows[0]["snapshot"] is None:
            return None
        from emulator.state.snapshot import load_task

        try:
            return load_task(rows[0]["snapshot"])
        except ValueError:
            return None

    def find(self, text: str) -> TaskRecord:
        """Return the task that an id, an ARN or the beginning of an id means.

        Raises `UsageError` when there is none, or more than one.
        """
        prefix = text.rpartition("/")[2].lower()
        found: list[TaskRecord] = []
        if len(prefix) >= SHORTEST_PREFIX and prefix.isalnum():
            found = self._read(
                "SELECT * FROM tasks WHERE task_id >= ? AND task_id < ? LIMIT 3",
                (prefix, prefix + "g"),
            )
        if len(found) == 1:
            return found[0]
        if not found:
            message = f"no task {text!r}"
            raise UsageError(message, hint="`ecs-local tasks` lists them; 4 characters of an id do")
        candidates = ", ".join(record.task_id for record in found)
        message = f"{text!r} may mean several tasks: {candidates}"
        raise UsageError(message, hint="give more of the id")

    def request_stop(self, task_id: str, owner: str, reason: str, at: datetime) -> None:
        """Ask the process that runs a task to stop it."""
        with self.writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO stop_requests VALUES (?, ?, ?, ?)",
                (task_id, owner, reason, _text(at)),
            )

    def take_stop_requests(self) -> list[tuple[str, str]]:
        """Return task ids and reasons that this owner was asked to stop, once each; cheap."""
        with self._lock, self._guarded():
            change = self._database.execute("PRAGMA data_version").fetchone()[0]
            if change == self._seen_change:
                return []
            self._seen_change = change
        with self.writing() as database:
            rows = database.execute(
                "DELETE FROM stop_requests WHERE owner = ? RETURNING task_id, reason",
                (self._owner,),
            ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def close_orphan(self, record: TaskRecord, at: datetime, stop_code: str, reason: str) -> None:
        """Write that a task whose process is gone is STOPPED."""
        document = {
            **record.document,
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "stopCode": record.stop_code or stop_code,
            "stoppedReason": record.stopped_reason or reason,
            "stoppedAt": _text(at),
            "containers": [
                {**container, "lastStatus": "STOPPED"}
                for container in record.document["containers"]
            ],
            "version": record.document["version"] + 1,
        }
        with self.writing() as database:
            database.execute(
                "UPDATE tasks SET last_status = 'STOPPED', version = version + 1, "
                "stop_code = coalesce(stop_code, ?), stopped_reason = coalesce(stopped_reason, ?),"
                " succeeded = 0, stopped_at = ?, document = ?, snapshot = NULL WHERE task_id = ?",
                (stop_code, reason, _text(at), _json(document), record.task_id),
            )

    def rule_anchors(self, expressions: Mapping[str, str], now: datetime) -> dict[str, datetime]:
        """Return the creation of each rule, noting `now` for those not seen before.

        A rule is created when this state directory first sees it; with another expression it is
        created anew, as PutRule would. Creation is to the second, and so are a rate's firings.
        """
        now = now.replace(microsecond=0)
        # One that lies ahead was noted by a clock that has been set back since.
        known = self.known_anchors(expressions)
        anchors = {rule: anchor for rule, anchor in known.items() if anchor <= now}
        new = {rule: text for rule, text in expressions.items() if rule not in anchors}
        if new:
            with self.writing() as database:
                database.executemany(
                    "INSERT OR REPLACE INTO rule_anchors VALUES (?, ?, ?)",
                    [(rule, text, _text(now)) for rule, text in new.items()],
                )
        return {**anchors, **dict.fromkeys(new, now)}

    def known_anchors(self, expressions: Mapping[str, str]) -> dict[str, datetime]:
        """Return the creation of those rules that were seen before with this expression."""
        rows = self.query("SELECT rule, expression, anchor FROM rule_anchors")
        return {
            row["rule"]: datetime.fromisoformat(row["anchor"])
            for row in rows
            if expressions.get(row["rule"]) == row["expression"]
        }

    def record_firings(self, firings: Iterable[Firing]) -> None:
        """Write what became of due instants, in one transaction."""
        with self.writing() as database:
            _write_firings(database, firings)

    def firings(self, *, rule: str | None = None, limit: int = 100) -> list[Firing]:
        """Return what became of due instants, the newest first."""
        rows = self.query(
            "SELECT * FROM firings WHERE ?1 IS NULL OR rule = ?1 "
            "ORDER BY scheduled_at DESC LIMIT ?2",
            (rule, limit),
        )
        return [_firing(row) for row in rows]

    def firings_between(self, since: datetime, until: datetime) -> list[Firing]:
        """Return what became of due instants from `since` (inclusive) to `until`, by time."""
        rows = self.query(
            "SELECT * FROM firings WHERE scheduled_at >= ? AND scheduled_at < ? "
            "ORDER BY scheduled_at",
            (_text(since), _text(until)),
        )
        return [_firing(row) for row in rows]

    def each_firing(
        self, *, rule: str | None = None, since: datetime | None, until: datetime | None
    ) -> Iterator[Firing]:
        """Yield what became of due instants, by time, page by page."""
        after = (_text(since) if since else "", "", "")
        end = _text(until) if until else "~"
        while True:
            rows = self.query(
                "SELECT * FROM firings WHERE (scheduled_at, rule, outcome) > (?, ?, ?) "
                "AND scheduled_at < ? AND (? IS NULL OR rule = ?) "
                "ORDER BY scheduled_at, rule, outcome LIMIT ?",
                (*after, end, rule, rule, PAGE),
            )
            for row in rows:
                yield _firing(row)
            if len(rows) < PAGE:
                return
            after = (rows[-1]["scheduled_at"], rows[-1]["rule"], rows[-1]["outcome"])

    def count_since(self, since: datetime) -> Counter[str]:
        """Return how many tasks created since then have `succeeded` and `failed`."""
        rows = self.query(
            "SELECT succeeded, count(*) AS n FROM tasks WHERE created_at >= ? "
            "AND succeeded IS NOT NULL GROUP BY succeeded",
            (_text(since),),
        )
        return Counter({("failed", "succeeded")[row["succeeded"]]: row["n"] for row in rows})

    def outcomes_between(
        self, since: datetime, until: datetime
    ) -> list[tuple[str, datetime, str, bool | None]]:
        """Return the tasks of due instants from `since` (inclusive) to `until`, the oldest first.

        Of each its rule, due instant, the id of its first attempt, and whether it succeeded.
        """
        rows = self.query(
            "SELECT rule, scheduled_at, coalesce(retry_of, task_id) AS chain, succeeded FROM tasks "
            "WHERE rule IS NOT NULL AND created_at >= ?1 AND scheduled_at >= ?1 "
            "AND scheduled_at < ?2 ORDER BY created_at, rowid",
            (_text(since), _text(until)),
        )
        return [
            (
                row["rule"],
                datetime.fromisoformat(row["scheduled_at"]),
                row["chain"],
                _optional(row["succeeded"], bool),
            )
            for row in rows
        ]

    def fired_after(self, instant: datetime) -> dict[str, list[datetime]]:
        """Return the due instants later than an instant that have fired, by rule.

        There are some where the clock was ahead when they fired, and has been set back since, or
        where a scheduler was killed. A firing is on record with its tasks: what has failed alone
        was cut off by a kill before the rest of its targets had their turn.
        """
        rows = self.query(
            "SELECT rule, scheduled_at FROM firings "
            "WHERE scheduled_at > ?1 AND outcome NOT IN ('missed', 'failed') UNION "
            "SELECT rule, scheduled_at FROM tasks "
            "WHERE rule IS NOT NULL AND created_at >= ?1 AND scheduled_at > ?1",
            (_text(instant),),
        )
        found: dict[str, list[datetime]] = {}
        for row in rows:
            found.setdefault(row["rule"], []).append(datetime.fromisoformat(row["scheduled_at"]))
        return found

    def last_fired(self) -> dict[str, datetime]:
        """Return the last due instant that each rule fired for."""
        rows = self.query(
            "SELECT rule, max(scheduled_at) AS last FROM firings WHERE outcome = 'fired' "
            "GROUP BY rule"
        )
        return {row["rule"]: datetime.fromisoformat(row["last"]) for row in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            for name in ("_database", "_reader"):
                connection = self.__dict__.pop(name, None)
                if connection is not None:
                    connection.close()

    @cached_property
    def _database(self) -> sqlite3.Connection:
        return connect(self._path, synced=self._synced)

    @cached_property
    def _reader(self) -> sqlite3.Connection | None:
        return self.__dict__.get("_database") or connect_to_read(self._path)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the database for one transaction, for the modules beside this."""
        with self._lock, self._guarded():
            database = self._database
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise unusable(self._path, error) from error

    def query(self, text: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query, for the modules beside this; none where there is no file."""
        with self._lock, self._guarded():
            if self._reader is None:
                # Not there yet: look again next time.
                self.__dict__.pop("_reader", None)
                return []
            return self._reader.execute(text, values).fetchall()

    def _read(self, text: str, values: Sequence[object] = ()) -> list[TaskRecord]:
        return [task_record(row) for row in self.query(text, values)]

    def _row(self, task: "Task", definition: str | None) -> tuple[object, ...]:
        from emulator.model.describe import describe_task
        from emulator.state.snapshot import dump_task

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
            _text(task.created_at),
            _optional(task.started_at, _text),
            _optional(task.stopped_at, _text),
            _optional(task.scheduled_at, _text),
            self._owner,
            _json(streams),
            _json(describe_task(task)),
            task.attempt,
            task.retry_of,
            definition,
            _milliseconds(task),
            None if task.stopped else dump_task(task),
            task.origin.value,
            _json(task.cause) if task.cause else None,
        )


_UPSERT: Final = """
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


def _conditions(
    rule: str | None,
    family: str | None,
    status: str | None,
    since: datetime | None,
    until: datetime | None,
    failed: bool,
) -> tuple[str, tuple[object, ...]]:
    """Return the condition of a query for tasks, and its values."""
    conditions = {
        "rule = ?": rule,
        "family = ?": family,
        "last_status = ?": status,
        "created_at >= ?": None if since is None else _text(since),
        "created_at < ?": None if until is None else _text(until),
    }
    chosen = {text: value for text, value in conditions.items() if value is not None}
    # Said as the partial indexes say it, which are not used otherwise.
    plain = ["succeeded = 0"] if failed else []
    plain += ["last_status <> 'STOPPED'"] if status not in (None, "STOPPED") else []
    return " AND ".join([*chosen, *plain]) or "1", tuple(chosen.values())


def task_record(row: sqlite3.Row) -> TaskRecord:
    """Return a row of `tasks` as a value, for the modules beside this."""
    return TaskRecord(
        task_id=row["task_id"],
        rule=row["rule"],
        family=row["family"],
        last_status=row["last_status"],
        stop_code=row["stop_code"],
        stopped_reason=row["stopped_reason"],
        exit_code=row["exit_code"],
        succeeded=_optional(row["succeeded"], bool),
        created_at=datetime.fromisoformat(row["created_at"]),
        started_at=_optional(row["started_at"], datetime.fromisoformat),
        stopped_at=_optional(row["stopped_at"], datetime.fromisoformat),
        scheduled_at=_optional(row["scheduled_at"], datetime.fromisoformat),
        owner=row["owner"],
        streams=tuple((name, group, stream) for name, group, stream in json.loads(row["streams"])),
        document=json.loads(row["document"]),
        attempt=row["attempt"],
        retry_of=row["retry_of"],
        definition=row["definition"],
        origin=row["origin"],
        cause=tuple(json.loads(row["cause"])) if row["cause"] else (),
    )


def _write_firings(database: sqlite3.Connection, firings: Iterable[Firing]) -> None:
    rows = [(f.rule, _text(f.scheduled_at), f.outcome, _text(f.at), f.detail) for f in firings]
    database.executemany("INSERT OR REPLACE INTO firings VALUES (?, ?, ?, ?, ?)", rows)


def _firing(row: sqlite3.Row) -> Firing:
    return Firing(
        row["rule"],
        datetime.fromisoformat(row["scheduled_at"]),
        row["outcome"],
        datetime.fromisoformat(row["at"]),
        row["detail"],
    )


def _milliseconds(task: "Task") -> int | None:
    """Return how long a task ran."""
    if task.started_at is None or task.stopped_at is None:
        return None
    return round((task.stopped_at - task.started_at) / timedelta(milliseconds=1))


def _optional(value: Any, convert: Callable[[Any], T]) -> T | None:
    return None if value is None else convert(value)


def _text(instant: datetime) -> str:
    """Return an instant as text that sorts by time."""
    return iso_instant(instant, timespec="milliseconds")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
