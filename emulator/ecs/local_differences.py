"""Says how a task differs here from the same task on AWS, once for all tasks that it concerns."""

from emulator.ecs import outcome
from emulator.ecs.endpoint_choice import TURNED_OFF
from emulator.ecs.plan_limits import wants_group
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.model.task import Task


def look_for_log_groups(task: Task, shop: Workshop) -> None:
    """Say which log groups are missing. Raises `CannotStartError` where AWS would start nothing."""
    for missing in shop.missing_log_groups(task):
        if missing.fatal:
            reason = outcome.missing_log_group(task.launch_type)
            raise CannotStartError(reason, missing.container)
        shop.notices.once(
            f"the log group {missing.log_group} does not exist: what container "
            f"{missing.container} says would be lost on AWS, and is kept here"
        )


def say_limits_differ(task: Task, shop: Workshop) -> None:
    """Say that containers are limited one by one where the machine knows no other way."""
    if shop.host.no_groups is not None and wants_group(task):
        shop.notices.once(
            "cpu and memory of a task of several containers are a limit of each of them here, "
            f"not of all together: {shop.host.no_groups}"
        )


def say_links_differ(task: Task, shop: Workshop) -> None:
    """Say, of a task with an endpoint, what its links lack."""
    if any(c.links for c in task.task_definition.container_definitions):
        shop.notices.once(
            "in network mode bridge, containers with an endpoint know those they link to by "
            "name only: the variables that Docker's links set are missing"
        )


def say_no_endpoint(task: Task, why: str, shop: Workshop) -> None:
    """Say why a task with a role gets no credentials, unless it was asked for."""
    if task.task_definition.task_role_arn and why != TURNED_OFF:
        shop.notices.once(f"a task with a role gets no credentials from ecs-local: {why}")
