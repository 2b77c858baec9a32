"""Which container of a task cannot start, because its log group does not exist (pure).

Fargate looks for group and stream before anything starts. On EC2 Docker does, where the log mode
is blocking; otherwise the container starts, and what it says is lost.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from emulator.model.awslogs import BLOCKING, GROUP, read_options
from emulator.model.task import Task
from emulator.model.task_definition import LaunchType


class MissingGroup(NamedTuple):
    """A log group that does not exist and may not be made. `fatal`: the task does not start."""

    container: str
    log_group: str
    fatal: bool


def missing_groups(task: Task, existing: Collection[str]) -> Iterator[MissingGroup]:
    """Yield what is missing for a task's containers, given the groups that there are."""
    for container in task.task_definition.container_definitions:
        log = container.log_configuration
        if log is None or log.log_driver != "awslogs" or log.options[GROUP] in existing:
            continue
        options = read_options(log.options)
        if not options.create_group:
            fatal = task.launch_type is LaunchType.FARGATE or options.mode == BLOCKING
            yield MissingGroup(container.name, log.options[GROUP], fatal)
