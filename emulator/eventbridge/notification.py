"""What a target that is no ECS task is told of an event (pure).

AWS: "Amazon EventBridge input transformation" and PutTargets: the whole event, a constant text,
the part of the event that a path names, or what a template makes of it.
"""

import json
from datetime import datetime
from typing import Any

from emulator.clock import iso_instant
from emulator.eventbridge.occasion import Occasion
from emulator.eventbridge.service_events import Event
from emulator.model.notification_targets import NotificationTarget, TargetKind
from emulator.values import frozen


@frozen
class Notification:
    """One message to one target: `text` is what it receives, `name` that of the topic or queue.

    `target` and `occasion` are there where what cannot be delivered is to become a dead letter.
    """

    kind: TargetKind
    name: str
    arn: str
    rule: str
    target_id: str
    event: Event
    text: str
    at: datetime
    target: NotificationTarget | None = None
    occasion: Occasion | None = None

    @property
    def document(self) -> dict[str, Any]:
        """What files and generic webhooks get."""
        return {
            "time": iso_instant(self.at, timespec="milliseconds"),
            "kind": self.kind.value,
            "name": self.name,
            "arn": self.arn,
            "rule": self.rule,
            "targetId": self.target_id,
            "eventId": self.event.get("id"),
            "message": self.text,
        }


def notification(target: NotificationTarget, occasion: Occasion, now: datetime) -> Notification:
    """Return what a target is told on an occasion. Raises `TransformError`."""
    return Notification(
        kind=target.kind,
        name=target.name,
        arn=target.arn,
        rule=occasion.rule,
        target_id=target.id,
        event=occasion.event,
        text=_text(target, occasion, now),
        at=now,
        target=target,
        occasion=occasion,
    )


def _text(target: NotificationTarget, occasion: Occasion, now: datetime) -> str:
    from emulator.model.transform import MISSING, transform, value_at

    if target.input is not None:
        return _constant(target.input, occasion)
    if target.input_transformer is not None:
        return transform(
            target.input_transformer,
            occasion.event,
            rule=occasion.rule,
            rule_arn=occasion.rule_arn,
            received=now,
        )
    value = (
        occasion.event if target.input_path is None else value_at(occasion.event, target.input_path)
    )
    return "" if value is MISSING else json.dumps(value, ensure_ascii=False)


def _constant(text: str, occasion: Occasion) -> str:
    """Return a constant input, with Scheduler's context attributes in it."""
    if occasion.dialect != "scheduler":
        return text
    from emulator.eventbridge.context import replacing, scheduler_context

    context = scheduler_context(
        schedule_arn=occasion.rule_arn,
        scheduled_time=occasion.time_said,
        execution_id=occasion.execution_id,
        attempt=1,
    )
    return replacing(context)(text)
