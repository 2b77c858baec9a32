"""The containers that own namespaces for others: of a whole task, or of one container (pure).

An awsvpc task shares a network, as on AWS. In network mode bridge each container has its own; where
it is to have an endpoint there, a pause container owns it, and makes the endpoint before the
container starts.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from emulator.ecs import identity
from emulator.ecs.plan_network import PortKey, container_network, task_network
from emulator.engines.spec import (
    HANDOVER,
    PAUSE_CONTAINER,
    ContainerSpec,
    HostMount,
    NoNetwork,
    OwnNetwork,
    SharedNetwork,
)
from emulator.model.definitions import Local
from emulator.model.task import Task
from emulator.model.task_definition import NamespaceMode, NetworkMode, TaskDefinition
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.model.linux import LinuxParameters

PAUSE: Final = "internalecspause"


@frozen
class PauseContext:
    """What pause containers are made of.

    `labels` are those of their owner; `handover` is the directory with the Unix socket that
    receives the endpoint, None where the task has none.
    """

    task: Task
    local: Local
    image: str
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[PortKey, int] = field(default_factory=dict)
    handover: PurePath | None = None


def needs_pause(definition: TaskDefinition) -> bool:
    """Return whether the containers of a task share a namespace."""
    task_wide = (definition.pid_mode, definition.ipc_mode)
    return definition.network_mode is NetworkMode.AWSVPC or NamespaceMode.TASK in task_wide


def join(spec: ContainerSpec, definition: TaskDefinition, pause_id: str) -> ContainerSpec:
    """Return a container's spec in the namespaces of its task's pause container."""
    shared = f"container:{pause_id}"
    return replace(
        spec,
        network=SharedNetwork(container_id=pause_id)
        if definition.network_mode is NetworkMode.AWSVPC
        else spec.network,
        pid_mode=shared if definition.pid_mode is NamespaceMode.TASK else spec.pid_mode,
        ipc_mode=shared if definition.ipc_mode is NamespaceMode.TASK else spec.ipc_mode,
    )


def join_network(spec: ContainerSpec, pause_id: str) -> ContainerSpec:
    """Return a container's spec in the network of a pause container of its own."""
    ports = spec.network.ports if isinstance(spec.network, OwnNetwork) else ()
    return replace(spec, network=SharedNetwork(container_id=pause_id, ports=ports))


def task_pause(context: PauseContext) -> ContainerSpec | None:
    """Return what owns the namespaces that a task's containers share; None: they share none."""
    task, definition = context.task, context.task.task_definition
    if not needs_pause(definition):
        return None
    awsvpc = definition.network_mode is NetworkMode.AWSVPC
    spec = ContainerSpec(
        name=identity.engine_name(definition.family, definition.revision, PAUSE),
        image=context.image,
        labels={**identity.labels(task, PAUSE_CONTAINER), **context.labels},
        network=task_network(task, context.local, context.ports) if awsvpc else NoNetwork(),
        linux=_pause_rights() if awsvpc else None,
        ipc_mode="shareable" if definition.ipc_mode is NamespaceMode.TASK else None,
    )
    return _with_handover(spec, context.handover) if awsvpc else spec


def own_pauses(context: PauseContext) -> dict[str, ContainerSpec]:
    """Return what owns the networks of single containers, those that others link to first."""
    task, definition = context.task, context.task.task_definition
    if definition.network_mode is not NetworkMode.BRIDGE or context.handover is None:
        return {}
    waiting = [c for c in definition.container_definitions if not c.disable_networking]
    names = {
        c.name: identity.engine_name(definition.family, definition.revision, f"{PAUSE}-{c.name}")
        for c in definition.container_definitions
    }
    found: dict[str, ContainerSpec] = {}
    while waiting:
        # Links have no cycle: one of those that wait links to none that does.
        missing = {c.name for c in waiting}
        container = next(c for c in waiting if not missing & {k.container_name for k in c.links})
        waiting.remove(container)
        label = identity.own_pause_label(container.name)
        spec = ContainerSpec(
            name=names[container.name],
            image=context.image,
            labels={**identity.labels(task, label), **context.labels},
            network=container_network(
                container, NetworkMode.BRIDGE, context.local, context.ports, names
            ),
            linux=_pause_rights(),
        )
        found[container.name] = _with_handover(spec, context.handover)
    return found


def _pause_rights() -> "LinuxParameters":
    """Return what shuts the way to the machine's own metadata service."""
    from emulator.model.linux import LinuxParameters

    return LinuxParameters(capabilities_add=("NET_ADMIN",))


def _with_handover(spec: ContainerSpec, directory: PurePath | None) -> ContainerSpec:
    if directory is None:
        return spec
    return replace(
        spec,
        mounts=(HostMount(host_path=str(directory), container_path=HANDOVER, read_only=True),),
        # Where SELinux is at work, a container reaches no socket of the machine otherwise.
        security_options=("label=disable",),
    )
