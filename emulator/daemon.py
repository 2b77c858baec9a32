"""The clockwork: APScheduler fires each rule at its second, and nothing is lost in silence.

What APScheduler's defaults would lose is set here on purpose: `misfire_grace_time=None` (a busy
second must not drop a firing), `coalesce=False` (each due instant is judged by itself) and an
executor that only hands instants on, so that nothing a rule starts can hold up another rule.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from emulator.clock import Clock
from emulator.eventbridge.missed import MissedPolicy, judge
from emulator.schedules import Schedule

TICK_SECONDS: Final = 1.0
"""How often the wall clock is looked at again: it may jump, and a laptop may wake."""


class ScheduleTrigger(BaseTrigger):  # type: ignore[misc] # apscheduler is untyped
    """All that APScheduler sees of a schedule."""

    __slots__ = ("_after", "_schedule")

    def __init__(self, schedule: Schedule, after: datetime) -> None:
        self._schedule = schedule
        self._after = after

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """Return the next due instant, never one that was handed out before."""
        return self._schedule.next_after(previous_fire_time or self._after)


class _HandOverExecutor(BaseExecutor):  # type: ignore[misc] # apscheduler is untyped
    """Hands due instants on in the scheduler's own thread, with the instants themselves."""

    def __init__(self, due: Callable[[str, list[datetime]], None]) -> None:
        super().__init__()
        self._due = due

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        self._due(job.id, [instant.astimezone(UTC) for instant in run_times])
        self._run_job_success(job.id, [])


class Clockwork:
    """Calls `fire(rule, due instant)` for each rule when its time has come.

    `fire` and `missed` are called in the clockwork's own thread, one at a time, and must return
    soon. `missed` gets the due instants that passed unseen.
    """

    def __init__(
        self,
        schedules: Mapping[str, Schedule],
        *,
        clock: Clock,
        fire: Callable[[str, datetime], None],
        missed: Callable[[str, tuple[datetime, ...]], None],
        policy: MissedPolicy = MissedPolicy.SKIP,
    ) -> None:
        self._clock = clock
        self._fire = fire
        self._missed = missed
        self._policy = policy
        self._stopped = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": _HandOverExecutor(self._due)},
            job_defaults={"misfire_grace_time": None, "coalesce": False, "max_instances": 1},
        )
        self._add(schedules.items(), clock())
        self._ticker = threading.Thread(target=self._tick, name="clock tick", daemon=True)

    @property
    def exhausted(self) -> bool:
        """Whether no schedule will ever be due again."""
        return not self._scheduler.get_jobs()

    def start(self) -> None:
        """Begin to fire."""
        self._scheduler.start()
        self._ticker.start()

    def stop(self) -> None:
        """Fire nothing more; may be called from `fire`, and more than once."""
        self._stopped.set()

    def close(self) -> None:
        """Stop, and end the threads."""
        self.stop()
        self._scheduler.shutdown(wait=True)
        self._ticker.join()

    def _add(self, schedules: Iterable[tuple[str, Schedule]], now: datetime) -> None:
        for name, schedule in schedules:
            due = schedule.next_after(now)
            # A job that is never due would stay for ever, and the clockwork with it.
            if due is not None:
                self._scheduler.add_job(
                    _never_called,
                    ScheduleTrigger(schedule, now),
                    id=name,
                    name=name,
                    next_run_time=due,
                )

    def _due(self, rule: str, instants: list[datetime]) -> None:
        if self._stopped.is_set():
            return
        verdict = judge(instants, self._clock(), self._policy)
        if verdict.missed:
            self._missed(rule, verdict.missed)
        for instant in verdict.fire:
            if not self._stopped.is_set():
                self._fire(rule, instant)

    def _tick(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            self._scheduler.wakeup()


def _never_called() -> None:
    """Stand for a job's function: the executor hands over the due instants instead."""
