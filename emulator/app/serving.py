"""`run`: rules fire by the clock until something says stop; what runs is then seen to its end."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from emulator.app.live import Live
from emulator.app.tally import Counting, Tally
from emulator.clock import Clock, iso_instant
from emulator.daemon.clockwork import Clockwork
from emulator.eventbridge.clock_jump import Jump, JumpKind
from emulator.eventbridge.missed import LATEST, MissedPolicy, Verdict
from emulator.events import (
    EventBus,
    FiringFired,
    FiringMissed,
    Warned,
)
from emulator.model.rules import Rule
from emulator.schedules import Schedule
from emulator.state.firings import fired_after
from emulator.values import frozen

POLL_SECONDS: Final = 0.5
"""How soon a stop request of another process is obeyed."""


@frozen
class ServeOptions:
    """When `run` ends by itself; None: it does not.

    `watch`: definition files that change are read again. `detached`: nobody sees its screen.
    `begun_anew` is called where the state directory was removed and is there again.
    """

    until: datetime | None = None
    max_firings: int | None = None
    exit_on_failure: bool = False
    watch: bool = True
    detached: bool = False
    begun_anew: Callable[[], None] = lambda: None


class Server:
    """Fires rules and watches over what they start.

    `serve` blocks in one thread; `drain` and `kill` come from others, but no signal handler.
    Order of the end: no new firings, then the tasks, then their logs and history. `promised` are
    due instants that something else will fire.
    """

    def __init__(
        self,
        live: Live,
        schedules: Mapping[str, tuple[Rule, Schedule]],
        options: ServeOptions,
        *,
        bus: EventBus,
        clock: Clock,
        policy: MissedPolicy,
        after: Mapping[str, datetime] | None = None,
        promised: Mapping[str, Sequence[datetime]] | None = None,
        downtime: str = "",
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self.tally = Tally(started_at=clock())
        self._live = live
        self._schedules = schedules
        self._options = options
        self._bus = bus
        self._clock = clock
        self._look = look
        self._wake = threading.Event()
        self._over = False
        self._stop_reason: str | None = None
        self._killed = False
        self._lock = threading.Lock()
        seen = fired_after(live.history, min([self.tally.started_at, *(after or {}).values()]))
        for name, instants in (promised or {}).items():
            seen.setdefault(name, []).extend(instants)
        self._clockwork = Clockwork(
            {name: schedule for name, (_, schedule) in schedules.items()},
            clock=clock,
            fire=self._fire,
            missed=self._missed,
            jumped=self._jumped,
            policy=policy,
            after=after,
            fired=seen,
            late_at_first=downtime,
            together=bus.together,
        )
        Counting(self.tally, bus, live.supervision, self._on_failure)
        # After it has been counted.
        bus.subscribe(FiringFired, self._on_fired)

    @property
    def exhausted(self) -> bool:
        """Whether nothing will ever fire again.

        Where every rule was disabled or taken away since, another may still come.
        """
        return self._over or (self._clockwork.exhausted and bool(self._schedules))

    @property
    def caught_up(self) -> bool:
        """Whether nothing that is due by now still waits to be fired, or reported missed."""
        return self._over or self._clockwork.caught_up

    def adopt(
        self,
        schedules: Mapping[str, tuple[Rule, Schedule]],
        after: Mapping[str, datetime],
        *,
        keep: Collection[str],
    ) -> None:
        """Fire these rules from now on; the schedules of those in `keep` go on."""
        self._schedules = schedules
        self._clockwork.replace(
            {name: schedule for name, (_, schedule) in schedules.items()},
            keep=keep,
            after=after,
            fired=fired_after(self._live.history, min([self._clock(), *after.values()])),
        )

    def serve(self) -> Tally:
        """Run until the end of the options, of all schedules, or `drain`; return the tally."""
        self._clockwork.start()
        try:
            while not self._is_over():
                self._wake.wait(self._seconds_to_wait())
                self._live.obey_stop_requests()
                self._look()
        finally:
            self._clockwork.close()
        while not self._live.cluster.wait_idle(POLL_SECONDS):
            self._live.obey_stop_requests()
            # It is at work as long as its tasks are, and whoever watches over it is to see that.
            self._look()
        self.tally.ended_at = self._clock()
        self.tally.incomplete = self._live.incomplete
        return self.tally

    def drain(self) -> None:
        """Fire nothing more, and ask the running tasks to stop; they keep their stop timeout."""
        self.tally.interrupted = True
        self._end_with("Task stopped by user")

    def end(self) -> None:
        """Fire nothing more; what runs goes on to its end."""
        self._over = True
        self._clockwork.stop()
        self._live.delivery.end_making_up()
        self._wake.set()

    def kill(self) -> None:
        """End the running tasks at once."""
        self._killed = True
        self._stop_tasks("Task stopped by user")

    def _end_with(self, reason: str) -> None:
        self._stop_reason = reason
        self.end()
        self._stop_tasks(reason)

    def _stop_tasks(self, reason: str) -> None:
        self._live.stop_tasks(reason, kill=self._killed)

    def _is_over(self) -> bool:
        until = self._options.until
        if until is not None and self._clock() >= until:
            self.end()
        return self.exhausted

    def _seconds_to_wait(self) -> float:
        until = self._options.until
        if until is None:
            return POLL_SECONDS
        left = (until - self._clock()).total_seconds()
        return min(POLL_SECONDS, max(0.0, left))

    def _fire(self, name: str, scheduled_at: datetime) -> None:
        until = self._options.until
        if self._over or (until is not None and scheduled_at >= until):
            return
        found = self._schedules.get(name)
        if found is None:
            return
        rule, schedule = found
        said = schedule.scheduled_time(scheduled_at)
        if self._clock() - scheduled_at > LATEST:
            self._live.delivery.make_up(rule, scheduled_at, scheduled_time=said)
        else:
            self._live.delivery.fire(rule, scheduled_at, scheduled_time=said)
        if self._stop_reason is not None:
            # The order to stop came while this rule was being fired, and may have missed its tasks.
            self._stop_tasks(self._stop_reason)

    def _on_fired(self, _event: FiringFired) -> None:
        limit = self._options.max_firings
        if limit is not None and self.tally.firings >= limit:
            self.end()

    def _missed(self, name: str, verdict: Verdict, why: str) -> None:
        self.tally.missed += len(verdict.missed)
        reason = why
        if verdict.uncounted_before is not None:
            before = iso_instant(verdict.uncounted_before, timespec="seconds")
            reason = f"{why}; what was due before {before} is not counted"
        self._bus.publish(
            FiringMissed(rule=name, scheduled=verdict.missed, reason=reason, at=self._clock())
        )

    def _jumped(self, jump: Jump) -> None:
        text = str(jump)
        if jump.kind is JumpKind.SET_BACK:
            text += ": what has fired does not fire again when its time comes once more"
        self._bus.publish(Warned(message=text))

    def _on_failure(self, what: str) -> None:
        if self._options.exit_on_failure and not self._over:
            self._end_with(f"{what} (--exit-on-failure)")
