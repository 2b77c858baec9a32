"""What a task definition must and must not say to run on Fargate (pure).

AWS: "Task definition differences for Fargate". Texts that AWS has not been seen to say are our
own sentences naming the field.
"""

from collections.abc import Iterator
from typing import Final

from emulator.definitions.nodes import Problems
from emulator.model.fargate import FARGATE_SIZES, NO_GPUS
from emulator.model.sizes import fargate_size_complaint
from emulator.model.task_definition import (
    ContainerDefinition,
    NamespaceMode,
    NetworkMode,
    TaskDefinition,
)

FARGATE_TIMEOUTS: Final = range(2, 121)
FARGATE_STORAGE: Final = range(21, 201)
LOG_DRIVERS: Final = ("awslogs", "splunk", "awsfirelens")


def check_fargate(definition: TaskDefinition, problems: Problems) -> None:
    """Note everything that keeps a task definition from Fargate."""
    source = definition.source
    if definition.network_mode is not NetworkMode.AWSVPC:
        problems.rejected("Fargate only supports network mode ‘awsvpc’.", source)
    _check_size(definition, problems)
    storage = definition.ephemeral_storage_gib
    if storage is not None and storage not in FARGATE_STORAGE:
        problems.rejected(f"ephemeralStorage.sizeInGiB is 21 to 200, not {storage}", source)
    for name in _unfit(definition):
        problems.rejected(f"{name} is not supported on Fargate", source)
    for container in definition.container_definitions:
        for complaint in _container_complaints(container):
            problems.rejected(f"container {container.name}: {complaint}", container.source)
        _check_log_driver(container, problems)


def _check_size(definition: TaskDefinition, problems: Problems) -> None:
    cpu, memory, source = definition.cpu, definition.memory, definition.source
    for name, value in (("cpu", cpu), ("memory", memory)):
        if value is None:
            message = f"Fargate requires that '{name}' be defined at the task level."
            problems.rejected(message, source)
    complaint = fargate_size_complaint(cpu, memory)
    if complaint is not None:
        offered = ", ".join(map(str, FARGATE_SIZES.get(cpu or 0, ())))
        hint = f"with cpu {cpu} the memory is one of {offered}" if offered else None
        problems.rejected(complaint, source, hint=hint)


def _unfit(definition: TaskDefinition) -> Iterator[str]:
    if definition.placement_constraints:
        yield "placementConstraints"
    if definition.ipc_mode is not None:
        yield "ipcMode"
    if definition.pid_mode is NamespaceMode.HOST:
        yield "pidMode host"


def _container_complaints(container: ContainerDefinition) -> Iterator[str]:
    for name in _container_unfit(container):
        yield f"{name} is not supported on Fargate"
    linux = container.linux_parameters
    for capability in () if linux is None else linux.capabilities_add:
        if capability != "SYS_PTRACE":
            yield f"the capability {capability} cannot be added on Fargate, only SYS_PTRACE"
    for limit in container.ulimits:
        if limit.name != "nofile":
            yield f"ulimit {limit.name} cannot be set on Fargate"
    if container.gpus:
        yield NO_GPUS
    for name, seconds in (
        ("startTimeout", container.start_timeout),
        ("stopTimeout", container.stop_timeout),
    ):
        if seconds is not None and seconds not in FARGATE_TIMEOUTS:
            yield f"{name} on Fargate is 2 to 120 seconds, not {seconds}"


def _container_unfit(container: ContainerDefinition) -> Iterator[str]:
    linux = container.linux_parameters
    given: dict[str, object] = {
        "privileged": container.privileged,
        "links": container.links,
        "disableNetworking": container.disable_networking,
        "dnsServers": container.dns_servers,
        "dnsSearchDomains": container.dns_search_domains,
        "extraHosts": container.extra_hosts,
        "dockerSecurityOptions": container.docker_security_options,
    }
    if linux is not None:
        given |= {
            "linuxParameters.devices": linux.devices,
            "linuxParameters.sharedMemorySize": linux.shared_memory_size is not None,
            "linuxParameters.maxSwap": linux.max_swap is not None,
            "linuxParameters.swappiness": linux.swappiness is not None,
        }
    yield from (name for name, value in given.items() if value)


def _check_log_driver(container: ContainerDefinition, problems: Problems) -> None:
    log = container.log_configuration
    if log is None:
        return
    if log.log_driver not in LOG_DRIVERS:
        message = f"container {container.name}: Fargate has no log driver {log.log_driver}"
        problems.rejected(message, container.source, hint=f"it has {', '.join(LOG_DRIVERS)}")
    elif log.log_driver == "awslogs" and not log.options.get("awslogs-stream-prefix"):
        problems.rejected(
            "Log driver awslogs option 'awslogs-stream-prefix' should not be null or empty.",
            container.source,
        )
