"""Rules as ecs-local.yaml and ecschedule write them, in either style of keys."""

import re
from dataclasses import dataclass
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.errors import ScheduleExpressionError, SourceRef
from emulator.model.rules import (
    ContainerOverride,
    Dialect,
    Rule,
    RuleState,
    Target,
    TaskOverride,
)
from emulator.model.task_definition import LaunchType
from emulator.schedules import parse, with_caret

MAXIMUM_TARGETS: Final = 5
OVERRIDES_LIMIT: Final = 8192
"""Characters of an EventBridge target's `Input`."""

NO_EFFECT: Final = (
    ("role",),
    ("capacityProviderStrategy", "capacity_provider_strategy"),
    ("platformVersion", "platform_version"),
    ("networkConfiguration", "network_configuration"),
    ("deadLetterConfig", "dead_letter_config"),
    ("propagateTags", "propagate_tags"),
    ("trackingId", "tracking_id"),
    ("region",),
    ("cluster",),
)
"""Fields that mean something on AWS only, in both spellings."""

_NAME: Final = re.compile(r"[.\-_A-Za-z0-9]{1,64}", re.ASCII)
_TARGET_KEYS: Final = (
    "targetId",
    "taskDefinition",
    "taskCount",
    "taskOverride",
    "containerOverrides",
    "launch_type",
    "group",
)


@dataclass(frozen=True, slots=True)
class _Identity:
    name: str
    source: SourceRef


def read_rule(node: Node, problems: Problems) -> Rule | None:
    """Return a rule; None after errors that leave nothing to fire."""
    fields = Fields(node, "the rule", problems)
    name = fields.text("name", required=True)
    if name is not None and not _NAME.fullmatch(name):
        problems.error(
            f"the rule name {name!r} is not valid",
            fields.place("name"),
            hint="1 to 64 letters, digits and . - _",
        )
    identity = _Identity(name or "?", node.source)
    expression, dialect, timezone = _schedule(fields, identity, problems)
    targets = _targets(fields, identity, problems)
    rule = Rule(
        name=identity.name,
        description=fields.text("description") or "",
        schedule_expression=expression or "",
        dialect=dialect,
        timezone=timezone,
        state=RuleState.DISABLED if fields.boolean("disabled") else RuleState.ENABLED,
        targets=targets,
        source=node.source,
    )
    _report(fields, problems)
    fields.refuse_rest(("retryPolicy",))
    return rule if name and expression and targets else None


def _schedule(
    fields: Fields, rule: _Identity, problems: Problems
) -> tuple[str | None, Dialect, str]:
    expression = fields.text("scheduleExpression", "schedule_expression")
    zone = fields.text("timezone", "scheduleExpressionTimezone")
    dialect: Dialect = "rule" if zone is None else "scheduler"
    place = fields.place("scheduleExpression", "schedule_expression")
    if expression is None:
        problems.error(f"rule {rule.name} has no scheduleExpression", place)
        return None, dialect, "UTC"
    try:
        schedule = parse(expression, dialect=dialect, timezone=zone or "UTC")
    except ScheduleExpressionError as error:
        lines = with_caret(error).splitlines()
        text = "\n".join(line for line in lines if not line.startswith("  hint: "))
        problems.error(text, place, hint=error.hint)
        return None, dialect, "UTC"
    for doubt in schedule.doubts:
        problems.warning(f"{expression}: {doubt}", place)
    return expression, dialect, zone or "UTC"


def _targets(fields: Fields, rule: _Identity, problems: Problems) -> tuple[Target, ...]:
    listed = fields.items("targets")
    if not listed:
        target = _target(fields, rule, problems)
        return () if target is None else (target,)
    flat = [key for key in _TARGET_KEYS if key in fields]
    if flat:
        message = f"rule {rule.name} has targets, so {flat[0]} belongs into one of them"
        problems.error(message, fields.place(flat[0]))
    if len(listed) > MAXIMUM_TARGETS:
        message = f"rule {rule.name} has {len(listed)} targets; AWS allows {MAXIMUM_TARGETS}"
        problems.rejected(message, fields.place("targets"))
    found = []
    for number, item in enumerate(listed, start=1):
        own = Fields(item, "the target", problems)
        target = _target(own, _Identity(f"{rule.name}-{number}", item.source), problems)
        _report(own, problems)
        own.refuse_rest()
        if target is not None:
            found.append(target)
    ids = [target.id for target in found]
    if len(set(ids)) < len(ids):
        problems.error(f"rule {rule.name}: two targets have the same id", fields.place("targets"))
    return tuple(found)


def _target(fields: Fields, identity: _Identity, problems: Problems) -> Target | None:
    definition = fields.text("taskDefinition", "task_definition")
    if not definition:
        problems.error(
            f"{identity.name} has no taskDefinition",
            fields.place("taskDefinition"),
            hint="name a family of taskDefinitions",
        )
    count = fields.integer("taskCount", "task_count")
    if count is not None and count < 1:
        message = f"taskCount is at least 1, not {count}"
        problems.error(message, fields.place("taskCount", "task_count"))
    launch_type = fields.choice("launch_type", "launchType", among=tuple(LaunchType))
    target = Target(
        id=fields.text("targetId", "target_id") or identity.name,
        task_definition=definition or "",
        task_count=max(1, count or 1),
        launch_type=None if launch_type is None else LaunchType(launch_type),
        group=fields.text("group"),
        overrides=_overrides(fields, problems),
        source=identity.source,
    )
    return target if definition else None


def _overrides(fields: Fields, problems: Problems) -> TaskOverride:
    task = fields.section("taskOverride", "task_override")
    cpu = memory = None
    if task is not None:
        cpu, memory = task.digits("cpu"), task.digits("memory")
        task.refuse_rest()
    containers = tuple(
        override
        for item in fields.items("containerOverrides", "container_overrides")
        if (override := read_container_override(item, problems)) is not None
    )
    overrides = TaskOverride(container_overrides=containers, cpu=cpu, memory=memory)
    size = sum(len(str(item)) for item in containers)
    if size > OVERRIDES_LIMIT:
        place = fields.place("containerOverrides", "container_overrides")
        problems.rejected(f"overrides are longer than {OVERRIDES_LIMIT} characters", place)
    return overrides


def read_container_override(node: Node, problems: Problems) -> ContainerOverride | None:
    """Return one container override; its environment is a mapping or a list of name and value."""
    fields = Fields(node, "the container override", problems)
    name = fields.text("name", required=True)
    override = ContainerOverride(
        name=name or "",
        command=fields.texts("command") or None,
        environment=_environment(fields, problems),
        cpu=fields.integer("cpu"),
        memory=fields.integer("memory"),
        memory_reservation=fields.integer("memoryReservation", "memory_reservation"),
    )
    for later in ("environmentFiles", "resourceRequirements"):
        unsupported = fields.take(later)
        if unsupported is not None and not unsupported.empty:
            problems.error(f"{later} is not supported yet", unsupported.source)
    fields.refuse_rest()
    return override if name else None


def _environment(fields: Fields, problems: Problems) -> dict[str, str]:
    node = fields.take("environment")
    if node is None or not isinstance(node.value, list):
        return fields.mapping("environment")
    found = {}
    for item in node.value:
        entry = Fields(item, "the environment variable", problems)
        name = entry.text("name", required=True)
        if name:
            found[name] = entry.text("value") or ""
        entry.refuse_rest()
    return found


def _report(fields: Fields, problems: Problems) -> None:
    for names in NO_EFFECT:
        node = fields.take(*names)
        if node is not None and not node.empty:
            problems.note(f"{names[0]} has no effect on this machine", node.source)
    retry = fields.take("retryPolicy", "retry_policy")
    if retry is not None and not retry.empty:
        problems.error("retryPolicy is not supported yet", retry.source)
