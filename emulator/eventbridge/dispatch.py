"""Brings notifications to sinks: a thread and a bounded queue each, with another try after a while.

A sink that is slow or fails holds up nobody: neither a task nor another sink.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks import Sink, SinkError, sink_of
from emulator.model.sinks import SinkConfiguration
from emulator.timers import Timers, after

MOST_WAITING: Final = 10_000
MOST_ATTEMPTS: Final = 5
FIRST_DELAY: Final = timedelta(seconds=1)
CLOSING_RETRIES: Final = 2
"""How often the end of a run tries again what fails, at once."""

CLOSING_SECONDS: Final = 15.0
"""How long the end of a run waits for what is still to be delivered."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parcel:
    told: Notification
    attempt: int = 1


class Dispatcher:
    """Hands each notification to the sinks that want it. Thread-safe."""

    def __init__(
        self,
        sinks: Sequence[Sink],
        timers: Timers,
        report: Callable[[str], None],
        *,
        make: Callable[[SinkConfiguration], Sink] = sink_of,
    ) -> None:
        self._timers = timers
        self._report = report
        self._make = make
        self._fixed = [_Outlet(sink, timers, report) for sink in sinks]
        self._configured: list[tuple[SinkConfiguration, _Outlet]] = []
        self._gone: list[_Outlet] = []
        self._outlets = self._fixed

    def adopt(self, configurations: Sequence[SinkConfiguration]) -> None:
        """Deliver to these sinks too from now on; those that stay go on with what they have.

        What a sink that is gone still has is tried once more, and what fails is told at the end.
        """
        known = list(self._configured)
        self._configured = [(each, self._outlet(each, known)) for each in configurations]
        self._outlets = [*self._fixed, *(outlet for _, outlet in self._configured)]
        for _, outlet in known:
            outlet.finish()
            self._gone.append(outlet)

    def _outlet(
        self, wanted: SinkConfiguration, known: list[tuple[SinkConfiguration, "_Outlet"]]
    ) -> "_Outlet":
        """Return the outlet that is there for a configuration, taken out of `known`, or make it."""
        for place, (configuration, outlet) in enumerate(known):
            if configuration == wanted:
                del known[place]
                return outlet
        return _Outlet(self._make(wanted), self._timers, self._report)

    def send(self, told: Notification) -> None:
        """Take a notification; returns at once."""
        for outlet in self._outlets:
            if outlet.sink.wants(told):
                outlet.put(_Parcel(told))

    def close(self) -> None:
        """Deliver what is left, without waiting for another time, and say what could not be."""
        for outlet in self._outlets:
            outlet.finish()
        for outlet in (*self._outlets, *self._gone):
            outlet.close()


class _Outlet:
    """One sink with its queue and, once there is something for it, its thread."""

    def __init__(self, sink: Sink, timers: Timers, report: Callable[[str], None]) -> None:
        self.sink = sink
        self._timers = timers
        self._report = report
        self._queue: queue.Queue[_Parcel | None] = queue.Queue(MOST_WAITING)
        self._later: dict[int, _Parcel] = {}
        self._lost = 0
        self._reported = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def put(self, parcel: _Parcel) -> None:
        with self._lock:
            if self._thread is None:
                name = f"sink {self.sink.label}"
                self._thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._thread.start()
        try:
            self._queue.put_nowait(parcel)
        except queue.Full:
            self._lose("too many notifications wait for it")

    def finish(self) -> None:
        """Try once more, now, what waits for another time."""
        with self._lock:
            self._closing = True
            later, self._later = self._later, {}
        for parcel in later.values():
            self.put(parcel)

    def close(self) -> None:
        if self._thread is not None:
            try:
                self._queue.put(None, timeout=CLOSING_SECONDS)
                self._thread.join(CLOSING_SECONDS)
            except queue.Full:
                pass
            if self._thread.is_alive():
                # The one in delivery too; what ends the queue is none.
                self._lost += max(1, self._queue.qsize())
        if self._lost:
            one = self._lost == 1
            what = "1 notification was" if one else f"{self._lost} notifications were"
            self._report(f"{self.sink.label}: {what} not delivered")

    def _work(self) -> None:
        while (parcel := self._queue.get()) is not None:
            try:
                self._deliver(parcel)
            except SinkError as error:
                self._failed(parcel, error)
            except Exception as error:
                # A defect of a sink costs its notification, not those that come after it.
                _logger.exception("a sink failed")
                self._lose(f"{type(error).__name__}: {error}")

    def _deliver(self, parcel: _Parcel) -> None:
        """Hand a parcel over; at the end of a run some times in a row, for there is no later."""
        for attempt in range(parcel.attempt, MOST_ATTEMPTS + 1):
            try:
                self.sink.deliver(parcel.told)
            except SinkError as error:
                last = attempt - parcel.attempt >= CLOSING_RETRIES or attempt == MOST_ATTEMPTS
                if last or error.final or not self._closing:
                    raise
                self._complain(f"{error.message}; it is tried again")
            else:
                return

    def _failed(self, parcel: _Parcel, error: SinkError) -> None:
        with self._lock:
            again = not (error.final or self._closing or parcel.attempt >= MOST_ATTEMPTS)
            if again:
                self._later[id(parcel)] = parcel
        if not again:
            self._lose(error.message)
            return
        self._complain(f"{error.message}; it is tried again")
        delay = FIRST_DELAY * 2 ** (parcel.attempt - 1)
        after(self._timers, delay, lambda: self._try_again(parcel))

    def _try_again(self, parcel: _Parcel) -> None:
        with self._lock:
            waiting = self._later.pop(id(parcel), None)
        if waiting is not None:
            self.put(_Parcel(parcel.told, parcel.attempt + 1))

    def _lose(self, why: str) -> None:
        with self._lock:
            self._lost += 1
        self._complain(why)

    def _complain(self, what: str) -> None:
        """Say the first trouble of a sink; at the end it is told how much was lost."""
        with self._lock:
            first, self._reported = not self._reported, True
        if first:
            self._report(f"{self.sink.label}: {what}")
