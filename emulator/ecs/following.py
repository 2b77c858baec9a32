"""What a container writes until it ends: delivered as it comes, and from the engine's log.

Where the connection breaks, or another process began, the engine's own log fills the gap.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from emulator.clock import Clock
from emulator.ecs.outage import Outage
from emulator.ecs.outcome import lost
from emulator.ecs.task_messages import Ended, Lost, Report
from emulator.engines.base import ContainerEngine, ContainerExit, OutputChunk
from emulator.errors import EngineError, EngineUnavailableError
from emulator.logs.pipeline import Pipeline
from emulator.logs.recovery import Remainder
from emulator.values import frozen

_SOON: Final = timedelta(seconds=2)
"""Between the end of a container's output and its own there are milliseconds."""

_APART: Final = timedelta(milliseconds=100)
"""A container that outlives its output by more may have said something after it."""

MOST_IN_VAIN: Final = 60
"""Connections that break at once, one after the other, though the engine answers: what is in their
way is here, as a limit of open files, and does not go with time. There is one a second."""

_AT_ONCE_SECONDS: Final = 1.0
"""One that held longer was ended by something between, as a proxy does with those that are idle."""


@frozen
class Following:
    """Follows one container of a task; both methods block until its end, and report it.

    `output` gets what the container says, stamped by `clock` as it comes; by `engine_clock` the
    engine tells when it ended. An engine that goes away is waited for until `given_up`.
    """

    name: str
    tty: bool
    engine: ContainerEngine
    outage: Outage
    given_up: Callable[[], bool]
    output: Pipeline
    report: Callable[[Report], None]
    clock: Clock
    engine_clock: Clock

    def live(self, container_id: str, chunks: Iterator[OutputChunk]) -> None:
        """Deliver the output as it comes."""
        try:
            ended = self._live(container_id, chunks)
        except EngineUnavailableError as error:
            if self._back(error):
                self.from_log(container_id)
        except EngineError as error:
            self._lose(error)
        else:
            if ended is None:
                # It lives on, and only the connection to it is gone.
                self.from_log(container_id)
            else:
                self._end(ended)

    def from_log(self, container_id: str) -> None:
        """Deliver from the engine's log what has not come yet."""
        ended: ContainerExit | None = None
        in_vain = 0
        while ended is None:
            began = time.monotonic()
            try:
                self._catch_up(container_id, follow=True)
                ended = self.engine.wait(container_id)
                self._catch_up(container_id, follow=False)
            except EngineUnavailableError as error:
                ended = None
                if not self._back(error):
                    return
                in_vain = in_vain + 1 if time.monotonic() - began < _AT_ONCE_SECONDS else 0
                if in_vain >= MOST_IN_VAIN:
                    self._lose(error)
                    return
                self.outage.look_later()
            except EngineError as error:
                self._lose(error)
                return
        self._end(ended)

    def _live(self, container_id: str, chunks: Iterator[OutputChunk]) -> ContainerExit | None:
        silent = True
        for chunk in chunks:
            silent = False
            self.output.feed(chunk.stream, chunk.data, self.clock())
        over = self.engine_clock()
        ended = self.engine.wait_briefly(container_id, _SOON)
        # A connection that nothing came by may have broken before the container was started.
        if ended is not None and (silent or _broke_off(over, ended)):
            self._catch_up(container_id, follow=False)
        return ended

    def _catch_up(self, container_id: str, *, follow: bool) -> None:
        remainder = Remainder(self.output.position)
        for record in self.engine.read_log(container_id, tty=self.tty, follow=follow):
            data = remainder.of(record.stream, record.data, exact=record.exact)
            if data:
                self.output.feed(record.stream, data, record.at)

    def _back(self, error: EngineUnavailableError) -> bool:
        """Wait for the engine, and return whether it is back; if not, the container is lost."""
        back = self.outage.wait_until_over(error, self.given_up)
        if not back:
            self._lose(error)
        return back

    def _lose(self, error: EngineError) -> None:
        self.output.finish(self.clock())
        self.report(Lost(name=self.name, reason=lost(error.message)))

    def _end(self, ended: ContainerExit) -> None:
        self.output.finish(self.clock())
        self.report(Ended(name=self.name, exit=ended))


def _broke_off(over: datetime, ended: ContainerExit) -> bool:
    """Return whether output may have come after its connection was over."""
    return ended.finished_at is not None and ended.finished_at - over > _APART
