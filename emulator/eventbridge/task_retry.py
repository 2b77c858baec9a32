"""Whether a task that is over is started again, and when; how long it may run (pure).

EventBridge has none of this: a task that started was delivered. `local.rules.NAME` decides, or
what Copilot's state machine would do about its jobs.
"""

import re
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from emulator.model.definitions import Definitions
from emulator.model.durations import duration_text
from emulator.model.rules import Rule
from emulator.model.task import TIMED_OUT, StopCode, Task
from emulator.model.task_policies import TaskRetry

COPILOT_DELAY: Final = timedelta(seconds=10)
COPILOT_BACKOFF: Final = 1.5
"""Copilot: `IntervalSeconds` and `BackoffRate` of the state machine it makes for a job."""

_CODES: Final = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)


class Limit(NamedTuple):
    """When a task has run too long, and what is recorded then."""

    at: datetime
    reason: str


def retry_of(rule: str, definitions: Definitions) -> TaskRetry | None:
    """Return how the tasks of a rule are tried again; None: they are not."""
    own = definitions.local.rule(rule).retry
    if own is not None:
        return own
    job = _rule(rule, definitions)
    if job is None or not job.retries:
        return None
    return TaskRetry(attempts=job.retries + 1, delay=COPILOT_DELAY, backoff=COPILOT_BACKOFF)


def delay_before_next(task: Task, retry: TaskRetry) -> timedelta | None:
    """Return how long after a STOPPED task its next attempt comes; None: it does not.

    What a person stopped is not tried again, nor what ended with the program that ran it.
    """
    if task.succeeded or task.attempt >= retry.attempts or _was_ended(task):
        return None
    if retry.on and not any(_counts(cause, task) for cause in retry.on):
        return None
    seconds = retry.delay.total_seconds()
    longest = retry.max_delay.total_seconds()
    for _ in range(task.attempt - 1):
        if seconds >= longest:
            break
        seconds *= retry.backoff
    return timedelta(seconds=min(seconds, longest))


def limit_of(task: Task, begun_at: datetime, definitions: Definitions) -> Limit | None:
    """Return when a RUNNING task has run too long; `begun_at` as for `total_limit_of`."""
    if task.rule is None or task.started_at is None:
        return None
    own = definitions.local.rule(task.rule).timeout
    if own is None:
        return total_limit_of(task.rule, begun_at, definitions)
    reason = f"{TIMED_OUT} {duration_text(own)} (local.rules.{task.rule}.timeout)"
    return Limit(task.started_at + own, reason)


def total_limit_of(rule: str, begun_at: datetime, definitions: Definitions) -> Limit | None:
    """Return when all attempts together have run too long: Copilot's timeout is of that kind.

    `begun_at` is when the first attempt was created. A timeout under `local` stands before it.
    """
    job = _rule(rule, definitions)
    if job is None or job.timeout_seconds is None or definitions.local.rule(rule).timeout:
        return None
    length = timedelta(seconds=job.timeout_seconds)
    reason = f"{TIMED_OUT} {duration_text(length)} (timeout of the Copilot job)"
    return Limit(begun_at + length, reason)


def _rule(name: str, definitions: Definitions) -> Rule | None:
    return next((rule for rule in definitions.rules if rule.name == name), None)


def _was_ended(task: Task) -> bool:
    if task.stop_code is StopCode.TERMINATION_NOTICE:
        return True
    return task.stop_code is StopCode.USER_INITIATED and not task.timed_out


def _counts(cause: str, task: Task) -> bool:
    codes = _CODES.fullmatch(cause)
    if codes is not None:
        first, last = int(codes[1]), int(codes[2] or codes[1])
        return any(
            c.exit_code is not None and first <= c.exit_code <= last
            for c in task.containers
            if c.essential
        )
    if cause == task.stop_code:
        return True
    reasons = [task.stopped_reason, *(c.reason for c in task.containers)]
    return any(fnmatchcase(reason, f"{_literal(cause)}*") for reason in reasons if reason)


def _literal(pattern: str) -> str:
    """Leave `*` its meaning, and take what else fnmatch knows as it is written."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
