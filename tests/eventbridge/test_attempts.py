"""An invocation that waits for its retry is promised from its failure to its end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from emulator.eventbridge.chaos import Disturbance
from emulator.eventbridge.failures import WaitingInvocation
from emulator.model.delivery import RetryPolicy
from emulator.model.rules import Target
from emulator.model.task_policies import Overlap
from tests.builders import NOON, rule
from tests.eventbridge.test_delivery import Delivered

THROTTLE = (Disturbance.THROTTLE,)
SECOND = timedelta(seconds=1)


def _waiting(delivered: Delivered) -> WaitingInvocation:
    (value,) = delivered.promised.values()
    assert isinstance(value, WaitingInvocation)
    return value


def test_what_waits_is_promised_with_all_that_its_next_attempt_needs() -> None:
    delivered = Delivered(chaos=THROTTLE)
    delivered.delivery.fire(rule(), NOON)
    waiting = _waiting(delivered)
    assert (waiting.attempt, waiting.since, waiting.next_at) == (1, NOON, NOON + SECOND)
    assert (waiting.failure.code, waiting.invocation.count) == ("THROTTLING", 1)
    delivered.timers.step(NOON + SECOND)
    assert delivered.promised == {}
    assert delivered.told[-1] == "nightly task"
    delivered.end()


def test_a_promise_that_is_resumed_keeps_its_key_and_counts_its_attempts() -> None:
    first, heir = Delivered(chaos=THROTTLE), Delivered(chaos=THROTTLE)
    first.delivery.fire(rule(), NOON)
    ((key, waiting),) = first.promised.items()
    heir.delivery.resume_invocation(key, waiting)
    heir.timers.step(NOON + SECOND)
    assert list(heir.promised) == [key]
    assert (_waiting(heir).attempt, _waiting(heir).since) == (2, NOON)
    for each in (first, heir):
        each.delivery.stop()
        each.end()


def _resumed(waiting: WaitingInvocation) -> Delivered:
    """Return a delivery that goes on with what a killed process promised as `key`."""
    heir = Delivered(chaos=THROTTLE)
    heir.promised["key"] = waiting
    heir.delivery.resume_invocation("key", waiting)
    return heir


def _promised(policy: RetryPolicy | None, since: timedelta) -> WaitingInvocation:
    """Return what waits for its second attempt, a second after it failed so long before NOON."""
    first = Delivered(chaos=THROTTLE)
    target = Target(id="1", task_definition="job", retry_policy=policy)
    first.delivery.fire(rule(targets=(target,)), NOON)
    waiting = _waiting(first)
    first.delivery.stop()
    first.end()
    began = NOON - since
    return replace(waiting, since=began, next_at=began + SECOND)


@pytest.mark.parametrize(
    ("policy", "seconds", "resumed"),
    [
        (RetryPolicy(maximum_event_age_in_seconds=60), 60, True),
        (RetryPolicy(maximum_event_age_in_seconds=60), 61, False),
        (None, 24 * 3600, True),
        (None, 24 * 3600 + 1, False),
    ],
)
def test_an_event_that_grew_too_old_while_nobody_ran_is_given_up(
    policy: RetryPolicy | None, seconds: int, resumed: bool
) -> None:
    heir = _resumed(_promised(policy, seconds * SECOND))
    if resumed:
        # Its time is past: now is the earliest.
        assert _waiting(heir).next_at == NOON
        assert heir.refused == []
        heir.delivery.stop()
    else:
        assert heir.promised == {}
        (failed,) = heir.refused
        assert failed.reason.endswith("(after 1 attempt: MaximumEventAgeInSeconds)")
    heir.end()


def test_a_promise_whose_time_is_to_come_waits_for_it() -> None:
    heir = _resumed(_promised(None, timedelta()))
    assert _waiting(heir).next_at == NOON + SECOND
    heir.delivery.stop()
    heir.end()


def test_after_the_end_nothing_is_tried_again_and_nothing_is_waited_for() -> None:
    delivered = Delivered(chaos=THROTTLE)
    delivered.delivery.stop()
    delivered.delivery.fire(rule(), NOON)
    assert delivered.promised == {}
    assert [failed.rule for failed in delivered.refused] == ["nightly"]
    assert delivered.cluster.wait_idle(0)
    delivered.end()


def test_the_next_firing_of_a_rule_that_must_not_overlap_waits_for_the_retry() -> None:
    delivered = Delivered(Overlap.SKIP, chaos=THROTTLE)
    for _ in range(2):
        delivered.delivery.fire(rule(), NOON)
    assert delivered.told[-1] == "nightly overlaps 1, skipped True"
    delivered.timers.step(NOON + SECOND)
    delivered.end()


def test_what_is_given_up_at_the_end_is_promised_no_longer() -> None:
    delivered = Delivered(chaos=THROTTLE)
    delivered.delivery.fire(rule(), NOON)
    delivered.delivery.stop()
    assert delivered.promised == {}
    assert [failed.rule for failed in delivered.refused] == ["nightly"]
    delivered.end()
