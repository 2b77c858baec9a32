"""What a task needs of the container engine, worked out before anything is started (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from emulator.ecs import identity
from emulator.engines.base import (
    ContainerSpec,
    HostNetwork,
    Network,
    NoNetwork,
    OwnNetwork,
    SharedNetwork,
    VolumeMount,
)
from emulator.model.definitions import Local
from emulator.model.task import Task
from emulator.model.task_definition import (
    ContainerDefinition,
    LaunchType,
    NetworkMode,
    TaskDefinition,
)

MIB: Final = 1024 * 1024
SMALLEST_CPU_SHARES: Final = 2
"""The ECS agent gives the kernel's minimum to a container without CPU units."""

PLATFORMS: Final = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """What the plan must know of the machine: the engine's CPUs and the labels of this owner."""

    cpus: int
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPlan:
    """Everything to create for a task.

    `pause` owns the network namespace of an awsvpc task, else None. `containers` in the order of
    the definition, each with the image still as the definition names it in `images`.
    """

    containers: tuple[ContainerSpec, ...]
    pause: ContainerSpec | None = None
    volumes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


def plan_task(task: Task, local: Local, host: Host, *, pause_image: str) -> TaskPlan:
    """Return what to create for a task.

    Containers of an awsvpc task get their network by `join`, once the pause container has an id.
    """
    definition = task.task_definition
    volumes = {name: f"ecs-{definition.family}-{task.id}-{name}" for name in definition.volumes}
    containers = tuple(
        _container_spec(container, task, local, host, volumes)
        for container in definition.container_definitions
    )
    return TaskPlan(
        containers=containers,
        pause=_pause_spec(task, host, pause_image)
        if definition.network_mode is NetworkMode.AWSVPC
        else None,
        volumes=tuple(volumes.values()),
        labels={identity.TASK_LABEL: task.arn, identity.TASK_ID_LABEL: task.id, **host.labels},
    )


def join(spec: ContainerSpec, pause_id: str) -> ContainerSpec:
    """Return a container's spec in the network namespace of a pause container."""
    return replace(spec, network=SharedNetwork(pause_id))


def _pause_spec(task: Task, host: Host, image: str) -> ContainerSpec:
    definition = task.task_definition
    name = identity.engine_name(definition.family, definition.revision, "internalecspause")
    labels = {**identity.labels(task, "~internal~ecs~pause"), **host.labels}
    return ContainerSpec(name=name, image=image, labels=labels, network=OwnNetwork())


def _container_spec(
    container: ContainerDefinition,
    task: Task,
    local: Local,
    host: Host,
    volumes: Mapping[str, str],
) -> ContainerSpec:
    definition = task.task_definition
    memory = _memory_mib(container, task)
    return ContainerSpec(
        name=identity.engine_name(definition.family, definition.revision, container.name),
        image=local.images.get(container.image, container.image),
        command=container.command or None,
        entry_point=container.entry_point or None,
        environment={**local.env, **_service_environment(task), **container.environment},
        labels={
            **container.docker_labels,
            **identity.labels(task, container.name),
            **host.labels,
        },
        network=_network(definition.network_mode),
        user=container.user,
        working_directory=container.working_directory,
        cpu_shares=max(SMALLEST_CPU_SHARES, container.cpu),
        nano_cpus=_nano_cpus(definition, host),
        memory_bytes=None if memory is None else memory * MIB,
        memory_swap_bytes=None if memory is None else _swap_mib(memory, task) * MIB or None,
        memory_reservation_bytes=(
            None if container.memory_reservation is None else container.memory_reservation * MIB
        ),
        mounts=tuple(
            VolumeMount(
                volume=volumes[mount.source_volume],
                container_path=mount.container_path,
                read_only=mount.read_only,
            )
            for mount in container.mount_points
        ),
        ulimits=container.ulimits,
        read_only_root=container.readonly_root_filesystem,
        init=container.init_process_enabled,
        open_stdin=container.interactive,
        tty=container.pseudo_terminal,
        platform=PLATFORMS.get(definition.cpu_architecture or ""),
    )


def _network(mode: NetworkMode) -> Network:
    if mode is NetworkMode.HOST:
        return HostNetwork()
    if mode is NetworkMode.NONE:
        return NoNetwork()
    return OwnNetwork()


def _memory_mib(container: ContainerDefinition, task: Task) -> int | None:
    """Return a container's hard limit: its own, else that of the task, which it cannot exceed."""
    return container.memory if container.memory is not None else task.memory


def _swap_mib(memory: int, task: Task) -> int:
    """Return memory plus swap: Fargate has no swap; 0 leaves it to the engine, as EC2 does."""
    return memory if task.launch_type is LaunchType.FARGATE else 0


def _nano_cpus(definition: TaskDefinition, host: Host) -> int | None:
    """Return the hard limit that the task's CPU units are; the engine refuses more than it has."""
    if definition.cpu is None:
        return None
    return min(definition.cpu * 1_000_000_000 // 1024, host.cpus * 1_000_000_000)


def _service_environment(task: Task) -> Mapping[str, str]:
    """Return what Fargate sets in every container unless the definition does."""
    if task.launch_type is not LaunchType.FARGATE:
        return {}
    region = task.arn.split(":")[3]
    return {
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
