"""`module` blocks: the modules they make, or what stands for those that are not on this disk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.expanded import Expanded
from emulator.definitions.terraform.expansion import Key
from emulator.definitions.terraform.resources import META
from emulator.definitions.terraform.syntax import Block
from emulator.definitions.terraform.values import (
    Cause,
    EvaluationError,
    Lazy,
    Unknown,
    Value,
    placeholder,
    unknown,
)
from emulator.errors import SourceRef

if TYPE_CHECKING:
    from emulator.definitions.terraform.configuration import Configuration
    from emulator.definitions.terraform.modules import Module

DEEPEST_MODULE: Final = 12

_STEPS_OF_A_MODULE: Final = 30


@dataclass(frozen=True, slots=True)
class Given:
    """What is given to the variables of a module, by the user or by the block that calls it.

    `value` returns what a variable is given, None for nothing.
    """

    value: Callable[[str], Value | None]
    call: Block | None = None

    def place(self, name: str) -> SourceRef | None:
        """Return where a call gives a variable its value, or should; None for the user's."""
        if self.call is None:
            return None
        attribute = self.call.body.attributes.get(name)
        return self.call.source if attribute is None else attribute.source


class ModuleCall(Expanded):
    """A `module` block: the modules it makes, or what is not on this disk."""

    def __init__(self, module: "Module", block: Block) -> None:
        prefix = f"{module.address}." if module.address else ""
        super().__init__(module, f"{prefix}module.{block.labels[0]}", block)
        self._modules: dict[Key, Module | Absent] = {}

    def instance(self, key: Key) -> "Module | Absent":
        if key not in self._modules:
            self._modules[key] = self._made(key)
        return self._modules[key]

    def _made(self, key: Key) -> "Module | Absent":
        shown = key if isinstance(key, int) else f'"{key}"'
        address = self.address if key is None else f"{self.address}[{shown}]"
        if self.module.depth >= DEEPEST_MODULE:
            message = f"modules call each other more than {DEEPEST_MODULE} deep"
            raise EvaluationError(message, self.block.source)
        configuration = self._configuration
        if configuration is None:
            return Absent(address, self.block.source)
        self.module.root.budget.spend(_STEPS_OF_A_MODULE)
        scope = self.module.scope.with_own(self.expansion().instances[key])
        return self.module.called(configuration, address, self._given(scope))

    @cached_property
    def _configuration(self) -> "Configuration | None":
        """What the module's files declare, for all instances; None where they are not here."""
        directory = self._directory()
        if directory is None:
            return None
        configuration = self.module.root.loader.load(directory)
        self._tell_unexpected(configuration)
        return configuration

    def _tell_unexpected(self, configuration: "Configuration") -> None:
        """Note arguments that the module has no variable for; Terraform refuses them."""
        for name, attribute in self.block.body.attributes.items():
            if name not in (*META, *configuration.variables):
                hint = did_you_mean(name, tuple(configuration.variables))
                message = f"the module has no variable {name!r}"
                error = EvaluationError(message, attribute.source, hint)
                self.module.root.failed(self.address, error, attribute.source)

    def _directory(self) -> Path | None:
        expression = self.block.body.expression("source")
        value = None if expression is None else evaluate(expression, self.module.scope)
        text = value.content if value is not None and isinstance(value.content, str) else ""
        if value is None or not text:
            message = f"{self.address} has no source"
            raise EvaluationError(message, self.block.source)
        return self.module.root.module_directory(self.module, self.address, text, value.source)

    def _given(self, scope: Scope) -> Given:
        def given(name: str) -> Value | None:
            expression = self.block.body.expression(name)
            return None if expression is None else evaluate(expression, scope)

        return Given(given, self.block)

    def modules(self) -> "Iterator[Module]":
        """Yield the modules it makes; what is wrong with them is noted."""
        root = self.module.root
        try:
            expansion = self.expansion()
            if expansion.gap is not None:
                root.left_out(self.address, expansion.gap, self.block.source)
            made = [self.instance(key) for key in expansion.instances]
        except EvaluationError as error:
            root.failed(self.address, error, self.block.source)
            return
        yield from (module for module in made if not isinstance(module, Absent))


class Absent(Lazy):
    """A module whose files are not here: all its outputs are placeholders."""

    def __init__(self, address: str, source: SourceRef) -> None:
        self.address = address
        self.source = source

    def attribute(self, name: str, source: SourceRef) -> Value:
        return unknown(f"{self.address}.{name}", source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return unknown(f"{self.address}[{key!r}]", source)

    def whole(self, source: SourceRef) -> Value:
        return Value(Unknown(placeholder(self.address), (Cause(self.address, source),)), source)
