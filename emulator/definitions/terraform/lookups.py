"""Names that are looked up when somebody asks, and values that are computed once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from emulator.definitions.terraform.guesses import Guess, Guesses
from emulator.definitions.terraform.values import EvaluationError, Lazy, Value
from emulator.errors import SourceRef


class Names(Lazy):
    """A first word with names below it: `var`, `local`, `data`, a resource type."""

    def __init__(self, what: str, find: Callable[[str, SourceRef], Value]) -> None:
        self._what = what
        self._find = find

    def attribute(self, name: str, source: SourceRef) -> Value:
        return self._find(name, source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return self._find(str(key), source)

    def whole(self, source: SourceRef) -> Value:
        message = f"{self._what} is not a value by itself: name one of them"
        raise EvaluationError(message, source)


@dataclass(slots=True)
class Once:
    """Values that are computed once, with their guesses, and never by way of themselves."""

    guesses: Guesses
    _known: dict[tuple[str, ...], tuple[Value, tuple[Guess, ...]]] = field(default_factory=dict)
    _busy: set[tuple[str, ...]] = field(default_factory=set)

    def get(self, key: tuple[str, ...], source: SourceRef, compute: Callable[[], Value]) -> Value:
        """Return the value of a key. Raises `EvaluationError`."""
        if key not in self._known:
            self._known[key] = self._computed(key, source, compute)
        value, guesses = self._known[key]
        if guesses:
            self.guesses.made(guesses)
        return value

    def _computed(
        self, key: tuple[str, ...], source: SourceRef, compute: Callable[[], Value]
    ) -> tuple[Value, tuple[Guess, ...]]:
        if key in self._busy:
            message = f"{'.'.join(key)} refers to itself"
            raise EvaluationError(message, source)
        self._busy.add(key)
        try:
            with self.guesses.collected() as guesses:
                value = compute()
        finally:
            self._busy.discard(key)
        return value, tuple(guesses)
