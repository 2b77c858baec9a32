"""Names that are looked up when somebody asks, and values that are computed once."""

from collections.abc import Callable
from dataclasses import dataclass, field

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
    """Values that are computed once, and never by way of themselves."""

    _known: dict[tuple[str, ...], Value] = field(default_factory=dict)
    _busy: set[tuple[str, ...]] = field(default_factory=set)

    def get(self, key: tuple[str, ...], source: SourceRef, compute: Callable[[], Value]) -> Value:
        """Return the value of a key. Raises `EvaluationError`."""
        if key in self._known:
            return self._known[key]
        if key in self._busy:
            message = f"{'.'.join(key)} refers to itself"
            raise EvaluationError(message, source)
        self._busy.add(key)
        try:
            value = compute()
        finally:
            self._busy.discard(key)
        self._known[key] = value
        return value
