"""What of the events of a run goes on record, and in which form."""

from emulator.events import (
    EventBus,
    FiringDelivered,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    Promised,
    PromiseSettled,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
)
from emulator.state.recorder import Recorder


def record_on(bus: EventBus, recorder: Recorder) -> None:
    """Let a recorder note what happens to tasks, firings and attempts from now on."""
    bus.bind(recorder.together)
    bus.subscribe(TaskStateChanged, recorder.task_changed)
    bus.subscribe(FiringDelivered, recorder.firing)
    bus.subscribe(FiringMissed, recorder.firing)
    bus.subscribe(FiringOverlapped, recorder.firing)
    bus.subscribe(FiringSkipped, recorder.firing)
    bus.subscribe(InvocationFailed, recorder.firing)
    bus.subscribe(Promised, recorder.promise)
    bus.subscribe(PromiseSettled, recorder.promise)
    bus.subscribe(TaskRetryScheduled, recorder.retry)
    bus.subscribe(TaskRetryCancelled, recorder.retry)
