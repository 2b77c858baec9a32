"""What happens on this machine to tasks that overlap, fail or take too long; AWS has none of it."""

from datetime import timedelta
from enum import StrEnum

from emulator.values import frozen


class Overlap(StrEnum):
    """What happens when a rule falls due while a task it started is still running.

    ALLOW: another task starts, as on AWS. SKIP: the firing is skipped. QUEUE: it waits until the
    others are over, each in turn. REPLACE: the running tasks are stopped, and it starts once they
    are; of several that wait only the last does.
    """

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE = "queue"
    REPLACE = "replace"


class Notify(StrEnum):
    """Which failed attempts count as a failure: the last alone, or each of them."""

    LAST = "last"
    EACH = "each"


@frozen
class TaskRetry:
    """How a task that ran and failed is started again.

    `attempts` are those in all, the first included. `delay` lies before the second, and is
    multiplied by `backoff` for each further one, up to `max_delay`. `on` says what counts: exit
    codes (`3`, `1-5`), stop codes, or how a reason begins, with `*` for anything; empty is every
    failure.
    """

    attempts: int
    delay: timedelta = timedelta(seconds=10)
    backoff: float = 1.0
    max_delay: timedelta = timedelta(hours=1)
    on: tuple[str, ...] = ()
    notify: Notify = Notify.LAST


@frozen
class LocalRule:
    """What `local.rules.NAME` says of one rule.

    `enabled` None: as the rule itself says. `timeout` is how long a task may run.
    """

    enabled: bool | None = None
    overlap: Overlap = Overlap.ALLOW
    timeout: timedelta | None = None
    retry: TaskRetry | None = None


@frozen
class HistoryLimits:
    """How much of the history is kept: days, and tasks; None: all."""

    keep_days: int | None = None
    keep_tasks: int | None = None
