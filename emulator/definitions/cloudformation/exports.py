"""What stacks export to each other: outputs with an `Export`, for `Fn::ImportValue`.

AWS: "Outputs" in the CloudFormation user guide. Which stack is deployed first does not matter here.
Names are unique in an account and region, which files need not say: an export of elsewhere does.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from emulator.definitions.cloudformation.functions import MisuseError, as_text
from emulator.definitions.cloudformation.stack import Stack
from emulator.definitions.cloudformation.template import Template
from emulator.definitions.cloudformation.values import Depth, Values
from emulator.definitions.nodes import Node, Problems, child


class Exporter(Protocol):
    """A stack that may export outputs; `imported` is set once another one uses one of them."""

    template: Template
    stack: Stack
    values: Values
    imported: bool

    @property
    def problems(self) -> Problems:
        """Where what is wrong with it is noted."""

    def has_output(self, name: str) -> bool:
        """Return whether an output exists, as its condition says."""

    def children(self) -> Sequence["Exporter"]:
        """Return the stacks that are nested in it."""


class _Export(NamedTuple):
    stack: Exporter
    name: Node
    value: Node


class Exports:
    """The exports of stacks that are read together; each is resolved when it is imported.

    `look` is called before each search, and may add further stacks. `depth` is that of all of them:
    what imports what imports something must end, too.
    """

    def __init__(self, look: Callable[[], None] = lambda: None) -> None:
        self.depth = Depth()
        self._look = look
        self._waiting: list[Exporter] = []
        self._found: dict[str, list[_Export]] = {}
        self._pending: list[str] = []

    def add(self, stack: Exporter) -> None:
        """Let others import what a stack exports."""
        self._waiting.append(stack)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that have been exported so far."""
        return tuple(self._found)

    def value(self, name: str, to: Stack) -> Node | None:
        """Return what is imported into a stack; None where no stack exports it.

        Raises `MisuseError` for exports that need each other.
        """
        self._look()
        self._gather()
        found = self._found.get(name)
        if found is None:
            return None
        export = next((e for e in found if e.stack.stack.place == to.place), found[0])
        if name in self._pending:
            circle = " -> ".join([*self._pending[self._pending.index(name) :], name])
            message = f"Circular dependency between exports: {circle}"
            raise MisuseError(message)
        self._pending.append(name)
        export.stack.imported = True
        try:
            return export.stack.values.once(f"the export {name}", export.value)
        finally:
            self._pending.pop()

    def _gather(self) -> None:
        """Find the exports of the stacks that wait, those that come meanwhile included."""
        while self._waiting:
            stack = self._waiting.pop(0)
            self._waiting += stack.children()
            for name, value in _exported(stack):
                self._remember(_Export(stack, name, value))

    def _remember(self, export: _Export) -> None:
        name = as_text(export.name)
        others = self._found.setdefault(name, [])
        for other in others:
            if other.stack.stack.place == export.stack.stack.place:
                message = f"Export with name {name} is already exported at {other.name.source}"
                export.stack.problems.warning(message, export.name.source)
                return
        others.append(export)


def _exported(stack: Exporter) -> Iterator[tuple[Node, Node]]:
    """Yield the name and the unresolved value of each export of a stack."""
    for logical_id, output in stack.template.outputs.items():
        name, value = child(child(output, "Export"), "Name"), child(output, "Value")
        if name is None or value is None or not stack.has_output(logical_id):
            continue
        resolved = stack.values.value(name)
        if resolved is not None and not isinstance(resolved.value, dict | list | None):
            yield resolved, value
