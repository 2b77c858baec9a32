"""Which failed invocations are tried again, when, and until when (pure).

AWS: "How EventBridge retries delivering events" and "Using dead-letter queues" in the EventBridge
user guide. The delays between attempts are AWS's secret: exponential with jitter is all it says.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from emulator.ecs.run_task import RunTaskRefusedError
from emulator.eventbridge.invocation import InvalidInputError, Invocation
from emulator.model.delivery import RetryPolicy
from emulator.values import frozen

FIRST_DELAY: Final = timedelta(seconds=1)
LONGEST_DELAY: Final = timedelta(minutes=10)
_RETRIED: Final = {
    "ThrottlingException": "THROTTLING",
    "ServerException": "INTERNAL_ERROR",
    "ServiceUnavailableException": "INTERNAL_ERROR",
    "LimitExceededException": "RESOURCE_LIMIT_EXCEEDED",
    "RequestTimeout": "TIMEOUT",
}
"""Exceptions of RunTask after which a later attempt may help, with EventBridge's error code."""

_FINAL: Final = {
    "AccessDeniedException": "NO_PERMISSIONS",
    "ClientException": "INVALID_PARAMETER",
    "ClusterNotFoundException": "NO_RESOURCE",
    "InvalidParameterException": "INVALID_PARAMETER",
    "InvalidInput": "INVALID_JSON",
}


class Exhausted(StrEnum):
    """Which limit of the retry policy ended the attempts, as the dead letter says it."""

    ATTEMPTS = "MaximumRetryAttempts"
    AGE = "MaximumEventAgeInSeconds"


@frozen
class Failure:
    """Why an invocation failed: the API's exception, EventBridge's code for it, and its text."""

    exception: str
    code: str
    message: str
    retriable: bool


@frozen
class WaitingInvocation:
    """An invocation that failed `attempt` times, the first at `since`; the next is at `next_at`."""

    invocation: Invocation
    attempt: int
    since: datetime
    failure: Failure
    next_at: datetime


@frozen
class Retry:
    """Another attempt comes after so long."""

    delay: timedelta


@frozen
class GiveUp:
    """There is no other attempt; `exhausted` is None where none would have helped."""

    exhausted: Exhausted | None = None


def failure_of(error: RunTaskRefusedError | InvalidInputError) -> Failure:
    """Return what an error of RunTask means for the delivery."""
    exception = error.code if isinstance(error, RunTaskRefusedError) else "InvalidInput"
    code = _RETRIED.get(exception) or _FINAL.get(exception, "ERROR_FROM_TARGET")
    if "not found" in error.message:
        code = "NO_RESOURCE"
    return Failure(
        exception=exception, code=code, message=str(error), retriable=exception in _RETRIED
    )


def after_failure(
    policy: RetryPolicy, failure: Failure, *, attempt: int, age: timedelta, jitter: float
) -> Retry | GiveUp:
    """Return what follows the failed `attempt` (1: the first) of an event of this age.

    `jitter` is a random number from 0 to 1; the delay doubles and varies between its half and
    itself.
    """
    if not failure.retriable:
        return GiveUp()
    if attempt > policy.maximum_retry_attempts:
        return GiveUp(exhausted=Exhausted.ATTEMPTS)
    # 2 ** 20 seconds are past every limit, and 2 ** 185 would be past that of timedelta.
    longest = min(FIRST_DELAY * 2 ** min(attempt - 1, 20), LONGEST_DELAY)
    delay = longest * (0.5 + jitter / 2)
    if age + delay > timedelta(seconds=policy.maximum_event_age_in_seconds):
        return GiveUp(exhausted=Exhausted.AGE)
    return Retry(delay=delay)
