"""Where a task and its containers are in the network (pure)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from emulator.ecs import identity
from emulator.engines.spec import (
    HostNetwork,
    Naming,
    Network,
    NoNetwork,
    OwnNetwork,
    PublishedPort,
)
from emulator.model.definitions import Local
from emulator.model.task import Task
from emulator.model.task_definition import ContainerDefinition, NetworkMode

if TYPE_CHECKING:
    from emulator.model.networking import NetworkBinding, PortMapping

PortKey = tuple[str, int, str]
"""Container name, port of the container, protocol."""

ANY_ADDRESS: Final = "0.0.0.0"  # noqa: S104 - what ECS reports for network mode host


def task_network(task: Task, local: Local, ports: Mapping[PortKey, int]) -> OwnNetwork:
    """Return the network of an awsvpc task, which its pause container owns."""
    region = task.region
    return OwnNetwork(
        naming=Naming(hostname=identity.private_dns_name(task.id, region)),
        names=local.networks,
        ports=tuple(
            port
            for container in task.task_definition.container_definitions
            for port in _published(container, local, ports, equal=False)
        ),
    )


def container_network(
    container: ContainerDefinition,
    mode: NetworkMode,
    local: Local,
    ports: Mapping[PortKey, int],
    engine_names: Mapping[str, str],
) -> Network:
    """Return the network of a container; an awsvpc task's containers join its pause container."""
    naming = Naming(
        hostname=container.hostname,
        dns_servers=container.dns_servers,
        dns_search_domains=container.dns_search_domains,
        extra_hosts=container.extra_hosts,
    )
    if mode is NetworkMode.HOST:
        return HostNetwork(naming=naming)
    if mode is NetworkMode.NONE or container.disable_networking:
        return NoNetwork(naming=naming)
    return OwnNetwork(
        naming=naming,
        names=local.networks,
        ports=_published(container, local, ports, equal=True),
        links=tuple((engine_names[k.container_name], k.alias) for k in container.links),
    )


def _published(
    container: ContainerDefinition, local: Local, ports: Mapping[PortKey, int], *, equal: bool
) -> tuple[PublishedPort, ...]:
    """Return a container's ports; `equal`: a host port that is written is meant."""
    return tuple(
        PublishedPort(
            container_port=port,
            protocol=mapping.protocol,
            host_ip=local.bind_address,
            host_port=(mapping.host_port or None)
            if equal and mapping.host_port
            else ports.get((container.name, port, mapping.protocol)),
        )
        for mapping in container.port_mappings
        for port in mapping.container_ports
    )


def bindings_of(
    container: ContainerDefinition, published: "tuple[NetworkBinding, ...]"
) -> "tuple[NetworkBinding, ...]":
    """Return those of a network's published ports that belong to one of its containers."""
    own = {(port, m.protocol) for m in container.port_mappings for port in m.container_ports}
    return tuple(b for b in published if (b.container_port, b.protocol) in own)


def host_bindings(container: ContainerDefinition) -> "tuple[NetworkBinding, ...]":
    """Return the ports of a container of network mode host, which are the machine's own."""
    from emulator.model.networking import NetworkBinding

    return tuple(
        NetworkBinding(
            bind_ip=ANY_ADDRESS, container_port=port, host_port=port, protocol=mapping.protocol
        )
        for mapping in container.port_mappings
        for port in mapping.container_ports
    )


def wants_free_port(mapping: "PortMapping", mode: NetworkMode) -> bool:
    """Return whether a host port must be chosen rather than taken as written or by the engine.

    Of an awsvpc task each port has its own number where that is free: on AWS it has an address of
    its own. Of a range in bridge mode the host ports follow each other.
    """
    if mode is NetworkMode.AWSVPC:
        return True
    return mode is NetworkMode.BRIDGE and mapping.container_port_range is not None
