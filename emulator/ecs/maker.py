"""Creates and starts containers, each once, even if the engine goes away in the middle of it.

A request that broke off may have been carried out all the same. When the engine is back it is
asked, so that no container is left that nobody knows of, and no program runs twice.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from emulator.ecs.identity import TASK_ID_LABEL
from emulator.ecs.outage import Outage
from emulator.engines.base import ContainerEngine, ContainerSummary, EngineRefusedError
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec
from emulator.errors import EngineUnavailableError
from emulator.values import frozen

MOST_OUTAGES: Final = 5
"""How often an engine is asked that answers other requests and loses this one."""

_Answer = TypeVar("_Answer")


@frozen
class Maker:
    """`given_up` returns whether nobody waits any more for what is being made.

    Every method raises the engine's errors; `EngineUnavailableError` only after that, or after
    all patience with the engine.
    """

    engine: ContainerEngine
    outage: Outage
    given_up: Callable[[], bool]

    def create(self, spec: ContainerSpec) -> str:
        """Create a container of a task, and return its id."""

        def again() -> str:
            self.remove_made(spec)
            try:
                return self.engine.create(spec)
            except EngineRefusedError:
                # It may still be working on the first request, which has taken the name.
                self.outage.look_later()
                self.remove_made(spec)
                return self.engine.create(spec)

        return self.through(lambda: self.engine.create(spec), again)

    def remove_made(self, spec: ContainerSpec) -> None:
        """Remove what a request to create a container has made, if it was carried out."""
        for made in self._containers(spec):
            self.engine.remove(made.id)

    def start(self, spec: ContainerSpec, container_id: str) -> bool:
        """Start a container for the first time; return whether its attached output still comes."""

        def first() -> bool:
            self.engine.start(container_id)
            return True

        def again() -> bool:
            if not self._started(spec, container_id):
                # It may still be starting it, and asked twice would run a short job twice.
                self.outage.look_later()
                if not self._started(spec, container_id):
                    self.engine.start(container_id)
            return False

        return self.through(first, again)

    def through(
        self, action: Callable[[], _Answer], again: Callable[[], _Answer] | None = None
    ) -> _Answer:
        """Return what `action` does; after an outage in the midst of it, what `again` does."""
        attempt = action
        for _ in range(MOST_OUTAGES):
            try:
                return attempt()
            except EngineUnavailableError as error:
                if not self.outage.wait_until_over(error, self.given_up):
                    raise
            attempt = again or action
        return attempt()

    def _started(self, spec: ContainerSpec, container_id: str) -> bool:
        """Return whether a container has been started; one that is gone has."""
        found = [c for c in self._containers(spec) if c.id == container_id]
        return not any(container.never_started for container in found)

    def _containers(self, spec: ContainerSpec) -> list[ContainerSummary]:
        own = (TASK_ID_LABEL, CONTAINER_NAME_LABEL)
        return self.engine.find_containers({k: spec.labels[k] for k in own})
