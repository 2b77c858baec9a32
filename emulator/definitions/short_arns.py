"""Names that stand for the ARN of a target in ecs-local.yaml: `sns: alerts`."""

from typing import Final

from emulator.definitions.nodes import Fields
from emulator.model.arns import arn_of

SHORT: Final = {
    "sns": ("sns", ""),
    "sqs": ("sqs", ""),
    "lambda": ("lambda", "function:"),
    "logs": ("logs", "log-group:"),
    "eventBus": ("events", "event-bus/"),
    "apiDestination": ("events", "api-destination/"),
}
"""Keys of ecs-local.yaml that name a target; in its ARN the service, and what precedes the name."""


def is_notification(fields: Fields) -> bool:
    """Return whether a target of ecs-local.yaml is none that runs a task."""
    return "arn" in fields or any(key in fields for key in SHORT)


def short_arn(fields: Fields, region: str, account: str) -> str | None:
    """Take a target's ARN, or the name that stands for one in ecs-local.yaml."""
    found = fields.text("arn")
    for key, (service, before) in SHORT.items():
        name = fields.text(key)
        if name is not None and found is None:
            known = name.startswith("arn:")
            found = name if known else arn_of(service, region, account, f"{before}{name}")
    return found
