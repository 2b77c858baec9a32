"""One container of a task from create to exit, and again, in a thread of its own.

The order is create, attach, start: output that a container writes in its first millisecond is
lost to whoever attaches later.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from emulator.ecs.outcome import Failure, create_failure, pull_failure, start_failure
from emulator.engines.base import (
    ContainerEngine,
    ContainerExit,
    ImageUnavailableError,
    OutputChunk,
)
from emulator.engines.spec import ContainerSpec, OwnNetwork
from emulator.errors import EngineError
from emulator.logs.lines import LineAssembler
from emulator.model.health import HealthStatus
from emulator.model.networking import NetworkBinding
from emulator.model.task_definition import LaunchType


@dataclass(frozen=True, kw_only=True, slots=True)
class Created:
    """The engine has a container; others can take its volumes now."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A container runs. Its output waits until `noted` is set, so that no line precedes this.

    `bindings` are the ports of its own network that are published.
    """

    name: str
    container_id: str
    noted: threading.Event
    bindings: tuple[NetworkBinding, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthChanged:
    """A container's health check found something new."""

    name: str
    status: HealthStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class NotStarted:
    """A container could not be created or started."""

    name: str
    failure: Failure


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A container ran and is over, or may be started again; all its output is delivered."""

    name: str
    exit: ContainerExit


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """The engine went away while a container ran: nobody can say how it ended."""

    name: str
    message: str


Report = Created | Started | HealthChanged | NotStarted | Ended | Lost


class ContainerRun:
    """Runs one container and reports what becomes of it.

    `ready` is called between attach and start, and blocks until the network namespace stands;
    `output` receives complete messages, in the order in which each stream was written.
    """

    def __init__(
        self,
        name: str,
        spec: ContainerSpec,
        *,
        engine: ContainerEngine,
        launch_type: LaunchType,
        ready: Callable[[], None],
        report: Callable[[Report], None],
        output: Callable[[str, list[bytes]], None],
    ) -> None:
        self.name = name
        self.container_id: str | None = None
        self._spec = spec
        self._engine = engine
        self._launch_type = launch_type
        self._ready = ready
        self._report = report
        self._output = output
        self._ending: Callable[[str], None] | None = None

    def begin(self) -> None:
        """Start the thread."""
        self._in_thread(self._run, "container")

    def restart(self) -> None:
        """Start the container again after its end was reported, in a thread of its own."""
        self._in_thread(self._run_again, "restart")

    def stop(self, grace: timedelta) -> None:
        """Ask the container to end, in a thread of its own; its end is reported as any other."""
        if self.container_id is not None:
            self._ending = partial(self._stop, grace=grace)
            self._in_thread(partial(self._ending, self.container_id), "stop")

    def kill(self) -> None:
        """End the container at once, or as soon as it runs."""
        self._ending = self._kill
        if self.container_id is not None:
            self._kill(self.container_id)

    def remove(self) -> None:
        """Remove the container from the engine."""
        if self.container_id is not None:
            self._engine.remove(self.container_id)

    def _in_thread(self, target: Callable[[], None], what: str) -> None:
        threading.Thread(target=target, name=f"{what} {self._spec.name}", daemon=True).start()

    def _stop(self, container_id: str, *, grace: timedelta) -> None:
        try:
            self._engine.stop(container_id, grace=grace)
        except EngineError as error:
            self._report(Lost(name=self.name, message=f"CannotStopContainerError: {error.message}"))

    def _kill(self, container_id: str) -> None:
        try:
            self._engine.kill(container_id)
        except EngineError as error:
            self._report(Lost(name=self.name, message=f"CannotStopContainerError: {error.message}"))

    def _run(self) -> None:
        try:
            chunks = self._create()
        except ImageUnavailableError as error:
            self._fail(pull_failure(self._spec.image, error.message, self._launch_type))
        except EngineError as error:
            self._fail(create_failure(error.message))
        else:
            self._report(Created(name=self.name))
            self._live(chunks)

    def _run_again(self) -> None:
        container_id = self.container_id or ""
        try:
            chunks = self._engine.attach(container_id, tty=self._spec.tty)
        except EngineError as error:
            self._fail(start_failure(error.message, self._launch_type))
        else:
            self._live(chunks)

    def _live(self, chunks: Iterator[OutputChunk]) -> None:
        container_id = self.container_id or ""
        try:
            self._ready()
            self._engine.start(container_id)
            bindings = self._bindings()
        except EngineError as error:
            self._fail(start_failure(error.message, self._launch_type))
            return
        if self._ending is not None:
            # It was to end while it was not running, when there was nothing to end.
            self._in_thread(partial(self._ending, container_id), "stop")
        if self._spec.health_check is not None and self._spec.health_check.monitored:
            self._in_thread(self._watch_health, "health")
        noted = threading.Event()
        self._report(
            Started(name=self.name, container_id=container_id, noted=noted, bindings=bindings)
        )
        noted.wait()
        self._follow(chunks)

    def _bindings(self) -> tuple[NetworkBinding, ...]:
        network = self._spec.network
        if not isinstance(network, OwnNetwork) or not network.ports:
            return ()
        return self._engine.address(self.container_id or "").bindings

    def _watch_health(self) -> None:
        try:
            for status in self._engine.watch_health(self.container_id or ""):
                self._report(HealthChanged(name=self.name, status=status))
        except EngineError:
            # Whoever waits for the container's end learns what became of the engine.
            return

    def _create(self) -> Iterator[OutputChunk]:
        self.container_id = self._engine.create(self._spec)
        return self._engine.attach(self.container_id, tty=self._spec.tty)

    def _fail(self, failure: Failure) -> None:
        self._report(NotStarted(name=self.name, failure=failure))

    def _follow(self, chunks: Iterator[OutputChunk]) -> None:
        try:
            self._drain(chunks)
            ended = self._engine.wait(self.container_id or "")
        except EngineError as error:
            self._report(Lost(name=self.name, message=error.message))
        else:
            self._report(Ended(name=self.name, exit=ended))

    def _drain(self, chunks: Iterator[OutputChunk]) -> None:
        assemblers = {"stdout": LineAssembler(), "stderr": LineAssembler()}
        for chunk in chunks:
            messages = assemblers[chunk.stream].feed(chunk.data)
            if messages:
                self._output(self.name, messages)
        for assembler in assemblers.values():
            rest = assembler.finish()
            if rest:
                self._output(self.name, rest)
