"""What a scheduler that was killed had promised: firings that waited for their turn, attempts."""

from datetime import datetime
from typing import Final

from emulator.app.live import Live
from emulator.app.recorded_task import recorded_task
from emulator.errors import EcsLocalError
from emulator.events import EventBus, FiringMissed
from emulator.state.scheduler_note import SchedulerNote

WAITED: Final = "it still waited for its turn when the scheduler was killed"


def missed_turns(live: Live, bus: EventBus, since: datetime, now: datetime) -> None:
    """Report the firings that waited for their turn as missed."""
    outcomes: dict[tuple[str, datetime], set[str]] = {}
    for firing in live.history.firings_between(since, now):
        outcomes.setdefault((firing.rule, firing.scheduled_at), set()).add(firing.outcome)
    waiting: dict[str, list[datetime]] = {}
    for (rule, due), seen in outcomes.items():
        if seen == {"queued"}:
            waiting.setdefault(rule, []).append(due)
    for rule, dues in waiting.items():
        bus.publish(FiringMissed(rule=rule, scheduled=tuple(dues), reason=WAITED, at=now))


def unfinished_attempts(live: Live, note: SchedulerNote) -> None:
    """Go on with failed tasks whose next attempt had not come."""
    records = live.history.tasks(since=note.since, failed=True)
    for record in records:
        if record.owner != note.owner or record.rule is None:
            continue
        first = record.retry_of or record.task_id
        if live.history.last_attempt(first) > record.attempt:
            continue
        try:
            live.supervision.resume(recorded_task(record, live.history))
        except EcsLocalError as error:
            live.warn(f"task {record.task_id} gets no other attempt: {error}")
