"""What happens to rules and tasks, as typed values, and the bus that carries them.

Logs, history, the screen and notifications subscribe; whoever publishes knows none of them.
"""

from emulator.events.bus import EventBus
from emulator.events.event import Event
from emulator.events.firings import (
    FiringDelivered,
    FiringFired,
    FiringMissed,
    FiringOverlapped,
    FiringSkipped,
)
from emulator.events.promises import Promised, PromiseKind, PromiseSettled
from emulator.events.scheduler import (
    DefinitionsRefused,
    DefinitionsReloaded,
    Progressed,
    SchedulerBegan,
    Warned,
)
from emulator.events.targets import (
    ChainLinked,
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

__all__ = [
    "ChainLinked",
    "ChainStopped",
    "DeadLettered",
    "DefinitionsRefused",
    "DefinitionsReloaded",
    "Event",
    "EventBus",
    "EventMatched",
    "FiringDelivered",
    "FiringFired",
    "FiringMissed",
    "FiringOverlapped",
    "FiringSkipped",
    "InvocationFailed",
    "InvocationRetried",
    "LogEventsReceived",
    "Progressed",
    "PromiseKind",
    "PromiseSettled",
    "Promised",
    "SchedulerBegan",
    "TargetTold",
    "TaskRetryCancelled",
    "TaskRetryScheduled",
    "TaskStateChanged",
    "TaskWaits",
    "Warned",
]
