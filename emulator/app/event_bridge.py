"""EventBridge, wired on a cluster and a state directory: delivery, the bus, sinks, the record."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.app.notifications import Notifications
from emulator.app.record_keeping import Keeping
from emulator.app.settings import Settings
from emulator.ecs.cluster import Cluster
from emulator.eventbridge.chaos import Chaos
from emulator.eventbridge.delivery import Delivery
from emulator.eventbridge.router import MakeEvent, Router
from emulator.eventbridge.telling import Telling
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import EventBus, Warned
from emulator.model.definitions import Definitions
from emulator.model.task import Task
from emulator.state.directory import StateDirectory
from emulator.state.queues import QueueDirectory
from emulator.timers import Timers

if TYPE_CHECKING:
    from emulator.eventbridge.event_record import EventRecord
    from emulator.eventbridge.failures import Exhausted, Failure
    from emulator.eventbridge.notification import Notification
    from emulator.eventbridge.outlet import Parcel


class EventBridge:
    """Fires rules by `delivery` and routes events by `router`, until `close`."""

    def __init__(
        self,
        settings: Settings,
        definitions: Definitions,
        cluster: Cluster,
        bus: EventBus,
        timers: Timers,
        directory: StateDirectory,
        counts: Callable[[Task], bool],
        *,
        new_tasks: Callable[..., tuple[Task, ...]],
        keeping: Keeping,
        resumed: bool = True,
    ) -> None:
        self._bus = bus
        keep = QueueDirectory(directory.dead_letters).put
        undelivered = self._undelivered = Undelivered(definitions, bus, timers.now, keep)
        chaos = Chaos(settings.chaos)
        self._notifications = Notifications(
            definitions,
            directory,
            bus,
            timers,
            send=settings.send,
            resumed=resumed,
            warn=self._warn,
            undelivered=self._keep_dead_letter,
        )
        telling = Telling(bus, timers, undelivered, self._notifications.send)
        self.delivery = Delivery(
            definitions,
            cluster,
            bus,
            timers,
            undelivered,
            telling,
            chaos=chaos,
            new_tasks=new_tasks,
        )
        self._record = self._recorded(directory.events, keeping) if keeping.lasting else None
        self.router = Router(
            definitions,
            self.delivery,
            bus,
            timers,
            telling,
            record=_leave_out if self._record is None else self._record.add,
            chain=settings.chain,
            counts=counts,
        )

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on."""
        self._notifications.adopt(definitions)
        self._undelivered.adopt(definitions)
        self.delivery.adopt(definitions)
        self.router.adopt(definitions)

    def stop(self) -> None:
        """Start nothing from now on: neither by an event nor by another attempt."""
        self.router.stop()
        self.delivery.stop()

    def close(self) -> None:
        """Deliver and write what is left. No task may be running."""
        self._notifications.close()
        if self._record is not None:
            self._record.close()

    def resume_notification(self, key: str, parcel: "Parcel") -> bool:
        """Take what an earlier process has promised to a sink; return false where it is gone.

        Then it is a dead letter, as what cannot be delivered is.
        """
        if self._notifications.resume(key, parcel):
            return True
        from emulator.eventbridge.failures import Failure

        message = f"{parcel.sink}: no such sink by now"
        failure = Failure(
            exception="SinkError", code="NO_RESOURCE", message=message, retriable=False
        )
        self._keep_dead_letter(parcel.told, failure, parcel.attempt - 1, None)
        return False

    def _recorded(self, path: Path, keeping: Keeping) -> "EventRecord":
        """Return the record of all events from now on."""
        from emulator.eventbridge.event_record import EventRecord

        record = EventRecord(path, self._warn, linger=keeping.linger)
        self._bus.bind(record.together)
        return record

    def _keep_dead_letter(
        self,
        told: "Notification",
        failure: "Failure",
        attempts: int,
        exhausted: "Exhausted | None",
    ) -> None:
        if told.target is not None and told.occasion is not None:
            self._undelivered.keep(
                told.target, told.occasion, failure, attempts=attempts, exhausted=exhausted
            )

    def _warn(self, text: str) -> None:
        self._bus.publish(Warned(message=text))


def _leave_out(_make: MakeEvent) -> None:
    """Keep no event: nobody reads them, and they are not even made then."""
