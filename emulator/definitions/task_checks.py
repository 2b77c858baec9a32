"""What AWS checks when a task definition is registered, in its words (pure).

AWS: RegisterTaskDefinition in the ECS API reference, "Task definition differences for Fargate".
Texts that AWS has not been seen to say are our own sentences naming the field.
"""

from collections.abc import Iterator
from typing import Final

from emulator.definitions.network_checks import check_network
from emulator.definitions.nodes import Problems
from emulator.definitions.role_checks import check_execution_role
from emulator.model.sizes import size_complaints
from emulator.model.task_definition import ContainerDefinition, LaunchType, TaskDefinition

LONGEST_STREAM: Final = 512
TASK_ID_LENGTH: Final = 32
MOST_CONTAINERS: Final = 10


def check_task_definition(
    definition: TaskDefinition, problems: Problems, *, whole: bool = True
) -> None:
    """Note everything AWS would reject; `whole`: no container was left out because of errors."""
    _check_containers(definition, problems)
    if whole:
        _check_together(definition, problems)
    check_network(definition, problems)
    check_execution_role(definition, problems)
    _check_sizes(definition, problems)
    _check_volumes(definition, problems)
    compatible = definition.requires_compatibilities
    if LaunchType.FARGATE in compatible:
        from emulator.definitions.fargate_checks import check_fargate

        check_fargate(definition, problems)
    elif compatible and definition.ephemeral_storage_gib is not None:
        problems.rejected("ephemeralStorage is for tasks on Fargate only", definition.source)


def _check_containers(definition: TaskDefinition, problems: Problems) -> None:
    containers = definition.container_definitions
    if len(containers) > MOST_CONTAINERS:
        message = f"{len(containers)} containers; a task definition has at most {MOST_CONTAINERS}"
        problems.rejected(message, definition.source)
    seen: set[str] = set()
    for container in containers:
        if container.name in seen:
            problems.error(f"two containers are named {container.name}", container.source)
        seen.add(container.name)
        _check_log_names(container, problems)


def _check_together(definition: TaskDefinition, problems: Problems) -> None:
    """Check what containers have to do with each other."""
    containers = definition.container_definitions
    if not containers:
        problems.error("a task definition has at least one container", definition.source)
        return
    if not any(container.essential for container in containers):
        problems.error("a task has at least one essential container", definition.source)
    if any(container.dependencies for container in containers):
        from emulator.definitions.dependency_checks import check_dependencies

        check_dependencies(definition, problems)
    if any(container.firelens_configuration or container.routed for container in containers):
        from emulator.definitions.firelens import check_firelens

        check_firelens(definition, problems)


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


def _check_sizes(definition: TaskDefinition, problems: Problems) -> None:
    for complaint in size_complaints(definition):
        container = complaint.container
        place = definition.source if container is None else container.source
        note = problems.error if complaint.unusable else problems.rejected
        note(complaint.message, place)
    for container in definition.container_definitions:
        for name, seconds in (
            ("stopTimeout", container.stop_timeout),
            ("startTimeout", container.start_timeout),
        ):
            if seconds is not None and seconds < 0:
                problems.error(f"container {container.name}: {name} is negative", container.source)
        linux = container.linux_parameters
        if linux is not None and linux.max_swap is not None and container.memory is None:
            problems.error(
                f"container {container.name}: maxSwap needs a memory limit", container.source
            )


def _check_volumes(definition: TaskDefinition, problems: Problems) -> None:
    names = {volume.name for volume in definition.volumes}
    if names:
        from emulator.definitions.volume_checks import check_volumes

        check_volumes(definition, problems)
    for container in definition.container_definitions:
        for mount in container.mount_points:
            if mount.source_volume not in names:
                problems.error(
                    f"container {container.name} mounts the volume {mount.source_volume}, which "
                    "the task definition does not have",
                    container.source,
                )
