"""The namespaces that a task's containers join: each is owned by a pause container."""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Self

from emulator.ecs.maker import Maker
from emulator.ecs.outage import Outage
from emulator.ecs.plan_pause import join, join_network
from emulator.engines.base import ContainerEngine, NetworkAddress
from emulator.engines.spec import ContainerSpec, OwnNetwork
from emulator.errors import EngineError, EngineUnavailableError
from emulator.model.task_definition import TaskDefinition
from emulator.workers import in_thread_or_here

if TYPE_CHECKING:
    from emulator.ecs.adoption import Remains


class PauseNamespace:
    """A pause container, created at once and started in the background.

    Starting it is most of what a task's start takes, and the task's containers can be created
    meanwhile; only their start must wait for `ready`. Where it is in the network is found out
    while they start.
    """

    def __init__(self, engine: ContainerEngine, container_id: str) -> None:
        self.container_id = container_id
        self._engine = engine
        self._given_up = False
        self._error: EngineError | None = None
        self._address: NetworkAddress | None = None
        self._started = threading.Event()
        self._looked = threading.Event()

    @classmethod
    def create(cls, maker: Maker, spec: ContainerSpec, *, after: Collection[Self] = ()) -> Self:
        """Create a pause container and begin to start it, once others stand."""
        made = cls(maker.engine, maker.create(spec))
        made._start_soon(maker, spec, tuple(after))
        return made

    @classmethod
    def take_over(cls, engine: ContainerEngine, container_id: str) -> Self:
        """Return the namespace of a pause container that another process started."""
        made = cls(engine, container_id)
        made._started.set()
        made._looked.set()
        return made

    def _start_soon(
        self, maker: Maker, spec: ContainerSpec, after: "tuple[PauseNamespace, ...]"
    ) -> None:
        given_up = maker.given_up
        maker = replace(maker, given_up=lambda: self._given_up or given_up())
        in_thread_or_here(partial(self._start, maker, spec, after), "pause container")

    def ready(self) -> None:
        """Block until the namespace stands. Raises the engine's error if it never will."""
        self._started.wait()
        if self._error is not None:
            raise self._error

    def address(self) -> NetworkAddress:
        """Return where the task is in the network, once the namespace stands.

        Raises `EngineError`.
        """
        self._looked.wait()
        return self._address or self.present_address()

    def present_address(self) -> NetworkAddress:
        """Return where the task is in the network by now: nowhere if the container is down.

        Raises `EngineError`.
        """
        return self._engine.address(self.container_id)

    def remove(self) -> None:
        """Remove the pause container."""
        self._given_up = True
        self._started.wait()
        self._engine.remove(self.container_id)

    def _start(
        self, maker: Maker, spec: ContainerSpec, after: "tuple[PauseNamespace, ...]"
    ) -> None:
        try:
            for other in after:
                other.ready()
            maker.start(spec, self.container_id)
        except EngineError as error:
            self._error = error
        finally:
            self._started.set()
        try:
            if self._error is None:
                self._address = self.present_address()
        except EngineError:
            # Whoever wants to know asks again, and is told why there is no answer.
            return
        finally:
            self._looked.set()


class TaskNamespaces:
    """The namespaces of one task: what all its containers share, and networks of single ones."""

    def __init__(self, engine: ContainerEngine, outage: Outage) -> None:
        self.shared: PauseNamespace | None = None
        self._engine = engine
        self._outage = outage
        self._own: dict[str, PauseNamespace] = {}
        self._left: list[Callable[[], None]] = []
        """What removes those that may be there though nobody can use them."""

    def create(
        self,
        shared: ContainerSpec | None,
        own: Mapping[str, ContainerSpec],
        given_up: Callable[[], bool],
    ) -> None:
        """Create them all; `own` by container, those that others link to first.

        An engine that goes away meanwhile is waited for until `given_up`.
        """
        maker = Maker(engine=self._engine, outage=self._outage, given_up=given_up)
        if shared is not None:
            self.shared = self._make(maker, shared)
        for name, spec in own.items():
            linked = isinstance(spec.network, OwnNetwork) and bool(spec.network.links)
            earlier = tuple(self._own.values()) if linked else ()
            self._own[name] = self._make(maker, spec, after=earlier)

    def _make(
        self, maker: Maker, spec: ContainerSpec, *, after: Collection[PauseNamespace] = ()
    ) -> PauseNamespace:
        try:
            return PauseNamespace.create(maker, spec, after=after)
        except EngineUnavailableError:
            # It may have been made all the same.
            self._left.append(partial(maker.remove_made, spec))
            raise

    def stands(self) -> bool:
        """Return whether the one that all share was made ahead and is up; if not, it is removed.

        Blocks until it is started.
        """
        if self.shared is None:
            return False
        made, self.shared = self.shared, None
        try:
            made.ready()
            if made.present_address().ip:
                self.shared = made
                return True
        except EngineError:
            # Whoever needs it makes another one, and hears what is wrong if that fails as well.
            pass
        try:
            made.remove()
        except EngineError:
            # It goes with all others; what keeps it now does not keep another one from being made.
            self._left.append(made.remove)
        return False

    def take_over(self, remains: "Remains") -> None:
        """Hold those that another process made."""
        if remains.pause is not None:
            self.shared = PauseNamespace.take_over(self._engine, remains.pause)
        for name, container_id in remains.own_pauses.items():
            self._own[name] = PauseNamespace.take_over(self._engine, container_id)

    def joined(self, name: str, spec: ContainerSpec, definition: TaskDefinition) -> ContainerSpec:
        """Return a container's spec in the namespaces that it is to be in."""
        if self.shared is not None:
            spec = join(spec, definition, self.shared.container_id)
        own = self._own.get(name)
        return spec if own is None else join_network(spec, own.container_id)

    def ready(self, name: str) -> None:
        """Block until those of a container stand. Raises the engine's error if they never will."""
        for namespace in (self.shared, self._own.get(name)):
            if namespace is not None:
                namespace.ready()

    def networks(self, names: Collection[str], *, shared: bool) -> dict[str, str]:
        """Return the ids of what owns the networks of containers; `shared`: all are in one."""
        if shared:
            return {} if self.shared is None else dict.fromkeys(names, self.shared.container_id)
        return {name: self._own[name].container_id for name in names if name in self._own}

    def address(self, name: str) -> str | None:
        """Return the address of a container that a pause container of its own gives it."""
        own = self._own.get(name)
        try:
            return None if own is None else own.address().ip or None
        except EngineError:
            # It is on its way out: there is none any more.
            return None

    def removals(self) -> list[Callable[[], None]]:
        """Return what removes each of them."""
        made = [n.remove for n in (self.shared, *self._own.values()) if n is not None]
        return [*made, *self._left]
