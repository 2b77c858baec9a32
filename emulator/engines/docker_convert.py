"""Between our words and the Docker Engine API's JSON (pure)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, assert_never

from emulator.engines.base import (
    ContainerExit,
    ContainerSpec,
    HostNetwork,
    ImageInfo,
    Network,
    NoNetwork,
    OwnNetwork,
    SharedNetwork,
)

_ZERO_TIME: Final = "0001-01-01T00:00:00Z"
_RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def container_config(spec: ContainerSpec) -> dict[str, Any]:
    """Return the body of "Create a container" for a spec.

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
        "HostConfig": _host_config(spec),
    }
    if spec.command is not None:
        config["Cmd"] = list(spec.command)
    if spec.entry_point is not None:
        config["Entrypoint"] = list(spec.entry_point)
    if spec.user is not None:
        config["User"] = spec.user
    if spec.working_directory is not None:
        config["WorkingDir"] = spec.working_directory
    if isinstance(spec.network, OwnNetwork) and spec.network.hostname:
        config["Hostname"] = spec.network.hostname
    return config


def _host_config(spec: ContainerSpec) -> dict[str, Any]:
    config = {
        "NetworkMode": _network_mode(spec.network),
        "CpuShares": spec.cpu_shares,
        "NanoCpus": spec.nano_cpus,
        "Memory": spec.memory_bytes,
        "MemorySwap": spec.memory_swap_bytes,
        "MemoryReservation": spec.memory_reservation_bytes,
        "ReadonlyRootfs": spec.read_only_root or None,
        "Init": spec.init or None,
        "Ulimits": [
            {"Name": limit.name, "Soft": limit.soft_limit, "Hard": limit.hard_limit}
            for limit in spec.ulimits
        ]
        or None,
        "Mounts": [
            {
                "Type": "volume",
                "Source": mount.volume,
                "Target": mount.container_path,
                "ReadOnly": mount.read_only,
            }
            for mount in spec.mounts
        ]
        or None,
        # The engine's own log is the recovery copy of what we read; another driver has none.
        "LogConfig": {"Type": "json-file", "Config": {}},
    }
    return {key: value for key, value in config.items() if value is not None}


def _network_mode(network: Network) -> str:
    match network:
        case OwnNetwork():
            return "bridge"
        case HostNetwork():
            return "host"
        case NoNetwork():
            return "none"
        case SharedNetwork():
            return f"container:{network.container_id}"
        case _:
            assert_never(network)


def container_exit(state: Mapping[str, Any]) -> ContainerExit:
    """Return how a container ended from the `State` of "Inspect a container".

    The exit code counts only for one that ran: a container whose start failed shows 127 too.
    """
    finished = parse_time(state.get("FinishedAt"))
    ran = finished is not None and not state.get("Running")
    return ContainerExit(
        exit_code=int(state["ExitCode"]) if ran else None,
        oom_killed=bool(state.get("OOMKilled")),
        error=str(state.get("Error") or ""),
        started_at=parse_time(state.get("StartedAt")),
        finished_at=finished,
    )


def parse_time(text: str | None) -> datetime | None:
    """Return an instant of the engine, cut to microseconds; None for its zero time."""
    match = _RFC3339.fullmatch(text or "")
    if match is None or text == _ZERO_TIME:
        return None
    moment, fraction, zone = match.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    return datetime.fromisoformat(f"{moment}.{micro}{zone}").astimezone(UTC)


def image_info(image: Mapping[str, Any]) -> ImageInfo:
    """Return an image from "Inspect an image"."""
    digests = image.get("RepoDigests") or []
    return ImageInfo(
        id=str(image["Id"]),
        digest=digests[0].partition("@")[2] if digests else None,
        architecture=str(image.get("Architecture", "")),
        labels=dict((image.get("Config") or {}).get("Labels") or {}),
    )


def label_filter(labels: Mapping[str, str]) -> list[str]:
    """Return a label filter of the engine's lists; an empty value means any value."""
    return [f"{name}={value}" if value else name for name, value in labels.items()]
