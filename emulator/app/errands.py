"""Tasks that somebody asks for once, watched to their end: by rule, definition, record or event.

Each function takes the emulator whose definitions and state directory they go by.
"""

from collections.abc import Callable, Iterable, Sequence

from emulator.app.emulator import Emulator
from emulator.app.live import Live
from emulator.app.recorded_task import changed_since, recorded_task
from emulator.definitions.put_events import Entry
from emulator.ecs.further_attempt import further_attempt
from emulator.ecs.run_task import RunTaskRequest
from emulator.ecs.run_task import run_task as tasks_of
from emulator.errors import UsageError
from emulator.eventbridge.service_events import Event, put_event
from emulator.events import (
    EventBus,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
    Warned,
)
from emulator.model.rules import Rule, TaskOverride
from emulator.model.task import Origin, Task


def invoke(emulator: Emulator, rules: Sequence[Rule], bus: EventBus) -> list[Task]:
    """Fire rules now, as their schedule would; return their tasks once all are STOPPED."""
    now = emulator.now()

    def start(live: Live) -> None:
        for rule in rules:
            live.delivery.fire(rule, now, Origin.INVOKE)

    return _run_to_the_end(emulator, start, bus)


def run_task(
    emulator: Emulator, task_definition: str, overrides: TaskOverride, count: int, bus: EventBus
) -> list[Task]:
    """Run a task definition without a rule; return its tasks once all are STOPPED.

    Raises `RunTaskRefusedError`.
    """
    request = RunTaskRequest(task_definition=task_definition, count=count, overrides=overrides)
    tasks = tasks_of(request, emulator.definitions, now=emulator.now())
    return _run_to_the_end(emulator, lambda live: _submit(live, tasks), bus)


def retry(emulator: Emulator, texts: Sequence[str], bus: EventBus) -> list[Task]:
    """Run recorded tasks again; return the new ones once all are STOPPED.

    Each has the definition, overrides and due instant of the recorded one, whatever the files
    say by now. Raises `UsageError` for a task that is not over, or not known well enough.
    """
    again = [_further_attempt(emulator, text, bus) for text in texts]
    return _run_to_the_end(emulator, lambda live: _submit(live, again), bus)


def events_of(emulator: Emulator, entries: Iterable[Entry]) -> list[tuple[str, Event]]:
    """Return the events that entries of PutEvents become, each with the name of its bus."""
    known = emulator.definitions
    return [
        (
            entry.event_bus,
            put_event(entry, emulator.now(), region=known.region, account=known.account),
        )
        for entry in entries
    ]


def put_events(
    emulator: Emulator, events: Sequence[tuple[str, Event]], bus: EventBus
) -> list[Task]:
    """Put events on their buses; return what they started once all of it is STOPPED."""

    def start(live: Live) -> None:
        for event_bus, event in events:
            put_on(live, event_bus, event)

    return _run_to_the_end(emulator, start, bus)


def put_on(live: Live, event_bus: str, event: Event) -> None:
    """Put an event on a bus, and warn when it matches no rule of it."""
    if not live.router.put(event, event_bus=event_bus):
        where = "" if event_bus == "default" else f" of bus {event_bus}"
        live.warn(f"no rule{where} matches event {event['id']}")


def _submit(live: Live, tasks: Iterable[Task]) -> None:
    for task in tasks:
        live.cluster.submit(task)


def _further_attempt(emulator: Emulator, text: str, bus: EventBus) -> Task:
    """Return another attempt of a recorded task, saying where the files differ by now."""
    record = emulator.history.find(text)
    if not record.stopped:
        message = f"task {record.task_id} is still {record.last_status}"
        raise UsageError(message, hint="`ecs-local stop` ends it")
    task = recorded_task(record, emulator.history)
    if changed_since(task, emulator.definitions):
        family = task.task_definition.family
        message = f"{family}: the files say something else by now; it runs as recorded"
        bus.publish(Warned(message=message))
    attempt = emulator.history.last_attempt(task.retry_of or task.id) + 1
    return further_attempt(task, attempt=attempt, now=emulator.now(), origin=Origin.MANUAL_RETRY)


def _run_to_the_end(emulator: Emulator, start: Callable[[Live], None], bus: EventBus) -> list[Task]:
    ended: dict[str, Task] = {}

    def on_task(event: TaskStateChanged) -> None:
        if event.task.stopped:
            ended[event.task.id] = event.task

    def on_retry(event: TaskRetryScheduled) -> None:
        # An attempt is not the end of it where another one follows.
        ended.pop(event.task.id, None)

    def on_cancelled(event: TaskRetryCancelled) -> None:
        ended[event.task.id] = event.task

    bus.subscribe(TaskStateChanged, on_task)
    bus.subscribe(TaskRetryScheduled, on_retry)
    bus.subscribe(TaskRetryCancelled, on_cancelled)
    with emulator.machine(bus) as live:
        emulator.see_to_the_end(live, start)
    return list(ended.values())
