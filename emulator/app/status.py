"""What `status` tells of a state directory: its scheduler, what runs, and how the last day went."""

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from emulator.state.firings import firings_between
from emulator.state.promises import count_promises
from emulator.state.scheduler_note import SchedulerNotes
from emulator.state.statistics import count_since
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.app.emulator import Emulator
    from emulator.state.records import TaskRecord

LONGEST_SILENCE: Final = timedelta(seconds=30)
"""How long a scheduler may not have looked at the clock and still be well."""


@frozen
class Status:
    """`scheduler` names the process at work, None without one; `seen_at` is its sign of life.

    `killed_at` is when a scheduler was last alive that did not end by itself. `last_day` counts
    tasks that `succeeded`, `failed` or were `stopped`, and firings that were `missed` or `skipped`.
    `waiting` counts what is to come: each kind of promise, and further attempts as `attempt`.
    """

    scheduler: str | None
    healthy: bool
    detached: bool
    since: datetime | None
    seen_at: datetime | None
    killed_at: datetime | None
    rules: tuple[str, ...]
    running: "tuple[TaskRecord, ...]"
    waiting: Counter[str]
    last_day: Counter[str]


def status_of(emulator: "Emulator") -> Status:
    """Return how the state directory of an emulator does. Raises `StateDirectoryError`."""
    scheduler = emulator.state.scheduler()
    notes = SchedulerNotes(emulator.state.path)
    note, seen_at, now = notes.read(), notes.last_beat(), emulator.now()
    at_work = scheduler is not None
    return Status(
        scheduler=scheduler,
        healthy=at_work and seen_at is not None and now - seen_at < LONGEST_SILENCE,
        detached=at_work and note is not None and note.detached,
        since=note.since if at_work and note is not None else None,
        seen_at=seen_at if at_work else None,
        killed_at=None if at_work else seen_at,
        rules=tuple(note.rules) if at_work and note is not None else (),
        running=tuple(emulator.history.unfinished()),
        waiting=_waiting(emulator),
        last_day=_last_day(emulator, now - timedelta(days=1), now),
    )


def looks_at_clock(emulator: "Emulator") -> bool:
    """Return whether the scheduler of this state directory has looked at the clock lately."""
    seen_at = SchedulerNotes(emulator.state.path).last_beat()
    return seen_at is not None and emulator.now() - seen_at < LONGEST_SILENCE


def _waiting(emulator: "Emulator") -> Counter[str]:
    counts = Counter({kind.value: n for kind, n in count_promises(emulator.history).items()})
    attempts = len(emulator.history.waiting_attempts())
    return counts + Counter({"attempt": attempts})


def _last_day(emulator: "Emulator", since: datetime, now: datetime) -> Counter[str]:
    counts = count_since(emulator.history, since)
    for firing in firings_between(emulator.history, since, now):
        if firing.outcome in ("missed", "skipped"):
            counts[firing.outcome] += 1
    return counts
