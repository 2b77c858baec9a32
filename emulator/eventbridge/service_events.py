"""The events AWS services send: "ECS Task State Change" and "Scheduled Event" (pure).

AWS: "Amazon ECS events" in the ECS developer guide, "Events from AWS services" in the EventBridge
user guide. Instants of `detail` have milliseconds, that of the envelope seconds; what is unknown
is absent.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import iso_instant
from emulator.ecs import identity
from emulator.model.arns import arn_of
from emulator.model.task import Task

if TYPE_CHECKING:
    from emulator.definitions.put_events import Entry

Event = dict[str, Any]

SCHEDULED_EVENT: Final = "Scheduled Event"
TASK_STATE_CHANGE: Final = "ECS Task State Change"

_API_ONLY: Final = ("fargateEphemeralStorage", "platformFamily", "tags")
"""Keys that DescribeTasks has and the event has not."""


def task_state_change(task: Task, at: datetime) -> Event:
    """Return the event ECS sends when a task changes at `at`: of one version always the same."""
    from emulator.model.describe import describe_task

    detail = {k: v for k, v in describe_task(task).items() if k not in _API_ONLY}
    overrides = dict(detail.get("overrides", {}))
    overrides.pop("inferenceAcceleratorOverrides", None)
    detail["overrides"] = overrides
    detail["attachments"] = [_attachment(item) for item in detail.get("attachments", [])]
    detail["updatedAt"] = iso_instant(at, timespec="milliseconds")
    _, _, _, region, account, _ = task.arn.split(":", 5)
    return envelope(
        source="aws.ecs",
        detail_type=TASK_STATE_CHANGE,
        detail=detail,
        at=at,
        region=region,
        account=account,
        resources=[task.arn],
        event_id=identity.part_id(task, f"version {task.version}"),
    )


def scheduled_event(rule: str, due: datetime, *, region: str, account: str) -> Event:
    """Return the event with which a schedule starts its rule's targets, of the due instant."""
    return envelope(
        source="aws.events",
        detail_type=SCHEDULED_EVENT,
        detail={},
        at=due,
        region=region,
        account=account,
        resources=[rule_arn(rule, region, account)],
    )


def put_event(entry: "Entry", now: datetime, *, region: str, account: str) -> Event:
    """Return the event that an entry of PutEvents becomes."""
    return envelope(
        source=entry.source,
        detail_type=entry.detail_type,
        detail=dict(entry.detail),
        at=entry.time or now,
        region=region,
        account=account,
        resources=list(entry.resources),
    )


def envelope(
    *,
    source: str,
    detail_type: str,
    detail: dict[str, Any],
    at: datetime,
    region: str,
    account: str,
    resources: list[str],
    event_id: str | None = None,
) -> Event:
    """Return an event in the shape that every event on a bus has."""
    return {
        "version": "0",
        "id": event_id or identity.new_message_id(),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": iso_instant(at, timespec="seconds"),
        "region": region,
        "resources": resources,
        "detail": detail,
    }


def rule_arn(rule: str, region: str, account: str, event_bus: str = "default") -> str:
    """Return the ARN of a rule; only that of another bus than the default one names it."""
    bus = "" if event_bus == "default" else f"{event_bus}/"
    return arn_of("events", region, account, f"rule/{bus}{rule}")


def _attachment(attachment: dict[str, Any]) -> dict[str, Any]:
    """Return an attachment as events have it: they name the type `eni`."""
    if attachment.get("type") != "ElasticNetworkInterface":
        return attachment
    return {**attachment, "type": "eni"}
