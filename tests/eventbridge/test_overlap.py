"""What becomes of a firing while tasks of its rule run."""

import pytest

from emulator.eventbridge.overlap import MOST_WAITING, Decision, decide
from emulator.model.task_policies import Overlap


@pytest.mark.parametrize(
    ("overlap", "running", "waiting", "decision"),
    [
        ("allow", 0, 0, "start"),
        ("allow", 9, 0, "start"),
        ("skip", 0, 0, "start"),
        ("skip", 1, 0, "skip"),
        ("queue", 0, 0, "start"),
        ("queue", 1, 0, "queue"),
        ("queue", 0, 1, "queue"),
        ("queue", 1, MOST_WAITING - 1, "queue"),
        ("queue", 1, MOST_WAITING, "skip"),
        ("replace", 0, 0, "start"),
        ("replace", 1, 0, "replace"),
        ("replace", 1, 1, "replace"),
    ],
)
def test_a_firing_is_decided(overlap: str, running: int, waiting: int, decision: str) -> None:
    assert decide(Overlap(overlap), running=running, waiting=waiting) is Decision(decision)
