"""Names that stand for the ARN of a target in ecs-local.yaml: `sns: alerts`."""

from typing import Final

from emulator.definitions.nodes import Fields

SHORT: Final = {
    "sns": "arn:aws:sns:{region}:{account}:{name}",
    "sqs": "arn:aws:sqs:{region}:{account}:{name}",
    "lambda": "arn:aws:lambda:{region}:{account}:function:{name}",
    "logs": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "eventBus": "arn:aws:events:{region}:{account}:event-bus/{name}",
    "apiDestination": "arn:aws:events:{region}:{account}:api-destination/{name}",
}
"""Keys of ecs-local.yaml that name a target, and the ARN that is meant."""


def is_notification(fields: Fields) -> bool:
    """Return whether a target of ecs-local.yaml is none that runs a task."""
    return "arn" in fields or any(key in fields for key in SHORT)


def short_arn(fields: Fields, region: str, account: str) -> str | None:
    """Take a target's ARN, or the name that stands for one in ecs-local.yaml."""
    found = fields.text("arn")
    for key, form in SHORT.items():
        name = fields.text(key)
        if name is not None and found is None:
            known = name.startswith("arn:")
            found = name if known else form.format(region=region, account=account, name=name)
    return found
