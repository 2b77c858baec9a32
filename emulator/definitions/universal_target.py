"""EventBridge Scheduler's universal target for RunTask: `Input` is the request of RunTask.

AWS: "Using universal targets in EventBridge Scheduler". Keys are written in PascalCase there.
"""

from typing import Final

from emulator.definitions.escaped_placeholders import of_scheduler, tell_escaped
from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Fields, Node, Problems
from emulator.definitions.target_input import placed
from emulator.definitions.targets import (
    check_target,
    read_capacity_provider_strategy,
    read_network_configuration,
    read_retry_policy,
    read_task_count,
)
from emulator.definitions.task_override import read_task_override
from emulator.errors import DefinitionError
from emulator.model.names import short_name
from emulator.model.rules import Target, TaskOverride
from emulator.model.task_definition import LaunchType

_NO_EFFECT: Final = (
    *("clientToken", "placementConstraints", "placementStrategy", "startedBy", "tags"),
)


def read_run_task_target(fields: Fields, schedule: str, problems: Problems) -> Target | None:
    """Return the target that a RunTask request means; None after errors."""
    request = _request(fields, problems)
    if request is None:
        return None
    dead_letters = fields.section("DeadLetterConfig")
    definition = request.text("taskDefinition", required=True)
    launch_type = request.member("launchType", of=LaunchType)
    count = read_task_count(request, "count", problems)
    overrides = request.take("overrides")
    target = Target(
        id=schedule,
        task_definition=definition or "",
        task_count=count,
        launch_type=launch_type,
        group=request.text("group"),
        overrides=TaskOverride() if overrides is None else read_task_override(overrides, problems),
        cluster=short_name(request.text("cluster") or "") or None,
        role_arn=fields.text("RoleArn"),
        platform_version=request.text("platformVersion"),
        network_configuration=read_network_configuration(request, problems),
        capacity_provider_strategy=read_capacity_provider_strategy(request, problems),
        propagate_tags=request.choice("propagateTags", among=("TASK_DEFINITION",)),
        enable_ecs_managed_tags=request.boolean("enableECSManagedTags"),
        enable_execute_command=request.boolean("enableExecuteCommand"),
        reference_id=request.text("referenceId"),
        retry_policy=read_retry_policy(fields, problems),
        dead_letter_arn=None if dead_letters is None else dead_letters.text("Arn"),
        source=fields.source,
    )
    request.without_effect(*_NO_EFFECT, called="{} of RunTask")
    request.refuse_rest()
    fields.refuse_rest()
    check_target(target, problems)
    return target if definition else None


def _request(fields: Fields, problems: Problems) -> Fields | None:
    """Take `Input` as the RunTask request that it is; None after errors."""
    text, place = fields.text("Input", required=True), fields.place("Input")
    if text is None:
        return None
    try:
        node = _lower(placed(parse_json(text, "Input"), place))
    except DefinitionError as error:
        problems.error(f"Input: {error.problems[0].message}", place)
        return None
    tell_escaped(text, of_scheduler, place, problems)
    return Fields(node, "the RunTask request", problems)


def _lower(node: Node) -> Node:
    """Return a request with keys in camelCase. It has no mappings whose keys are the user's."""
    if isinstance(node.value, dict):
        entries = node.value.items()
        return Node({key[:1].lower() + key[1:]: _lower(n) for key, n in entries}, node.source)
    if isinstance(node.value, list):
        return Node([_lower(child) for child in node.value], node.source)
    return node
