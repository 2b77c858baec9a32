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
        ("ServiceUnavailableException", "", "INTERNAL_ERROR", True),
        ("LimitExceededException", "tasks", "RESOURCE_LIMIT_EXCEEDED", True),
        ("RequestTimeout", "", "TIMEOUT", True),
        ("AccessDeniedException", "not authorized", "NO_PERMISSIONS", False),
        ("ClientException", "TaskDefinition not found: job.", "NO_RESOURCE", False),
        ("ClientException", "TaskDefinition is inactive", "INVALID_PARAMETER", False),
        ("ClusterNotFoundException", "Cluster not found.", "NO_RESOURCE", False),
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
    assert (failure.exception, failure.code) == ("InvalidInput", "INVALID_JSON")
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


@pytest.mark.parametrize(
    ("retries", "attempt", "outcome"),
    [
        (0, 1, GiveUp(exhausted=Exhausted.ATTEMPTS)),
        (2, 2, Retry(delay=timedelta(seconds=2))),
        (2, 3, GiveUp(exhausted=Exhausted.ATTEMPTS)),
    ],
)
def test_a_policy_of_n_retries_allows_n_attempts_after_the_first(
    retries: int, attempt: int, outcome: Retry | GiveUp
) -> None:
    policy = RetryPolicy(maximum_retry_attempts=retries)
    found = after_failure(policy, THROTTLED, attempt=attempt, age=timedelta(), jitter=1.0)
    assert found == outcome


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        (56, Retry(delay=timedelta(seconds=4))),
        (57, GiveUp(exhausted=Exhausted.AGE)),
    ],
)
def test_an_attempt_that_would_come_after_the_event_is_too_old_is_not_made(
    age: int, outcome: Retry | GiveUp
) -> None:
    policy = RetryPolicy(maximum_event_age_in_seconds=60)
    found = after_failure(policy, THROTTLED, attempt=3, age=timedelta(seconds=age), jitter=1.0)
    assert found == outcome


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 2), (0.5, 3), (1.0, 4)])
def test_a_delay_varies_between_its_half_and_itself(jitter: float, seconds: int) -> None:
    found = after_failure(RetryPolicy(), THROTTLED, attempt=3, age=timedelta(), jitter=jitter)
    assert found == Retry(delay=timedelta(seconds=seconds))


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
