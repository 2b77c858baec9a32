"""Notifies targets that run no task, and reports what they cannot be given."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import EventBus, TargetTold
from emulator.timers import Timers

if TYPE_CHECKING:
    from emulator.eventbridge.notification import Notification
    from emulator.model.notification_targets import NotificationTarget


class Telling:
    """Makes notifications of occasions and hands them to `notify`, which returns soon."""

    def __init__(
        self,
        bus: EventBus,
        timers: Timers,
        undelivered: Undelivered,
        notify: "Callable[[Notification], None]",
    ) -> None:
        self._bus = bus
        self._timers = timers
        self._undelivered = undelivered
        self._notify = notify

    def tell(self, targets: "Iterable[NotificationTarget]", occasion: Occasion) -> None:
        """Tell each target; what a transformer cannot make is undelivered, as AWS has it."""
        now = self._timers.now()
        for target in targets:
            self._tell(target, occasion, now)

    def _tell(self, target: "NotificationTarget", occasion: Occasion, now: datetime) -> None:
        from emulator.eventbridge.failures import failure_of
        from emulator.eventbridge.invocation import InvalidInputError
        from emulator.eventbridge.notification import notification
        from emulator.model.transform import TransformError

        try:
            told = notification(target, occasion, now)
        except TransformError as error:
            failure = failure_of(InvalidInputError(str(error)))
            self._undelivered.add(target, occasion, failure)
            return
        name = f"{told.kind} {told.name}"
        self._bus.publish(TargetTold(rule=occasion.rule, target=name, text=told.text, at=now))
        self._notify(told)
