"""What a scheduler that was killed had promised: firings that waited for their turn, attempts."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from emulator.app.live import Live
from emulator.app.recorded_task import recorded_task
from emulator.errors import EcsLocalError
from emulator.events import EventBus, FiringMissed
from emulator.state.firings import firings_between
from emulator.state.owner import owner_lives
from emulator.state.records import WaitingAttempt

WAITED: Final = "it still waited for its turn when the scheduler was killed"
NOT_ITS_HEIR: Final = "the process that was to start it is gone"
NO_LONGER: Final = "by now the definitions say so"


def missed_turns(live: Live, bus: EventBus, since: datetime, now: datetime) -> None:
    """Report the firings that waited for their turn as missed."""
    outcomes: dict[tuple[str, datetime], set[str]] = {}
    for firing in firings_between(live.history, since, now):
        outcomes.setdefault((firing.rule, firing.scheduled_at), set()).add(firing.outcome)
    waiting: dict[str, list[datetime]] = {}
    for (rule, due), seen in outcomes.items():
        if seen == {"queued"}:
            waiting.setdefault(rule, []).append(due)
    for rule, dues in waiting.items():
        bus.publish(FiringMissed(rule=rule, scheduled=tuple(dues), reason=WAITED, at=now))


def unfinished_attempts(live: Live, heir_of: Collection[str]) -> None:
    """Let the attempts come that had not, of schedulers that were killed; report all others.

    What a living process waits for is its own affair.
    """
    for attempt in live.history.waiting_attempts():
        try:
            obstacle = _resume(live, attempt, heir_of)
        except EcsLocalError as error:
            obstacle = str(error)
        if obstacle is not None:
            live.recorder.forget(attempt)
            live.warn(f"task {attempt.task_id} gets no other attempt: {obstacle}")


def _resume(live: Live, attempt: WaitingAttempt, heir_of: Collection[str]) -> str | None:
    """Let an attempt come; return why it does not, where it was to come."""
    record = live.history.find(attempt.task_id)
    if owner_lives(record.owner):
        return None
    if record.owner not in heir_of:
        return NOT_ITS_HEIR
    assert attempt.at is not None, "only what is to come waits"
    task = recorded_task(record, live.history)
    return None if live.supervision.resume(task, attempt.at) else NO_LONGER
