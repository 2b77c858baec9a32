"""Tasks of other processes: a living one is asked to stop its own, those of a dead one end here."""

from collections.abc import Callable

from emulator.app.emulator import Emulator
from emulator.app.upkeep import Leftovers, Upkeep, refuse_while_at_work
from emulator.errors import UsageError
from emulator.events import EventBus
from emulator.state.owner import owner_lives
from emulator.state.records import TaskRecord
from emulator.state.stop_requests import request_stop


def remove_leftovers(emulator: Emulator, bus: EventBus) -> Leftovers:
    """End and remove everything of this state directory that no living process owns.

    Raises `UsageError` while a scheduler is at work, and `StateDirectoryError` for a history that
    cannot be read.
    """
    refuse_while_at_work(emulator.state)
    # Before a machine is there, which would tell of it, too.
    emulator.history.unfinished()
    with emulator.bare_machine(bus) as live:
        return Upkeep(live, emulator.state).remove()


def stop(emulator: Emulator, text: str, reason: str, bus: EventBus) -> str:
    """Stop a task wherever it runs; return its id once the request is on its way.

    Raises `UsageError` when there is no such task, or it is over.
    """
    record = emulator.history.find(text)
    if record.stopped:
        message = f"task {record.task_id} is over: {record.stopped_reason}"
        raise UsageError(message)
    if owner_lives(record.owner):
        request_stop(emulator.history, record.task_id, record.owner, reason, emulator.now())
    else:
        _stop_orphan(emulator, record, reason, bus)
    return record.task_id


def await_stop(
    emulator: Emulator, task_id: str, reason: str, bus: EventBus, *, wait: Callable[[], object]
) -> TaskRecord:
    """Return a task that was asked to stop once it is over; `wait` is called between looks.

    Its process may be gone before it obeys: then the task is stopped from here.
    """
    while not (record := emulator.history.find(task_id)).stopped:
        if owner_lives(record.owner):
            wait()
        else:
            _stop_orphan(emulator, record, reason, bus)
    return record


def _stop_orphan(emulator: Emulator, record: TaskRecord, reason: str, bus: EventBus) -> None:
    with emulator.bare_machine(bus) as live:
        Upkeep(live, emulator.state).stop(record, reason)
