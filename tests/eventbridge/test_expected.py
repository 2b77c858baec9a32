"""Did it run? Due instants against what is on record."""

from datetime import timedelta

import pytest

from emulator.eventbridge.expected import Seen, SeenTask, Verdict, compare
from tests.builders import NOON

MINUTE = timedelta(minutes=1)


def judged(firings: list[Seen], tasks: list[SeenTask]) -> str:
    (found,) = compare({"nightly": [NOON]}, firings, tasks)
    return found.verdict


def seen(outcome: str, detail: str = "") -> Seen:
    return Seen("nightly", NOON, outcome, detail)


def ran(chain: str, succeeded: bool | None) -> SeenTask:
    return SeenTask("nightly", NOON, chain, succeeded)


@pytest.mark.parametrize(
    ("firings", "tasks", "verdict"),
    [
        ([], [], Verdict.NEVER_SEEN),
        ([seen("fired")], [ran("a", True)], Verdict.SUCCEEDED),
        ([seen("fired")], [ran("a", False)], Verdict.FAILED),
        ([seen("fired")], [ran("a", False), ran("a", True)], Verdict.SUCCEEDED),
        ([seen("fired")], [ran("a", False), ran("b", True)], Verdict.FAILED),
        ([seen("fired")], [ran("a", True), ran("b", None)], Verdict.RUNNING),
        ([seen("fired")], [], Verdict.FAILED),
        ([seen("failed", "no family")], [], Verdict.REFUSED),
        ([seen("fired"), seen("failed")], [ran("a", True)], Verdict.REFUSED),
        ([seen("missed")], [], Verdict.MISSED),
        ([seen("missed"), seen("fired")], [ran("a", True)], Verdict.SUCCEEDED),
        ([seen("skipped")], [], Verdict.SKIPPED),
        ([seen("queued")], [], Verdict.WAITING),
        ([seen("queued"), seen("skipped", "the run ended")], [], Verdict.SKIPPED),
    ],
)
def test_an_expected_firing_is_judged(
    firings: list[Seen], tasks: list[SeenTask], verdict: Verdict
) -> None:
    assert judged(firings, tasks) == verdict


@pytest.mark.parametrize(
    ("firings", "verdict"),
    [
        ([seen("fired")], Verdict.SUCCEEDED),
        ([seen("fired"), seen("failed")], Verdict.REFUSED),
        ([seen("missed")], Verdict.MISSED),
        ([], Verdict.NEVER_SEEN),
    ],
)
def test_a_rule_that_only_tells_something_needs_no_task(
    firings: list[Seen], verdict: Verdict
) -> None:
    (found,) = compare({"nightly": [NOON]}, firings, [], without_tasks={"nightly"})
    assert found.verdict == verdict


def test_firings_come_by_time_and_rule_and_others_are_left_out() -> None:
    expected = {"b": [NOON, NOON + MINUTE], "a": [NOON + MINUTE]}
    found = compare(expected, [Seen("c", NOON, "fired", "")], [])
    assert [(each.rule, each.scheduled_at) for each in found] == [
        ("b", NOON),
        ("a", NOON + MINUTE),
        ("b", NOON + MINUTE),
    ]
