"""What was taken for granted while values were computed, told where such a value is used.

A value that is kept keeps its guesses: who asks for it first may drop it again, for the condition
says so or another argument of `try` is taken, and whoever asks next would not hear of them.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from emulator.definitions.terraform.budget import Budget
from emulator.errors import SourceRef


@dataclass(frozen=True, slots=True)
class Guess:
    """A decision that depends on what only AWS knows, and where it was taken."""

    message: str
    source: SourceRef


@dataclass(slots=True)
class Guesses:
    """Hands guesses on to who collects them, to `tell` where nobody does."""

    tell: Callable[[str, SourceRef], None]
    budget: Budget
    _collected: list[dict[Guess, None]] = field(default_factory=list)

    def made(self, guesses: Collection[Guess]) -> None:
        """Take guesses that a value rests on."""
        self.budget.spend(len(guesses))
        if self._collected:
            self._collected[-1].update(dict.fromkeys(guesses))
            return
        for guess in guesses:
            self.tell(guess.message, guess.source)

    @contextmanager
    def collected(self) -> Iterator[dict[Guess, None]]:
        """Keep for the caller what is guessed meanwhile: to be made again, or dropped."""
        found: dict[Guess, None] = {}
        self._collected.append(found)
        try:
            yield found
        finally:
            self._collected.pop()
