"""What an engine's health checks find, from its stream of events."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from emulator.model.health import HealthStatus

_STATUSES: Final = {"healthy": HealthStatus.HEALTHY, "unhealthy": HealthStatus.UNHEALTHY}
_ENDS: Final = ("die", "destroy")


def health_changes(api: Any, container_id: str) -> Iterator[HealthStatus]:
    """Return each finding of a started container until this life of it ends.

    The events since its start are asked for, so that none is lost between start and asking.
    """
    state = api.inspect_container(container_id)["State"]
    stream = api.events(
        since=_seconds(state["StartedAt"]),
        filters={"container": container_id, "event": ["health_status", *_ENDS]},
        decode=True,
    )
    last = None
    try:
        for event in stream:
            found = _finding(event)
            if event.get("Action") in _ENDS:
                return
            if found is not None and found is not last:
                last = found
                yield found
    finally:
        stream.close()


def _finding(event: Mapping[str, Any]) -> HealthStatus | None:
    """Return what an event such as `health_status: healthy` says."""
    action, _, word = str(event.get("Action", "")).partition(": ")
    return _STATUSES.get(word) if action == "health_status" else None


def _seconds(started_at: str) -> str:
    """Return an instant as the events API takes it: seconds, a point, nanoseconds."""
    from emulator.engines.docker_convert import parse_time

    instant = parse_time(started_at)
    if instant is None:
        return "0"
    whole, _, fraction = started_at.rstrip("Z").partition(".")
    del whole
    return f"{int(instant.timestamp())}.{fraction[:9].ljust(9, '0')}"
