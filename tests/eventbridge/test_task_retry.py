"""Which tasks that are over are started again, when, and how long one may run."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from emulator.eventbridge.task_retry import (
    delay_before_next,
    limit_of,
    retry_of,
    total_limit_of,
)
from emulator.model.definitions import Definitions, Local
from emulator.model.task import StopCode, Task, TaskStatus
from emulator.model.task_policies import LocalRule, TaskRetry
from tests.builders import NOON, container, definitions, rule, task

SECOND = timedelta(seconds=1)
EXITED = StopCode.ESSENTIAL_CONTAINER_EXITED


def ended(
    exit_code: int | None = 1,
    *,
    code: StopCode = EXITED,
    reason: str = "Essential container in task exited",
    container_reason: str | None = None,
    sidecar: int = 0,
    **fields: Any,
) -> Task:
    made = task(container(), container("sidecar", essential=False))
    app, beside = made.containers
    containers = (
        replace(app, exit_code=exit_code, reason=container_reason),
        replace(beside, exit_code=sidecar),
    )
    return replace(
        made,
        containers=containers,
        last_status=TaskStatus.STOPPED,
        stop_code=code,
        stopped_reason=reason,
        **fields,
    )


def known(local: LocalRule | None = None, **fields: Any) -> Definitions:
    rules = {} if local is None else {"nightly": local}
    return definitions(rules=(rule(**fields),), local=Local(rules=rules))


def test_the_delay_grows_up_to_its_limit() -> None:
    retry = TaskRetry(attempts=9, delay=10 * SECOND, backoff=2, max_delay=35 * SECOND)
    delays = [delay_before_next(ended(attempt=number), retry) for number in range(1, 10)]
    assert delays[:4] == [10 * SECOND, 20 * SECOND, 35 * SECOND, 35 * SECOND]
    assert delays[8] is None


def test_a_backoff_without_end_does_not_overflow() -> None:
    retry = TaskRetry(attempts=100, backoff=100.0)
    assert delay_before_next(ended(attempt=99), retry) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("on", "over", "retried"),
    [
        ((), ended(1), True),
        ((), ended(0), False),
        ((), ended(143, code=StopCode.USER_INITIATED, reason="enough"), False),
        ((), ended(137, code=StopCode.TERMINATION_NOTICE, reason="gone"), False),
        ((), ended(143, code=StopCode.USER_INITIATED, reason="Task timed out after 1m"), True),
        (("Task timed out",), ended(1), False),
        (("3",), ended(3), True),
        (("3",), ended(33), False),
        (("1-5",), ended(5), True),
        (("1-5",), ended(1), True),
        (("1-5",), ended(6), False),
        (("2-5",), ended(1), False),
        (("1 error",), ended(1), False),
        (("3",), ended(None, code=StopCode.TASK_FAILED_TO_START), False),
        (("3",), ended(3, sidecar=4), True),
        (("3",), ended(4, sidecar=3), False),
        (("TaskFailedToStart",), ended(None, code=StopCode.TASK_FAILED_TO_START), True),
        (("TaskFailedToStart",), ended(1), False),
        (("OutOfMemory",), ended(137, container_reason="OutOfMemoryError: Container killed"), True),
        (("*memory usage",), ended(137, container_reason="OutOf: due to memory usage"), True),
        (("[a-z]",), ended(137, container_reason="b"), False),
        (("[a-z]",), ended(137, container_reason="[a-z]: no such file"), True),
        (("what?",), ended(137, container_reason="what!"), False),
        (("what?",), ended(137, container_reason="what? never"), True),
        (("Essential container",), ended(1), True),
        (("essential container",), ended(1), False),
        (("container in task",), ended(1), False),
        (("2", "CannotPull"), ended(None, reason="CannotPullContainerError: no"), True),
    ],
)
def test_what_counts_is_retried(on: tuple[str, ...], over: Task, retried: bool) -> None:
    delay = delay_before_next(over, TaskRetry(attempts=2, on=on))
    assert (delay is not None) is retried


def test_one_essential_container_with_the_code_is_enough() -> None:
    made = ended(0, sidecar=3)
    both = replace(made, containers=tuple(replace(c, essential=True) for c in made.containers))
    retry = TaskRetry(attempts=2, on=("3",))
    assert delay_before_next(both, retry) is not None
    assert delay_before_next(made, retry) is None


def test_without_a_word_nothing_is_retried_as_on_aws() -> None:
    assert retry_of("nightly", known()) is None
    assert retry_of("unknown", known(retries=3)) is None
    assert limit_of(ended(started_at=NOON), NOON, known()) is None
    assert total_limit_of("nightly", NOON, known()) is None
    assert total_limit_of("unknown", NOON, known(timeout_seconds=5)) is None


def test_only_a_task_of_a_rule_that_has_started_can_run_too_long() -> None:
    limited = known(LocalRule(timeout=30 * SECOND))
    assert limit_of(ended(started_at=NOON), NOON, limited) is not None
    assert limit_of(ended(started_at=None), NOON, limited) is None
    assert limit_of(ended(started_at=NOON, rule=None), NOON, limited) is None


def test_a_copilot_job_is_retried_as_its_state_machine_does() -> None:
    retry = retry_of("nightly", known(retries=3))
    assert retry == TaskRetry(attempts=4, delay=10 * SECOND, backoff=1.5)
    assert delay_before_next(ended(attempt=2), retry) == 15 * SECOND


def test_local_rules_stand_before_copilots_words() -> None:
    own = TaskRetry(attempts=2)
    assert retry_of("nightly", known(LocalRule(retry=own), retries=9)) == own


def test_a_run_timeout_is_for_each_task_and_copilots_for_all_attempts() -> None:
    later = ended(started_at=NOON + 60 * SECOND)
    own = limit_of(later, NOON, known(LocalRule(timeout=30 * SECOND), timeout_seconds=5))
    assert own == (NOON + 90 * SECOND, "Task timed out after 30s (local.rules.nightly.timeout)")
    copilot = limit_of(later, NOON, known(timeout_seconds=90))
    assert total_limit_of("nightly", NOON, known(timeout_seconds=90)) == copilot
    local = known(LocalRule(timeout=30 * SECOND), timeout_seconds=90)
    assert total_limit_of("nightly", NOON, local) is None
    assert copilot == (
        NOON + 90 * SECOND,
        "Task timed out after 1m30s (timeout of the Copilot job)",
    )
