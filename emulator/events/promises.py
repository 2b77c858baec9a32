"""What is to come, whatever becomes of this process."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

MOST_WAITING: Final = 10_000
"""Notifications that a sink has before it, those that wait for another attempt included: neither
is more left to a later run."""


class PromiseKind(StrEnum):
    """What is promised: that a firing has its turn or is made up for, another attempt to invoke,
    a notification; of a simulation, that a job of a chain comes to its end."""

    TURN = "turn"
    MAKE_UP = "make-up"
    INVOCATION = "invocation"
    NOTIFICATION = "notification"
    CHAIN = "chain"


class Promised(NamedTuple):
    """Something is to come that the end of this process must not undo.

    `value` is a dataclass that says all of it; `at` is when it was promised. Under a `key` that is
    promised already it takes the place of the former value, not of its place in the order.
    """

    key: str
    kind: PromiseKind
    value: Any
    at: datetime


class PromiseSettled(NamedTuple):
    """What was promised has come, or does not come, and this is on record or told elsewhere."""

    key: str


Event = Promised | PromiseSettled
