"""The clockwork: fires each rule at its second, and loses nothing in silence.

An alarm says when to look. What is due then is for the `Agenda` to say, by the clock of that
moment: so nothing is lost or fires twice when the clock jumps.
"""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Final

from emulator.clock import Clock, uptime
from emulator.daemon.alarm import Alarm
from emulator.daemon.clock_watch import ClockWatch
from emulator.eventbridge.agenda import Agenda, ways
from emulator.eventbridge.backlog import Backlog
from emulator.eventbridge.clock_jump import Jump
from emulator.eventbridge.missed import MissedPolicy, Verdict
from emulator.schedules import Schedule

TICK_SECONDS: Final = 1.0
"""How often the wall clock is looked at again: it may jump, and a laptop may wake."""

MADE_UP_AT_ONCE: Final = 100
"""Missed firings after which what is due by then has its turn: a sleep may leave thousands."""

_logger = logging.getLogger(__name__)


class Clockwork:
    """Calls `fire(rule, due instant)` for each rule when its time has come.

    `fire` and `missed` are called in the clockwork's own thread, one at a time, and must return
    soon. `missed` gets what passed unseen, and why; `jumped` what happened to the clock, from
    any thread. `after` says from when on a rule is due where that is not now, `fired` which due
    instants have fired in an earlier run. `late_at_first` is why what is missed right after the
    beginning was. All that is due at once fires within one context of `together`, and before what
    is made up for.
    """

    def __init__(
        self,
        schedules: Mapping[str, Schedule],
        *,
        clock: Clock,
        fire: Callable[[str, datetime], None],
        missed: Callable[[str, Verdict, str], None],
        jumped: Callable[[Jump], None],
        policy: MissedPolicy = MissedPolicy.SKIP,
        after: Mapping[str, datetime] | None = None,
        fired: Mapping[str, Sequence[datetime]] | None = None,
        late_at_first: str = "",
        together: Callable[[], AbstractContextManager[None]] = nullcontext,
        uptime: Callable[[], tuple[float, float]] = uptime,
    ) -> None:
        self._clock = clock
        self._fire = fire
        self._missed = missed
        self._jumped = jumped
        self._policy = policy
        self._together = together
        self._stopped = threading.Event()
        self._firing = False
        self._backlog = Backlog()
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._watch = ClockWatch(clock, uptime, late_at_first)
        self._agenda = Agenda(ways(schedules, self._watch.began, after or {}, fired or {}))
        self._alarm = Alarm(self._next_due, self._fire_due)
        self._alarm.set()
        self._ticker = threading.Thread(target=self._tick, name="clock tick", daemon=True)

    @property
    def exhausted(self) -> bool:
        """Whether no schedule will ever be due again."""
        with self._lock:
            return not self._firing and self._agenda.next_due is None

    @property
    def caught_up(self) -> bool:
        """Whether all that is due by now has been fired or reported."""
        with self._lock:
            due = self._agenda.next_due
            return not self._firing and (due is None or due > self._clock())

    def start(self) -> None:
        """Begin to fire. What had to be done before that may have taken its time."""
        with self._lock:
            self._agenda.go_back(self._watch.begin())
        self._alarm.start()
        self._ticker.start()

    def look(self) -> None:
        """Look at the clock now: tell what happened to it, and see that the alarm goes by it."""
        went_back = self._look_at_clock()
        due = self._next_due()
        if went_back or (due is not None and due <= self._clock()):
            # The alarm stands where the clock was before, at the last ring or look: it would go
            # off when that is again.
            self._alarm.set()

    def replace(
        self,
        schedules: Mapping[str, Schedule],
        *,
        keep: Collection[str],
        after: Mapping[str, datetime],
        fired: Mapping[str, Sequence[datetime]],
    ) -> None:
        """Go by other schedules from now on; the rules in `keep` go on where they are."""
        with self._lock:
            kept = self._agenda.ways_of(name for name in schedules if name in keep)
        fresh = {name: each for name, each in schedules.items() if name not in kept}
        found = ways(fresh, self._clock(), after, fired)
        with self._lock:
            self._agenda = Agenda({**kept, **found})
        self._alarm.set()

    def stop(self) -> None:
        """Fire nothing more; may be called from `fire`, and more than once."""
        self._stopped.set()

    def close(self) -> None:
        """Stop, and end the threads."""
        self.stop()
        self._alarm.close()
        self._ticker.join()

    def _next_due(self) -> datetime | None:
        with self._lock:
            return self._agenda.next_due

    def _fire_due(self) -> None:
        """Fire all that is due by now, and report what is too late for that."""
        try:
            while self._go_on():
                pass
        finally:
            self._firing = False

    def _go_on(self) -> bool:
        """Fire what is due by now, then some of what is made up for; return whether more is."""
        self._look_at_clock()
        with self._together():
            while (due := self._take_due()) is not None:
                self._carry_out(*due)
        if self._backlog:
            with self._together():
                self._fire_each(*self._backlog.take(MADE_UP_AT_ONCE))
        if self._stopped.is_set():
            self._backlog.clear()
        return bool(self._backlog)

    def _take_due(self) -> tuple[str, Verdict] | None:
        """Return the next rule to see to, which counts as firing from the moment it is taken."""
        with self._lock:
            if self._stopped.is_set():
                return None
            due = self._agenda.take_due(self._clock(), self._policy)
            self._firing |= due is not None
            return due

    def _carry_out(self, rule: str, verdict: Verdict) -> None:
        if verdict.missed:
            with _kept_from_others(rule):
                self._missed(rule, verdict, self._watch.why_late())
        self._fire_each(rule, self._backlog.ahead(rule, verdict))

    def _fire_each(self, rule: str, instants: Iterable[datetime]) -> None:
        with _kept_from_others(rule):
            for instant in instants:
                if not self._stopped.is_set():
                    self._fire(rule, instant)

    def _look_at_clock(self) -> bool:
        """Tell what happened to the clock since the last look; return whether it went back.

        Before another thread goes by that: why something is missed is told ahead of what is.
        """
        with self._telling:
            with self._lock:
                glance = self._watch.look()
                if glance.went_back:
                    self._agenda.go_back(glance.now)
            if glance.jump is not None:
                self._jumped(glance.jump)
        return glance.went_back

    def _tick(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            self.look()


@contextmanager
def _kept_from_others(rule: str) -> Iterator[None]:
    """Tell of a defect in one rule's way, which must not keep all others from their second."""
    try:
        yield
    except Exception:
        _logger.exception("rule %s could not be fired", rule)
