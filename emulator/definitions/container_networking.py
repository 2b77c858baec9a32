"""What container definitions say about the network: ports, links, names and resolvers."""

import re
from dataclasses import replace
from ipaddress import ip_address
from typing import Final

from emulator.definitions.nodes import Fields, Node, Problems
from emulator.model.networking import HostEntry, Link, PortMapping
from emulator.model.task_definition import ContainerDefinition

PORTS: Final = range(1, 65536)
_PORT_NAME: Final = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}", re.ASCII)
_RANGE: Final = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)


def with_network(
    container: ContainerDefinition, fields: Fields, problems: Problems
) -> ContainerDefinition:
    """Return a container with its ports, links, further hosts and name servers."""
    return replace(
        container,
        port_mappings=_port_mappings(fields, container.name or "?", problems),
        links=_links(fields, problems),
        dns_servers=_dns_servers(fields, problems),
        extra_hosts=_extra_hosts(fields, problems),
    )


def _port_mappings(fields: Fields, container: str, problems: Problems) -> tuple[PortMapping, ...]:
    """Take `portMappings`."""
    found = (_port_mapping(item, container, problems) for item in fields.items("portMappings"))
    return tuple(mapping for mapping in found if mapping is not None)


def _port_mapping(node: Node, container: str, problems: Problems) -> PortMapping | None:
    entry = Fields(node, "the port mapping", problems)
    port, host_port = entry.integer("containerPort"), entry.integer("hostPort")
    spread = _port_range(entry, problems)
    mapping = PortMapping(
        container_port=port,
        host_port=host_port,
        protocol=entry.choice("protocol", among=("tcp", "udp")) or "tcp",
        name=_port_name(entry, problems),
        app_protocol=entry.choice("appProtocol", among=("http", "http2", "grpc")),
        container_port_range=spread,
        source=node.source,
    )
    entry.refuse_rest()
    if "containerPortRange" in entry:
        if port is not None or host_port is not None:
            problems.error(
                f"container {container}: containerPortRange stands instead of containerPort and "
                "hostPort, not beside them",
                node.source,
            )
        return mapping if spread else None
    if port is None or port not in PORTS:
        problems.error(f"Invalid 'containerPort' setting for container '{container}'.", node.source)
        return None
    if host_port is not None and host_port != 0 and host_port not in PORTS:
        problems.error(f"Invalid 'hostPort' setting for container '{container}'.", node.source)
        return None
    return mapping


def _port_range(entry: Fields, problems: Problems) -> tuple[int, int] | None:
    text = entry.text("containerPortRange")
    if text is None:
        return None
    match = _RANGE.fullmatch(text)
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if first not in PORTS or last not in PORTS or first > last:
        problems.error(
            f"containerPortRange {text!r} is not a range of ports",
            entry.place("containerPortRange"),
            hint="write the first and the last port, such as 8000-8010",
        )
        return None
    return first, last


def _port_name(entry: Fields, problems: Problems) -> str | None:
    name = entry.text("name")
    if name is not None and not _PORT_NAME.fullmatch(name):
        problems.error(
            f"the port name {name!r} is not valid",
            entry.place("name"),
            hint="1 to 64 lower-case letters, digits, _ and -, not beginning with -",
        )
    return name


def _links(fields: Fields, problems: Problems) -> tuple[Link, ...]:
    """Take `links`: names of other containers, each with an alias behind a colon or without."""
    found = []
    for text in fields.texts("links") or ():
        name, _, alias = text.partition(":")
        if not name:
            problems.error(f"links: {text!r} names no container", fields.place("links"))
        else:
            found.append(Link(container_name=name, alias=alias or name))
    return tuple(found)


def _extra_hosts(fields: Fields, problems: Problems) -> tuple[HostEntry, ...]:
    """Take `extraHosts`."""
    found = []
    for item in fields.items("extraHosts"):
        entry = Fields(item, "the extra host", problems)
        name = entry.text("hostname", required=True)
        address = entry.text("ipAddress", required=True)
        entry.refuse_rest()
        if address is not None and not is_address(address):
            problems.error(f"extraHosts: {address!r} is not an IP address", item.source)
        elif name and address:
            found.append(HostEntry(hostname=name, ip_address=address))
    return tuple(found)


def _dns_servers(fields: Fields, problems: Problems) -> tuple[str, ...]:
    """Take `dnsServers`."""
    servers = fields.texts("dnsServers") or ()
    for server in servers:
        if not is_address(server):
            problems.error(
                f"dnsServers: {server!r} is not an IP address", fields.place("dnsServers")
            )
    return tuple(server for server in servers if is_address(server))


def is_address(text: str) -> bool:
    """Return whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
