"""What the containers of a task use, as the engine counts it, at the moment somebody asks."""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emulator.engines.base import ContainerEngine
from emulator.errors import EngineError

Statistics = Mapping[str, Any]


class Gauge:
    """Reads statistics of one task, and remembers the last ones: a use of CPU is a difference."""

    def __init__(self, engine: ContainerEngine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._last: dict[str, Statistics] = {}

    def read(
        self, ids: Mapping[str, str | None], networks: Mapping[str, str]
    ) -> dict[str, Statistics | None]:
        """Return statistics by the container's name, from engine ids; None for one that is down.

        `networks` are the ids of the pause containers in whose network containers are: their
        traffic is told. All are asked at once, for an engine takes about a second to answer.
        """
        wanted = {*filter(None, ids.values()), *(networks[n] for n in ids if n in networks)}
        if not wanted:
            return dict.fromkeys(ids)
        # Hardly any container asks, and each task has a gauge.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(wanted)) as pool:
            found = dict(zip(wanted, pool.map(self._one, wanted), strict=True))
        answers: dict[str, Statistics | None] = {}
        for name, own in ids.items():
            now = found.get(own or "")
            owner = found.get(networks.get(name, ""))
            traffic = {} if owner is None else {"networks": owner.get("networks")}
            answers[name] = None if now is None else self._since(name, {**now, **traffic})
        return answers

    def _since(self, name: str, now: Statistics) -> Statistics:
        """Return statistics with what there was to see the last time, and rates since then."""
        with self._lock:
            last = self._last.get(name)
            self._last[name] = now
        if last is None or "cpu_stats" not in last:
            return now
        before = {"preread": last.get("read"), "precpu_stats": last["cpu_stats"]}
        return {**now, **before, **network_rates(last, now)}

    def _one(self, container_id: str) -> Statistics | None:
        try:
            return self._engine.stats(container_id)
        except EngineError:
            # Down or gone: it uses nothing any more.
            return None


def network_rates(last: Statistics, now: Statistics) -> dict[str, Any]:
    """Return `network_rate_stats`, which ECS adds to the engine's statistics: bytes a second.

    Nothing where the two do not tell of networks, or of two different instants.
    """
    seconds = _seconds_between(last.get("read"), now.get("read"))
    if seconds <= 0 or not last.get("networks") or not now.get("networks"):
        return {}
    rates = {
        f"{way}_bytes_per_sec": max(0.0, (_total(now, way) - _total(last, way)) / seconds)
        for way in ("rx", "tx")
    }
    return {"network_rate_stats": rates}


def _total(statistics: Statistics, way: str) -> int:
    return sum(network.get(f"{way}_bytes", 0) for network in statistics["networks"].values())


def _seconds_between(earlier: object, later: object) -> float:
    """Return the seconds between two instants in the engine's own text; 0 where one is none."""
    try:
        began, ended = (datetime.fromisoformat(str(text)) for text in (earlier, later))
        return (ended - began).total_seconds()
    except (TypeError, ValueError):
        return 0.0
