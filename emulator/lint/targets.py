"""Targets of rules that AWS accepts and then cannot start, or starts otherwise than meant."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from emulator.errors import Severity
from emulator.lint.checks import Check, Facts, Finding
from emulator.model.names import split_task_definition
from emulator.model.rules import Rule
from emulator.model.task_definition import LaunchType, NetworkMode, TaskDefinition

STARTED_BY_LIMIT: Final = 36
"""Characters of `startedBy` that EventBridge writes; the rest of the rule's name is cut off."""


def _network(facts: Facts) -> Iterator[Finding]:
    for rule, target, definition in facts.targets():
        if definition.network_mode is NetworkMode.AWSVPC and target.network_configuration is None:
            yield Finding(
                f"rule {rule.name} has no network configuration: on AWS, RunTask refuses with "
                "\"Network Configuration must be provided when networkMode 'awsvpc' is "
                'specified."',
                facts.of_target(rule, target),
                "give the target its subnets in network_configuration",
            )


def _unfit_network(facts: Facts) -> Iterator[Finding]:
    for rule, target, definition in facts.targets():
        mode = definition.network_mode
        if mode is not NetworkMode.AWSVPC and target.network_configuration is not None:
            yield Finding(
                f'rule {rule.name}: on AWS, RunTask refuses with "Network Configuration is not '
                'valid for the given networkMode of this task definition."',
                facts.of_target(rule, target, "networkConfiguration"),
                f"{definition.family} has network mode {mode}: leave the configuration out",
            )


def _launch_type(facts: Facts) -> Iterator[Finding]:
    for rule, target, definition in facts.targets():
        wanted, bare = target.launch_type, definition.family in facts.bare
        unfit = None if wanted is None or bare else _unfit_for(wanted, definition)
        if unfit is not None:
            yield Finding(
                f"rule {rule.name}: Task definition does not support launch_type {wanted}.",
                facts.of_target(rule, target, "launchType"),
                unfit,
            )


def _unfit_for(wanted: LaunchType, definition: TaskDefinition) -> str | None:
    """Return what keeps a task definition from a launch type."""
    compatible, mode = definition.requires_compatibilities, definition.network_mode
    if compatible:
        if wanted in compatible:
            return None
        return f"{definition.family} requires {', '.join(compatible)}"
    if wanted is not LaunchType.FARGATE or mode is NetworkMode.AWSVPC:
        return None
    return f"{definition.family} has network mode {mode}: Fargate only supports awsvpc"


def _revision(facts: Facts) -> Iterator[Finding]:
    for rule, target, definition in facts.targets():
        _, revision = split_task_definition(target.task_definition)
        if revision is not None and revision != definition.revision:
            yield Finding(
                f"rule {rule.name} names {definition.family}:{revision}; what the files say of "
                f"{definition.family} runs here, whatever that revision has on AWS",
                facts.of_target(rule, target, "taskDefinition"),
                "name the family alone to run its latest revision",
            )


def _started_by(facts: Facts) -> Iterator[Finding]:
    users: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in facts.definitions.rules:
        prefix = "chronos-schedule/" if rule.dialect == "scheduler" else "events-rule/"
        whole = prefix + rule.bare_name
        cut = whole[:STARTED_BY_LIMIT]
        users[cut].append(rule)
        if len(users[cut]) > 1:
            yield Finding(
                f"tasks of rules {users[cut][0].name} and {rule.name} have the same startedBy on "
                f"AWS: {cut}",
                facts.of_rule(rule, "name"),
                "let the names differ further ahead",
                Severity.WARNING,
            )
        elif cut != whole:
            yield Finding(
                f"startedBy of the tasks of rule {rule.name} is cut to {cut} on AWS",
                facts.of_rule(rule, "name"),
            )


def _queue(facts: Facts) -> Iterator[Finding]:
    queues = facts.definitions.queues
    for rule in facts.definitions.rules:
        for target in rule.targets:
            arn = target.dead_letter_arn
            if arn is None or "${" in arn or arn.rpartition(":")[2] in queues:
                continue
            yield Finding(
                f"no file declares the dead-letter queue {arn.rpartition(':')[2]} of rule "
                f"{rule.name}: it is assumed to exist",
                facts.of_target(rule, target, "deadLetterConfig"),
                None,
                Severity.WARNING if queues else Severity.NOTE,
            )


def _no_queue(facts: Facts) -> Iterator[Finding]:
    rules = [
        rule.name
        for rule in facts.definitions.rules
        if any(target.dead_letter_arn is None for target in rule.targets)
    ]
    if rules:
        shown = ", ".join(rules[:3]) + (f" and {len(rules) - 3} more" if len(rules) > 3 else "")
        first = next(rule for rule in facts.definitions.rules if rule.name == rules[0])
        yield Finding(
            f"no dead-letter queue ({shown}): on AWS, an event whose task cannot be started is "
            "dropped without a word",
            facts.of_rule(first),
            "add a dead_letter_config, or an alarm on FailedInvocations",
        )


CHECKS: Final = (
    Check(
        "target-network-missing",
        Severity.WARNING,
        "The task definition uses awsvpc, and the target gives no subnets.",
        _network,
    ),
    Check(
        "target-network-unfit",
        Severity.WARNING,
        "The target gives subnets, and the task definition does not use awsvpc.",
        _unfit_network,
    ),
    Check(
        "target-launch-type",
        Severity.ERROR,
        "The task definition does not support the target's launch type.",
        _launch_type,
    ),
    Check(
        "target-revision",
        Severity.NOTE,
        "The target names a revision, which the files cannot hold.",
        _revision,
    ),
    Check(
        "target-started-by",
        Severity.NOTE,
        "The name of the rule is cut in startedBy; a warning where two rules become the same.",
        _started_by,
    ),
    Check(
        "target-queue-undeclared",
        Severity.NOTE,
        "No file declares a dead-letter queue; a warning where the files declare others.",
        _queue,
    ),
    Check(
        "target-queue-missing",
        Severity.NOTE,
        "A target has no dead-letter queue.",
        _no_queue,
    ),
)
