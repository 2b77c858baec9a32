"""A container's spec as the body of "Create a container" in the Docker Engine API (pure)."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, assert_never

from emulator.engines.spec import (
    ContainerSpec,
    HostMount,
    HostNetwork,
    Naming,
    Network,
    NoNetwork,
    OwnNetwork,
    PublishedPort,
    SharedNetwork,
    VolumeMount,
)
from emulator.model.health import HealthCheck

if TYPE_CHECKING:
    from emulator.model.linux import LinuxParameters

MIB: Final = 1024 * 1024
_NANOSECONDS: Final = 1_000_000_000


def container_config(
    spec: ContainerSpec, *, log: Mapping[str, Any], parent: str | None
) -> dict[str, Any]:
    """Return the body of "Create a container" for a spec.

    `log` is what `log_config` chose, `parent` the control group of `spec.group`.

    An absent entry point or command must be left out: an empty list would clear the image's own.
    """
    config: dict[str, Any] = {
        "Image": spec.image,
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "Labels": dict(spec.labels),
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": spec.open_stdin,
        "Tty": spec.tty,
        "Healthcheck": _health_check(spec.health_check),
        "HostConfig": {**_host_config(spec, parent), "LogConfig": dict(log)},
    }
    optional: dict[str, Any] = {
        "Cmd": None if spec.command is None else list(spec.command),
        "Entrypoint": None if spec.entry_point is None else list(spec.entry_point),
        "User": spec.user,
        "WorkingDir": spec.working_directory,
        "Hostname": _naming(spec.network).hostname,
        "ExposedPorts": {_port_key(port): {} for port in _ports(spec.network)} or None,
        "NetworkingConfig": _networking(spec.network),
    }
    config.update({key: value for key, value in optional.items() if value is not None})
    return config


def _health_check(check: HealthCheck | None) -> dict[str, Any]:
    """Return a health check with all its numbers: the engine would take a zero from the image.

    Without one the image's own is turned off, for ECS ignores it. `StartInterval` keeps newer
    engines from probing every five seconds during the start period; older ones do not know it.
    """
    if check is None:
        return {"Test": ["NONE"]}
    return {
        "Test": list(check.command),
        "Interval": check.interval * _NANOSECONDS,
        "Timeout": check.timeout * _NANOSECONDS,
        "Retries": check.retries,
        "StartPeriod": check.start_period * _NANOSECONDS,
        "StartInterval": check.interval * _NANOSECONDS,
    }


def _host_config(spec: ContainerSpec, parent: str | None) -> dict[str, Any]:
    config = {
        "NetworkMode": _network_mode(spec.network),
        "PidMode": spec.pid_mode,
        "IpcMode": spec.ipc_mode,
        "Init": spec.init or None,
        **_mount_config(spec.mounts),
        "VolumesFrom": [f"{name}:ro" if ro else name for name, ro in spec.volumes_from] or None,
        "CgroupParent": parent,
        **_limits(spec),
        **_rights(spec),
        **({} if spec.linux is None else _linux(spec.linux, spec.memory_bytes)),
        **_naming_config(_naming(spec.network)),
        **_port_config(spec.network),
    }
    return {key: value for key, value in config.items() if value is not None}


def _limits(spec: ContainerSpec) -> dict[str, Any]:
    return {
        "CpuShares": spec.cpu_shares,
        "NanoCpus": spec.nano_cpus,
        "Memory": spec.memory_bytes,
        "MemorySwap": spec.memory_swap_bytes,
        "MemoryReservation": spec.memory_reservation_bytes,
        "Ulimits": [
            {"Name": limit.name, "Soft": limit.soft_limit, "Hard": limit.hard_limit}
            for limit in spec.ulimits
        ]
        or None,
        "DeviceRequests": [{"Count": spec.gpus, "Capabilities": [["gpu"]]}] if spec.gpus else None,
    }


def _rights(spec: ContainerSpec) -> dict[str, Any]:
    return {
        "ReadonlyRootfs": spec.read_only_root or None,
        "Privileged": spec.privileged or None,
        "SecurityOpt": list(spec.security_options) or None,
        "Sysctls": {c.namespace: c.value for c in spec.system_controls} or None,
    }


def _linux(linux: "LinuxParameters", memory_bytes: int | None) -> dict[str, Any]:
    """Return what LinuxParameters come to; a limit of swap counts memory as well."""
    size, swap = linux.shared_memory_size, linux.max_swap
    limited = None if swap is None or memory_bytes is None else memory_bytes + swap * MIB
    return {
        **({} if limited is None else {"MemorySwap": limited}),
        "MemorySwappiness": linux.swappiness,
        "ShmSize": None if size is None else size * MIB,
        "Tmpfs": {
            tmpfs.container_path: ",".join([*tmpfs.mount_options, f"size={tmpfs.size}m"])
            for tmpfs in linux.tmpfs
        }
        or None,
        "CapAdd": list(linux.capabilities_add) or None,
        "CapDrop": list(linux.capabilities_drop) or None,
        "Devices": [
            {
                "PathOnHost": device.host_path,
                "PathInContainer": device.container_path or device.host_path,
                "CgroupPermissions": "".join(name[0] for name in device.permissions),
            }
            for device in linux.devices
        ]
        or None,
    }


def _naming(network: Network) -> Naming:
    return Naming() if isinstance(network, SharedNetwork) else network.naming


def _naming_config(naming: Naming) -> dict[str, Any]:
    return {
        "Dns": list(naming.dns_servers) or None,
        "DnsSearch": list(naming.dns_search_domains) or None,
        "ExtraHosts": [f"{e.hostname}:{e.ip_address}" for e in naming.extra_hosts] or None,
    }


def _ports(network: Network) -> tuple[PublishedPort, ...]:
    return network.ports if isinstance(network, OwnNetwork) else ()


def _port_key(port: PublishedPort) -> str:
    return f"{port.container_port}/{port.protocol}"


def _port_config(network: Network) -> dict[str, Any]:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in _ports(network):
        host_port = "" if port.host_port is None else str(port.host_port)
        binding = {"HostIp": port.host_ip, "HostPort": host_port}
        bindings.setdefault(_port_key(port), []).append(binding)
    # Links of the default bridge stand here, those of other networks with the network.
    on_bridge = isinstance(network, OwnNetwork) and not network.names
    return {
        "PortBindings": bindings or None,
        "Links": (_links(network) or None) if on_bridge else None,
    }


def _links(network: Network) -> list[str]:
    links = network.links if isinstance(network, OwnNetwork) else ()
    return [f"{name}:{alias}" for name, alias in links]


def _networking(network: Network) -> dict[str, Any] | None:
    if not isinstance(network, OwnNetwork) or not network.names:
        return None
    return {"EndpointsConfig": {network.names[0]: {"Links": _links(network)}}}


def _network_mode(network: Network) -> str:
    match network:
        case OwnNetwork():
            return network.names[0] if network.names else "bridge"
        case HostNetwork():
            return "host"
        case NoNetwork():
            return "none"
        case SharedNetwork():
            return f"container:{network.container_id}"
        case _:
            assert_never(network)


def _mount_config(mounts: Iterable[VolumeMount | HostMount]) -> dict[str, Any]:
    """Return mounts, and binds as the ECS agent gives them: these make a missing directory.

    In a bind a colon ends the path. A directory whose path has one, of ours, is there already.
    """
    binds = [m for m in mounts if isinstance(m, HostMount) and ":" not in m.host_path]
    return {
        "Mounts": [_mount(mount) for mount in mounts if mount not in binds] or None,
        "Binds": [_bind(mount) for mount in binds] or None,
    }


def _mount(mount: VolumeMount | HostMount) -> dict[str, Any]:
    kind, source = (
        ("volume", mount.volume) if isinstance(mount, VolumeMount) else ("bind", mount.host_path)
    )
    return {
        "Type": kind,
        "Source": source,
        "Target": mount.container_path,
        "ReadOnly": mount.read_only,
    }


def _bind(mount: HostMount) -> str:
    return f"{mount.host_path}:{mount.container_path}{':ro' if mount.read_only else ''}"
