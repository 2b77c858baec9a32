"""Runs one container of a task from create to exit, and its restarts, in threads of its own.

The order is create, attach, start: output that a container writes in its first millisecond is
lost to whoever attaches later.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from emulator.activity import Activity
from emulator.clock import Clock
from emulator.ecs.ending import Ending
from emulator.ecs.following import Following
from emulator.ecs.health_watch import HealthWatch
from emulator.ecs.maker import Maker
from emulator.ecs.outage import Outage
from emulator.ecs.outcome import Failure, create_failure, lost, pull_failure, start_failure
from emulator.ecs.task_messages import Created, Lost, NotStarted, Report, Started
from emulator.ecs.task_threads import in_thread
from emulator.engines.base import ContainerEngine, ImageUnavailableError, OutputChunk
from emulator.engines.spec import ContainerSpec, OwnNetwork, SharedNetwork
from emulator.errors import EngineError, EngineUnavailableError
from emulator.logs.pipeline import Pipeline
from emulator.model.task_definition import LaunchType
from emulator.waiting import Signal

if TYPE_CHECKING:
    from emulator.model.networking import NetworkBinding


class ContainerRun:
    """Runs one container and reports what becomes of it.

    `ready` is called between attach and start, and blocks until the network namespace stands;
    `output` gets what the container says, stamped by `clock` as it comes; by `engine_clock` the
    engine tells when it ended. That it is created is reported where it is `awaited`: for nobody
    else is the task's thread woken.
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
        output: Pipeline,
        clock: Clock,
        engine_clock: Clock,
        outage: Outage,
        activity: Activity,
        awaited: bool,
    ) -> None:
        self.name = name
        self.container_id: str | None = None
        self._spec = spec
        self._engine = engine
        self._launch_type = launch_type
        self._ready = ready
        self._report = report
        self._activity = activity
        self._awaited = awaited
        self._given_up = False
        self._removed = False
        self._noted = Signal(activity)
        self._forgone = False
        self._in_doubt = False
        self._maker = Maker(engine=engine, outage=outage, given_up=self._gives_up)
        self._ending = Ending(
            name=name,
            engine_name=spec.name,
            container_id=lambda: self.container_id,
            engine=engine,
            maker=self._maker,
            activity=activity,
            report=report,
            lose=self._lose,
        )
        self._health = HealthWatch(name=name, engine=engine, outage=outage, report=report)
        self._following = Following(
            name=name,
            tty=spec.tty,
            engine=engine,
            outage=outage,
            given_up=lambda: self._given_up,
            output=output,
            report=report,
            clock=clock,
            engine_clock=engine_clock,
        )

    def begin(self) -> None:
        """Start the thread."""
        self._in_thread(self._run, "container", lambda why: self._fail(create_failure(why)))

    def resume(self, container_id: str) -> None:
        """Take over a container that another process started; its end is reported as any other."""
        self.container_id = container_id
        self._in_thread(partial(self._see_to_its_end, container_id), "container", self._lose)

    def belongs(self, container_id: str) -> None:
        """Take over a container that has run to its end already: `remove` will remove it."""
        self.container_id = container_id

    def restart(self) -> None:
        """Start the container again after its end was reported, in a thread of its own."""
        failed = partial(start_failure, launch_type=self._launch_type)
        self._in_thread(self._run_again, "restart", lambda why: self._fail(failed(why)))

    def stop(self, grace: timedelta) -> None:
        """Ask the container to end, in a thread of its own; its end is reported as any other."""
        self._ending.stop(grace)

    def forgo(self) -> None:
        """Do not start it any more, nor wait for an engine that has yet to say what it made.

        One that is being started at this moment runs, and is stopped as any other.
        """
        self._forgone = True

    def kill(self) -> None:
        """End the container at once, or as soon as it runs."""
        self._ending.kill()
        if self.container_id is None:
            self._given_up = True

    def remove(self) -> None:
        """Remove the container from the engine, also one that it may have made unheard."""
        self._given_up = self._removed = True
        # The task is over, and notes no start any more.
        self._noted.set()
        if self.container_id is not None:
            self._engine.remove(self.container_id)
        elif self._in_doubt:
            self._maker.remove_made(self._spec)

    def _gives_up(self) -> bool:
        return self._given_up or (self._forgone and self.container_id is None)

    def _in_thread(
        self, work: Callable[[], None], what: str, broken_off: Callable[[str], None]
    ) -> None:
        in_thread(self._activity, work, f"{what} {self._spec.name}", broken_off)

    def _lose(self, why: str) -> None:
        self._report(Lost(name=self.name, reason=lost(why)))

    def _run(self) -> None:
        try:
            self.container_id = self._maker.create(self._spec)
            chunks = self._attach()
        except ImageUnavailableError as error:
            self._fail(pull_failure(self._spec.image, error.message, self._launch_type))
        except EngineError as error:
            unheard = isinstance(error, EngineUnavailableError)
            self._in_doubt = unheard and self.container_id is None
            self._fail(create_failure(error.message))
        else:
            if self._awaited:
                self._report(Created(name=self.name))
            self._live(chunks, lambda: self._maker.start(self._spec, self.container_id or ""))

    def _run_again(self) -> None:
        container_id = self.container_id or ""
        try:
            chunks = self._engine.attach(container_id, tty=self._spec.tty)
        except EngineError as error:
            self._fail(start_failure(error.message, self._launch_type))
        else:
            self._live(chunks, self._start_again)

    def _start_again(self) -> bool:
        self._engine.start(self.container_id or "")
        return True

    def _live(self, chunks: Iterator[OutputChunk] | None, start: Callable[[], bool]) -> None:
        """Start the container and see it to its end; `chunks` is its output, None if unattached."""
        container_id = self.container_id or ""
        try:
            self._ready()
            if self._forgone:
                # As in the ECS agent: who would have to be stopped at once never runs.
                self._report(NotStarted(name=self.name, failure=None))
                return
            attached = start()
            bindings = self._maker.through(self._bindings)
        except EngineError as error:
            self._fail(start_failure(error.message, self._launch_type))
            return
        # It may have been to end while it was not running, when there was nothing to end.
        self._ending.bring_about(container_id)
        noted = self._noted = Signal(self._activity)
        if self._removed:
            noted.set()
        self._report(
            Started(name=self.name, container_id=container_id, noted=noted, bindings=bindings)
        )
        output = chunks if attached else None
        if output is None:
            noted.wait()
        else:
            output = _once(noted, output)
        self._see_to_its_end(container_id, output)

    def _see_to_its_end(
        self, container_id: str, chunks: Iterator[OutputChunk] | None = None
    ) -> None:
        """Deliver the output of a container that runs, its health beside it, until it ends."""
        over = threading.Event()
        check = self._spec.health_check
        if check is not None and check.monitored:
            watch = partial(self._health.follow, container_id, over.is_set)
            self._in_thread(watch, "health", self._lose)
        try:
            if chunks is None:
                self._following.from_log(container_id)
            else:
                self._following.live(container_id, chunks)
        finally:
            over.set()

    def _bindings(self) -> "tuple[NetworkBinding, ...]":
        network = self._spec.network
        if not isinstance(network, OwnNetwork | SharedNetwork) or not network.ports:
            return ()
        own = self.container_id or ""
        owner = network.container_id if isinstance(network, SharedNetwork) else own
        return self._engine.address(owner).bindings

    def _attach(self) -> Iterator[OutputChunk] | None:
        """Return the output as it will come; None where the engine's log has to do.

        Raises `EngineError`.
        """
        try:
            return self._engine.attach(self.container_id or "", tty=self._spec.tty)
        except EngineUnavailableError:
            return None

    def _fail(self, failure: Failure) -> None:
        self._report(NotStarted(name=self.name, failure=failure))


def _once(noted: Signal, chunks: Iterator[OutputChunk]) -> Iterator[OutputChunk]:
    """Yield output, and let it end, not before the start of its container is noted.

    Who says nothing for now need not wait for that.
    """
    try:
        for chunk in chunks:
            noted.wait()
            yield chunk
    finally:
        noted.wait()
