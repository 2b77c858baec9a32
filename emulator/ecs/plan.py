"""What a task needs of the container engine, worked out before anything is started (pure)."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import PurePath
from typing import TYPE_CHECKING

from emulator.ecs import identity
from emulator.ecs.image_platform import PLATFORMS
from emulator.ecs.plan_environment import Surroundings, container_environment
from emulator.ecs.plan_limits import GroupPlan, container_limits, plan_group, wants_group
from emulator.ecs.plan_network import PortKey, container_network
from emulator.ecs.plan_pause import PauseContext, own_pauses, task_pause
from emulator.engines.spec import TASK_LABEL, ContainerSpec, HostMount, VolumeMount
from emulator.model.definitions import Local
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition, NamespaceMode, TaskDefinition
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.ecs.plan_volumes import Planned


@frozen
class Host:
    """What the plan must know of the machine.

    The engine's CPUs, the labels of this owner, why containers cannot be limited together (None:
    they can), the largest nofile limit (None: any), its architecture ("": not known), where file
    systems are kept, and the kind of the engine.
    """

    cpus: int
    labels: Mapping[str, str] = field(default_factory=dict)
    no_groups: str | None = None
    most_open_files: int | None = None
    architecture: str = ""
    state_directory: PurePath = field(default_factory=PurePath)
    engine: str = "docker"


@frozen
class TaskPlan:
    """Everything to create for a task.

    `pause` owns the namespaces that the task's containers share, else None. `own_pauses` each own
    the network of one container, by its name, those that others link to first. `containers` in
    the order of the definition; `volumes` by their name in it.
    """

    containers: tuple[ContainerSpec, ...]
    pause: ContainerSpec | None = None
    own_pauses: Mapping[str, ContainerSpec] = field(default_factory=dict)
    volumes: "Mapping[str, Planned]" = field(default_factory=dict)
    group: GroupPlan | None = None


def plan_task(
    task: Task,
    local: Local,
    host: Host,
    *,
    pause_image: str,
    ports: Mapping[PortKey, int] | None = None,
    names: Mapping[str, str] | None = None,
    around: Mapping[str, Surroundings] | None = None,
    handover: PurePath | None = None,
) -> TaskPlan:
    """Return what to create for a task.

    `ports` are host ports that were chosen for it; `around` what the environment of each
    container gets besides its definition. `handover` is the directory with the Unix socket that
    receives the task's endpoint: in network mode bridge each container then has a pause container.

    `names` are the engine's names of containers that are there already, by their own.

    Containers that share a namespace get it by `join` and `join_network`, once the pause container
    has an id.
    """
    definition = task.task_definition
    labels = {TASK_LABEL: task.arn, identity.TASK_ID_LABEL: task.id, **host.labels}
    group = plan_group(task, host.cpus) if wants_group(task) and host.no_groups is None else None
    context = _Context(
        task=task,
        local=local,
        host=host,
        ports=ports or {},
        around=around or {},
        volumes=_planned_volumes(task, local, host, labels),
        names={
            **{
                c.name: identity.engine_name(definition.family, definition.revision, c.name)
                for c in definition.container_definitions
            },
            **(names or {}),
        },
        group=None if group is None else group.name,
    )
    pauses = PauseContext(
        task=task,
        local=local,
        image=pause_image,
        labels=host.labels,
        ports=ports or {},
        handover=handover,
    )
    return TaskPlan(
        containers=tuple(_container_spec(c, context) for c in definition.container_definitions),
        pause=task_pause(pauses),
        own_pauses=own_pauses(pauses),
        volumes=context.volumes,
        group=group,
    )


@frozen
class _Context:
    """What the plan of a container builds on; `names` are engine names by container name."""

    task: Task
    local: Local
    host: Host
    ports: Mapping[PortKey, int]
    around: Mapping[str, Surroundings]
    volumes: "Mapping[str, Planned]"
    names: Mapping[str, str]
    group: str | None


def image_to_run(
    container: ContainerDefinition, definition: TaskDefinition, local: Local
) -> tuple[str, str | None]:
    """Return the image that runs here for a container, and its platform where one is asked for.

    An image that is built has its own name here.
    """
    own = local.stand_in(container.image)
    platform = PLATFORMS.get(definition.cpu_architecture or "")
    if own is None:
        return container.image, platform
    return own.image or container.image, own.platform or platform


def _container_spec(container: ContainerDefinition, context: _Context) -> ContainerSpec:
    task, local, host = context.task, context.local, context.host
    definition = task.task_definition
    image, platform = image_to_run(container, definition, local)
    limits = container_limits(
        container,
        task,
        cpus=host.cpus,
        most_open_files=host.most_open_files,
        grouped=context.group is not None,
    )
    return ContainerSpec(
        name=context.names[container.name],
        image=image,
        command=container.command or None,
        entry_point=container.entry_point or None,
        environment=container_environment(
            container, task, local, context.around.get(container.name, Surroundings())
        ),
        labels={**container.docker_labels, **identity.labels(task, container.name), **host.labels},
        network=container_network(
            container, definition.network_mode, local, context.ports, context.names
        ),
        user=container.user,
        working_directory=container.working_directory,
        cpu_shares=limits.cpu_shares,
        nano_cpus=limits.nano_cpus,
        memory_bytes=limits.memory_bytes,
        memory_swap_bytes=limits.memory_swap_bytes,
        memory_reservation_bytes=limits.memory_reservation_bytes,
        ulimits=limits.ulimits,
        group=context.group,
        mounts=_mounts(container, context.volumes),
        volumes_from=tuple(
            (context.names[other.source_container], other.read_only)
            for other in container.volumes_from
        ),
        read_only_root=container.readonly_root_filesystem,
        init=container.init_process_enabled,
        open_stdin=container.interactive,
        tty=container.pseudo_terminal,
        platform=platform,
        health_check=container.health_check,
        linux=container.linux_parameters,
        system_controls=container.system_controls,
        security_options=container.docker_security_options,
        privileged=container.privileged,
        gpus=container.gpus,
        pid_mode=_own_mode(definition.pid_mode),
        ipc_mode=_own_mode(definition.ipc_mode),
    )


def _planned_volumes(
    task: Task, local: Local, host: Host, labels: Mapping[str, str]
) -> "dict[str, Planned]":
    if not task.task_definition.volumes:
        return {}
    from emulator.ecs.plan_volumes import plan_volumes

    return plan_volumes(task, local, host.state_directory, labels)


def _mounts(
    container: ContainerDefinition, planned: "Mapping[str, Planned]"
) -> tuple[VolumeMount | HostMount, ...]:
    if not container.mount_points:
        return ()
    from emulator.ecs.plan_volumes import container_mounts

    return container_mounts(container, planned)


def _own_mode(mode: NamespaceMode | None) -> str | None:
    """Return a namespace mode that needs no pause container, as the engine has it."""
    return mode.value if mode in (NamespaceMode.HOST, NamespaceMode.NONE) else None
