"""One container of a task from create to exit, in a thread of its own.

The order is create, attach, start: output that a container writes in its first millisecond is
lost to whoever attaches later.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from emulator.ecs.outcome import Failure, create_failure, pull_failure, start_failure
from emulator.engines.base import (
    ContainerEngine,
    ContainerExit,
    ContainerSpec,
    EngineRefusedError,
    ImageUnavailableError,
    OutputChunk,
)
from emulator.errors import EngineError, EngineUnavailableError
from emulator.logs.lines import LineAssembler
from emulator.model.task_definition import LaunchType


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A container runs. Its output waits until `noted` is set, so that no line precedes this."""

    name: str
    container_id: str
    noted: threading.Event


@dataclass(frozen=True, kw_only=True, slots=True)
class NotStarted:
    """A container could not be created or started."""

    name: str
    failure: Failure


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A container ran and is over, all its output delivered."""

    name: str
    exit: ContainerExit


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """The engine went away while a container ran: nobody can say how it ended."""

    name: str
    message: str


Report = Started | NotStarted | Ended | Lost


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

    def begin(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, name=f"container {self._spec.name}", daemon=True).start()

    def stop(self, grace: timedelta) -> None:
        """Ask the container to end, in a thread of its own; its end is reported as any other."""
        container_id = self.container_id
        if container_id is not None:
            threading.Thread(
                target=self._stop, args=(container_id, grace), name="stop", daemon=True
            ).start()

    def kill(self) -> None:
        """End the container at once."""
        if self.container_id is not None:
            self._engine.kill(self.container_id)

    def remove(self) -> None:
        """Remove the container from the engine."""
        if self.container_id is not None:
            self._engine.remove(self.container_id)

    def _stop(self, container_id: str, grace: timedelta) -> None:
        try:
            self._engine.stop(container_id, grace=grace)
        except EngineError as error:
            self._report(Lost(name=self.name, message=f"CannotStopContainerError: {error.message}"))

    def _run(self) -> None:
        try:
            chunks = self._create()
        except ImageUnavailableError as error:
            return self._fail(pull_failure(self._spec.image, error.message, self._launch_type))
        except EngineError as error:
            return self._fail(create_failure(error.message))
        try:
            self._ready()
            self._engine.start(self.container_id or "")
        except EngineError as error:
            return self._fail(start_failure(error.message, self._launch_type))
        noted = threading.Event()
        self._report(Started(name=self.name, container_id=self.container_id or "", noted=noted))
        noted.wait()
        self._follow(chunks)
        return None

    def _create(self) -> Iterator[OutputChunk]:
        self.container_id = self._engine.create(self._spec)
        return self._engine.attach(self.container_id, tty=self._spec.tty)

    def _fail(self, failure: Failure) -> None:
        self._report(NotStarted(name=self.name, failure=failure))

    def _follow(self, chunks: Iterator[OutputChunk]) -> None:
        try:
            self._drain(chunks)
            ended = self._engine.wait(self.container_id or "")
        except (EngineUnavailableError, EngineRefusedError) as error:
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
