"""Missed firings begin in order, as many at once as there is room for, and none is forgotten."""

import pytest

from emulator.engines.fake import FakeProcess
from emulator.eventbridge import making_up
from emulator.eventbridge.occasion import due
from emulator.events import FiringSkipped
from emulator.model.task_policies import LocalRule, Overlap
from tests.builders import NOON, definitions, rule
from tests.eventbridge.test_delivery import Delivered
from tests.eventbridge.test_supervision import ENDLESS, MINUTE, PATIENCE, Machine


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making_up, "MOST_AT_ONCE", 2)


def _told(machine: Machine) -> list[str]:
    """Return what was told, without how many tasks ran beside each that began."""
    return [text for text in machine.told if not text.startswith("start")]


def _miss(machine: Machine, count: int) -> None:
    for minute in range(count):
        machine.delivery.make_up(machine.rule, NOON + minute * MINUTE)


def test_as_many_begin_at_once_as_there_is_room_for_and_the_next_when_one_ends() -> None:
    machine = Machine(ENDLESS, LocalRule())
    _miss(machine, 4)
    machine.wait_running(2)
    assert _told(machine) == ["fired 12:00", "fired 12:01"]
    first = next(task for task in machine.cluster.active() if task.scheduled_at == NOON)
    machine.cluster.stop(first.id, "enough")
    machine.wait_until(lambda: "fired 12:02" in machine.told)
    machine.end()
    assert _told(machine)[2:] == ["fired 12:02", "skipped 12:03"]


def test_all_of_them_run_in_order_and_are_waited_for() -> None:
    machine = Machine(FakeProcess(), LocalRule())
    _miss(machine, 20)
    assert machine.cluster.wait_idle(PATIENCE)
    assert _told(machine) == [f"fired 12:{minute:02}" for minute in range(20)]
    assert len(machine.ended) == 20
    machine.end()


def _minutes(delivered: Delivered) -> list[int]:
    return [value.at.minute for value in delivered.promised.values()]


def test_what_waits_is_promised_until_it_begins_or_is_dropped() -> None:
    delivered = Delivered()
    for minute in range(5):
        delivered.delivery.make_up(rule(), NOON + minute * MINUTE)
    assert _minutes(delivered) == [2, 3, 4]
    first, _ = delivered.cluster.active()
    delivered.cluster.stop(first.id, "enough")
    with delivered.changed:
        assert delivered.changed.wait_for(lambda: _minutes(delivered) == [3, 4], PATIENCE)
    delivered.delivery.end_making_up()
    assert _minutes(delivered) == []
    delivered.end()


def test_what_a_killed_scheduler_promised_keeps_its_key_while_it_waits() -> None:
    delivered = Delivered()
    delivered.delivery.adopt(definitions(rules=(rule(),)))
    occasions = [due(rule(), NOON + minute * MINUTE, definitions()) for minute in range(4)]
    for occasion in occasions:
        delivered.promised[f"key {occasion.at.minute}"] = occasion
        assert delivered.delivery.resume_make_up(f"key {occasion.at.minute}", occasion)
    assert list(delivered.promised) == ["key 2", "key 3"]
    delivered.delivery.adopt(definitions(rules=()))
    assert not delivered.delivery.resume_make_up("key", occasions[0])
    delivered.delivery.stop()
    assert delivered.promised == {}
    delivered.end()


def test_what_is_due_now_does_not_wait_for_them() -> None:
    machine = Machine(ENDLESS, LocalRule())
    _miss(machine, 3)
    machine.fire(30)
    assert _told(machine) == ["fired 12:00", "fired 12:01", "fired 12:30"]
    machine.end()


def test_a_rule_whose_tasks_must_not_overlap_is_made_up_for_by_its_own_policy() -> None:
    machine = Machine(ENDLESS, LocalRule(overlap=Overlap.SKIP))
    _miss(machine, 3)
    machine.wait_running(1)
    machine.end()
    assert _told(machine) == ["fired 12:00", "skip behind 1", "skip behind 1"]


def test_nothing_is_made_up_for_any_more_when_that_has_ended() -> None:
    machine = Machine(ENDLESS, LocalRule())
    _miss(machine, 3)
    machine.delivery.end_making_up()
    _miss(machine, 1)
    assert _told(machine) == ["fired 12:00", "fired 12:01", "skipped 12:02", "skipped 12:00"]
    machine.end()


def test_of_those_that_do_not_come_any_more_the_first_says_how_many_there_are() -> None:
    machine = Machine(ENDLESS, LocalRule())
    skipped: list[int | None] = []
    machine.bus.subscribe(FiringSkipped, lambda event: skipped.append(event.alike))
    _miss(machine, 6)
    machine.delivery.end_making_up()
    assert skipped == [3, None, None, None]
    machine.end()
