"""What reading one root may cost: hostile files end in an error within seconds."""

from dataclasses import dataclass
from typing import Final

DIGITS_AT_A_STEP: Final = 8
"""Of a number that becomes text: they are computed each time."""


class BudgetExceededError(Exception):
    """The definitions ask for more work or memory than any real ones do."""


@dataclass(slots=True)
class Budget:
    """Bounds the work of one root.

    A step is one evaluated expression, one element or 64 characters of text.
    """

    steps: int = 1_000_000
    characters: int = 64 * 1024 * 1024

    def spend(self, steps: int = 1) -> None:
        """Take from the budget. Raises `BudgetExceededError`."""
        self.steps -= steps
        if self.steps < 0:
            message = "evaluating this takes too long: too many elements or repetitions"
            raise BudgetExceededError(message)

    def scan(self, length: int, at_a_step: int = 64) -> None:
        """Take going through a text or list, of which a step goes through so much."""
        self.spend(length // at_a_step)

    def text(self, length: int) -> None:
        """Take the making of a text from the budget. Raises `BudgetExceededError`."""
        self.characters -= length
        if self.characters < 0:
            message = "evaluating this makes too much text"
            raise BudgetExceededError(message)
