"""Ports of this machine for the ports of tasks: chosen so that tasks do not take each other's."""

import socket
import threading
from collections.abc import Callable
from typing import Final

from emulator.ecs.plan_network import PortKey, wants_free_port
from emulator.model.task_definition import NetworkMode, TaskDefinition

DYNAMIC_PORTS: Final = range(49153, 65536)
"""Where the ECS agent looks for host ports."""

_KINDS: Final = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


class HostPorts:
    """Gives ports of one address to tasks until they give them back; thread-safe."""

    def __init__(self, address: str, warn: Callable[[str], None]) -> None:
        self._address = address
        self._warn = warn
        self._lock = threading.Lock()
        self._held: dict[tuple[int, str], str] = {}

    def choose(self, task_id: str, definition: TaskDefinition) -> dict[PortKey, int]:
        """Return host ports for a task; a port that is not in the answer the engine picks."""
        chosen: dict[PortKey, int] = {}
        mode = definition.network_mode
        with self._lock:
            for container in definition.container_definitions:
                for mapping in container.port_mappings:
                    if not wants_free_port(mapping, mode):
                        continue
                    ports, protocol = mapping.container_ports, mapping.protocol
                    first = self._first(ports, protocol, mode)
                    if first is None:
                        self._warn(_taken(container.name, ports, self._address))
                        continue
                    for host_port, port in enumerate(ports, start=first):
                        chosen[container.name, port, protocol] = host_port
                        self._held[host_port, protocol] = task_id
        return chosen

    def release(self, task_id: str) -> None:
        """Take the ports of a task back."""
        with self._lock:
            self._held = {port: held for port, held in self._held.items() if held != task_id}

    def _first(self, ports: range, protocol: str, mode: NetworkMode) -> int | None:
        """Return the first of as many free ports in a row, or None."""
        if mode is NetworkMode.AWSVPC:
            return ports[0] if self._free(ports, protocol) else None
        size = len(ports)
        starts = range(DYNAMIC_PORTS.start, DYNAMIC_PORTS.stop - size + 1)
        return next((s for s in starts if self._free(range(s, s + size), protocol)), None)

    def _free(self, ports: range, protocol: str) -> bool:
        return all(
            (port, protocol) not in self._held and self._can_bind(port, protocol) for port in ports
        )

    def _can_bind(self, port: int, protocol: str) -> bool:
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        with socket.socket(family, _KINDS[protocol]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._address, port))
            except PermissionError:
                # Below 1024 only the engine may: it says itself when the port is taken.
                return True
            except OSError:
                return False
        return True


def _taken(container: str, ports: range, address: str) -> str:
    shown = str(ports[0]) if len(ports) == 1 else f"{ports[0]}-{ports[-1]}"
    return (
        f"container {container}: port {shown} of {address} is taken on this machine; another one "
        "leads to it, which `ecs-local describe` shows under networkBindings"
    )
