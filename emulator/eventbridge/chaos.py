"""Disturbances that AWS does not rule out, made on purpose to test that jobs bear them."""

import threading
from collections import Counter
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from emulator.ecs.run_task import RunTaskRequest
    from emulator.model.task import Task

EVERY: Final = 3
"""The first event of a rule is disturbed, and then every third: some, and surely one."""


class Disturbance(StrEnum):
    """What can go wrong in a delivery without anybody's fault."""

    DUPLICATE = "duplicate"
    THROTTLE = "throttle"


class Chaos:
    """Decides which events are disturbed. Thread-safe; the same for the same order of events.

    DUPLICATE: an event is delivered twice, as "at least once" allows. THROTTLE: RunTask refuses
    the first attempt with a ThrottlingException, so that it is tried again.
    """

    def __init__(self, disturbances: Collection[Disturbance] = ()) -> None:
        self._disturbances = frozenset(disturbances)
        self._counts: Counter[tuple[Disturbance, str]] = Counter()
        self._lock = threading.Lock()

    def duplicates(self, rule: str) -> bool:
        """Return whether this event of a rule is delivered twice."""
        return self._chosen(Disturbance.DUPLICATE, rule)

    def disturbed(
        self, run_task: "Callable[..., tuple[Task, ...]]"
    ) -> "Callable[..., tuple[Task, ...]]":
        """Return RunTask as it answers under this chaos."""
        if Disturbance.THROTTLE not in self._disturbances:
            return run_task
        from emulator.ecs.run_task import RunTaskRefusedError

        def throttled(request: "RunTaskRequest", *args: Any, **named: Any) -> "tuple[Task, ...]":
            if self._chosen(Disturbance.THROTTLE, request.rule or ""):
                message = "Rate exceeded (chaos: throttle)"
                raise RunTaskRefusedError("ThrottlingException", message)
            return run_task(request, *args, **named)

        return throttled

    def _chosen(self, disturbance: Disturbance, rule: str) -> bool:
        if disturbance not in self._disturbances:
            return False
        with self._lock:
            self._counts[disturbance, rule] += 1
            return self._counts[disturbance, rule] % EVERY == 1


NO_CHAOS: Final = Chaos()
