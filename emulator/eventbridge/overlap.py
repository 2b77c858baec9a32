"""What becomes of a firing while tasks of its rule still run (pure)."""

from enum import StrEnum
from typing import Final

from emulator.model.task_policies import Overlap

MOST_WAITING: Final = 100
"""Firings of one rule that wait at once; a job that never keeps up must not fill the memory."""


class Decision(StrEnum):
    """START now, SKIP it, QUEUE it behind the others, or stop what runs and REPLACE it."""

    START = "start"
    SKIP = "skip"
    QUEUE = "queue"
    REPLACE = "replace"


def decide(overlap: Overlap, *, running: int, waiting: int) -> Decision:
    """Return what becomes of a firing with so many tasks of its rule running, firings waiting."""
    if overlap is Overlap.ALLOW or not (running or waiting):
        return Decision.START
    if overlap is Overlap.QUEUE:
        return Decision.QUEUE if waiting < MOST_WAITING else Decision.SKIP
    return Decision.REPLACE if overlap is Overlap.REPLACE else Decision.SKIP
