"""The parts of an ECS target that every format has, whatever the style of its keys.

EventBridge rules, EventBridge Scheduler, ecschedule and RunTask spell them differently; what
they say becomes the same values, and what has no effect on this machine is noted once.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import Fields, Problems
from emulator.errors import SourceRef
from emulator.model.rules import Target

if TYPE_CHECKING:
    # Few targets say any of it: what does is imported then.
    from emulator.model.delivery import InputTransformer, RetryPolicy
    from emulator.model.placement import CapacityProviderStrategyItem, NetworkConfiguration

NETWORK: Final = ("networkConfiguration", "network_configuration", "NetworkConfiguration")
AWSVPC: Final = (
    "awsvpcConfiguration",
    "aws_vpc_configuration",
    "awsvpc_configuration",
    "AwsVpcConfiguration",
    "AwsvpcConfiguration",
)
SECURITY_GROUPS: Final = ("securityGroups", "security_groups", "SecurityGroups")
PUBLIC_IP: Final = ("assignPublicIp", "assign_public_ip", "AssignPublicIp")
STRATEGY: Final = (
    "capacityProviderStrategy",
    "capacity_provider_strategy",
    "CapacityProviderStrategy",
)
RETRY: Final = ("retryPolicy", "retry_policy", "RetryPolicy")
ATTEMPTS: Final = (
    "maximumRetryAttempts",
    "maximum_retry_attempts",
    "MaximumRetryAttempts",
)
AGE: Final = (
    "maximumEventAgeInSeconds",
    "maximum_event_age_in_seconds",
    "MaximumEventAgeInSeconds",
)
TRANSFORMER: Final = ("inputTransformer", "input_transformer", "InputTransformer")
MAXIMUM_SUBNETS: Final = 16
MAXIMUM_SECURITY_GROUPS: Final = 5
MAXIMUM_STRATEGY: Final = 6
MAXIMUM_BASE: Final = 100_000
MAXIMUM_WEIGHT: Final = 1000
MAXIMUM_GROUP: Final = 255
INPUT_LIMIT: Final = 8192
"""Characters of what is handed to a target, or of the template for it."""


def read_task_count(fields: Fields, name: str, problems: Problems) -> int:
    """Take how many tasks are to start; 1 where nothing is said. It may be written as text."""
    count = fields.digits(name)
    if count is not None and count < 1:
        problems.rejected(f"{name} is at least 1, not {count}", fields.place(name))
    return max(1, count or 1)


def read_network_configuration(fields: Fields, problems: Problems) -> "NetworkConfiguration | None":
    """Take the network configuration of a target or of RunTask."""
    outer = fields.section(*NETWORK)
    if outer is None:
        return None
    section = outer.section(*AWSVPC)
    outer.refuse_rest()
    if section is None:
        return None
    from emulator.model.placement import NetworkConfiguration

    subnets = section.texts("subnets", "Subnets") or ()
    groups = section.texts(*SECURITY_GROUPS) or ()
    public = section.choice(*PUBLIC_IP, among=("ENABLED", "DISABLED"))
    section.refuse_rest()
    written = section.take("subnets", "Subnets")
    # What is no list at all has been told of.
    listed = written is None or written.empty or isinstance(written.value, list)
    if listed and not 1 <= len(subnets) <= MAXIMUM_SUBNETS:
        message = f"subnets: 1 to {MAXIMUM_SUBNETS} of them, not {len(subnets)}"
        problems.rejected(message, section.place("subnets", "Subnets"))
    if len(groups) > MAXIMUM_SECURITY_GROUPS:
        message = f"securityGroups: {MAXIMUM_SECURITY_GROUPS} at most, not {len(groups)}"
        problems.rejected(message, section.place(*SECURITY_GROUPS))
    return NetworkConfiguration(
        subnets=subnets, security_groups=groups, assign_public_ip=public == "ENABLED"
    )


def read_capacity_provider_strategy(
    fields: Fields, problems: Problems
) -> "tuple[CapacityProviderStrategyItem, ...]":
    """Take the capacity provider strategy of a target."""
    nodes = fields.items(*STRATEGY)
    if not nodes:
        return ()
    from emulator.model.placement import CapacityProviderStrategyItem

    found = []
    for node in nodes:
        item = Fields(node, "the capacity provider strategy", problems)
        names = ("capacityProvider", "capacity_provider", "CapacityProvider")
        provider = item.text(*names, required=True)
        base, weight = item.digits("base", "Base"), item.digits("weight", "Weight")
        item.refuse_rest()
        for name, value, most in (("base", base, MAXIMUM_BASE), ("weight", weight, MAXIMUM_WEIGHT)):
            if value is not None and value > most:
                message = f"capacityProviderStrategy: {name} is 0 to {most}, not {value}"
                problems.rejected(message, node.source)
        if provider:
            found.append(
                CapacityProviderStrategyItem(
                    capacity_provider=provider, base=base or 0, weight=weight or 0
                )
            )
    for complaint in _strategy_complaints(found):
        problems.rejected(f"capacityProviderStrategy: {complaint}", fields.place(*STRATEGY))
    return tuple(found)


def _strategy_complaints(items: "Sequence[CapacityProviderStrategyItem]") -> Iterator[str]:
    """Yield what is wrong with a strategy as a whole (AWS: CapacityProviderStrategyItem)."""
    if len(items) > MAXIMUM_STRATEGY:
        yield f"{MAXIMUM_STRATEGY} at most, not {len(items)}"
    if len(items) > 1 and not any(item.weight for item in items):
        yield "of several capacity providers, one has a weight over 0"
    if sum(item.base > 0 for item in items) > 1:
        yield "one capacity provider has a base, not several"


def read_retry_policy(fields: Fields, problems: Problems) -> "RetryPolicy | None":
    """Take the retry policy of a target; None for AWS's own, said or not."""
    section = fields.section(*RETRY)
    if section is None:
        return None
    from emulator.model.delivery import RetryPolicy

    attempts, age = section.digits(*ATTEMPTS), section.digits(*AGE)
    section.refuse_rest()
    if attempts is not None and attempts > 185:
        message = f"maximumRetryAttempts is 0 to 185, not {attempts}"
        problems.rejected(message, section.place(*ATTEMPTS))
    if age is not None and not 60 <= age <= 86400:
        message = f"maximumEventAgeInSeconds is 60 to 86400, not {age}"
        problems.rejected(message, section.place(*AGE))
    default = RetryPolicy()
    policy = RetryPolicy(
        maximum_retry_attempts=default.maximum_retry_attempts if attempts is None else attempts,
        maximum_event_age_in_seconds=default.maximum_event_age_in_seconds if age is None else age,
    )
    return None if policy == default else policy


def read_input_transformer(fields: Fields, problems: Problems) -> "InputTransformer | None":
    """Take an input transformer."""
    section = fields.section(*TRANSFORMER)
    if section is None:
        return None
    from emulator.definitions.escaped_placeholders import tell_escaped
    from emulator.model.delivery import InputTransformer

    paths = section.mapping("inputPathsMap", "InputPathsMap")
    template = section.text("inputTemplate", "InputTemplate", required=True)
    section.refuse_rest()
    if template is None:
        return None
    place = section.place("inputTemplate", "InputTemplate")
    if len(template) > INPUT_LIMIT:
        message = f"InputTemplate is longer than {INPUT_LIMIT} characters"
        problems.rejected(message, place)
    tell_escaped(
        template, lambda name: name in paths or name.startswith("aws.events."), place, problems
    )
    return InputTransformer(input_template=template, input_paths_map=paths)


def check_input_transformer(
    transformer: "InputTransformer", target: str, place: SourceRef | None, problems: Problems
) -> None:
    """Note what PutTargets would refuse in an input transformer."""
    from emulator.model.transform import transformer_problems

    for problem in transformer_problems(transformer):
        problems.rejected(f"target {target}: {problem}", place)


def check_target(target: Target, problems: Problems) -> None:
    """Note what of a target AWS would reject, and what has no effect on this machine."""
    if target.launch_type is not None and target.capacity_provider_strategy:
        message = f"target {target.id}: a launch type and a capacity provider strategy"
        problems.rejected(message, target.source, hint="AWS takes one of the two")
    if target.group is not None and len(target.group) > MAXIMUM_GROUP:
        message = f"target {target.id}: group has at most {MAXIMUM_GROUP} characters"
        problems.rejected(message, target.source)
    without_effect = [
        name
        for name, value in (
            ("role", target.role_arn),
            ("capacity provider strategy", target.capacity_provider_strategy),
            ("platform version", target.platform_version),
            ("network configuration", target.network_configuration),
            ("propagateTags", target.propagate_tags),
            ("enableExecuteCommand", target.enable_execute_command),
        )
        if value
    ]
    if without_effect:
        listed = " and ".join(filter(None, (", ".join(without_effect[:-1]), without_effect[-1])))
        message = f"no effect on this machine: a target's {listed}"
        problems.note(message, target.source)
    if target.input_transformer is not None:
        check_input_transformer(target.input_transformer, target.id, target.source, problems)
