"""A resource or module call with the instances that `count` and `for_each` make of it."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

from emulator.definitions.terraform.expansion import Expansion, Key, expand
from emulator.definitions.terraform.guesses import Guess
from emulator.definitions.terraform.syntax import Block
from emulator.definitions.terraform.values import (
    EvaluationError,
    Lazy,
    UndeterminedError,
    Unknown,
    Value,
    placeholder,
)
from emulator.errors import SourceRef

if TYPE_CHECKING:
    from emulator.definitions.terraform.modules import Module


class Expanded(Lazy):
    """A block that may have several instances."""

    def __init__(self, module: "Module", address: str, block: Block) -> None:
        self.module = module
        self.block = block
        self.address = address
        self._expansion: Expansion | None = None
        self._guesses: tuple[Guess, ...] = ()
        self._expanding = False

    def expansion(self) -> Expansion:
        """Return which instances there are. Raises `EvaluationError`."""
        if self._expansion is None:
            self._expansion = self._expanded()
        self.module.root.guesses.made(self._guesses)
        return self._expansion

    def _expanded(self) -> Expansion:
        root = self.module.root
        if self._expanding:
            message = f"{self.address} refers to itself"
            raise EvaluationError(message, self.block.source)
        self._expanding = True
        try:
            with root.guesses.collected() as guesses:
                found = expand(self.block.body, self.module.scope, self.block.source)
            root.budget.spend(10 * len(found.instances))
        finally:
            self._expanding = False
        self._guesses = tuple(guesses)
        return found

    @abstractmethod
    def instance(self, key: Key) -> Lazy:
        """Return one of the instances, made when it is asked for first."""

    def one(self, key: Key, source: SourceRef) -> Value:
        """Return one instance as a value. Raises `EvaluationError`."""
        expansion = self.expansion()
        if expansion.gap is not None:
            raise UndeterminedError(expansion.gap)
        if key not in expansion.instances:
            shown = "" if key is None else f"[{key!r}]".replace("'", '"')
            message = f"there is no {self.address}{shown}"
            raise EvaluationError(message, source)
        return Value(self.instance(key), source)

    def attribute(self, name: str, source: SourceRef) -> Value:
        expansion = self.expansion()
        if expansion.gap is not None:
            return Value(
                Unknown(placeholder(f"{self.address}.{name}"), expansion.gap.causes), source
            )
        if expansion.mode == "each":
            return self.one(name, source)
        # Terraform 0.11 let `aws_x.y.attribute` stand for the first of several.
        found = self.one(None if expansion.mode == "one" else 0, source).content
        assert isinstance(found, Lazy)
        return found.attribute(name, source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        mode = self.expansion().mode
        if mode == "one":
            if isinstance(key, str):
                return self.attribute(key, source)
            return self.one(None, source)
        if mode == "count":
            return self.one(int(key) if str(key).isdecimal() else key, source)
        return self.one(str(key), source)

    def elements(self, source: SourceRef) -> list[Value]:
        expansion = self.expansion()
        if expansion.gap is not None:
            raise UndeterminedError(expansion.gap)
        return [Value(self.instance(key), source) for key in expansion.instances]

    def whole(self, source: SourceRef) -> Value:
        expansion = self.expansion()
        if expansion.gap is not None:
            return Value(Unknown(placeholder(self.address), expansion.gap.causes), source)
        if expansion.mode == "one":
            return self.instance(None).whole(source)
        if expansion.mode == "count":
            return Value(self.elements(source), source)
        entries = {str(key): Value(self.instance(key), source) for key in expansion.instances}
        return Value(entries, source)

    def holding(self, names: Iterable[str], source: SourceRef) -> Value:
        expansion = self.expansion()
        if expansion.gap is None and expansion.mode == "one":
            return self.instance(None).holding(names, source)
        return self.whole(source)
