"""Which failures are tried again, and until when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.ecs.run_task import RunTaskRefusedError
from emulator.eventbridge.failures import (
    LONGEST_DELAY,
    Exhausted,
    GiveUp,
    Retry,
    after_failure,
    failure_of,
)
from emulator.eventbridge.invocation import InvalidInputError
from emulator.model.delivery import RetryPolicy

THROTTLED = failure_of(RunTaskRefusedError("ThrottlingException", "Rate exceeded"))


@pytest.mark.parametrize(
    ("exception", "message", "code", "retriable"),
    [
        ("ThrottlingException", "Rate exceeded", "THROTTLING", True),
        ("ServerException", "Service Unavailable", "INTERNAL_ERROR", True),
        ("AccessDeniedException", "not authorized", "NO_PERMISSIONS", False),
        ("ClientException", "TaskDefinition not found: job.", "NO_RESOURCE", False),
        ("InvalidParameterException", "Override for container", "INVALID_PARAMETER", False),
        ("SomethingNew", "", "ERROR_FROM_TARGET", False),
    ],
)
def test_exceptions_of_run_task_are_told_apart(
    exception: str, message: str, code: str, retriable: bool
) -> None:
    failure = failure_of(RunTaskRefusedError(exception, message))
    assert (failure.exception, failure.code, failure.retriable) == (exception, code, retriable)


def test_input_that_is_none_is_never_tried_again() -> None:
    failure = failure_of(InvalidInputError("no JSON"))
    assert after_failure(RetryPolicy(), failure, attempt=1, age=timedelta(), jitter=0.0) == GiveUp(
        exhausted=None
    )


def test_delays_double_up_to_a_limit() -> None:
    delays = [
        after_failure(RetryPolicy(), THROTTLED, attempt=n, age=timedelta(), jitter=1.0)
        for n in (1, 2, 3, 11, 185)
    ]
    seconds = [each.delay.total_seconds() for each in delays if isinstance(each, Retry)]
    assert seconds == [1, 2, 4, 600, 600]


@given(attempt=st.integers(1, 300), age=st.integers(0, 90_000), jitter=st.floats(0, 1))
def test_no_attempt_is_beyond_the_policy(attempt: int, age: int, jitter: float) -> None:
    policy = RetryPolicy(maximum_retry_attempts=100, maximum_event_age_in_seconds=3600)
    outcome = after_failure(
        policy, THROTTLED, attempt=attempt, age=timedelta(seconds=age), jitter=jitter
    )
    if isinstance(outcome, Retry):
        assert attempt <= 100
        assert timedelta(0) < outcome.delay <= LONGEST_DELAY
        assert timedelta(seconds=age) + outcome.delay <= timedelta(seconds=3600)
    else:
        assert outcome.exhausted in (Exhausted.ATTEMPTS, Exhausted.AGE)
