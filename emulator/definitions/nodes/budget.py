"""How many values texts may have: each takes time and memory, however short it is."""

from typing import Final

from emulator.definitions.nodes.problems import failure
from emulator.errors import DefinitionError, SourceRef

MOST_VALUES: Final = 500_000
"""A text of 10 MB, which is the most that is read, has a third less of them where it is not made
to have many; this many take two to three seconds."""


class ValueBudget:
    """The values that one text may have yet, or several that are read as one.

    Readers count down `left` for each value, and raise what `spent` returns below zero.
    """

    def __init__(self, most: int = MOST_VALUES, what: str = "the file has") -> None:
        self.most = most
        self.what = what
        self.left = most

    def spent(self, source: SourceRef) -> DefinitionError:
        """Return the error for a value too many."""
        return failure(f"{self.what} more than {self.most} values", source)
