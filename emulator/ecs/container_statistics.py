"""What the containers of a task use, as the engine counts it, at the moment somebody asks."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
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
        with ThreadPoolExecutor(len(wanted)) as pool:
            found = dict(zip(wanted, pool.map(self._one, wanted), strict=True))
        answers: dict[str, Statistics | None] = {}
        for name, own in ids.items():
            now = found.get(own or "")
            owner = found.get(networks.get(name, ""))
            traffic = {} if owner is None else {"networks": owner.get("networks")}
            answers[name] = None if now is None else {**now, **self._since(name, now), **traffic}
        return answers

    def _since(self, name: str, now: Statistics) -> dict[str, Any]:
        """Return what there was to see the last time, as the engine's own fields have it."""
        with self._lock:
            last = self._last.get(name)
            self._last[name] = now
        if last is None or "cpu_stats" not in last:
            return {}
        return {"preread": last.get("read"), "precpu_stats": last["cpu_stats"]}

    def _one(self, container_id: str) -> Statistics | None:
        try:
            return self._engine.stats(container_id)
        except EngineError:
            # Down or gone: it uses nothing any more.
            return None
