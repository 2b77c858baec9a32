"""Rules and schedules in the shape of AWS's own APIs, which most formats end in.

AWS: PutRule, PutTargets and DescribeRule in the EventBridge API reference; CreateSchedule and
GetSchedule in the EventBridge Scheduler API reference. CloudFormation and Terraform say the same
in the same words. Numbers and truth values may be text, as CloudFormation allows.
"""

import re
from collections.abc import Sequence
from typing import Final, TypedDict

from emulator.definitions.event_patterns import read_event_pattern
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.notification_targets import read_notification_target
from emulator.definitions.schedule_text import check_schedule, read_instant
from emulator.definitions.target_input import read_input
from emulator.definitions.targets import (
    check_target,
    read_capacity_provider_strategy,
    read_network_configuration,
    read_retry_policy,
)
from emulator.errors import SourceRef
from emulator.model.event_rules import EventRule, EventTarget, NotificationTarget
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


def read_events_rule(
    rule: Node, targets: Sequence[Node], problems: Problems
) -> tuple[Rule | EventRule, ...]:
    """Return what a rule is: by its schedule a `Rule`, by its event pattern an `EventRule`.

    Nothing for one without a target that can be had here, which is noted. `rule` as PutRule takes
    it or DescribeRule gives it, `targets` as PutTargets takes them.
    """
    fields = Fields(rule, "the rule", problems)
    name = _name(fields, "rule", problems)
    expression = fields.text("ScheduleExpression")
    pattern_given = "EventPattern" in fields
    pattern = read_event_pattern(fields, problems, "EventPattern")
    if not expression and not pattern_given:
        problems.note(f"rule {name} has no schedule and no event pattern: left out", rule.source)
        return ()
    bus = short_name(fields.text("EventBusName") or "default")
    if expression and bus != "default":
        message = "ScheduleExpression is supported only on the default event bus."
        problems.rejected(message, fields.place("EventBusName"))
    place = fields.place("ScheduleExpression")
    valid = bool(expression) and check_schedule(expression or "", "rule", "UTC", place, problems)
    if len(targets) > MAXIMUM_TARGETS:
        message = f"rule {name} has {len(targets)} targets; AWS allows {MAXIMUM_TARGETS}"
        problems.rejected(message, targets[0].source)
    found = [target for node in targets if (target := _rule_target(node, name, problems))]
    state = fields.choice("State", among=RULE_STATES)
    common: _Common = {
        "name": name,
        "description": fields.text("Description") or "",
        "state": RuleState.DISABLED if state == "DISABLED" else RuleState.ENABLED,
        "source": rule.source,
    }
    _leave(fields, _RULE_EXTRA)
    made: list[Rule | EventRule] = []
    if expression and valid:
        made.append(
            Rule(
                schedule_expression=expression,
                targets=tuple(target for target in found if isinstance(target, Target)),
                notification_targets=tuple(t for t in found if not isinstance(t, Target)),
                event_pattern=pattern,
                **common,
            )
        )
    if pattern is not None:
        made.append(EventRule(event_pattern=pattern, targets=tuple(found), event_bus=bus, **common))
    return tuple(rule for rule in made if _complete(rule, problems))


class _Common(TypedDict):
    name: str
    description: str
    state: RuleState
    source: SourceRef


def read_scheduler_schedule(schedule: Node, problems: Problems) -> Rule | None:
    """Return a schedule of EventBridge Scheduler; None when its target cannot be had here, noted.

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
        targets=(target,) if isinstance(target, Target) else (),
        notification_targets=(target,) if isinstance(target, NotificationTarget) else (),
        start_date=start,
        end_date=end,
        maximum_window_in_minutes=_flexible_window(fields, name, problems),
        schedule_group=None if group == "default" else group,
        source=schedule.source,
    )
    _leave(fields, _SCHEDULE_EXTRA)
    return read if valid and _complete(read, problems) else None


def _complete(rule: Rule | EventRule, problems: Problems) -> bool:
    """Return whether a rule has something to start or tell, else note it."""
    known = bool(rule.targets or rule.notification_targets)
    if not known:
        message = f"{rule.name} has no target that can be had here: left out"
        problems.note(message, rule.source)
    return known


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


def _rule_target(node: Node, rule: str, problems: Problems) -> EventTarget | None:
    fields = Fields(node, "the target", problems)
    arn = fields.text("Arn") or ""
    identity = fields.text("Id", required=True) or "?"
    ecs = fields.section("EcsParameters")
    if ecs is not None:
        return _target(fields, ecs, identity, arn, problems)
    target = _notification_target(fields, identity, arn, problems)
    if target is None:
        _note_other_target(f"target {identity} of rule {rule}", arn, node, problems)
    return target


def _notification_target(
    fields: Fields, identity: str, arn: str, problems: Problems, *, of_scheduler: bool = False
) -> NotificationTarget | None:
    dead_letters = fields.section("DeadLetterConfig")
    return read_notification_target(
        fields,
        identity,
        arn,
        problems,
        role_arn=fields.text("RoleArn"),
        dead_letter_arn=None if dead_letters is None else dead_letters.text("Arn"),
        of_scheduler=of_scheduler,
    )


def _scheduler_target(node: Node, schedule: str, problems: Problems) -> EventTarget | None:
    fields = Fields(node, "the target", problems)
    arn = fields.text("Arn") or ""
    if arn.endswith(RUN_TASK):
        from emulator.definitions.universal_target import read_run_task_target

        return read_run_task_target(fields, schedule, problems)
    ecs = fields.section("EcsParameters")
    if ecs is not None:
        return _target(fields, ecs, schedule, arn, problems)
    target = _notification_target(fields, schedule, arn, problems, of_scheduler=True)
    if target is None:
        _note_other_target(f"the target of schedule {schedule}", arn, node, problems)
    return target


def _note_other_target(what: str, arn: str, node: Node, problems: Problems) -> None:
    if ":states:" in arn:
        message = f"{what} is a Step Functions state machine, which is not supported: left out"
        problems.warning(message, node.source)
    else:
        problems.note(f"{what} can run or be told nothing here: left out", node.source)


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
