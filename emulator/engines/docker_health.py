"""What an engine's health checks find: what a container's state says, then its stream of events."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Final

from emulator.engines.docker_convert import parse_time
from emulator.model.health import HealthStatus

AGAIN_SECONDS: Final = 1.0
"""Between two streams of events: an engine that ends each at once is not asked without a pause."""

_STATUSES: Final = {"healthy": HealthStatus.HEALTHY, "unhealthy": HealthStatus.UNHEALTHY}
_ENDS: Final = ("die", "destroy")


def health_changes(api: Any, container_id: str) -> Iterator[HealthStatus]:
    """Return each finding of a started container until this life of it ends.

    A stream that breaks off says nothing of the container: another one goes on where that ended.
    """
    last = life = None
    while True:
        state = api.inspect_container(container_id)["State"]
        life = life or state["StartedAt"]
        if state["StartedAt"] != life:
            return
        for found in _findings(api, container_id, state):
            if found is None:
                return
            if found is not last:
                last = found
                yield found
        time.sleep(AGAIN_SECONDS)


def _findings(
    api: Any, container_id: str, state: Mapping[str, Any]
) -> Iterator[HealthStatus | None]:
    """Return what a container is found to be, now and then; None: this life is over."""
    present = _STATUSES.get(str((state.get("Health") or {}).get("Status")))
    if present is not None:
        yield present
    if not state["Running"]:
        yield None
        return
    stream = api.events(
        since=_seen_until(state),
        filters={"container": container_id, "event": ["health_status", *_ENDS]},
        decode=True,
    )
    # Not the stream's own way to be closed, which connections through SSH do not have.
    with closing(stream._response):
        for event in stream:
            over = event.get("Action") in _ENDS
            found = None if over else _finding(event)
            if over or found is not None:
                yield found


def _finding(event: Mapping[str, Any]) -> HealthStatus | None:
    """Return what an event such as `health_status: healthy` says."""
    action, _, word = str(event.get("Action", "")).partition(": ")
    return _STATUSES.get(word) if action == "health_status" else None


def _seen_until(state: Mapping[str, Any]) -> str:
    """Return since when events tell more than a state does, as the events API takes it.

    That is the last probe's end: an engine replays its events, of which older ones are outdated.
    A container that was started again still shows the probes of its earlier life.
    """
    probes = (state.get("Health") or {}).get("Log") or []
    return max(_seconds(text) for text in (state["StartedAt"], *(p["End"] for p in probes[-1:])))


def _seconds(text: str) -> str:
    """Return an instant of the engine as seconds, a point and nanoseconds."""
    instant = parse_time(text)
    if instant is None:
        return "0.000000000"
    fraction = re.search(r"\.(\d{1,9})", text)
    nanoseconds = "" if fraction is None else fraction[1]
    return f"{int(instant.timestamp())}.{nanoseconds.ljust(9, '0')}"
