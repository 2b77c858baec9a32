"""What a container says about the network: ports, names and links (AWS: ContainerDefinition)."""

from dataclasses import field

from emulator.errors import SourceRef
from emulator.values import frozen


@frozen
class PortMapping:
    """One entry of `portMappings`: a port, or the range of ports `container_port_range`.

    `container_port` is None with a range; `host_port` None or 0 leaves the choice to the host.
    """

    container_port: int | None = None
    host_port: int | None = None
    protocol: str = "tcp"
    name: str | None = None
    app_protocol: str | None = None
    container_port_range: tuple[int, int] | None = None
    source: SourceRef | None = field(default=None, compare=False)

    @property
    def container_ports(self) -> range:
        """Every port of the container that this maps."""
        if self.container_port_range is not None:
            first, last = self.container_port_range
            return range(first, last + 1)
        return range(self.container_port or 0, (self.container_port or -1) + 1)


@frozen
class HostEntry:
    """One entry of `extraHosts`: a line of /etc/hosts."""

    hostname: str
    ip_address: str


@frozen
class Link:
    """One entry of `links`: another container of the task, and the name it is known by."""

    container_name: str
    alias: str


@frozen
class NetworkBinding:
    """A port of a container as it is published on this machine (AWS: NetworkBinding)."""

    bind_ip: str
    container_port: int
    host_port: int
    protocol: str = "tcp"


@frozen
class NetworkInterface:
    """The elastic network interface that a task of network mode awsvpc would have."""

    attachment_id: str
    private_dns_name: str
    private_ipv4_address: str
    mac_address: str
