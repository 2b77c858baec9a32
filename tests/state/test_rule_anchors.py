"""A rule is created when it is first seen, and counts from there in every run."""

from datetime import timedelta
from pathlib import Path

from emulator.state.history import History
from emulator.state.rule_anchors import known_anchors, rule_anchors
from tests.builders import NOON

MINUTE = timedelta(minutes=1)


def test_a_rule_is_created_when_it_is_first_seen(path: Path, history: History) -> None:
    first = rule_anchors(history, {"nightly": "rate(1 minute)"}, NOON)
    again = rule_anchors(history, {"nightly": "rate(1 minute)"}, NOON + MINUTE)
    assert first == again == {"nightly": NOON}
    reader = History(path)
    assert known_anchors(reader, {"nightly": "rate(1 minute)"}) == {"nightly": NOON}
    reader.close()


def test_a_rule_with_another_expression_is_created_anew(history: History) -> None:
    rule_anchors(history, {"nightly": "rate(1 minute)"}, NOON)
    changed = rule_anchors(history, {"nightly": "rate(2 minutes)"}, NOON + MINUTE)
    assert changed == {"nightly": NOON + MINUTE}


def test_a_creation_that_lies_ahead_is_not_believed(history: History) -> None:
    rule_anchors(history, {"nightly": "rate(1 minute)"}, NOON + 600 * MINUTE)
    assert rule_anchors(history, {"nightly": "rate(1 minute)"}, NOON) == {"nightly": NOON}
