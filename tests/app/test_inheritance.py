"""What a scheduler takes on from those before it that were killed."""

from dataclasses import replace
from datetime import timedelta

from emulator.app.inheritance import Inheritance
from emulator.eventbridge.rule_changes import schedule_key
from emulator.model.rules import Rule
from emulator.schedules import Schedule
from emulator.state.scheduler_note import SchedulerNote
from tests.builders import NOON, rule

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
NIGHTLY = rule("nightly")
NOTE = SchedulerNote(
    owner="first", since=NOON - 10 * MINUTE, rules={"nightly": schedule_key(NIGHTLY)}
)


def _schedules(*rules: Rule) -> dict[str, tuple[Rule, Schedule]]:
    return {each.name: (each, each.schedule) for each in rules}


def _begin(note: SchedulerNote, *rules: Rule) -> dict[str, timedelta]:
    heir = Inheritance.of(note, NOON, _schedules(*(rules or (NIGHTLY,))))
    assert heir is not None
    return {name: NOON - at for name, at in heir.rules.items()}


def test_without_a_note_or_a_sign_of_life_nothing_is_inherited() -> None:
    assert Inheritance.of(None, NOON, _schedules(NIGHTLY)) is None
    assert Inheritance.of(NOTE, None, _schedules(NIGHTLY)) is None


def test_what_was_due_shortly_before_the_last_sign_of_life_is_looked_at_again() -> None:
    assert _begin(NOTE) == {"nightly": MINUTE + timedelta.resolution}


def test_nothing_is_due_before_the_scheduler_began_or_the_rule_joined() -> None:
    late = replace(NOTE, since=NOON - 20 * SECOND)
    assert _begin(late) == {"nightly": 20 * SECOND + timedelta.resolution}
    joined = replace(NOTE, joined={"nightly": NOON - 5 * SECOND})
    assert _begin(joined) == {"nightly": 5 * SECOND + timedelta.resolution}


def test_a_rule_that_is_new_or_goes_by_another_schedule_begins_now() -> None:
    other = rule("nightly", schedule_expression="cron(0 5 * * ? *)")
    assert _begin(NOTE, other, rule("fresh")) == {}


def test_who_is_killed_before_it_has_taken_over_leaves_all_of_it_to_the_next() -> None:
    second = replace(NOTE, owner="second", since=NOON, heir_of=("first",), heir_since=NOTE.since)
    heir = Inheritance.of(second, NOON, _schedules(NIGHTLY))
    assert heir is not None
    assert (heir.owners, heir.since) == (("first", "second"), NOTE.since)
    assert heir.rules == {"nightly": NOON - MINUTE - timedelta.resolution}
