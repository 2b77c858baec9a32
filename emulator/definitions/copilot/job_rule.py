"""The rule of a Copilot job: when it starts, where, and what its state machine does about failures.

On AWS a state machine of Step Functions stands between the rule and the task and does retries
and the timeout; here the rule starts the task itself.
"""

from typing import Final, NamedTuple

from emulator.definitions.copilot.manifest import Job, seconds
from emulator.definitions.copilot.schedule import NotAScheduleError, aws_expression
from emulator.definitions.nodes import Fields, Problems
from emulator.definitions.schedule_text import check_schedule
from emulator.errors import SourceRef
from emulator.model.placement import NetworkConfiguration
from emulator.model.rules import Rule, RuleState, Target
from emulator.model.task_definition import LaunchType


def read_rule(fields: Fields, job: Job, problems: Problems) -> Rule | None:
    """Take what of a manifest makes its rule; None for a job that has no valid schedule."""
    network = _network(fields, problems)
    retries, timeout = _state_machine(fields, problems)
    description = fields.text("description") or ""
    expression = _expression(fields, job, problems)
    if expression is None:
        return None
    target = Target(
        id=job.name,
        task_definition=job.family,
        launch_type=LaunchType.FARGATE,
        cluster=f"{job.app}-{job.environment}",
        network_configuration=network,
        propagate_tags="TASK_DEFINITION",
        source=fields.source,
    )
    return Rule(
        name=job.name,
        description=description,
        schedule_expression=expression.text,
        state=expression.state,
        targets=(target,),
        retries=retries,
        timeout_seconds=timeout,
        source=fields.source,
    )


class _Schedule(NamedTuple):
    text: str
    place: SourceRef


class _Expression(NamedTuple):
    text: str
    state: RuleState = RuleState.ENABLED


_BY_HAND: Final = _Expression("rate(5 minutes)", RuleState.DISABLED)
"""What Copilot deploys for the schedule `none`, of a job that is only run by hand."""


def _expression(fields: Fields, job: Job, problems: Problems) -> _Expression | None:
    """Take `on.schedule` as AWS's expression; None where there is no valid one."""
    written = _schedule(fields, problems)
    if written is None:
        return None
    if written.text.strip() == "none":
        message = f"job {job.name} has no schedule: its rule is disabled"
        problems.note(f"{message}, `ecs-local invoke {job.name}` runs it", written.place)
        return _BY_HAND
    try:
        expression, warning = aws_expression(written.text)
    except NotAScheduleError as error:
        problems.error(f"on.schedule: {error}", written.place)
        return None
    if warning is not None:
        problems.warning(f"on.schedule: {warning}: {expression}", written.place)
    valid = check_schedule(expression, "rule", "UTC", written.place, problems)
    return _Expression(expression) if valid else None


def _schedule(fields: Fields, problems: Problems) -> _Schedule | None:
    on = fields.section("on")
    if on is None:
        problems.error("the manifest has no on.schedule", fields.source)
        return None
    text = on.text("schedule", required=True)
    on.refuse_rest()
    return None if text is None else _Schedule(text, on.place("schedule"))


def _state_machine(fields: Fields, problems: Problems) -> tuple[int, int | None]:
    """Take what Copilot leaves to its state machine: retries, and seconds until a timeout."""
    retries = fields.integer("retries") or 0
    timeout = seconds(fields, "timeout", problems)
    length = None if timeout is None else timeout.value
    return retries, length if isinstance(length, int) else None


def _network(fields: Fields, problems: Problems) -> NetworkConfiguration:
    """Take the security groups, and whether the task gets a public address."""
    network = fields.section("network")
    vpc = None if network is None else network.section("vpc")
    if network is not None:
        connect = network.take("connect")
        if connect is not None and not connect.empty:
            problems.note("network.connect: there is no Service Connect here", connect.source)
        network.refuse_rest()
    if vpc is None:
        return NetworkConfiguration(assign_public_ip=True)
    placement = vpc.take("placement")
    groups = vpc.take("security_groups")
    vpc.refuse_rest()
    listed = groups.value if groups is not None and isinstance(groups.value, list) else []
    return NetworkConfiguration(
        security_groups=tuple(node.text for node in listed if isinstance(node.value, str)),
        assign_public_ip=placement is None or placement.value != "private",
    )
