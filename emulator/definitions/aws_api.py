"""Rules and schedules in the shape of AWS's own APIs, which most formats end in.

AWS: PutRule, PutTargets and DescribeRule in the EventBridge API reference; CreateSchedule and
GetSchedule in the EventBridge Scheduler API reference. CloudFormation and Terraform say the same
in the same words. Numbers and truth values may be text, as CloudFormation allows.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.schedule_text import check_schedule, read_instant
from emulator.definitions.target_input import read_input
from emulator.definitions.targets import (
    check_target,
    read_capacity_provider_strategy,
    read_network_configuration,
    read_retry_policy,
)
from emulator.errors import DefinitionError
from emulator.model.names import short_name
from emulator.model.rules import Rule, RuleState, Target
from emulator.model.task_definition import LaunchType

MAXIMUM_TARGETS: Final = 5
RULE_STATES: Final = (
    "ENABLED",
    "DISABLED",
    "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
)
RUN_TASK: Final = ":aws-sdk:ecs:runTask"
"""The end of the ARN of Scheduler's universal target for RunTask."""

_NAME: Final = re.compile(r"[.\-_A-Za-z0-9]{1,64}", re.ASCII)
_RULE_EXTRA: Final = ("Arn", "CreatedBy", "ManagedBy", "RoleArn", "Tags", "Targets")
_SCHEDULE_EXTRA: Final = (
    "ActionAfterCompletion",
    "Arn",
    "ClientToken",
    "CreationDate",
    "KmsKeyArn",
    "LastModificationDate",
    "Tags",
)
_OTHER_TARGETS: Final = (
    "AppSyncParameters",
    "BatchParameters",
    "EventBridgeParameters",
    "HttpParameters",
    "KinesisParameters",
    "RedshiftDataParameters",
    "RunCommandParameters",
    "SageMakerPipelineParameters",
    "SqsParameters",
)


def read_events_rule(rule: Node, targets: Sequence[Node], problems: Problems) -> Rule | None:
    """Return an EventBridge rule; None when it has no schedule or no ECS target, which is noted.

    `rule` as PutRule takes it or DescribeRule gives it, `targets` as PutTargets takes them.
    """
    fields = Fields(rule, "the rule", problems)
    name = _name(fields, "rule", problems)
    expression = fields.text("ScheduleExpression")
    pattern = _event_pattern(fields, problems)
    if not expression:
        problems.note(f"rule {name} has no schedule: left out", rule.source)
        return None
    bus = fields.text("EventBusName")
    if bus is not None and short_name(bus) != "default":
        message = "ScheduleExpression is supported only on the default event bus."
        problems.rejected(message, fields.place("EventBusName"))
    place = fields.place("ScheduleExpression")
    valid = check_schedule(expression, "rule", "UTC", place, problems)
    if len(targets) > MAXIMUM_TARGETS:
        message = f"rule {name} has {len(targets)} targets; AWS allows {MAXIMUM_TARGETS}"
        problems.rejected(message, targets[0].source)
    found = [target for node in targets if (target := _rule_target(node, name, problems))]
    state = fields.choice("State", among=RULE_STATES)
    read = Rule(
        name=name,
        description=fields.text("Description") or "",
        schedule_expression=expression,
        state=RuleState.DISABLED if state == "DISABLED" else RuleState.ENABLED,
        targets=tuple(found),
        event_pattern=pattern,
        source=rule.source,
    )
    if pattern is not None:
        message = f"rule {name}: its event pattern is not matched here, only its schedule fires"
        problems.warning(message, fields.place("EventPattern"))
    _leave(fields, _RULE_EXTRA)
    return _complete(read, valid, problems)


def read_scheduler_schedule(schedule: Node, problems: Problems) -> Rule | None:
    """Return a schedule of EventBridge Scheduler; None when its target is not ECS, noted.

    `schedule` as CreateSchedule takes it or GetSchedule gives it.
    """
    fields = Fields(schedule, "the schedule", problems)
    name = _name(fields, "schedule", problems)
    expression = fields.text("ScheduleExpression", required=True) or ""
    zone = fields.text("ScheduleExpressionTimezone") or "UTC"
    place = fields.place("ScheduleExpression")
    valid = expression != "" and check_schedule(expression, "scheduler", zone, place, problems)
    target_node = fields.take("Target")
    target = None if target_node is None else _scheduler_target(target_node, name, problems)
    start = read_instant(fields, "StartDate", problems)
    end = read_instant(fields, "EndDate", problems)
    if start is not None and end is not None and end < start:
        problems.rejected("EndDate lies before StartDate", fields.place("EndDate"))
    state = fields.choice("State", among=tuple(RuleState))
    group = fields.text("GroupName")
    read = Rule(
        name=name,
        description=fields.text("Description") or "",
        schedule_expression=expression,
        timezone=zone,
        dialect="scheduler",
        state=RuleState(state) if state else RuleState.ENABLED,
        targets=() if target is None else (target,),
        start_date=start,
        end_date=end,
        maximum_window_in_minutes=_flexible_window(fields, name, problems),
        schedule_group=None if group == "default" else group,
        source=schedule.source,
    )
    _leave(fields, _SCHEDULE_EXTRA)
    return _complete(read, valid, problems)


def _complete(rule: Rule, valid: bool, problems: Problems) -> Rule | None:
    """Return a rule that can fire."""
    if not rule.targets:
        problems.note(f"{rule.name} has no ECS target: left out", rule.source)
    return rule if valid and rule.targets else None


def _leave(fields: Fields, names: tuple[str, ...]) -> None:
    """Take fields that say nothing about what fires here, and refuse unknown ones."""
    for name in names:
        fields.take(name)
    fields.refuse_rest()


def _name(fields: Fields, what: str, problems: Problems) -> str:
    name = fields.text("Name", required=True)
    if name is not None and not _NAME.fullmatch(name):
        message = f"the {what} name {name!r} is not valid"
        hint = "1 to 64 letters, digits and . - _"
        problems.error(message, fields.place("Name"), hint=hint)
    return name or "?"


def _event_pattern(fields: Fields, problems: Problems) -> str | None:
    """Take an event pattern, text or mapping, as JSON text in one canonical form."""
    node = fields.take("EventPattern")
    if node is None or node.empty:
        return None
    if isinstance(node.value, str):
        try:
            node = parse_json(node.value, "EventPattern")
        except DefinitionError as error:
            problem = error.problems[0].message
            problems.rejected(f"EventPattern: {problem}", fields.place("EventPattern"))
            return None
    return json.dumps(_plain(node), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child) for child in node.value]
    return node.value


def _flexible_window(fields: Fields, name: str, problems: Problems) -> int | None:
    """Take the flexible time window: the minutes within which AWS fires, None for OFF."""
    section = fields.section("FlexibleTimeWindow")
    if section is None:
        problems.rejected(f"schedule {name} has no FlexibleTimeWindow", fields.source)
        return None
    mode = section.choice("Mode", among=("OFF", "FLEXIBLE"))
    minutes = section.digits("MaximumWindowInMinutes")
    section.refuse_rest()
    if mode != "FLEXIBLE":
        return None
    if minutes is None or not 1 <= minutes <= 1440:
        message = "MaximumWindowInMinutes is 1 to 1440 with the mode FLEXIBLE"
        problems.rejected(message, section.place("MaximumWindowInMinutes"))
        return None
    return minutes


def _rule_target(node: Node, rule: str, problems: Problems) -> Target | None:
    fields = Fields(node, "the target", problems)
    arn = fields.text("Arn") or ""
    identity = fields.text("Id", required=True) or "?"
    ecs = fields.section("EcsParameters")
    if ecs is None:
        _note_other_target(f"target {identity} of rule {rule}", arn, node, problems)
        return None
    return _target(fields, ecs, identity, arn, problems)


def _scheduler_target(node: Node, schedule: str, problems: Problems) -> Target | None:
    fields = Fields(node, "the target", problems)
    arn = fields.text("Arn") or ""
    if arn.endswith(RUN_TASK):
        from emulator.definitions.universal_target import read_run_task_target

        return read_run_task_target(fields, schedule, problems)
    ecs = fields.section("EcsParameters")
    if ecs is None:
        _note_other_target(f"the target of schedule {schedule}", arn, node, problems)
        return None
    return _target(fields, ecs, schedule, arn, problems)


def _note_other_target(what: str, arn: str, node: Node, problems: Problems) -> None:
    if ":states:" in arn:
        message = f"{what} is a Step Functions state machine, which is not supported: left out"
        problems.warning(message, node.source)
    else:
        problems.note(f"{what} is not an ECS task: left out", node.source)


def _target(
    fields: Fields, ecs: Fields, identity: str, cluster_arn: str, problems: Problems
) -> Target | None:
    definition = ecs.text("TaskDefinitionArn", required=True)
    count = ecs.digits("TaskCount")
    if count is not None and count < 1:
        message = f"TaskCount is at least 1, not {count}"
        problems.rejected(message, ecs.place("TaskCount"))
    launch_type = ecs.choice("LaunchType", among=tuple(LaunchType))
    overrides, transformer = read_input(fields, identity, problems)
    dead_letters = fields.section("DeadLetterConfig")
    target = Target(
        id=identity,
        task_definition=definition or "",
        task_count=max(1, count or 1),
        launch_type=None if launch_type is None else LaunchType(launch_type),
        group=ecs.text("Group"),
        overrides=overrides,
        input_transformer=transformer,
        cluster=short_name(cluster_arn) or None,
        role_arn=fields.text("RoleArn"),
        platform_version=ecs.text("PlatformVersion"),
        network_configuration=read_network_configuration(ecs, problems),
        capacity_provider_strategy=read_capacity_provider_strategy(ecs, problems),
        propagate_tags=ecs.choice("PropagateTags", among=("TASK_DEFINITION",)),
        enable_ecs_managed_tags=_flag(ecs, "EnableECSManagedTags", "EnableEcsManagedTags"),
        enable_execute_command=_flag(ecs, "EnableExecuteCommand"),
        reference_id=ecs.text("ReferenceId"),
        tags=_tags(ecs, problems),
        retry_policy=read_retry_policy(fields, problems),
        dead_letter_arn=None if dead_letters is None else dead_letters.text("Arn"),
        source=fields.source,
    )
    for placement in ("PlacementConstraints", "PlacementStrategies", "PlacementStrategy"):
        node = ecs.take(placement)
        if node is not None and not node.empty:
            problems.note(f"{placement} has no effect on this machine", node.source)
    ecs.refuse_rest()
    _leave(fields, _OTHER_TARGETS)
    check_target(target, problems)
    return target if definition else None


def _flag(fields: Fields, *names: str) -> bool:
    """Take true or false, which CloudFormation may have as text."""
    node = fields.take(*names)
    if node is None or node.value in (None, "false", "False"):
        return False
    if node.value in ("true", "True"):
        return True
    return fields.boolean(*names)


def _tags(fields: Fields, problems: Problems) -> dict[str, str]:
    """Take tags: a list of Key and Value, or TagList as CloudFormation calls it."""
    found = {}
    for node in fields.items("Tags", "TagList"):
        entry = Fields(node, "the tag", problems)
        key, value = entry.text("Key", "key"), entry.text("Value", "value")
        entry.refuse_rest()
        if key:
            found[key] = value or ""
    return found
