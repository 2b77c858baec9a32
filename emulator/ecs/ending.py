"""How a container is made to end: at once, or as soon as it runs if it does not yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from emulator.activity import Activity
from emulator.ecs.maker import Maker
from emulator.ecs.outcome import cannot_stop
from emulator.ecs.task_messages import Lost, Report
from emulator.ecs.task_threads import told_of
from emulator.engines.base import ContainerEngine
from emulator.errors import EngineError
from emulator.workers import NoThreadError


@dataclass(eq=False, kw_only=True, slots=True)
class Ending:
    """The end that is wanted of the container `name`, which the engine knows as `engine_name`.

    `container_id` returns its id once it is created, else None. That the engine will not end it is
    reported; `lose` is told of a thread that breaks off. Threads may ask for an end at once.
    """

    name: str
    engine_name: str
    container_id: Callable[[], str | None]
    engine: ContainerEngine
    maker: Maker
    activity: Activity
    report: Callable[[Report], None]
    lose: Callable[[str], None]
    _wanted: Callable[[str], None] | None = None

    def stop(self, grace: timedelta) -> None:
        """Ask a container that is created to end, in a thread of its own; else do nothing."""
        container_id = self.container_id()
        if container_id is not None:
            self._wanted = partial(self._stop, grace=grace)
            self.bring_about(container_id)

    def kill(self) -> None:
        """End the container; where it is not created yet, `bring_about` does once it is started."""
        # First what is wanted: who starts the container meanwhile finds it, or is found here.
        self._wanted = self._kill
        container_id = self.container_id()
        if container_id is not None:
            self._kill(container_id)

    def bring_about(self, container_id: str) -> None:
        """End the container as is wanted by now: in this thread where there is no other."""
        wanted = self._wanted
        if wanted is not None:
            end = told_of(partial(wanted, container_id), self.lose)
            try:
                self.activity.thread(end, f"stop {self.engine_name}")
            except NoThreadError:
                end()

    def _stop(self, container_id: str, *, grace: timedelta) -> None:
        self._by(lambda: self.maker.through(lambda: self.engine.stop(container_id, grace=grace)))

    def _kill(self, container_id: str) -> None:
        self._by(lambda: self.engine.kill(container_id))

    def _by(self, end: Callable[[], None]) -> None:
        """Have the engine end the container; where it will not, nobody can say how it ends."""
        try:
            end()
        except EngineError as error:
            self.report(Lost(name=self.name, reason=cannot_stop(error.message)))
