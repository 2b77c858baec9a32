"""The namespaces that a task's containers share: a pause container that all of them join."""

import threading
from typing import Self

from emulator.engines.base import ContainerEngine, NetworkAddress
from emulator.engines.spec import ContainerSpec
from emulator.errors import EngineError


class PauseNamespace:
    """A pause container, created at once and started in the background.

    Starting it is most of what a task's start takes, and the task's containers can be created
    meanwhile; only their start must wait for `ready`.
    """

    def __init__(self, engine: ContainerEngine, container_id: str) -> None:
        self.container_id = container_id
        self._engine = engine
        self._error: EngineError | None = None
        self._started = threading.Event()

    @classmethod
    def create(cls, engine: ContainerEngine, spec: ContainerSpec) -> Self:
        """Create a pause container and begin to start it."""
        made = cls(engine, engine.create(spec))
        made._start_soon()
        return made

    @classmethod
    def take_over(cls, engine: ContainerEngine, container_id: str) -> Self:
        """Return the namespace of a pause container that another process started."""
        made = cls(engine, container_id)
        made._started.set()
        return made

    def _start_soon(self) -> None:
        threading.Thread(target=self._start, name="pause container", daemon=True).start()

    def ready(self) -> None:
        """Block until the namespace stands. Raises the engine's error if it never will."""
        self._started.wait()
        if self._error is not None:
            raise self._error

    def address(self) -> NetworkAddress:
        """Return where the task is in the network, once the namespace stands."""
        return self._engine.address(self.container_id)

    def remove(self) -> None:
        """Remove the pause container."""
        self._started.wait()
        self._engine.remove(self.container_id)

    def _start(self) -> None:
        try:
            self._engine.start(self.container_id)
        except EngineError as error:
            self._error = error
        finally:
            self._started.set()
