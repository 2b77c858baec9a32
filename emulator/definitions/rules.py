"""Rules as ecs-local.yaml and ecschedule write them, in either style of keys."""

import re
from datetime import datetime
from typing import Final, NamedTuple

from emulator.definitions.event_patterns import read_event_pattern
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.notification_targets import (
    SHORT,
    is_notification,
    read_input_transformer,
    read_notification_target,
    short_arn,
)
from emulator.definitions.schedule_text import check_schedule, read_instant
from emulator.definitions.targets import (
    check_target,
    read_capacity_provider_strategy,
    read_network_configuration,
    read_retry_policy,
)
from emulator.errors import SourceRef
from emulator.model.event_rules import EventRule, EventTarget
from emulator.model.names import short_name
from emulator.model.rules import (
    Dialect,
    InputTransformer,
    Rule,
    RuleState,
    Target,
    TaskOverride,
)
from emulator.model.task_definition import LaunchType

MAXIMUM_TARGETS: Final = 5

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


_PATTERN: Final = ("eventPattern", "event_pattern")
_OVERRIDES: Final = (
    "containerOverrides",
    "container_overrides",
    "taskOverride",
    "task_override",
)


class RuleContext(NamedTuple):
    """What a file says for all of its rules: where they run, and as whom.

    `cluster` is a name or ARN, `role` too; names become ARNs of `region` and `account`.
    """

    region: str = "us-east-1"
    account: str = "000000000000"
    cluster: str | None = None
    role: str | None = None

    def role_arn(self, role: str | None) -> str | None:
        """Return the ARN of a role given by name or ARN."""
        if role is None or role.startswith("arn:"):
            return role
        return f"arn:aws:iam::{self.account}:role/{role}"

    def queue_arn(self, queue: str) -> str:
        """Return the ARN of a queue given by name or ARN."""
        if queue.startswith("arn:"):
            return queue
        return f"arn:aws:sqs:{self.region}:{self.account}:{queue}"


class _Identity(NamedTuple):
    name: str
    source: SourceRef


NO_CONTEXT: Final = RuleContext()


def read_rule(
    node: Node, problems: Problems, context: RuleContext = NO_CONTEXT
) -> tuple[Rule | EventRule, ...]:
    """Return what a rule is: by its schedule a `Rule`, by its event pattern an `EventRule`.

    Nothing after errors that leave nothing to fire.
    """
    fields = Fields(node, "the rule", problems)
    if not fields.readable:
        return ()
    name = fields.text("name", required=True)
    if name is not None and not _NAME.fullmatch(name):
        problems.error(
            f"the rule name {name!r} is not valid",
            fields.place("name"),
            hint="1 to 64 letters, digits and . - _",
        )
    identity = _Identity(name or "?", node.source)
    pattern = read_event_pattern(fields, problems, *_PATTERN)
    expression, dialect, timezone = _schedule(fields, identity, problems)
    own = _own_context(fields, context)
    targets = _targets(fields, identity, own, problems)
    description = fields.text("description") or ""
    state = RuleState.DISABLED if fields.boolean("disabled") else RuleState.ENABLED
    event_rule = EventRule(
        name=identity.name,
        description=description,
        event_pattern=pattern or "",
        event_bus=fields.text("eventBusName") or "default",
        state=state,
        targets=targets,
        source=node.source,
    )
    rule = Rule(
        name=identity.name,
        description=description,
        schedule_expression=expression or "",
        dialect=dialect,
        timezone=timezone,
        state=state,
        event_pattern=pattern,
        targets=event_rule.task_targets,
        start_date=_instant(fields, "startDate", dialect, problems),
        end_date=_instant(fields, "endDate", dialect, problems),
        maximum_window_in_minutes=_flexible_window(fields, dialect, problems),
        schedule_group=_of_scheduler("groupName", fields, dialect, problems),
        source=node.source,
    )
    for ignored in ("trackingId", "tracking_id"):
        if (extra := fields.take(ignored)) is not None and not extra.empty:
            problems.note(f"{ignored} has no effect on this machine", extra.source)
    fields.refuse_rest()
    if not name or not targets:
        return ()
    _note_untold(event_rule, pattern, problems)
    by_schedule = (rule,) if expression and rule.targets else ()
    return (*by_schedule, *((event_rule,) if pattern else ()))


def _note_untold(rule: EventRule, pattern: str | None, problems: Problems) -> None:
    """Note targets that a schedule would tell: here only a matched event does."""
    for target in rule.notification_targets:
        if pattern is None:
            message = f"target {target.id} of rule {rule.name} is not an ECS task: left out"
            problems.note(message, target.source)


def _own_context(fields: Fields, context: RuleContext) -> RuleContext:
    """Return what holds for one rule, which may say otherwise than its file."""
    return context._replace(
        region=fields.text("region") or context.region,
        cluster=fields.text("cluster") or context.cluster,
        role=fields.text("role") or context.role,
    )


def _instant(fields: Fields, name: str, dialect: Dialect, problems: Problems) -> datetime | None:
    instant = read_instant(fields, name, problems)
    if instant is not None and dialect == "rule":
        message = f"{name} is for schedules of EventBridge Scheduler"
        problems.error(message, fields.place(name), hint="say timezone: UTC, or another zone")
        return None
    return instant


def _flexible_window(fields: Fields, dialect: Dialect, problems: Problems) -> int | None:
    """Take the minutes within which EventBridge Scheduler fires; None for OFF."""
    section = fields.section("flexibleTimeWindow")
    if section is None:
        return None
    mode = section.choice("mode", among=("OFF", "FLEXIBLE"))
    minutes = section.integer("maximumWindowInMinutes")
    section.refuse_rest()
    if mode != "FLEXIBLE":
        return None
    if minutes is None or not 1 <= minutes <= 1440:
        message = "maximumWindowInMinutes is 1 to 1440 with the mode FLEXIBLE"
        problems.rejected(message, section.place("maximumWindowInMinutes"))
        return None
    if dialect == "rule":
        _refuse_of_rule(section.source, problems)
        return None
    return minutes


def _of_scheduler(name: str, fields: Fields, dialect: Dialect, problems: Problems) -> str | None:
    text = fields.text(name)
    if text is not None and dialect == "rule":
        _refuse_of_rule(fields.place(name), problems)
        return None
    return text


def _refuse_of_rule(source: SourceRef, problems: Problems) -> None:
    message = "this is for schedules of EventBridge Scheduler"
    problems.error(message, source, hint="say timezone: UTC, or another zone")


def _schedule(
    fields: Fields, rule: _Identity, problems: Problems
) -> tuple[str | None, Dialect, str]:
    expression = fields.text("scheduleExpression", "schedule_expression")
    zone = fields.text("timezone", "scheduleExpressionTimezone")
    dialect: Dialect = "rule" if zone is None else "scheduler"
    place = fields.place("scheduleExpression", "schedule_expression")
    if expression is None and any(name in fields for name in _PATTERN):
        _check_no_zone(zone, fields, problems)
        return None, "rule", "UTC"
    if expression is None:
        message = f"rule {rule.name} has no scheduleExpression"
        problems.error(message, place, hint="write cron(...) or rate(...), or an eventPattern")
        return None, dialect, "UTC"
    valid = check_schedule(expression, dialect, zone or "UTC", place, problems)
    return expression if valid else None, dialect, zone or "UTC"


def _check_no_zone(zone: str | None, fields: Fields, problems: Problems) -> None:
    if zone is not None:
        message = "timezone is for schedules of EventBridge Scheduler"
        problems.error(message, fields.place("timezone", "scheduleExpressionTimezone"))


def _targets(
    fields: Fields, rule: _Identity, context: RuleContext, problems: Problems
) -> tuple[EventTarget, ...]:
    listed = fields.items("targets")
    node = fields.take("targets")
    if not listed and node is not None and not node.empty:
        return ()
    if not listed:
        target = _any_target(fields, rule, context, problems)
        return () if target is None else (target,)
    flat = [key for key in _TARGET_KEYS if key in fields]
    if flat:
        message = f"rule {rule.name} has targets, so {flat[0]} belongs into one of them"
        problems.error(message, fields.place(flat[0]))
        for key in flat:
            fields.take(key)
    if len(listed) > MAXIMUM_TARGETS:
        message = f"rule {rule.name} has {len(listed)} targets; AWS allows {MAXIMUM_TARGETS}"
        problems.rejected(message, fields.place("targets"))
    found = []
    for number, item in enumerate(listed, start=1):
        own = Fields(item, "the target", problems)
        if not own.readable:
            continue
        identity = _Identity(f"{rule.name}-{number}", item.source)
        target = _any_target(own, identity, _own_context(own, context), problems)
        own.refuse_rest()
        if target is not None:
            found.append(target)
    ids = [target.id for target in found]
    if len(set(ids)) < len(ids):
        problems.error(f"rule {rule.name}: two targets have the same id", fields.place("targets"))
    return tuple(found)


def _any_target(
    fields: Fields, identity: _Identity, context: RuleContext, problems: Problems
) -> EventTarget | None:
    if not is_notification(fields):
        return _target(fields, identity, context, problems)
    arn = short_arn(fields, context.region, context.account) or ""
    target = read_notification_target(
        fields,
        _target_id(fields, problems) or identity.name,
        arn,
        problems,
        role_arn=context.role_arn(context.role),
        dead_letter_arn=_dead_letter_arn(fields, context),
    )
    if target is None:
        message = f"{identity.name}: {arn!r} names no topic, queue, function, log group or bus"
        hint = f"write an ARN, or a name under {', '.join(SHORT)}"
        problems.error(message, identity.source, hint=hint)
    return target


def _target(
    fields: Fields, identity: _Identity, context: RuleContext, problems: Problems
) -> Target | None:
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
        id=_target_id(fields, problems) or identity.name,
        task_definition=definition or "",
        task_count=max(1, count or 1),
        launch_type=None if launch_type is None else LaunchType(launch_type),
        group=fields.text("group"),
        overrides=_overrides(fields, problems),
        input_transformer=_transformer(fields, problems),
        cluster=short_name(context.cluster or "") or None,
        role_arn=context.role_arn(context.role),
        platform_version=fields.text("platformVersion", "platform_version"),
        network_configuration=read_network_configuration(fields, problems),
        capacity_provider_strategy=read_capacity_provider_strategy(fields, problems),
        propagate_tags=fields.choice("propagateTags", "propagate_tags", among=("TASK_DEFINITION",)),
        enable_ecs_managed_tags=fields.boolean("enableECSManagedTags"),
        enable_execute_command=fields.boolean("enableExecuteCommand"),
        reference_id=fields.text("referenceId"),
        tags=_tags(fields, problems),
        retry_policy=read_retry_policy(fields, problems),
        dead_letter_arn=_dead_letter_arn(fields, context),
        source=identity.source,
    )
    check_target(target, problems)
    return target if definition else None


def _target_id(fields: Fields, problems: Problems) -> str | None:
    name = fields.text("targetId", "target_id")
    if name is not None and not _NAME.fullmatch(name):
        place = fields.place("targetId", "target_id")
        hint = "1 to 64 letters, digits and . - _"
        problems.error(f"the target id {name!r} is not valid", place, hint=hint)
    return name


def _transformer(fields: Fields, problems: Problems) -> InputTransformer | None:
    transformer = read_input_transformer(fields, problems)
    own = [name for name in _OVERRIDES if name in fields]
    if transformer is not None and own:
        message = f"inputTransformer makes the overrides, so {own[0]} has no place beside it"
        problems.error(message, fields.place(own[0]))
    return transformer


def _dead_letter_arn(fields: Fields, context: RuleContext) -> str | None:
    section = fields.section("deadLetterConfig", "dead_letter_config")
    if section is None:
        return None
    queue = section.text("arn", "sqs")
    section.refuse_rest()
    return None if queue is None else context.queue_arn(queue)


def _tags(fields: Fields, problems: Problems) -> dict[str, str]:
    found = {}
    for node in fields.items("tags"):
        entry = Fields(node, "the tag", problems)
        key, value = entry.text("key", required=True), entry.text("value")
        entry.refuse_rest()
        if key:
            found[key] = value or ""
    return found


def _overrides(fields: Fields, problems: Problems) -> TaskOverride:
    if not fields.has(*_OVERRIDES):
        return TaskOverride()
    from emulator.definitions.task_override import read_overrides

    return read_overrides(fields, problems)
