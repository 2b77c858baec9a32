"""A firing that waits for its turn is promised until it begins, or is skipped."""

from datetime import timedelta

from emulator.eventbridge.occasion import Occasion
from emulator.model.task import Origin
from emulator.model.task_policies import Overlap
from tests.builders import NOON, container, definitions, rule, task_definition
from tests.eventbridge.test_delivery import PATIENCE, Delivered

MINUTE = timedelta(minutes=1)


def _queued(count: int) -> Delivered:
    """Return a delivery whose rule runs, with so many firings behind that."""
    delivered = Delivered(Overlap.QUEUE)
    for number in range(count + 1):
        delivered.delivery.fire(rule(), NOON + number * MINUTE)
    return delivered


def _minutes(delivered: Delivered) -> list[int]:
    values = list(delivered.promised.values())
    assert all(isinstance(value, Occasion) for value in values)
    return [value.at.minute for value in values]


def test_firings_that_wait_are_promised_in_order_with_what_they_wait_for() -> None:
    delivered = _queued(2)
    assert _minutes(delivered) == [1, 2]
    assert {value.origin for value in delivered.promised.values()} == {Origin.QUEUE}
    delivered.delivery.stop()
    delivered.end()


def test_one_that_begins_is_promised_no_longer() -> None:
    delivered = _queued(2)
    (running,) = delivered.cluster.active()
    delivered.cluster.stop(running.id, "enough")
    with delivered.changed:
        assert delivered.changed.wait_for(lambda: len(delivered.promised) == 1, PATIENCE)
    assert _minutes(delivered) == [2]
    delivered.delivery.stop()
    delivered.end()


def test_one_that_is_refused_keeps_those_behind_it_from_nothing() -> None:
    delivered = _queued(3)
    (running,) = delivered.cluster.active()
    delivered.delivery.adopt(definitions(task_definition(container(), family="other")))
    delivered.cluster.stop(running.id, "enough")
    assert delivered.cluster.wait_idle(PATIENCE)
    assert [each.scheduled_at for each in delivered.refused] == [
        NOON + number * MINUTE for number in (1, 2, 3)
    ]
    assert delivered.promised == {}


def test_one_that_is_skipped_at_the_end_is_promised_no_longer() -> None:
    delivered = _queued(2)
    delivered.delivery.stop()
    assert delivered.promised == {}
    delivered.end()
