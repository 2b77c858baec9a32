"""What AWS checks when a task definition is registered, in its words (pure).

AWS: RegisterTaskDefinition in the ECS API reference, "Task definition differences for Fargate".
Texts that AWS has not been seen to say are our own sentences naming the field.
"""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final

from emulator.definitions.nodes import Problems
from emulator.model.fargate import FARGATE_SIZES, is_fargate_size
from emulator.model.overrides import size_complaints
from emulator.model.task_definition import (
    ContainerDefinition,
    DependencyCondition,
    LaunchType,
    NetworkMode,
    TaskDefinition,
)

LONGEST_STREAM: Final = 512
TASK_ID_LENGTH: Final = 32
MOST_CONTAINERS: Final = 10
FARGATE_TIMEOUTS: Final = range(2, 121)
FARGATE_STORAGE: Final = range(21, 201)


def check_task_definition(definition: TaskDefinition, problems: Problems) -> None:
    """Note everything AWS would reject."""
    _check_containers(definition, problems)
    _check_dependencies(definition, problems)
    _check_sizes(definition, problems)
    _check_volumes(definition, problems)
    if LaunchType.FARGATE in definition.requires_compatibilities:
        _check_fargate(definition, problems)


def _check_containers(definition: TaskDefinition, problems: Problems) -> None:
    containers = definition.container_definitions
    if not containers:
        problems.error("a task definition has at least one container", definition.source)
        return
    if len(containers) > MOST_CONTAINERS:
        message = f"{len(containers)} containers; a task definition has at most {MOST_CONTAINERS}"
        problems.rejected(message, definition.source)
    if not any(container.essential for container in containers):
        problems.error("a task has at least one essential container", definition.source)
    seen: set[str] = set()
    for container in containers:
        if container.name in seen:
            problems.error(f"two containers are named {container.name}", container.source)
        seen.add(container.name)
        _check_log_names(container, problems)


def _check_log_names(container: ContainerDefinition, problems: Problems) -> None:
    """Check the names that become a place in the log directory."""
    log = container.log_configuration
    if log is None or log.log_driver != "awslogs":
        return
    group = log.options.get("awslogs-group", "")
    for complaint in log_group_complaints(group):
        problems.error(f"awslogs-group {group!r}: {complaint}", container.source)
    prefix = log.options.get("awslogs-stream-prefix")
    if prefix is not None:
        bad = [c for c in prefix if c in ":*\\" or not c.isprintable()]
        bad += prefix[LONGEST_STREAM - len(f"/{container.name}/") - TASK_ID_LENGTH :]
        if bad or ".." in prefix.split("/") or prefix.startswith("/") or not prefix:
            problems.error(
                f"awslogs-stream-prefix {prefix!r} cannot be the beginning of a log stream",
                container.source,
                hint="no : * \\, no leading slash, no .. between slashes, and 512 characters with "
                "container name and task id",
            )


def log_group_complaints(name: str) -> Iterator[str]:
    """Yield what is wrong with a log group's name (CreateLogGroup in the CloudWatch Logs API)."""
    if not 1 <= len(name) <= 512:
        yield "a log group's name has 1 to 512 characters"
    if not all(c.isascii() and (c.isalnum() or c in ".-_/#") for c in name):
        yield "a log group's name has letters, digits and . - _ / # only"
    if ".." in name.split("/"):
        yield ".. leads out of the log directory"


def _check_dependencies(definition: TaskDefinition, problems: Problems) -> None:
    by_name = {container.name: container for container in definition.container_definitions}
    for container in definition.container_definitions:
        for dependency in container.depends_on:
            other = by_name.get(dependency.container_name)
            if other is None:
                problems.error(
                    f"container {container.name} depends on {dependency.container_name}, "
                    "which is not a container of the task definition",
                    container.source,
                )
            elif dependency.condition is not DependencyCondition.START and other.essential:
                problems.error(
                    "A dependency container with SUCCESS or COMPLETE condition cannot be an "
                    f"essential container: {other.name}",
                    container.source,
                    hint=f"say essential: false for {other.name}",
                )
    cycle = _cycle(by_name)
    if cycle:
        path = " -> ".join(cycle)
        problems.error(f"dependsOn runs in a circle: {path}", by_name[cycle[0]].source)


def _cycle(containers: dict[str, ContainerDefinition]) -> list[str]:
    """Return the names along a circle of dependencies, each depending on the next, or nothing."""
    graph = TopologicalSorter(
        {name: [d.container_name for d in c.depends_on] for name, c in containers.items()}
    )
    try:
        graph.prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle[::-1]
    return []


def _check_sizes(definition: TaskDefinition, problems: Problems) -> None:
    containers = definition.container_definitions
    for container in containers:
        _check_container_size(container, definition, problems)
    if definition.cpu is not None and sum(c.cpu for c in containers) > definition.cpu:
        problems.rejected(
            "The sum of all container 'cpu' values cannot be greater than the value of the "
            "task 'cpu'.",
            definition.source,
        )
    if definition.memory is not None:
        total = sum(c.memory or c.memory_reservation or 0 for c in containers)
        if total > definition.memory and not any(
            (c.memory or 0) > definition.memory for c in containers
        ):
            problems.rejected(
                f"the memory of all containers, {total} MiB, is greater than the memory of the "
                f"task, {definition.memory} MiB",
                definition.source,
            )


def _check_container_size(
    container: ContainerDefinition, definition: TaskDefinition, problems: Problems
) -> None:
    name, source = container.name, container.source
    for complaint in size_complaints(container):
        problems.error(complaint, source)
    if definition.memory is not None and (container.memory or 0) > definition.memory:
        problems.rejected(
            f"The 'memory' setting for container '{name}' is greater than for the task.", source
        )
    if container.stop_timeout is not None and container.stop_timeout < 0:
        problems.error(f"container {name}: stopTimeout is negative", source)
    if container.start_timeout is not None and container.start_timeout < 0:
        problems.error(f"container {name}: startTimeout is negative", source)


def _check_volumes(definition: TaskDefinition, problems: Problems) -> None:
    for container in definition.container_definitions:
        for mount in container.mount_points:
            if mount.source_volume not in definition.volumes:
                problems.error(
                    f"container {container.name} mounts the volume {mount.source_volume}, which "
                    "the task definition does not have",
                    container.source,
                )


def _check_fargate(definition: TaskDefinition, problems: Problems) -> None:
    source = definition.source
    if definition.network_mode is not NetworkMode.AWSVPC:
        problems.rejected("Fargate only supports network mode ‘awsvpc’.", source)
    if definition.cpu is None:
        problems.rejected("Fargate requires that 'cpu' be defined at the task level.", source)
    elif definition.cpu not in FARGATE_SIZES:
        sizes = ", ".join(map(str, FARGATE_SIZES))
        problems.rejected(f"Invalid 'cpu' setting for task: Fargate has {sizes}", source)
    if definition.memory is None:
        problems.rejected("Fargate requires that 'memory' be defined at the task level.", source)
    elif definition.cpu in FARGATE_SIZES and not is_fargate_size(definition.cpu, definition.memory):
        offered = ", ".join(map(str, FARGATE_SIZES[definition.cpu]))
        problems.rejected(
            "No Fargate configuration exists for given values: "
            f"{definition.cpu} CPU , {definition.memory} memory. "
            "See the Amazon ECS documentation for the valid values.",
            source,
            hint=f"with cpu {definition.cpu} the memory is one of {offered}",
        )
    storage = definition.ephemeral_storage_gib
    if storage is not None and storage not in FARGATE_STORAGE:
        problems.rejected(f"ephemeralStorage.sizeInGiB is 21 to 200, not {storage}", source)
    for container in definition.container_definitions:
        _check_fargate_container(container, definition, problems)


def _check_fargate_container(
    container: ContainerDefinition, definition: TaskDefinition, problems: Problems
) -> None:
    for name, seconds in (
        ("startTimeout", container.start_timeout),
        ("stopTimeout", container.stop_timeout),
    ):
        if seconds is not None and seconds not in FARGATE_TIMEOUTS:
            problems.rejected(
                f"container {container.name}: {name} on Fargate is 2 to 120 seconds, not {seconds}",
                container.source,
            )
    for limit in container.ulimits:
        if limit.name != "nofile":
            problems.rejected(
                f"container {container.name}: ulimit {limit.name} cannot be set on Fargate",
                container.source,
            )
    log = container.log_configuration
    if log is None or log.log_driver != "awslogs":
        return
    if not definition.execution_role_arn:
        problems.rejected(
            "Fargate requires task definition to have execution role ARN to support log driver "
            "awslogs.",
            definition.source,
        )
    if not log.options.get("awslogs-stream-prefix"):
        problems.rejected(
            "Log driver awslogs option 'awslogs-stream-prefix' should not be null or empty.",
            container.source,
        )
