"""Between our words and the Docker Engine API's JSON (pure)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from emulator.engines.base import ContainerExit, ContainerSummary, ImageInfo, NetworkAddress

_ZERO_TIME: Final = "0001-01-01T00:00:00Z"
_RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", re.ASCII
)


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


def container_summary(container: Mapping[str, Any]) -> ContainerSummary:
    """Return a container from "List containers"."""
    return ContainerSummary(
        id=str(container["Id"]),
        name=str((container.get("Names") or ["?"])[0]).lstrip("/"),
        running=container.get("State") == "running",
        labels=dict(container.get("Labels") or {}),
        never_started=container.get("State") == "created",
    )


def parse_time(text: str | None) -> datetime | None:
    """Return an instant of the engine, cut to microseconds; None for its zero time."""
    match = _RFC3339.fullmatch(text or "")
    if match is None or text == _ZERO_TIME:
        return None
    moment, fraction, zone = match.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    return datetime.fromisoformat(f"{moment}.{micro}{zone}").astimezone(UTC)


def image_info(image: Mapping[str, Any], name: str = "") -> ImageInfo:
    """Return an image from "Inspect an image" that was asked for by a name.

    Its digest is that of the name's own repository, where several have it.
    """
    digests, config = image.get("RepoDigests") or [], image.get("Config") or {}
    own = [digest for digest in digests if _repository(digest) == _repository(name)]
    variables = (text.partition("=") for text in config.get("Env") or ())
    return ImageInfo(
        id=str(image["Id"]),
        digest=(own or digests)[0].partition("@")[2] if digests else None,
        architecture=str(image.get("Architecture", "")),
        labels=dict(config.get("Labels") or {}),
        environment={name: value for name, _, value in variables},
    )


def _repository(name: str) -> str:
    """Return the repository of an image, without what Docker lets one leave out."""
    path, slash, last = name.partition("@")[0].rpartition("/")
    whole = f"{path}{slash}{last.partition(':')[0]}"
    return whole.removeprefix("docker.io/").removeprefix("library/")


def label_filter(labels: Mapping[str, str]) -> list[str]:
    """Return a label filter of the engine's lists; an empty value means any value."""
    return [f"{name}={value}" if value else name for name, value in labels.items()]


def network_address(container: Mapping[str, Any]) -> NetworkAddress:
    """Return where a container is in the network from "Inspect a container"."""
    from emulator.model.networking import NetworkBinding

    settings = container.get("NetworkSettings") or {}
    networks = list((settings.get("Networks") or {}).values())
    first: Mapping[str, Any] = next(
        (network for network in networks if network.get("IPAddress")), {}
    )
    bindings = [
        NetworkBinding(
            bind_ip=str(binding["HostIp"]),
            container_port=int(key.partition("/")[0]),
            host_port=int(binding["HostPort"]),
            protocol=key.partition("/")[2],
        )
        for key, found in (settings.get("Ports") or {}).items()
        for binding in found or ()
    ]
    return NetworkAddress(
        ip=str(first.get("IPAddress", "")),
        mac=str(first.get("MacAddress", "")),
        bindings=tuple(sorted(bindings, key=lambda b: (b.container_port, b.protocol, b.bind_ip))),
    )
