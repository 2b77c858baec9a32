"""Targets that are told of an event rather than run a task."""

from dataclasses import field
from enum import StrEnum

from emulator.errors import SourceRef
from emulator.model.delivery import InputTransformer, RetryPolicy
from emulator.values import frozen


class TargetKind(StrEnum):
    """What a target that is no ECS task is, by the service of its ARN."""

    SNS = "sns"
    SQS = "sqs"
    LAMBDA = "lambda"
    LOGS = "logs"
    EVENT_BUS = "event-bus"
    API_DESTINATION = "api-destination"


@frozen
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
