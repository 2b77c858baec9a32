"""Tells targets that run no task of an occasion, or tells what they cannot be given."""

from collections.abc import Callable, Iterable

from emulator.eventbridge.failures import InvalidInputError, failure_of
from emulator.eventbridge.notification import Notification, notification
from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.undelivered import Undelivered
from emulator.events import EventBus, TargetTold
from emulator.model.notification_targets import NotificationTarget
from emulator.model.transform import TransformError
from emulator.timers import Timers


class Telling:
    """Makes notifications of occasions and hands them to `notify`, which returns soon."""

    def __init__(
        self,
        bus: EventBus,
        timers: Timers,
        undelivered: Undelivered,
        notify: Callable[[Notification], None],
    ) -> None:
        self._bus = bus
        self._timers = timers
        self._undelivered = undelivered
        self._notify = notify

    def tell(self, targets: Iterable[NotificationTarget], occasion: Occasion) -> None:
        """Tell each target; what a transformer cannot make is undelivered, as AWS has it."""
        now = self._timers.now()
        for target in targets:
            try:
                told = notification(target, occasion, now)
            except TransformError as error:
                failure = failure_of(InvalidInputError(str(error)))
                self._undelivered.add(target, occasion, failure)
                continue
            name = f"{told.kind} {told.name}"
            self._bus.publish(TargetTold(rule=occasion.rule, target=name, text=told.text, at=now))
            self._notify(told)
