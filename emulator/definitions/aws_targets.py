"""Targets of rules and schedules in the shape of AWS's own APIs.

AWS: Target in the EventBridge API reference, Target in that of EventBridge Scheduler.
"""

import re
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.notification_targets import read_notification_target
from emulator.definitions.target_input import read_input
from emulator.definitions.targets import (
    check_target,
    read_capacity_provider_strategy,
    read_network_configuration,
    read_retry_policy,
    read_task_count,
)
from emulator.model.event_rules import EventTarget
from emulator.model.names import short_name
from emulator.model.notification_targets import NotificationTarget
from emulator.model.rules import Target
from emulator.model.task_definition import LaunchType

RUN_TASK: Final = ":aws-sdk:ecs:runTask"
"""The end of the ARN of Scheduler's universal target for RunTask."""

DYNAMIC: Final = "{{resolve:"
"""What a reference of CloudFormation begins with that AWS alone resolves, when it deploys."""

_ARN: Final = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+", re.ASCII)
_CLUSTER: Final = re.compile(r"arn:[^:]+:ecs:[^:]*:[^:]*:cluster/.+", re.ASCII)
_TASK_DEFINITION: Final = re.compile(r"arn:[^:]+:ecs:[^:]*:[^:]*:task-definition/.+", re.ASCII)
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


def read_rule_target(node: Node, rule: str, problems: Problems) -> EventTarget | None:
    """Return a target as PutTargets takes it; None for one that can be nothing here, noted."""
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


def read_scheduler_target(node: Node, schedule: str, problems: Problems) -> EventTarget | None:
    """Return the target of a schedule as CreateSchedule takes it; None as for a rule."""
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
        message = f"{what}, {arn or 'without an ARN'}, can run or be told nothing here: left out"
        problems.note(message, node.source)


def _target(
    fields: Fields, ecs: Fields, identity: str, cluster_arn: str, problems: Problems
) -> Target | None:
    definition = ecs.text("TaskDefinitionArn", required=True)
    _check_task_definition(definition, identity, ecs, problems)
    count = read_task_count(ecs, "TaskCount", problems)
    launch_type = ecs.member("LaunchType", of=LaunchType)
    overrides, transformer = read_input(fields, identity, problems)
    role_arn = fields.text("RoleArn")
    cluster = _cluster(cluster_arn, identity, fields, problems)
    _check_role(role_arn, identity, fields, problems)
    dead_letters = fields.section("DeadLetterConfig")
    target = Target(
        id=identity,
        task_definition=definition or "",
        task_count=count,
        launch_type=launch_type,
        group=ecs.text("Group"),
        overrides=overrides,
        input_transformer=transformer,
        cluster=cluster,
        role_arn=role_arn,
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
    ecs.without_effect("PlacementConstraints", "PlacementStrategies", "PlacementStrategy")
    _refuse_overrides(ecs, problems)
    ecs.refuse_rest()
    fields.has(*_OTHER_TARGETS)
    fields.refuse_rest()
    check_target(target, problems)
    return target if definition else None


def _cluster(arn: str, identity: str, fields: Fields, problems: Problems) -> str | None:
    """Return the cluster's name; refuse an `Arn` that is none of it, as the task definition's."""
    if DYNAMIC in arn:
        return None
    if arn and "${" not in arn and not _CLUSTER.fullmatch(arn):
        message = f"target {identity}: Arn is that of the cluster, not {arn}"
        hint = "write arn:aws:ecs:REGION:ACCOUNT:cluster/NAME"
        if ":task-definition/" in arn:
            hint = "the task definition goes into TaskDefinitionArn alone"
        problems.rejected(message, fields.source, hint=hint)
        if _ARN.fullmatch(arn):
            return None
    return short_name(arn) or None


def _check_role(arn: str | None, identity: str, fields: Fields, problems: Problems) -> None:
    """Refuse a role by its name, which targets do not take."""
    if arn and "${" not in arn and DYNAMIC not in arn and not _ARN.fullmatch(arn):
        message = f"target {identity}: RoleArn is the ARN of a role, not {arn}"
        problems.rejected(message, fields.source)


def _check_task_definition(arn: str | None, identity: str, ecs: Fields, problems: Problems) -> None:
    """Warn of a family, which RunTask takes, and a target does not, as the API is documented."""
    if arn and "${" not in arn and DYNAMIC not in arn and not _TASK_DEFINITION.fullmatch(arn):
        message = f"target {identity}: TaskDefinitionArn is the ARN of a task definition, not {arn}"
        hint = "write arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY, or refer to its resource"
        problems.warning(message, ecs.place("TaskDefinitionArn"), hint=hint)


def _refuse_overrides(ecs: Fields, problems: Problems) -> None:
    """Refuse what RunTask takes there, and targets elsewhere."""
    overrides = ecs.take("Overrides", "overrides")
    if overrides is not None:
        problems.error(
            "unknown key 'Overrides' in EcsParameters",
            overrides.source,
            hint="a target has its overrides as JSON text in Input",
            rule="unknown-key",
        )


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
