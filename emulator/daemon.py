"""The clockwork: APScheduler wakes each rule at its second, and nothing is lost in silence.

APScheduler is the alarm clock: it knows when to look at a rule, in its own thread. What is due
then is for `Progress` to say, by the clock of that moment: so nothing is lost or fires twice when
the clock jumps. APScheduler's defaults would lose firings, and are set here on purpose:
`misfire_grace_time=None` (a busy second must not drop one) and an executor that only hands on, so
that nothing a rule starts can hold up another rule.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any, Final

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from emulator.clock import Clock, uptime
from emulator.eventbridge.clock_jump import Jump, JumpKind, Reading, jump_between
from emulator.eventbridge.missed import LATEST, MissedPolicy, Verdict
from emulator.eventbridge.progress import Progress
from emulator.schedules import Schedule

TICK_SECONDS: Final = 1.0
"""How often the wall clock is looked at again: it may jump, and a laptop may wake."""

_OVERSLEPT: Final = "the scheduler could not fire in time"


class ScheduleTrigger(BaseTrigger):  # type: ignore[misc] # apscheduler is untyped
    """All that APScheduler sees of a schedule."""

    __slots__ = ("_progress",)

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """Return when to look at the rule next; later than `now` once it has been looked at."""
        return self._progress.next_due(None if previous_fire_time is None else now)


class _HandOverExecutor(BaseExecutor):  # type: ignore[misc] # apscheduler is untyped
    """Says in the scheduler's own thread which rule is due."""

    def __init__(self, due: Callable[[str], None]) -> None:
        super().__init__()
        self._due = due

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        self._due(job.id)
        self._run_job_success(job.id, [])


class _Alarms(BackgroundScheduler):  # type: ignore[misc] # apscheduler is untyped
    """Wakes all rules that are due within one context."""

    def __init__(
        self, together: Callable[[], AbstractContextManager[None]], **options: Any
    ) -> None:
        super().__init__(**options)
        self._together = together

    def _process_jobs(self) -> Any:
        with self._together():
            return super()._process_jobs()


class Clockwork:
    """Calls `fire(rule, due instant)` for each rule when its time has come.

    `fire` and `missed` are called in the clockwork's own thread, one at a time, and must return
    soon. `missed` gets what passed unseen, and why; `jumped` what happened to the clock, from
    any thread. `after` says from when on a rule is due where that is not now, `fired` which due
    instants have fired in an earlier run. `late_at_first` is why what is missed right after the
    beginning was. All that is due at once fires within one context of `together`.
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
        self._uptime = uptime
        self._fire = fire
        self._missed = missed
        self._jumped = jumped
        self._policy = policy
        self._stopped = threading.Event()
        self._firing = False
        self._lock = threading.Lock()
        self._last = self._read()
        self._last_jump: tuple[Jump, datetime] | None = None
        self._late_at_first = late_at_first
        self._began = self._last.wall
        now, begins, done = self._last.wall, after or {}, fired or {}
        self._progress = {
            name: Progress(schedule, begins.get(name, now), done.get(name, ()))
            for name, schedule in schedules.items()
        }
        self._scheduler = _Alarms(
            together,
            timezone=UTC,
            executors={"default": _HandOverExecutor(self._due)},
            job_defaults={"misfire_grace_time": None, "coalesce": False, "max_instances": 1},
        )
        self._set_alarms(self._progress)
        self._ticker = threading.Thread(target=self._tick, name="clock tick", daemon=True)

    @property
    def exhausted(self) -> bool:
        """Whether no schedule will ever be due again."""
        return not self._scheduler.get_jobs()

    @property
    def caught_up(self) -> bool:
        """Whether all that is due by now has been fired or reported."""
        with self._lock:
            now = self._clock()
            due = (progress.next_due() for progress in self._progress.values())
            return not self._firing and all(at is None or at > now for at in due)

    def start(self) -> None:
        """Begin to fire."""
        self._scheduler.start()
        self._ticker.start()

    def look(self) -> None:
        """Look at the clock now: tell what happened to it, and wake who is due."""
        if self._look_at_clock() is JumpKind.SET_BACK:
            # The alarms stand where the clock was; without this, nothing fires until it is there.
            self._set_alarms(self._progress)
        self._scheduler.wakeup()

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
            old, now = self._progress, self._clock()
            self._progress = {
                name: old[name]
                if name in keep and name in old
                else Progress(schedule, after.get(name, now), fired.get(name, ()))
                for name, schedule in schedules.items()
            }
            stale = [name for name in old if self._progress.get(name) is not old[name]]
            fresh = {n: p for n, p in self._progress.items() if old.get(n) is not p}
        for name in stale:
            if self._scheduler.get_job(name) is not None:
                self._scheduler.remove_job(name)
        self._set_alarms(fresh)
        self._scheduler.wakeup()

    def stop(self) -> None:
        """Fire nothing more; may be called from `fire`, and more than once."""
        self._stopped.set()

    def close(self) -> None:
        """Stop, and end the threads."""
        self.stop()
        self._scheduler.shutdown(wait=True)
        self._ticker.join()

    def _set_alarms(self, progresses: Mapping[str, Progress]) -> None:
        for name, progress in progresses.items():
            # APScheduler keeps a job without a next time for ever; nothing would end by itself.
            if progress.next_due() is not None:
                trigger = ScheduleTrigger(progress)
                self._scheduler.add_job(_never_called, trigger, id=name, replace_existing=True)

    def _due(self, rule: str) -> None:
        self._look_at_clock()
        if self._stopped.is_set():
            return
        with self._lock:
            progress = self._progress.get(rule)
            if progress is None:
                return
            verdict = progress.advance(self._clock(), self._policy)
            why = self._why_late()
            self._firing = True
        try:
            self._carry_out(rule, verdict, why)
        finally:
            self._firing = False

    def _carry_out(self, rule: str, verdict: Verdict, why: str) -> None:
        if verdict.missed:
            self._missed(rule, verdict, why)
        for instant in verdict.fire:
            if not self._stopped.is_set():
                self._fire(rule, instant)

    def _look_at_clock(self) -> JumpKind | None:
        """Take a reading, and tell what happened since the last; return its kind."""
        with self._lock:
            reading = self._read()
            jump = jump_between(self._last, reading)
            went_back = reading.wall < self._last.wall
            self._last = reading
            if went_back:
                for progress in self._progress.values():
                    progress.go_back(reading.wall)
            if jump is not None:
                self._last_jump = (jump, reading.wall)
        if jump is not None:
            self._jumped(jump)
        return JumpKind.SET_BACK if went_back else None if jump is None else jump.kind

    def _why_late(self) -> str:
        if self._late_at_first and self._last.wall - self._began <= LATEST:
            return self._late_at_first
        if self._last_jump is None or self._last.wall - self._last_jump[1] > LATEST:
            return _OVERSLEPT
        return str(self._last_jump[0])

    def _read(self) -> Reading:
        return Reading(self._clock(), *self._uptime())

    def _tick(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            self.look()


def _never_called() -> None:
    """Stand for a job's function: the executor says which rule is due instead."""
