"""What the engine says of itself, as `EngineInfo`."""

from collections.abc import Mapping
from typing import Any

from emulator.engines.base import EngineInfo
from emulator.engines.docker_convert import parse_time
from emulator.engines.docker_group_steps import Kind
from emulator.engines.docker_groups import obstacle, own_rights
from emulator.engines.docker_host import local_socket, most_open_files


def description(api: Any, details: Mapping[str, Any]) -> EngineInfo:
    """Return what `details`, the answer of GET /info, say of the engine that `api` asks."""
    socket_path = local_socket(api, details)
    return EngineInfo(
        name="docker",
        version=str(details.get("ServerVersion", "?")),
        api_version=str(api.api_version),
        operating_system=str(details.get("OperatingSystem", "?")),
        architecture=str(details.get("Architecture", "?")),
        cgroup_version=str(details.get("CgroupVersion", "1")),
        cgroup_driver=str(details.get("CgroupDriver", "?")),
        cpus=int(details.get("NCPU", 1)),
        memory_bytes=int(details.get("MemTotal", 0)),
        root_directory=str(details.get("DockerRootDir", "")),
        system_time=parse_time(details.get("SystemTime")),
        no_groups=obstacle(details, socket_path, own_rights(Kind.of(details))),
        most_open_files=most_open_files(socket_path),
        here=socket_path is not None,
    )
