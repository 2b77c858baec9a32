"""A firing that waits for its turn is promised until it begins, or is skipped."""

from datetime import timedelta

from emulator.engines.fake import FakeProcess
from emulator.eventbridge.occasion import Occasion, due, matched
from emulator.model.definitions import Local
from emulator.model.task import Origin
from emulator.model.task_policies import LocalRule, Overlap
from tests.builders import NOON, container, definitions, event_rule, rule, task_definition
from tests.eventbridge.test_delivery import PATIENCE, Delivered
from tests.eventbridge.test_supervision import Machine

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


def _heir(overlap: Overlap = Overlap.QUEUE) -> Delivered:
    """Return a delivery that knows the rules `nightly` and `after`, the latter for events."""
    heir = Delivered(overlap)
    local = Local(rules={"nightly": LocalRule(overlap=overlap)})
    known = definitions(local=local, rules=(rule(),), event_rules=(event_rule(),))
    heir.delivery.adopt(known)
    return heir


def test_turns_that_a_killed_scheduler_promised_come_in_their_order() -> None:
    heir = _heir()
    for minute in range(3):
        occasion = due(rule(), NOON + minute * MINUTE, definitions())
        heir.promised[f"key {minute}"] = occasion
        assert heir.delivery.resume_turn(f"key {minute}", occasion)
    assert heir.told == ["nightly fired", "nightly task"]
    assert list(heir.promised) == ["key 1", "key 2"]
    heir.delivery.stop()
    heir.end()
    assert heir.promised == {}


def test_a_turn_that_an_event_led_to_starts_what_its_rule_says_by_now() -> None:
    heir = _heir()
    event = {"id": "e1", "time": "2026-11-24T12:00:00Z", "source": "my.app"}
    occasion = matched(event_rule(), event, (), definitions())
    heir.promised["key"] = occasion
    assert heir.delivery.resume_turn("key", occasion)
    assert heir.told == ["after task"]
    assert heir.promised == {}
    heir.end()


def test_a_turn_of_a_rule_that_is_gone_does_not_come() -> None:
    heir = _heir()
    event = {"id": "e1", "time": "2026-11-24T12:00:00Z", "source": "my.app"}
    gone = matched(event_rule("gone"), event, (), definitions())
    assert not heir.delivery.resume_turn("key", gone)
    assert not heir.delivery.resume_turn("key", due(rule("gone"), NOON, definitions()))
    # Rules of either kind are told apart, whatever their names.
    assert not heir.delivery.resume_turn("key", due(rule("after"), NOON, definitions()))
    assert (heir.told, heir.promised) == ([], {})
    assert heir.cluster.wait_idle(0)


def test_another_overlap_holds_from_the_next_firing_on() -> None:
    delivered = _queued(1)
    local = Local(rules={"nightly": LocalRule(overlap=Overlap.SKIP)})
    delivered.delivery.adopt(definitions(local=local))
    delivered.delivery.fire(rule(), NOON + 2 * MINUTE)
    assert _minutes(delivered) == [1]
    assert delivered.told[-1] == "nightly overlaps 1, skipped True"
    delivered.delivery.stop()
    delivered.end()


def test_a_firing_that_would_wait_after_the_end_is_skipped_at_once() -> None:
    machine = Machine(FakeProcess(duration=None), LocalRule(overlap=Overlap.QUEUE))
    machine.fire()
    machine.wait_running(1)
    machine.delivery.stop()
    machine.fire(1)
    assert machine.told == ["fired 12:00", "queue behind 1", "skipped 12:01"]
    machine.end()
    assert machine.cluster.wait_idle(0)
    assert machine.told[3:] == []
