"""An invocation that waits for its retry is promised from its failure to its end."""

from datetime import timedelta

from emulator.eventbridge.chaos import Disturbance
from emulator.eventbridge.failures import WaitingInvocation
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
