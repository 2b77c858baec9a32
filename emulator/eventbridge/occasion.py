"""Why a rule starts its targets: a due instant or a matched event, and what led to it (pure)."""

from datetime import datetime
from typing import TYPE_CHECKING

from emulator.eventbridge.service_events import Event, rule_arn, scheduled_event
from emulator.model.arns import arn_of
from emulator.model.definitions import Definitions
from emulator.model.rules import Dialect, Rule
from emulator.model.task import Match, Origin
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.model.event_rules import EventRule


@frozen
class Occasion:
    """One time that a rule starts its targets.

    `at` is the due instant or that of the event; `scheduled_at` is None for an event. `event` is
    what the targets of a rule get; EventBridge Scheduler has an `execution_id`, and sends its event
    only to targets without an `Input` that run no task. `scheduled_time` is the time that its
    expression says, where a flexible time window has made it due later.
    `cause` are the rules of the chain that led here, this one the last; `origin` is what its tasks
    are started for.
    """

    rule: str
    rule_arn: str
    event: Event
    at: datetime
    scheduled_at: datetime | None = None
    dialect: Dialect = "rule"
    cause: tuple[str, ...] = ()
    origin: Origin = Origin.SCHEDULE
    execution_id: str = ""
    scheduled_time: datetime | None = None

    @property
    def event_id(self) -> str | None:
        """The id of the event that the rule matched; None: it was due."""
        return None if self.scheduled_at is not None else str(self.event["id"])

    @property
    def time_said(self) -> datetime:
        """The time that the schedule says, or that of the event."""
        return self.scheduled_time or self.at

    @property
    def match(self) -> Match | None:
        """The rule and the event that it matched; None: it was due."""
        return None if self.event_id is None else (self.rule, self.event_id)


def due(
    rule: Rule,
    scheduled_at: datetime,
    definitions: Definitions,
    origin: Origin = Origin.SCHEDULE,
    scheduled_time: datetime | None = None,
) -> Occasion:
    """Return the occasion of a rule that is due."""
    region, account = definitions.region, definitions.account
    event = scheduled_event(rule.name, scheduled_at, region=region, account=account)
    arn = event["resources"][0]
    if rule.dialect == "scheduler":
        group = rule.schedule_group or "default"
        arn = arn_of("scheduler", region, account, f"schedule/{group}/{rule.bare_name}")
        event |= {"source": "aws.scheduler", "resources": [arn], "detail": "{}"}
    return Occasion(
        rule=rule.name,
        rule_arn=arn,
        event=event,
        at=scheduled_at,
        scheduled_at=scheduled_at,
        dialect=rule.dialect,
        cause=(rule.name,),
        origin=origin,
        execution_id=event["id"],
        scheduled_time=None if scheduled_time == scheduled_at else scheduled_time,
    )


def matched(
    rule: "EventRule", event: Event, cause: tuple[str, ...], definitions: Definitions
) -> Occasion:
    """Return the occasion of a rule that an event matched; `cause` is what led to the event."""
    return Occasion(
        rule=rule.name,
        rule_arn=rule_arn(rule.name, definitions.region, definitions.account, rule.event_bus),
        event=event,
        at=datetime.fromisoformat(event["time"]),
        cause=(*cause, rule.name),
        origin=Origin.EVENT,
    )
