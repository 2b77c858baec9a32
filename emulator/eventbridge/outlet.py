"""One sink with what waits for it: a thread, a bounded queue, and another try after a while."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from emulator.ecs.identity import new_promise_key
from emulator.eventbridge.failures import Exhausted, Failure, GiveUp, Retry, after_failure
from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks import Sink, SinkError
from emulator.events import Promised, PromiseKind, PromiseSettled
from emulator.events.promises import MOST_WAITING
from emulator.model.delivery import RetryPolicy
from emulator.quantity import counted
from emulator.timers import Timers, after
from emulator.values import frozen
from emulator.workers import NoThreadError, begin_thread

CLOSING_RETRIES: Final = 2
"""How often the end of a run tries again what fails, at once."""

CLOSING_SECONDS: Final = 15.0
"""How long the end of a run waits for what is still to be delivered."""

Undeliverable = Callable[[Notification, Failure, int, Exhausted | None], None]
"""Takes a notification that a sink could not be given in so many attempts."""

Publish = Callable[[Promised | PromiseSettled], None]

_logger = logging.getLogger(__name__)


@frozen
class Parcel:
    """A notification on its way to a sink, which `attempt` (1: the first) is to hand over.

    `sink` is the name of the sink's outlet.
    """

    told: Notification
    sink: str
    attempt: int = 1


@frozen
class Office:
    """What all outlets have in common: `publish` takes what is promised, and that it is settled.

    `resumed`: a later run goes on with what is promised by then; none does after a simulation.
    """

    timers: Timers
    report: Callable[[str], None]
    publish: Publish
    undelivered: Undeliverable
    resumed: bool = True


class Outlet:
    """One sink with its queue and, once there is something for it, its thread. Thread-safe.

    A parcel is promised from when it is sent until it is delivered or given up. `name` is what
    the sink is found by in a later run: no secret is in it.
    """

    def __init__(self, sink: Sink, name: str, office: Office) -> None:
        self.sink = sink
        self.name = name
        self._office = office
        self._queue: queue.SimpleQueue[tuple[str, Parcel] | None] = queue.SimpleQueue()
        self._later: dict[str, Parcel] = {}
        self._held = 0
        self._lost = 0
        self._left = 0
        self._reported = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def send(self, told: Notification) -> None:
        """Take a notification; returns at once."""
        self.take(new_promise_key(), Parcel(told=told, sink=self.name))

    def take(self, key: str, parcel: Parcel) -> None:
        """Take a parcel and promise it under a key; returns at once."""
        self._promise(key, parcel)
        with self._lock:
            self._held += 1
            too_many = self._held > MOST_WAITING
        if too_many:
            self._lose(key, parcel, "too many notifications wait for it")
        else:
            self._put(key, parcel)

    def finish(self) -> None:
        """Try once more, now, what waits for another time."""
        with self._lock:
            self._closing = True
            later, self._later = self._later, {}
        for key, parcel in later.items():
            self._put(key, parcel)

    def close(self) -> None:
        """Deliver what is left, and say what could not be and what is left to a later run."""
        stuck = self._end_thread()
        if self._office.resumed:
            self._left += stuck
        else:
            self._lost += stuck
        self._tell(self._lost, "not delivered")
        self._tell(self._left, "not delivered yet: the next `ecs-local run` tries again")

    def _tell(self, count: int, what: str) -> None:
        if count:
            verb = "was" if count == 1 else "were"
            text = f"{counted(count, 'notification')} {verb} {what}"
            self._office.report(f"{self.sink.label}: {text}")

    def _put(self, key: str, parcel: Parcel) -> None:
        self._queue.put((key, parcel))
        try:
            with self._lock:
                self._thread = self._thread or begin_thread(self._work, f"sink {self.sink.label}")
        except NoThreadError as error:
            # It waits in the queue, and whatever comes next tries again.
            self._complain(str(error))

    def _end_thread(self) -> int:
        """Let what is left be delivered for some seconds; return how much still is not."""
        if self._thread is None:
            return self._queue.qsize()
        self._queue.put(None)
        self._thread.join(CLOSING_SECONDS)
        # The one in delivery too; what ends the queue is none.
        return max(1, self._queue.qsize()) if self._thread.is_alive() else 0

    def _promise(self, key: str, parcel: Parcel) -> None:
        at = self._office.timers.now()
        self._office.publish(Promised(key=key, kind=PromiseKind.NOTIFICATION, value=parcel, at=at))

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            key, parcel = item
            try:
                self._deliver(key, parcel)
            except Exception as error:
                # A defect of a sink costs its notification, not those that come after it.
                _logger.exception("a sink failed")
                self._lose(key, parcel, f"{type(error).__name__}: {error}")

    def _deliver(self, key: str, parcel: Parcel) -> None:
        """Hand a parcel over; at the end of a run some times in a row, for there is no later."""
        for again in range(CLOSING_RETRIES, -1, -1):
            try:
                self.sink.deliver(parcel.told)
            except SinkError as error:
                outcome = self._after(parcel, error)
                if isinstance(outcome, GiveUp):
                    self._lose(
                        key, parcel, error.message, outcome.exhausted, retriable=not error.final
                    )
                    return
                parcel = replace(parcel, attempt=parcel.attempt + 1)
                self._promise(key, parcel)
                self._complain(f"{error.message}; it is tried again")
                if self._waits(key, parcel, outcome):
                    return
                if not again:
                    self._leave(key, parcel, error)
            else:
                self._settle(key)
                return

    def _leave(self, key: str, parcel: Parcel, error: SinkError) -> None:
        """Leave a parcel to a later run; where none goes on with it, it is given up."""
        if self._office.resumed:
            self._left += 1
        else:
            tried = replace(parcel, attempt=parcel.attempt - 1)
            self._lose(key, tried, error.message, retriable=not error.final)

    def _after(self, parcel: Parcel, error: SinkError) -> Retry | GiveUp:
        """Return what follows upon a failure, by the retry policy of the target or AWS's own."""
        target = parcel.told.target
        return after_failure(
            (None if target is None else target.retry_policy) or RetryPolicy(),
            _failure(error.message, retriable=not error.final),
            attempt=parcel.attempt,
            age=self._office.timers.now() - parcel.told.at,
            jitter=1.0,
        )

    def _waits(self, key: str, parcel: Parcel, retry: Retry) -> bool:
        """Let a parcel wait for its next attempt; return false at the end of a run."""
        with self._lock:
            if self._closing:
                return False
            self._later[key] = parcel
        after(self._office.timers, retry.delay, lambda: self._try_again(key))
        return True

    def _try_again(self, key: str) -> None:
        with self._lock:
            parcel = self._later.pop(key, None)
        if parcel is not None:
            self._put(key, parcel)

    def _lose(
        self,
        key: str,
        parcel: Parcel,
        why: str,
        exhausted: Exhausted | None = None,
        *,
        retriable: bool = False,
    ) -> None:
        with self._lock:
            self._lost += 1
        self._complain(why)
        failure = _failure(f"{self.sink.label}: {why}", retriable=retriable)
        self._office.undelivered(parcel.told, failure, parcel.attempt, exhausted)
        self._settle(key)

    def _settle(self, key: str) -> None:
        with self._lock:
            self._held -= 1
        self._office.publish(PromiseSettled(key=key))

    def _complain(self, what: str) -> None:
        """Say the first trouble of a sink; at the end it is told how much was lost."""
        with self._lock:
            first, self._reported = not self._reported, True
        if first:
            self._office.report(f"{self.sink.label}: {what}")


def _failure(message: str, *, retriable: bool) -> Failure:
    code = "CONNECTION_FAILURE" if retriable else "ERROR_FROM_TARGET"
    return Failure(exception="SinkError", code=code, message=message, retriable=retriable)
