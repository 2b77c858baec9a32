"""All kinds of events: what may be published."""

from emulator.events.firings import (
    FiringDelivered,
    FiringFired,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
)
from emulator.events.promises import (
    Promised,
    PromiseSettled,
)
from emulator.events.scheduler import (
    DefinitionsRefused,
    DefinitionsReloaded,
    Progressed,
    SchedulerBegan,
    Warned,
)
from emulator.events.targets import (
    ChainStopped,
    DeadLettered,
    EventMatched,
    InvocationFailed,
    InvocationRetried,
    TargetTold,
)
from emulator.events.tasks import (
    LogEventsReceived,
    TaskRetryCancelled,
    TaskRetryScheduled,
    TaskStateChanged,
    TaskWaits,
)

Event = (
    TaskStateChanged
    | LogEventsReceived
    | FiringFired
    | FiringDelivered
    | FiringMissed
    | FiringOverlapped
    | FiringSkipped
    | TaskRetryScheduled
    | TaskRetryCancelled
    | TaskWaits
    | InvocationFailed
    | InvocationRetried
    | Promised
    | PromiseSettled
    | DeadLettered
    | EventMatched
    | TargetTold
    | ChainStopped
    | SchedulerBegan
    | DefinitionsReloaded
    | DefinitionsRefused
    | Warned
    | Progressed
)
