"""What became of due instants, and which of them have fired."""

from dataclasses import replace
from datetime import timedelta

from emulator.state.firings import each_firing, fired_after
from emulator.state.history import History
from emulator.state.records import Firing
from tests.builders import NOON, task

MINUTE = timedelta(minutes=1)


def test_firings_are_listed_by_time_of_one_rule_or_all(history: History) -> None:
    history.record(
        (),
        [
            Firing("nightly", NOON + 2 * MINUTE, "missed", NOON + 5 * MINUTE, "the machine slept"),
            Firing("nightly", NOON, "fired", NOON),
            Firing("nightly", NOON + MINUTE, "fired", NOON + MINUTE),
            Firing("hourly", NOON, "skipped", NOON, "1 still running"),
        ],
    )
    outcomes = [each.outcome for each in each_firing(history, rule="nightly")]
    assert outcomes == ["fired", "fired", "missed"]
    assert len(list(each_firing(history))) == 4
    assert len(list(each_firing(history, since=NOON + MINUTE, until=NOON + 2 * MINUTE))) == 1


def test_what_fired_while_the_clock_was_ahead_is_known(history: History) -> None:
    history.record(
        (),
        [
            Firing("nightly", NOON, "fired", NOON),
            Firing("nightly", NOON + MINUTE, "fired", NOON + MINUTE),
            Firing("nightly", NOON + 2 * MINUTE, "missed", NOON + 5 * MINUTE),
            Firing("hourly", NOON + 3 * MINUTE, "skipped", NOON + 3 * MINUTE),
        ],
    )
    assert fired_after(history, NOON) == {
        "nightly": [NOON + MINUTE],
        "hourly": [NOON + 3 * MINUTE],
    }


def test_a_task_on_record_says_that_its_rule_fired(history: History) -> None:
    history.record([replace(task(), rule="nightly", created_at=NOON, scheduled_at=NOON)])
    assert fired_after(history, NOON - MINUTE) == {"nightly": [NOON]}
    assert fired_after(history, NOON) == {}


def test_a_firing_of_which_only_a_refusal_is_on_record_was_cut_off_and_has_not_fired(
    history: History,
) -> None:
    history.record((), [Firing("nightly", NOON, "failed", NOON, "1: no family")])
    assert fired_after(history, NOON - MINUTE) == {}
    history.record((), [Firing("nightly", NOON, "fired", NOON)])
    assert fired_after(history, NOON - MINUTE) == {"nightly": [NOON]}


def test_of_several_targets_that_fail_each_says_why_and_only_once(history: History) -> None:
    said = ["1: no family", "2: throttled", "1: no family"]
    history.record((), [Firing("nightly", NOON, "failed", NOON, detail) for detail in said])
    for detail in ("1 still running", "2 still running"):
        history.record((), [Firing("hourly", NOON, "skipped", NOON, detail)])
    assert [(each.rule, each.detail) for each in each_firing(history)] == [
        ("hourly", "2 still running"),
        ("nightly", "1: no family; 2: throttled"),
    ]
