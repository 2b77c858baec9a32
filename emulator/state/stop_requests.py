"""Requests of one process that another one stop a task that it runs."""

from datetime import datetime

from emulator.state.history_file import HistoryFile
from emulator.state.records import instant_text


def request_stop(history: HistoryFile, task_id: str, owner: str, reason: str, at: datetime) -> None:
    """Ask the process that runs a task to stop it."""
    with history.writing() as database:
        database.execute(
            "INSERT OR REPLACE INTO stop_requests VALUES (?, ?, ?, ?)",
            (task_id, owner, reason, instant_text(at)),
        )


class StopRequests:
    """What other processes ask of the process `owner`. For one thread."""

    def __init__(self, history: HistoryFile, owner: str) -> None:
        self._history = history
        self._owner = owner
        self._seen_change = -1

    def take(self) -> list[tuple[str, str]]:
        """Return task ids and reasons, once each. Raises `StateDirectoryError`."""
        change = self._history.foreign_changes()
        if change == self._seen_change:
            return []
        with self._history.writing() as database:
            rows = database.execute(
                "DELETE FROM stop_requests WHERE owner = ? RETURNING task_id, reason",
                (self._owner,),
            ).fetchall()
        # Only now: where it could not be read, the next look must not take it for seen.
        self._seen_change = change
        return [(row[0], row[1]) for row in rows]
