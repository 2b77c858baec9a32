"""What became of the clock between two looks at it: sleep, a step of time, a stopped process.

Told apart by three readings of one moment: the wall clock, the time for which this machine has
been up, and the part of that in which it was awake (pure; `emulator.clock` reads them).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from emulator.clock import SMALLEST_STEP

LONGEST_PAUSE: Final = timedelta(seconds=10)
"""How long nothing may be looked at before that is told; looks come every second."""


class Reading(NamedTuple):
    """One look at the clocks; `up` and `awake` are seconds from some beginning."""

    wall: datetime
    up: float
    awake: float


class JumpKind(StrEnum):
    """Why time passed unseen, or came again; the values read as `… for`, `… by`."""

    SLEPT = "the machine slept for"
    STOPPED = "this process was stopped for"
    SET_FORWARD = "the clock was set forward by"
    SET_BACK = "the clock was set back by"


class Jump(NamedTuple):
    """One thing that happened to the clock, and how much time it concerns."""

    kind: JumpKind
    by: timedelta

    def __str__(self) -> str:
        return f"{self.kind} {timedelta(seconds=round(self.by.total_seconds()))}"


def jump_between(before: Reading, after: Reading) -> Jump | None:
    """Return what happened to the clock between two readings; the largest, where it was more."""
    up = timedelta(seconds=after.up - before.up)
    awake = timedelta(seconds=after.awake - before.awake)
    step = (after.wall - before.wall) - up
    happened = [
        Jump(JumpKind.SET_BACK if step < timedelta() else JumpKind.SET_FORWARD, abs(step)),
        Jump(JumpKind.SLEPT, up - awake),
    ]
    worth_telling = [jump for jump in happened if jump.by >= SMALLEST_STEP]
    if awake >= LONGEST_PAUSE:
        worth_telling.append(Jump(JumpKind.STOPPED, awake))
    return max(worth_telling, key=lambda jump: jump.by, default=None)
