"""What intrinsic functions ask of the template that they stand in."""

from typing import Protocol

from emulator.definitions.nodes import Node


class Resolver(Protocol):
    """Resolves values of a template."""

    def value(self, node: Node) -> Node | None:
        """Return a value; None for AWS::NoValue. Raises `DefinitionError` when it is too large."""

    def step(self, node: Node) -> None:
        """Count a value that is resolved. Raises `DefinitionError` for one too many."""
