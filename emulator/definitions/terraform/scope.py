"""The names that an expression may use, and what evaluation needs of the world."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.guesses import Guesses
from emulator.definitions.terraform.syntax import Call, Expression
from emulator.definitions.terraform.values import EvaluationError, Value
from emulator.errors import SourceRef


class Workshop(Protocol):
    """What evaluation needs of the world: functions, and where to report a guess."""

    budget: Budget
    depth: int
    guesses: Guesses
    templates: dict[tuple[str, str], Expression]

    def call(self, call: Call, arguments: list[Value], scope: "Scope") -> Value:
        """Return the value of a function call."""
        ...

    def guessed(self, message: str, source: SourceRef) -> None:
        """Note a decision that depends on what only AWS knows."""
        ...


@dataclass(slots=True)
class Scope:
    """The names an expression may use: the module's, and those of its own."""

    workshop: Workshop
    names: Mapping[str, Callable[[SourceRef], Value]]
    own: dict[str, Value] = field(default_factory=dict)
    item: Value | None = None

    @property
    def budget(self) -> Budget:
        """What the work may cost."""
        return self.workshop.budget

    def with_own(self, own: dict[str, Value]) -> "Scope":
        """Return a scope with more names of its own: a for's variables, `each`, `count`."""
        return Scope(self.workshop, self.names, {**self.own, **own}, self.item)

    def with_item(self, item: Value) -> "Scope":
        """Return a scope for one element of a splat."""
        return Scope(self.workshop, self.names, self.own, item)

    def has(self, name: str) -> bool:
        """Return whether a first word means something."""
        return name in self.own or name in self.names

    def name(self, name: str, source: SourceRef) -> Value:
        """Return what a first word means. Raises `EvaluationError`."""
        if name in self.own:
            return self.own[name]
        if (found := self.names.get(name)) is not None:
            return found(source)
        message = f"there is no {name!r} here"
        known = (*self.own, *self.names)
        raise EvaluationError(message, source, did_you_mean(name, known))


Evaluate = Callable[[Expression, Scope], Value]
"""What an expression's own rule calls for the expressions within it."""
