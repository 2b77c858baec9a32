"""The alarm: APScheduler, which calls when the next of many instants has come.

One job stands for whatever is due next, so that it costs the same however many rules wait.
APScheduler's defaults would lose calls, and are set here on purpose: `misfire_grace_time=None` (a
busy second must not drop one) and an executor that calls in the scheduler's own thread.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

AGAIN: Final = timedelta(seconds=1)
"""When to call again where nothing is to come, or what is due has been left undone."""

_JOB: Final = "agenda"


class NextDueTrigger(BaseTrigger):  # type: ignore[misc] # apscheduler is untyped
    """All that APScheduler sees of the schedules: when the next of them is due."""

    __slots__ = ("_next_due",)

    def __init__(self, next_due: Callable[[], datetime | None]) -> None:
        self._next_due = next_due

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when to call next; after the first time later than `now`, as a trigger must.

        Never None: APScheduler would remove the job then, which fails while it is shut down.
        """
        due = self._next_due()
        first = previous_fire_time is None
        return due if due is not None and (first or due > now) else now + AGAIN


class _OwnThreadExecutor(BaseExecutor):  # type: ignore[misc] # apscheduler is untyped
    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        try:
            job.func()
        finally:
            # Else it would count as running for ever, and not be called again.
            self._run_job_success(job.id, [])


class Alarm:
    """Calls `ring`, in a thread of its own, when what `next_due` says has come.

    It knows of a change of that once `set` or, in `ring`, when that is over.
    """

    def __init__(self, next_due: Callable[[], datetime | None], ring: Callable[[], None]) -> None:
        self._next_due = next_due
        self._ring = ring
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": _OwnThreadExecutor()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Begin to call."""
        self._scheduler.start()

    def set(self) -> None:
        """Go by what is due next and by the clock as it is now, which may have been set.

        Waits for a call that is being made to end.
        """
        trigger = NextDueTrigger(self._next_due)
        self._scheduler.add_job(self._ring, trigger, id=_JOB, replace_existing=True)

    def close(self) -> None:
        """Call no more, and end the thread."""
        self._scheduler.shutdown(wait=True)
