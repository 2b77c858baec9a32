"""What a stack shares with those nested in it while they are opened, and how large they may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.definitions.cloudformation.exports import Exports
from emulator.definitions.cloudformation.template import Template
from emulator.definitions.cloudformation.values import Budget
from emulator.definitions.nodes import Node, ValueBudget, failure
from emulator.definitions.reading import Reading

DEEPEST: Final = 10
"""How deep stacks may nest in each other."""

MOST_NESTED: Final = 500
"""How many stacks may be nested in one, at whatever depth."""

MOST_CHARACTERS: Final = 16 * 1024 * 1024
"""How much text their templates have together; one that is nested many times counts once."""

MOST_VALUES: Final = 250_000
"""How many values they have together; AWS takes 2,500 resources, and 500 need a tenth of it."""


@dataclass(slots=True)
class Opening:
    """How a stack and those nested in it are opened, and what they share.

    `parameters` are those of the outermost one: the user can give no others. `assets` are the files
    that are uploaded before it is deployed, by the name that they get. `templates` are those of
    nested stacks, each parsed once, None: not valid; `characters` and `values` what they may yet
    have together.
    """

    reading: Reading
    exports: Exports
    parameters: Mapping[str, Node]
    budget: Budget
    assets: Mapping[str, Node]
    nested: int = 0
    templates: "dict[Path, Template | None]" = field(default_factory=dict)
    characters: int = MOST_CHARACTERS
    values: ValueBudget = field(
        default_factory=lambda: ValueBudget(MOST_VALUES, "the templates of nested stacks have")
    )

    @property
    def exhausted(self) -> bool:
        """Whether the templates of nested stacks say more than is read for one stack."""
        return self.characters < 0 or self.values.left < 0

    def count_stack(self, depth: int, place: Node) -> None:
        """Count one more nested stack. Raises `DefinitionError` for one too many, or too deep."""
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise failure(f"more than {MOST_NESTED} nested stacks", place.source)
        if depth > DEEPEST:
            raise failure(f"stacks nest more than {DEEPEST} deep", place.source)

    def count_text(self, text: str, place: Node) -> None:
        """Count what is parsed. Raises `DefinitionError` where it is too much."""
        self.characters -= len(text)
        if self.exhausted:
            most = MOST_CHARACTERS >> 20
            message = f"the templates of nested stacks have more than {most} MB together"
            raise failure(message, place.source)
