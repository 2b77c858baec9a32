"""The ports of a container that a mapping is about."""

import pytest

from emulator.model.networking import PortMapping


@pytest.mark.parametrize(
    ("mapping", "ports"),
    [
        (PortMapping(container_port=80), [80]),
        (PortMapping(container_port=80, host_port=8080), [80]),
        (PortMapping(container_port_range=(8000, 8002)), [8000, 8001, 8002]),
        (PortMapping(container_port_range=(8000, 8000)), [8000]),
        (PortMapping(), []),
    ],
)
def test_a_mapping_is_about_one_port_or_each_of_a_range(
    mapping: PortMapping, ports: list[int]
) -> None:
    assert list(mapping.container_ports) == ports
