"""What AWS checks of ports and names per network mode (pure).

AWS: PortMapping and ContainerDefinition in the ECS API reference, "Task networking".
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import Problems
from emulator.model.task_definition import (
    ContainerDefinition,
    LaunchType,
    NamespaceMode,
    NetworkMode,
    TaskDefinition,
)

if TYPE_CHECKING:
    from emulator.model.networking import PortMapping

MOST_PORT_RANGES: Final = 100
SHARED_MODES: Final = (NetworkMode.AWSVPC, NetworkMode.HOST)
"""Network modes in which all containers of a task have the same ports."""


def check_network(definition: TaskDefinition, problems: Problems) -> None:
    """Note what does not go with the task's network mode, and ports that collide."""
    for container in definition.container_definitions:
        for mapping in container.port_mappings:
            complaint = _mode_complaint(mapping, definition.network_mode)
            if complaint is not None:
                problems.rejected(complaint, mapping.source)
        _check_ports(container, problems)
        for name in _unfit(container, definition.network_mode):
            problems.error(
                f"container {container.name}: {name} is not possible with network mode "
                f"{definition.network_mode}",
                container.source,
            )
    _check_collisions(definition, problems)
    _check_namespaces(definition, problems)


def _check_namespaces(definition: TaskDefinition, problems: Problems) -> None:
    """Note a network that a launch type does not have, and what a host's namespace rules out."""
    external = LaunchType.EXTERNAL in definition.requires_compatibilities
    if external and definition.network_mode is NetworkMode.AWSVPC:
        message = "network mode awsvpc is not supported on external instances"
        problems.rejected(message, definition.source, hint="they have bridge, host and none")
    if definition.ipc_mode is not NamespaceMode.HOST:
        return
    for container in definition.container_definitions:
        for control in container.system_controls:
            if not control.namespace.startswith("net."):
                problems.rejected(
                    f"container {container.name}: the system control {control.namespace} is not "
                    "possible with ipcMode host",
                    container.source,
                )


def _mode_complaint(mapping: "PortMapping", mode: NetworkMode) -> str | None:
    if mode is NetworkMode.NONE:
        return "portMappings are not possible with network mode none"
    moved = mapping.host_port not in (None, 0, mapping.container_port)
    if moved and mode is NetworkMode.AWSVPC:
        return (
            "When networkMode=awsvpc, the host ports and container ports in port mappings "
            "must match."
        )
    if moved and mode is NetworkMode.HOST:
        return "with network mode host, hostPort is left out or the same as containerPort"
    return None


def _check_ports(container: ContainerDefinition, problems: Problems) -> None:
    """Check that a container maps each of its ports once, and not with two protocols."""
    seen: set[int] = set()
    for mapping in container.port_mappings:
        twice = seen.intersection(mapping.container_ports)
        if twice:
            problems.rejected(
                f"container {container.name}: port {min(twice)} is mapped twice; "
                "one port has one protocol",
                mapping.source,
            )
        seen.update(mapping.container_ports)
    ranges = sum(m.container_port_range is not None for m in container.port_mappings)
    if ranges > MOST_PORT_RANGES:
        message = f"container {container.name}: {ranges} port ranges; AWS allows {MOST_PORT_RANGES}"
        problems.rejected(message, container.source)


def _unfit(container: ContainerDefinition, mode: NetworkMode) -> Iterator[str]:
    """Yield the fields of a container that its network mode leaves no place for."""
    if container.links and mode is not NetworkMode.BRIDGE:
        yield "links"
    elif container.links and container.disable_networking:
        yield "links with disableNetworking"
    if mode is NetworkMode.AWSVPC:
        for name, value in (
            ("hostname", container.hostname),
            ("dnsServers", container.dns_servers),
            ("dnsSearchDomains", container.dns_search_domains),
            ("extraHosts", container.extra_hosts),
            ("disableNetworking", container.disable_networking),
        ):
            if value:
                yield name
    if mode is NetworkMode.HOST:
        for control in container.system_controls:
            if control.namespace.startswith("net."):
                yield f"the system control {control.namespace}"


def _check_collisions(definition: TaskDefinition, problems: Problems) -> None:
    """Check that no two containers of the task want one port of one network."""
    shared = definition.network_mode in SHARED_MODES
    owners: dict[tuple[int, str], str] = {}
    for container in definition.container_definitions:
        for mapping in container.port_mappings:
            for port in mapping.container_ports if shared else _fixed(mapping):
                other = owners.setdefault((port, mapping.protocol), container.name)
                if other != container.name:
                    problems.rejected(
                        f"containers {other} and {container.name} both want port {port}",
                        mapping.source,
                    )


def _fixed(mapping: "PortMapping") -> tuple[int, ...]:
    return (mapping.host_port,) if mapping.host_port else ()
