"""What becomes of an event that cannot be delivered: it is told, and kept as a dead letter."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from emulator.clock import Clock
from emulator.errors import StateDirectoryError
from emulator.eventbridge.occasion import Occasion
from emulator.events import DeadLettered, EventBus, InvocationFailed, Warned
from emulator.model.definitions import Definitions
from emulator.model.rules import Target
from emulator.quantity import counted

if TYPE_CHECKING:
    from emulator.eventbridge.failures import Exhausted, Failure
    from emulator.model.event_rules import EventTarget

KeepDeadLetter = Callable[[str, dict[str, Any], datetime], object]
"""Keeps a message of a queue, given by its name; returns where. Raises `StateDirectoryError`."""


class Undelivered:
    """Tells of failed invocations, and puts their events into the queues of their targets."""

    def __init__(
        self, definitions: Definitions, bus: EventBus, clock: Clock, keep: KeepDeadLetter
    ) -> None:
        self._definitions = definitions
        self._bus = bus
        self._clock = clock
        self._keep = keep

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on."""
        self._definitions = definitions

    def add(
        self,
        target: "EventTarget",
        occasion: Occasion,
        failure: "Failure",
        *,
        attempts: int = 1,
        exhausted: "Exhausted | None" = None,
    ) -> None:
        """Take in an event that was tried so often; `exhausted` is the limit that ended it."""
        reason = failure.message
        if exhausted is not None:
            reason = f"{reason} (after {counted(attempts, 'attempt')}: {exhausted})"
        self._bus.publish(
            InvocationFailed(
                rule=occasion.rule,
                target_id=target.id,
                scheduled_at=occasion.at,
                reason=reason,
                at=self._clock(),
                event_id=occasion.event_id,
            )
        )
        self.keep(target, occasion, failure, attempts=attempts, exhausted=exhausted)

    def keep(
        self,
        target: "EventTarget",
        occasion: Occasion,
        failure: "Failure",
        *,
        attempts: int = 1,
        exhausted: "Exhausted | None" = None,
    ) -> None:
        """Put an event into the queue of its target, if it has one, without another word."""
        if target.dead_letter_arn is None:
            return
        from emulator.eventbridge.dead_letters import dead_letter

        message = dead_letter(
            occasion,
            self._arn_of(target),
            self._body_of(target, occasion),
            failure,
            attempts=attempts,
            exhausted=exhausted,
        )
        self._post(target.id, target.dead_letter_arn.rpartition(":")[2], occasion, message)

    def _post(
        self, target_id: str, queue: str, occasion: Occasion, message: dict[str, Any]
    ) -> None:
        try:
            path = self._keep(queue, message, self._clock())
        except StateDirectoryError as error:
            self._bus.publish(Warned(message=f"{occasion.rule}: {error}"))
            return
        self._bus.publish(
            DeadLettered(rule=occasion.rule, target_id=target_id, queue=queue, path=str(path))
        )

    def _arn_of(self, target: "EventTarget") -> str:
        from emulator.eventbridge.dead_letters import cluster_arn_of

        if isinstance(target, Target):
            return cluster_arn_of(target, self._definitions)
        return target.arn

    def _body_of(self, target: "EventTarget", occasion: Occasion) -> str:
        from emulator.eventbridge.dead_letters import body_of

        if isinstance(target, Target):
            return body_of(occasion, target, self._definitions)
        return json.dumps(occasion.event, ensure_ascii=False)
