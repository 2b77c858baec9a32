"""What a dead-letter queue receives, in AWS's own shape (pure).

AWS: "Using dead-letter queues to process undelivered events" in the EventBridge user guide,
"Configuring a dead-letter queue" in that of EventBridge Scheduler. A message is written as SQS
ReceiveMessage gives it.
"""

import json
from typing import Any

from emulator.clock import iso_instant
from emulator.ecs.identity import cluster_arn, new_message_id
from emulator.eventbridge.failures import Exhausted, Failure
from emulator.eventbridge.occasion import Occasion
from emulator.model.definitions import Definitions
from emulator.model.describe import describe_overrides
from emulator.model.rules import Target


def dead_letter(
    occasion: Occasion,
    target_arn: str,
    body: str,
    failure: Failure,
    *,
    attempts: int,
    exhausted: Exhausted | None,
) -> dict[str, Any]:
    """Return the message for an event that could not be delivered in so many attempts.

    `body` is the event; with EventBridge Scheduler it is what the target was asked for.
    """
    attributes = {"RETRY_ATTEMPTS": str(max(0, attempts - 1)), "ERROR_MESSAGE": failure.message}
    if exhausted is not None:
        attributes["EXHAUSTED_RETRY_CONDITION"] = exhausted.value
    attributes["TARGET_ARN"] = target_arn
    if occasion.dialect == "scheduler":
        attributes |= {
            "ERROR_CODE": failure.exception,
            "EXECUTION_ID": occasion.execution_id,
            "IS_PAYLOAD_TRUNCATED": "false",
            "SCHEDULED_TIME": iso_instant(occasion.time_said, timespec="seconds"),
            "SCHEDULE_ARN": occasion.rule_arn,
        }
    else:
        attributes |= {"ERROR_CODE": failure.code, "RULE_ARN": occasion.rule_arn}
    return {
        "MessageId": new_message_id(),
        "Body": body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": attributes[name]}
            for name in sorted(attributes)
        },
    }


def body_of(occasion: Occasion, target: Target, definitions: Definitions) -> str:
    """Return the body of a message about an ECS target."""
    if occasion.dialect != "scheduler":
        return json.dumps(occasion.event, ensure_ascii=False)
    request = {
        "cluster": cluster_arn_of(target, definitions),
        "taskDefinition": target.task_definition,
        "count": target.task_count,
        "overrides": describe_overrides(target.overrides),
    }
    return json.dumps(request, ensure_ascii=False)


def cluster_arn_of(target: Target, definitions: Definitions) -> str:
    """Return the ARN of an ECS target: that of its cluster."""
    name = target.cluster or definitions.cluster
    return cluster_arn(definitions.region, definitions.account, name)
