"""Brings notifications to sinks: a thread and a bounded queue each, with another try after a while.

A sink that is slow or fails holds up nobody: neither a task nor another sink.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from emulator.eventbridge.failures import Exhausted, Failure, GiveUp, Retry, after_failure
from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks import Sink, SinkError, sink_of
from emulator.model.delivery import RetryPolicy
from emulator.model.sinks import SinkConfiguration
from emulator.timers import Timers, after

MOST_WAITING: Final = 10_000
MOST_ATTEMPTS: Final = 5
OWN_POLICY: Final = RetryPolicy(maximum_retry_attempts=MOST_ATTEMPTS - 1)
"""How often a sink is tried for a target without a retry policy: AWS would go on for a day."""

CLOSING_RETRIES: Final = 2
"""How often the end of a run tries again what fails, at once."""

CLOSING_SECONDS: Final = 15.0
"""How long the end of a run waits for what is still to be delivered."""

Undeliverable = Callable[[Notification, Failure, int, Exhausted | None], None]
"""Takes a notification that a sink could not be given in so many attempts."""

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
        undelivered: Undeliverable = lambda *_: None,
    ) -> None:
        self._timers = timers
        self._report = report
        self._make = make
        self._undelivered = undelivered
        self._fixed = [_Outlet(sink, timers, report, undelivered) for sink in sinks]
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
        return _Outlet(self._make(wanted), self._timers, self._report, self._undelivered)

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

    def __init__(
        self,
        sink: Sink,
        timers: Timers,
        report: Callable[[str], None],
        undelivered: Undeliverable,
    ) -> None:
        self.sink = sink
        self._undelivered = undelivered
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
            self._lose(parcel, "too many notifications wait for it")

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
                self._lose(parcel, f"{type(error).__name__}: {error}")

    def _deliver(self, parcel: _Parcel) -> None:
        """Hand a parcel over; at the end of a run some times in a row, for there is no later."""
        for attempt in range(parcel.attempt, parcel.attempt + CLOSING_RETRIES + 1):
            try:
                self.sink.deliver(parcel.told)
            except SinkError as error:
                last = attempt == parcel.attempt + CLOSING_RETRIES
                outcome = self._after(replace(parcel, attempt=attempt), error)
                if last or isinstance(outcome, GiveUp) or not self._closing:
                    raise
                self._complain(f"{error.message}; it is tried again")
            else:
                return

    def _after(self, parcel: _Parcel, error: SinkError) -> Retry | GiveUp:
        """Return what follows upon a failure, by the retry policy of the target or of sinks."""
        target = parcel.told.target
        return after_failure(
            (None if target is None else target.retry_policy) or OWN_POLICY,
            _failure(error.message, retriable=not error.final),
            attempt=parcel.attempt,
            age=self._timers.now() - parcel.told.at,
            jitter=1.0,
        )

    def _failed(self, parcel: _Parcel, error: SinkError) -> None:
        outcome = self._after(parcel, error)
        if isinstance(outcome, GiveUp):
            self._lose(parcel, error.message, outcome.exhausted, retriable=not error.final)
            return
        with self._lock:
            again = not self._closing
            if again:
                self._later[id(parcel)] = parcel
        if not again:
            self._lose(parcel, error.message, retriable=True)
            return
        self._complain(f"{error.message}; it is tried again")
        after(self._timers, outcome.delay, lambda: self._try_again(parcel))

    def _try_again(self, parcel: _Parcel) -> None:
        with self._lock:
            waiting = self._later.pop(id(parcel), None)
        if waiting is not None:
            self.put(_Parcel(parcel.told, parcel.attempt + 1))

    def _lose(
        self,
        parcel: _Parcel,
        why: str,
        exhausted: Exhausted | None = None,
        *,
        retriable: bool = False,
    ) -> None:
        with self._lock:
            self._lost += 1
        self._complain(why)
        failure = _failure(f"{self.sink.label}: {why}", retriable=retriable)
        self._undelivered(parcel.told, failure, parcel.attempt, exhausted)

    def _complain(self, what: str) -> None:
        """Say the first trouble of a sink; at the end it is told how much was lost."""
        with self._lock:
            first, self._reported = not self._reported, True
        if first:
            self._report(f"{self.sink.label}: {what}")


def _failure(message: str, *, retriable: bool) -> Failure:
    code = "CONNECTION_FAILURE" if retriable else "ERROR_FROM_TARGET"
    return Failure(exception="SinkError", code=code, message=message, retriable=retriable)
