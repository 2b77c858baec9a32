"""Rules that match events, and targets that are told of an event rather than run a task."""

from dataclasses import dataclass, field
from enum import StrEnum

from emulator.errors import SourceRef
from emulator.model.delivery import InputTransformer, RetryPolicy
from emulator.model.rules import Dialect, RuleState, Target


class TargetKind(StrEnum):
    """What a target that is no ECS task is, by the service of its ARN."""

    SNS = "sns"
    SQS = "sqs"
    LAMBDA = "lambda"
    LOGS = "logs"
    EVENT_BUS = "event-bus"
    API_DESTINATION = "api-destination"


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationTarget:
    """A target that gets text: the event, a constant `input`, or what a path or template makes.

    At most one of `input`, `input_path` and `input_transformer` is set.
    """

    id: str
    arn: str
    kind: TargetKind
    input: str | None = None
    input_path: str | None = None
    input_transformer: InputTransformer | None = None
    role_arn: str | None = None
    retry_policy: RetryPolicy | None = None
    dead_letter_arn: str | None = None
    source: SourceRef | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The name of the topic, queue, function, log group, bus or destination."""
        return target_name(self.arn, self.kind)


EventTarget = Target | NotificationTarget


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRule:
    """An EventBridge rule with an event pattern, JSON text in one canonical form.

    `event_bus` is the name of its bus. A rule that has a schedule too is a `Rule` of the same
    name besides.
    """

    name: str
    event_pattern: str
    targets: tuple[EventTarget, ...]
    description: str = ""
    state: RuleState = RuleState.ENABLED
    event_bus: str = "default"
    source: SourceRef | None = field(default=None, compare=False)

    @property
    def dialect(self) -> Dialect:
        """Which service it belongs to: EventBridge itself, not its Scheduler."""
        return "rule"

    @property
    def enabled(self) -> bool:
        """Whether it matches at all."""
        return self.state is RuleState.ENABLED

    @property
    def task_targets(self) -> tuple[Target, ...]:
        """The targets that run tasks."""
        return tuple(target for target in self.targets if isinstance(target, Target))

    @property
    def notification_targets(self) -> tuple[NotificationTarget, ...]:
        """The targets that are told."""
        return tuple(t for t in self.targets if isinstance(t, NotificationTarget))


def kind_of_arn(arn: str) -> TargetKind | None:
    """Return what an ARN names; None for what is no target of this kind."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return None
    service, resource = parts[2], parts[5]
    if service == "events":
        return _events_kind(resource)
    return TargetKind(service) if service in ("sns", "sqs", "lambda", "logs") else None


def _events_kind(resource: str) -> TargetKind | None:
    for kind in (TargetKind.EVENT_BUS, TargetKind.API_DESTINATION):
        if resource.startswith(f"{kind}/"):
            return kind
    return None


def target_name(arn: str, kind: TargetKind) -> str:
    """Return the name within an ARN that `kind_of_arn` knows."""
    resource = arn.split(":", 5)[-1]
    match kind:
        case TargetKind.LAMBDA:
            return resource.removeprefix("function:").partition(":")[0]
        case TargetKind.LOGS:
            return resource.removeprefix("log-group:").removesuffix(":*")
        case TargetKind.EVENT_BUS | TargetKind.API_DESTINATION:
            return resource.split("/")[1]
        case _:
            return resource
