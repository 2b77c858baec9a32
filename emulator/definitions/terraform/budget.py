"""What reading one root may cost: hostile files end in an error within seconds."""

from dataclasses import dataclass


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

    def text(self, length: int) -> None:
        """Take the making of a text from the budget. Raises `BudgetExceededError`."""
        self.characters -= length
        if self.characters < 0:
            message = "evaluating this makes too much text"
            raise BudgetExceededError(message)
