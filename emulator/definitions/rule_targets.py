"""What a rule of ecs-local.yaml starts or tells: its targets, or the one its own keys describe."""

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.rule_context import RuleContext
from emulator.definitions.short_arns import SHORT, is_notification, short_arn
from emulator.definitions.targets import (
    check_target,
    read_capacity_provider_strategy,
    read_input_transformer,
    read_network_configuration,
    read_retry_policy,
)
from emulator.errors import SourceRef
from emulator.model.names import short_name
from emulator.model.rules import Target, TaskOverride
from emulator.model.task_definition import LaunchType

if TYPE_CHECKING:
    from emulator.model.delivery import InputTransformer
    from emulator.model.event_rules import EventTarget

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
_OVERRIDES: Final = (
    "containerOverrides",
    "container_overrides",
    "taskOverride",
    "task_override",
)


class _Identity(NamedTuple):
    name: str
    source: SourceRef


def is_valid_name(name: str) -> bool:
    """Return whether a rule or target may have a name."""
    return _NAME.fullmatch(name) is not None


def read_targets(
    fields: Fields, rule: str, context: RuleContext, problems: Problems
) -> "tuple[EventTarget, ...]":
    """Take the targets of a rule; what is wrong with one is noted, and it is left out."""
    listed = fields.items("targets")
    node = fields.take("targets")
    if not listed and node is not None and not node.empty:
        return ()
    if not listed:
        target = _any_target(fields, _Identity(rule, fields.source), context, problems)
        return () if target is None else (target,)
    flat = [key for key in _TARGET_KEYS if key in fields]
    if flat:
        message = f"rule {rule} has targets, so {flat[0]} belongs into one of them"
        problems.error(message, fields.place(flat[0]))
        for key in flat:
            fields.take(key)
    if len(listed) > MAXIMUM_TARGETS:
        message = f"rule {rule} has {len(listed)} targets; AWS allows {MAXIMUM_TARGETS}"
        problems.rejected(message, fields.place("targets"))
    found = _listed(listed, rule, context, problems)
    ids = [target.id for target in found]
    if len(set(ids)) < len(ids):
        problems.error(f"rule {rule}: two targets have the same id", fields.place("targets"))
    return tuple(found)


def _listed(
    nodes: list[Node], rule: str, context: RuleContext, problems: Problems
) -> "list[EventTarget]":
    found = []
    for number, item in enumerate(nodes, start=1):
        own = Fields(item, "the target", problems)
        if not own.readable:
            continue
        identity = _Identity(f"{rule}-{number}", item.source)
        target = _any_target(own, identity, context.refined_by(own), problems)
        own.refuse_rest()
        if target is not None:
            found.append(target)
    return found


def _any_target(
    fields: Fields, identity: _Identity, context: RuleContext, problems: Problems
) -> "EventTarget | None":
    if not is_notification(fields):
        return _target(fields, identity, context, problems)
    from emulator.definitions.notification_targets import read_notification_target

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
    launch_type = fields.member("launch_type", "launchType", of=LaunchType)
    target = Target(
        id=_target_id(fields, problems) or identity.name,
        task_definition=definition or "",
        task_count=max(1, count or 1),
        launch_type=launch_type,
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
    if name is not None and not is_valid_name(name):
        place = fields.place("targetId", "target_id")
        hint = "1 to 64 letters, digits and . - _"
        problems.error(f"the target id {name!r} is not valid", place, hint=hint)
    return name


def _transformer(fields: Fields, problems: Problems) -> "InputTransformer | None":
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
