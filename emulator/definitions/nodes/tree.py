"""A tree of values that know their place, whatever format they were written in."""

from dataclasses import dataclass

from emulator.errors import SourceRef

Scalar = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Node:
    """A value and where it stands; the place of a mapping's value is that of its key.

    `guess` says what was put in place of what only AWS knows, or which default was taken, where
    the value is not what the file says: an expression such as `aws_ecr_repository.batch.url`.
    `written` is how a number, true or false was written: as text, `1.10` is not `1.1`.
    """

    value: "Scalar | dict[str, Node] | list[Node]"
    source: SourceRef
    guess: str | None = None
    written: str | None = None

    @property
    def text(self) -> str:
        """A scalar as a container would see it: as written, or as JSON has it."""
        return scalar_text(self.value) if self.written is None else self.written

    @property
    def kind(self) -> str:
        """What a person calls this kind of value."""
        match self.value:
            case None:
                return "nothing"
            case bool():
                return "true or false"
            case int() | float():
                return "a number"
            case str() if self.guess:
                return f"the unknown {self.value}"
            case str():
                return "text"
            case list():
                return "a list"
            case _:
                return "a mapping"

    @property
    def empty(self) -> bool:
        """Whether it says nothing: null, "", [], {} or false."""
        return self.value is None or self.value is False or self.value in ("", [], {})


def scalar_text(value: object) -> str:
    """Return a scalar as JSON has it: true, not True."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def child(node: Node | None, name: str) -> Node | None:
    """Return what a mapping has under a name; None for anything else."""
    return node.value.get(name) if node is not None and isinstance(node.value, dict) else None
