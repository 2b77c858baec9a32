"""Context attributes: what EventBridge Scheduler replaces in a target's `Input` (pure).

AWS: "Adding context attributes in EventBridge Scheduler" in the user guide.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from emulator.clock import iso_instant
from emulator.model.container_override import ContainerOverride
from emulator.model.rules import TaskOverride


def scheduler_context(
    *, schedule_arn: str, scheduled_time: datetime, execution_id: str, attempt: int
) -> dict[str, str]:
    """Return the context attributes that EventBridge Scheduler replaces in `Input`."""
    return {
        "<aws.scheduler.schedule-arn>": schedule_arn,
        "<aws.scheduler.scheduled-time>": iso_instant(scheduled_time, timespec="seconds"),
        "<aws.scheduler.execution-id>": execution_id,
        "<aws.scheduler.attempt-number>": str(attempt),
    }


def replacing(context: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that replaces context attributes in a text."""

    def put_in(text: str) -> str:
        if "<aws.scheduler." not in text:
            return text
        for keyword, value in context.items():
            text = text.replace(keyword, value)
        return text

    return put_in


def in_context(overrides: TaskOverride, context: Mapping[str, str]) -> TaskOverride:
    """Return overrides with the context attributes in commands and environment replaced."""
    text = replacing(context)
    return replace(
        overrides,
        container_overrides=tuple(
            _container_in_context(container, text) for container in overrides.container_overrides
        ),
    )


def _container_in_context(
    container: ContainerOverride, text: Callable[[str], str]
) -> ContainerOverride:
    command = container.command
    return replace(
        container,
        command=None if command is None else tuple(map(text, command)),
        environment={name: text(value) for name, value in container.environment.items()},
    )
