"""A cache by the identity of a value: most values are asked for again and again."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")
Made = TypeVar("Made")

MOST_KNOWN: Final = 1000
"""Values that are remembered at once."""


class Remembered(Generic[Value, Made]):
    """Makes something of values that do not change, once of each. Thread-safe."""

    def __init__(self, make: Callable[[Value], Made]) -> None:
        self._make = make
        self._known: dict[int, tuple[Value, Made]] = {}

    def __call__(self, value: Value) -> Made:
        """Return what is made of a value."""
        known = self._known.get(id(value))
        # The value is kept along, so that no other one can have its identity meanwhile.
        if known is not None and known[0] is value:
            return known[1]
        made = self._make(value)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[id(value)] = (value, made)
        return made
