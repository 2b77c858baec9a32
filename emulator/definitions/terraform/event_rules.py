"""`aws_cloudwatch_event_rule`, its targets, and `aws_scheduler_schedule` in AWS's own shapes."""

import re
from typing import Final

from emulator.definitions.nodes import Node
from emulator.definitions.terraform.drafts import Arguments, Draft
from emulator.definitions.terraform.items import Item
from emulator.definitions.terraform.placeholder_names import name_overridden_containers
from emulator.definitions.terraform.plain_values import as_bool
from emulator.definitions.terraform.values import Unknown, Value

_RULE: Final = {
    "name": "Name",
    "description": "Description",
    "schedule_expression": "ScheduleExpression",
    "event_pattern": "EventPattern",
    "event_bus_name": "EventBusName",
}
_SCHEDULE: Final = {
    "name": "Name",
    "description": "Description",
    "group_name": "GroupName",
    "schedule_expression": "ScheduleExpression",
    "schedule_expression_timezone": "ScheduleExpressionTimezone",
    "start_date": "StartDate",
    "end_date": "EndDate",
    "state": "State",
}
_ECS: Final = {
    "task_count": "TaskCount",
    "launch_type": "LaunchType",
    "platform_version": "PlatformVersion",
    "group": "Group",
    "propagate_tags": "PropagateTags",
    "enable_ecs_managed_tags": "EnableECSManagedTags",
    "enable_execute_command": "EnableExecuteCommand",
    "reference_id": "ReferenceId",
}
_RETRY: Final = {
    "maximum_event_age_in_seconds": "MaximumEventAgeInSeconds",
    "maximum_retry_attempts": "MaximumRetryAttempts",
}
_STRATEGY: Final = {"capacity_provider": "CapacityProvider", "weight": "Weight", "base": "Base"}


def rule_node(item: Item, draft: Draft) -> Node:
    """Return a rule as PutRule takes it. Raises `EvaluationError`."""
    fields = draft.take(item, _RULE)
    state = item.value("state")
    enabled = item.value("is_enabled")
    if state is not None:
        fields["State"] = draft.node(state)
    elif enabled is not None:
        fields["State"] = _switch(enabled, draft, "ENABLED", "DISABLED")
    return Node(fields, item.source)


def target_node(item: Item, draft: Draft, cluster: str) -> Node:
    """Return a target as PutTargets takes it; `cluster` is the ARN of a cluster unknown here.

    Raises `EvaluationError`.
    """
    fields = draft.take(item, {"target_id": "Id", "role_arn": "RoleArn", "input_path": "InputPath"})
    fields.setdefault("Id", Node(item.label[:64], item.source))
    ecs = item.blocks("ecs_target")
    fields["Arn"] = _arn(item, draft, cluster if ecs else None)
    _take_input(item, fields, draft)
    for block in item.blocks("input_transformer"):
        inner = draft.take(
            block, {"input_paths": "InputPathsMap", "input_template": "InputTemplate"}
        )
        fields["InputTransformer"] = Node(inner, block.source)
    for block in ecs:
        fields["EcsParameters"] = _ecs(block, draft, "AwsVpcConfiguration")
    _take_delivery(item, fields, draft)
    return Node(fields, item.source)


def schedule_node(item: Item, draft: Draft, cluster: str) -> Node:
    """Return a schedule as CreateSchedule takes it. Raises `EvaluationError`."""
    fields = draft.take(item, _SCHEDULE)
    for block in item.blocks("flexible_time_window"):
        names = {"mode": "Mode", "maximum_window_in_minutes": "MaximumWindowInMinutes"}
        window = draft.take(block, names)
        if window.get("MaximumWindowInMinutes", Node(0, block.source)).value == 0:
            window.pop("MaximumWindowInMinutes", None)
        fields["FlexibleTimeWindow"] = Node(window, block.source)
    for block in item.blocks("target"):
        target = draft.take(block, {"role_arn": "RoleArn"})
        ecs = block.blocks("ecs_parameters")
        target["Arn"] = _arn(block, draft, cluster if ecs else None)
        _take_input(block, target, draft)
        for inner in ecs:
            target["EcsParameters"] = _ecs(inner, draft, "AwsvpcConfiguration")
        _take_delivery(block, target, draft)
        fields["Target"] = Node(target, block.source)
    return Node(fields, item.source)


def _arn(arguments: Arguments, draft: Draft, cluster: str | None) -> Node:
    value = arguments.value("arn")
    if value is None:
        return Node(cluster or "", arguments.source)
    if isinstance(value.content, Unknown) and cluster is not None and not value.content.missing:
        return Node(cluster, value.source, guess=value.content.text)
    return draft.node(value)


def _take_input(arguments: Arguments, fields: dict[str, Node], draft: Draft) -> None:
    """Take `input`: text, whose JSON is made whole where a placeholder breaks it."""
    value = arguments.value("input")
    if value is None or value.content == "":
        return
    node = draft.node(value)
    if isinstance(value.content, Unknown):
        whole = re.sub(
            r'"(?:\\.|[^"\\])*"|\$\{[^}]*\}',
            lambda m: m[0] if m[0].startswith('"') else f'"{m[0]}"',
            value.content.text,
        )
        node.value = name_overridden_containers(whole)
    fields["Input"] = node


def _ecs(block: Arguments, draft: Draft, vpc: str) -> Node:
    fields = draft.take(block, _ECS)
    definition = block.value("task_definition_arn")
    if definition is not None:
        fields["TaskDefinitionArn"] = draft.node(definition)
    for inner in block.blocks("network_configuration"):
        network = {"subnets": "Subnets", "security_groups": "SecurityGroups"}
        own = _lists(draft.take(inner, network))
        public = inner.value("assign_public_ip")
        if public is not None and public.known:
            own["AssignPublicIp"] = _switch(public, draft, "ENABLED", "DISABLED")
        fields["NetworkConfiguration"] = Node({vpc: Node(own, inner.source)}, inner.source)
    strategy = [
        Node(draft.take(inner, _STRATEGY), inner.source)
        for inner in block.blocks("capacity_provider_strategy")
    ]
    if strategy:
        fields["CapacityProviderStrategy"] = Node(strategy, strategy[0].source)
    tags = block.value("tags")
    if tags is not None and isinstance(tags.content, dict):
        fields["Tags"] = Node(
            [_tag(key, draft.node(value)) for key, value in sorted(tags.content.items())],
            tags.source,
        )
    return Node(fields, block.source)


def _tag(key: str, value: Node) -> Node:
    return Node({"Key": Node(key, value.source), "Value": value}, value.source)


def _lists(fields: dict[str, Node]) -> dict[str, Node]:
    """Make a list of one of an unknown list, and drop what is empty.

    A list in a list is one: `["${local.subnets}"]` was how Terraform 0.11 passed a list on.
    """
    found = {}
    for name, node in fields.items():
        if isinstance(node.value, str) and node.guess:
            found[name] = Node([node], node.source)
        elif isinstance(node.value, list):
            inner = [item.value if isinstance(item.value, list) else [item] for item in node.value]
            if flat := [item for items in inner for item in items]:
                found[name] = Node(flat, node.source)
        elif not node.empty:
            found[name] = node
    return found


def _take_delivery(arguments: Arguments, fields: dict[str, Node], draft: Draft) -> None:
    for block in arguments.blocks("retry_policy"):
        fields["RetryPolicy"] = Node(draft.take(block, _RETRY), block.source)
    for block in arguments.blocks("dead_letter_config"):
        queue = draft.take(block, {"arn": "Arn"})
        if queue:
            fields["DeadLetterConfig"] = Node(queue, block.source)


def _switch(value: Value, draft: Draft, yes: str, no: str) -> Node:
    if not value.known:
        return draft.node(value)
    return Node(yes if as_bool(value) else no, value.source)
