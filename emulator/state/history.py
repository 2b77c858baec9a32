"""What ran, and how it ended: written by the process that runs tasks, read by any."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.errors import UsageError
from emulator.events import Promised
from emulator.state.history_file import HistoryFile
from emulator.state.records import (
    Archived,
    Firing,
    TaskRecord,
    WaitingAttempt,
    instant_text,
    json_text,
    task_record,
)
from emulator.state.task_filter import EVERY_TASK, TaskFilter

if TYPE_CHECKING:
    from emulator.model.task import Task
    from emulator.model.task_definition import TaskDefinition

SHORTEST_PREFIX: Final = 4
PAGE: Final = 1000
"""Tasks that are read at once where all are wanted."""


class History(HistoryFile):
    """The run history of a state directory, for the process `owner`.

    `archive` makes the text of a task's definition that is kept for `definition`. All methods
    raise `StateDirectoryError`.
    """

    def __init__(
        self,
        path: Path,
        *,
        owner: str = "",
        archive: "Callable[[TaskDefinition], Archived] | None" = None,
        synced: bool = True,
    ) -> None:
        super().__init__(path, synced=synced)
        self._owner = owner
        self._archive = archive

    def record(
        self,
        tasks: "Sequence[Task]",
        firings: Sequence[Firing] = (),
        waiting: Sequence[WaitingAttempt] = (),
        promised: Sequence[Promised] = (),
        settled: Sequence[str] = (),
    ) -> None:
        """Write tasks as they are now, what became of due instants and is to come, as a whole.

        `settled` are keys of promises.

        An older version of a task never wins. An attempt that is on record waits no longer.
        """
        from emulator.state.firings import write_firings
        from emulator.state.promises import write_promises
        from emulator.state.task_row import UPSERT, task_row

        archive = self._archive
        kept = [None if archive is None else archive(task.task_definition) for task in tasks]
        rows = [
            task_row(task, self._owner, None if found is None else found.digest)
            for task, found in zip(tasks, kept, strict=True)
        ]
        known = {found for found in kept if found is not None}
        with self.writing() as database:
            database.executemany("INSERT OR IGNORE INTO task_definitions VALUES (?, ?)", known)
            database.executemany(UPSERT, rows)
            write_firings(database, firings)
            write_promises(database, self._owner, promised, settled)
            come = [(task.retry_of,) for task in tasks if task.retry_of is not None]
            come += [(attempt.first,) for attempt in waiting]
            database.executemany("DELETE FROM waiting_attempts WHERE first = ?", come)
            database.executemany(
                "INSERT INTO waiting_attempts VALUES (?, ?, ?)",
                [(w.first, w.task_id, instant_text(w.at)) for w in waiting if w.at is not None],
            )

    def waiting_attempts(self) -> list[WaitingAttempt]:
        """Return the attempts that are to come, by time; of those of a killed process too."""
        rows = self.query("SELECT * FROM waiting_attempts ORDER BY at")
        return [
            WaitingAttempt(row["first"], row["task_id"], datetime.fromisoformat(row["at"]))
            for row in rows
        ]

    def forget_waiting_attempts(self) -> list[tuple[str, datetime]]:
        """Take away all attempts that are to come; return the rules and due instants of them."""
        with self.writing() as database:
            rows = database.execute(
                "SELECT rule, scheduled_at FROM waiting_attempts JOIN tasks USING (task_id) "
                "WHERE rule IS NOT NULL AND scheduled_at IS NOT NULL"
            ).fetchall()
            database.execute("DELETE FROM waiting_attempts")
        return [(row["rule"], datetime.fromisoformat(row["scheduled_at"])) for row in rows]

    def last_row(self) -> int:
        """Return the number of the last row of tasks: later ones have higher numbers."""
        rows = self.query("SELECT coalesce(max(rowid), 0) AS last FROM tasks")
        return rows[0]["last"] if rows else 0

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
        self, which: TaskFilter = EVERY_TASK, *, limit: int | None = None
    ) -> list[TaskRecord]:
        """Return tasks, the newest first."""
        where, values = which.condition()
        return self._read(
            f"SELECT * FROM tasks WHERE {where} ORDER BY created_at DESC, rowid DESC LIMIT ?",  # noqa: S608 - fixed texts
            (*values, -1 if limit is None else limit),
        )

    def each_task(self, which: TaskFilter = EVERY_TASK) -> Iterator[TaskRecord]:
        """Yield tasks, the oldest first, page by page: there may be millions."""
        where, values = which.condition()
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

    def unfinished(self) -> list[TaskRecord]:
        """Return tasks that are not STOPPED, the oldest first."""
        # Left to itself SQLite would go through all tasks there ever were, in the order wanted.
        return self._read(
            "SELECT * FROM tasks INDEXED BY tasks_unfinished"
            " WHERE last_status <> 'STOPPED' ORDER BY created_at, rowid"
        )

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

    def close_orphan(self, record: TaskRecord, at: datetime, stop_code: str, reason: str) -> None:
        """Write that a task whose process is gone is STOPPED, and not before it began."""
        at = max(at, record.started_at or record.created_at)
        document = {
            **record.document,
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "stopCode": record.stop_code or stop_code,
            "stoppedReason": record.stopped_reason or reason,
            "stoppedAt": instant_text(at),
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
                (stop_code, reason, instant_text(at), json_text(document), record.task_id),
            )

    def _read(self, text: str, values: Sequence[object] = ()) -> list[TaskRecord]:
        return [task_record(row) for row in self.query(text, values)]
