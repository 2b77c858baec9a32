"""One container of the fake engine: what it is to do, and how far it is."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from emulator.clock import Clock
from emulator.engines.base import (
    ContainerExit,
    ContainerSummary,
    EngineRefusedError,
    LogRecord,
    NetworkAddress,
    OutputChunk,
)
from emulator.engines.fake_ends import FakeEnds
from emulator.engines.spec import CONTAINER_NAME_LABEL, TASK_LABEL, ContainerSpec, OwnNetwork
from emulator.model.health import HealthStatus
from emulator.timers import Timers, after
from emulator.values import frozen
from emulator.waiting import Mailbox, Signal

SIGTERM_EXIT: Final = 143
SIGKILL_EXIT: Final = 137


@frozen
class FakeProcess:
    """What a container does: writes, lasts, and exits.

    `duration` None: it runs until it is stopped. `never_starts` is the engine's text for a start
    that fails. `health` is what its health check finds, one after the other, and `then` what it
    does when it is started again (None: the same).
    """

    output: tuple[OutputChunk, ...] = ()
    exit_code: int = 0
    duration: timedelta | None = timedelta(0)
    oom_killed: bool = False
    never_starts: str | None = None
    ignores_sigterm: bool = False
    health: tuple[HealthStatus, ...] = ()
    then: "FakeProcess | None" = None


class FakeContainer:
    """A container whose process lasts by timers. Thread-safe.

    It may live several times, one after the other: `life` counts them, and `ended` is the end of
    the present one.
    """

    def __init__(
        self,
        number: int,
        spec: ContainerSpec,
        process: FakeProcess,
        timers: Timers,
        ends: FakeEnds,
        clock: Clock,
    ) -> None:
        self.id = f"{number:064x}"
        self.spec = spec
        self.process = process
        self.name = spec.labels.get(CONTAINER_NAME_LABEL, spec.name)
        self.output: Mailbox[OutputChunk | None] = Mailbox(timers.activity)
        self.log: list[LogRecord] = []
        self.ended = Signal(timers.activity)
        self.life = 0
        self.exit = ContainerExit(exit_code=None)
        self.started_at: datetime | None = None
        self._number = number
        self._task = spec.labels.get(TASK_LABEL, self.id)
        self._timers = timers
        self._ends = ends
        self._clock = clock
        self._lock = threading.Lock()
        self._forgo_end: Callable[[], None] | None = None

    @property
    def up(self) -> bool:
        """Whether its process runs."""
        return self.started_at is not None and not self.ended.is_set()

    def start(self, process: FakeProcess, *, heard: bool) -> None:
        """Begin a life; what it says reaches whoever is attached, if it is `heard`.

        Raises `EngineRefusedError` for a process that never starts.
        """
        if process.never_starts is not None:
            raise EngineRefusedError(process.never_starts)
        self.process = process
        if self.ended.is_set():
            self.ended = Signal(self._timers.activity)
        self.started_at = self._clock()
        self.life += 1
        self._say(process.output, heard=heard)
        if process.duration is not None:
            life, code, oom = self.life, process.exit_code, process.oom_killed
            self._forgo_end = self._ends.after(
                self._task, process.duration, lambda: self.end(code, life, oom=oom)
            )

    def stop(self, grace: timedelta) -> None:
        """Send SIGTERM and, after `grace`, SIGKILL; return when it has ended."""
        if not self.process.ignores_sigterm:
            self.end(SIGTERM_EXIT)
        elif grace <= timedelta():
            self.end(SIGKILL_EXIT)
        else:
            ended, life = self.ended, self.life
            after(self._timers, grace, lambda: self.end(SIGKILL_EXIT, life))
            ended.wait()

    def end(self, exit_code: int, life: int | None = None, *, oom: bool = False) -> None:
        """End the present life; nothing happens where it is over, or not `life`."""
        with self._lock:
            if self.ended.is_set() or life not in (None, self.life):
                return
            self.exit = ContainerExit(
                exit_code=exit_code,
                oom_killed=oom,
                started_at=self.started_at,
                finished_at=self._clock().astimezone(UTC),
            )
            if self._forgo_end is not None:
                self._forgo_end()
            self.output.put(None)
            self.ended.set()

    def vanish(self) -> None:
        """Be a container of an engine that is shut down: it tells nothing more, and has ended."""
        self.output.put(None)
        self.ended.set()

    def fall_silent(self) -> None:
        """Be a container of an engine that answers no more: it lives on, unseen."""
        self.output.put(None)
        awaited, self.ended = self.ended, Signal(self._timers.activity)
        if awaited.is_set():
            self.ended.set()
        awaited.set()

    def watch_health(self, *, paced: bool) -> Iterator[HealthStatus]:
        """Yield what its script says of its health until it has ended; `paced`: at its interval."""
        ended, check = self.ended, self.spec.health_check
        for status in self.process.health:
            if paced and check is not None:
                passed = Signal(self._timers.activity)
                after(self._timers, timedelta(seconds=check.interval), passed.set)
                passed.wait()
            if ended.is_set():
                return
            yield status
        ended.wait()

    def address(self) -> NetworkAddress:
        """Return an address made of the container's number."""
        from emulator.model.networking import NetworkBinding

        network = self.spec.network
        if not isinstance(network, OwnNetwork):
            return NetworkAddress(ip="", mac="")
        high, low = self._number // 256 % 256, self._number % 256
        return NetworkAddress(
            ip=f"172.17.{high}.{low}",
            mac=f"02:42:ac:11:{high:02x}:{low:02x}",
            bindings=tuple(
                NetworkBinding(
                    bind_ip=port.host_ip,
                    container_port=port.container_port,
                    host_port=port.host_port or 49153 + self._number,
                    protocol=port.protocol,
                )
                for port in network.ports
            ),
        )

    def summary(self) -> ContainerSummary:
        """Return what a list of containers tells of it."""
        return ContainerSummary(
            id=self.id,
            name=self.spec.name,
            running=self.up,
            labels=self.spec.labels,
            never_started=self.started_at is None,
        )

    def _say(self, output: tuple[OutputChunk, ...], *, heard: bool) -> None:
        for chunk in output:
            at = self._clock()
            self.log += [LogRecord(chunk.stream, line, at) for line in _records_of(chunk.data)]
            if heard:
                self.output.put(chunk)


def _records_of(data: bytes) -> list[bytes]:
    """Return output as an engine copies it: line by line."""
    *lines, rest = data.split(b"\n")
    return [line + b"\n" for line in lines] + ([rest] if rest else [])
