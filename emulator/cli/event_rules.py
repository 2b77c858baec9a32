"""Rules with an event pattern as `rules` and `run` show them: the pattern in short."""

import json
from collections.abc import Iterator
from typing import Any, Final

from emulator.cli import screen
from emulator.model.event_rules import EventRule
from emulator.model.rules import Target

LONGEST_PATTERN: Final = 60


def row(rule: EventRule) -> tuple[str, ...]:
    """Return a rule's cells in the table of rules."""
    description = screen.printable(" ".join(rule.description.split()))
    summary = pattern_summary(rule.event_pattern)
    return (rule.name, summary, "", "-", "-", rule.state.value, description)


def document(rule: EventRule) -> dict[str, object]:
    """Return a rule as JSON has it, in the shape of those with a schedule."""
    return {
        "name": rule.name,
        "description": rule.description,
        "scheduleExpression": None,
        "timezone": None,
        "eventPattern": json.loads(rule.event_pattern),
        "eventBusName": rule.event_bus,
        "state": rule.state.value,
        "next": None,
        "targets": [
            {"id": t.id, "taskDefinition": t.task_definition, "taskCount": t.task_count}
            if isinstance(t, Target)
            else {"id": t.id, "arn": t.arn}
            for t in rule.targets
        ],
        "source": str(rule.source),
    }


def pattern_summary(text: str) -> str:
    """Return an event pattern in short: what it asks of which field."""
    pattern = json.loads(text)
    what = "event"
    if pattern.get("source") == ["aws.ecs"]:
        what = "ECS task"
        pattern = {k: v for k, v in pattern.items() if k not in ("source", "detail-type")}
    conditions = " ".join(_conditions(pattern))
    short = screen.printable(f"on {what} {conditions}".rstrip())
    return short if len(short) <= LONGEST_PATTERN else f"{short[: LONGEST_PATTERN - 1]}…"


def _conditions(pattern: dict[str, Any]) -> Iterator[str]:
    for key, value in pattern.items():
        if key == "$or" and isinstance(value, list):
            yield f"({' or '.join(' '.join(_conditions(item)) for item in value)})"
        elif isinstance(value, dict):
            yield from _conditions(value)
        elif isinstance(value, list):
            yield f"{key}={'|'.join(map(_condition, value))}"


def _condition(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        return f"{name}({_condition(argument)})"
    return json.dumps(value, ensure_ascii=False)
