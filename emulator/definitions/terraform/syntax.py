"""What HCL text says: bodies of attributes and blocks, and expressions, each with its line.

HashiCorp, "HCL Native Syntax Specification".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from emulator.errors import SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A number, true, false, null, or text without anything to insert."""

    value: str | int | float | bool | None
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The first word of a traversal: `var`, `local`, `each`, a resource type, a for's variable."""

    name: str
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class GetAttr:
    """`of.name`."""

    of: "Expression"
    name: str
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """`of[key]`, and the old `of.0`."""

    of: "Expression"
    key: "Expression"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Splat:
    """`of[*].a[0]` (full) or `of.*.a`; `each` is the rest, applied to `ITEM`."""

    of: "Expression"
    each: "Expression"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class SplatItem:
    """The element a splat is at."""

    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """`name(arguments...)`; `spread` when the last argument is followed by `...`."""

    name: str
    arguments: "tuple[Expression, ...]"
    spread: bool
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    """`!of` or `-of`."""

    operator: str
    of: "Expression"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """`left operator right`."""

    operator: str
    left: "Expression"
    right: "Expression"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """`condition ? yes : no`."""

    condition: "Expression"
    yes: "Expression"
    no: "Expression"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class ListOf:
    """`[a, b]`."""

    items: "tuple[Expression, ...]"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class ObjectOf:
    """`{ key = value }`; a bare word as key is a `Literal`."""

    items: "tuple[tuple[Expression, Expression], ...]"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class For:
    """`[for key, value in of : result if condition]`; an object when it has `result_key`."""

    key: str | None
    value: str
    of: "Expression"
    result_key: "Expression | None"
    result: "Expression"
    condition: "Expression | None"
    grouping: bool
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Text with insertions. `origin` is where its first line stands when it spans lines."""

    parts: "tuple[Part, ...]"
    source: SourceRef
    origin: SourceRef | None = None


@dataclass(frozen=True, slots=True, eq=False)
class IfPart:
    """`%{ if condition }…%{ else }…%{ endif }`."""

    condition: "Expression"
    yes: "tuple[Part, ...]"
    no: "tuple[Part, ...]"
    source: SourceRef


@dataclass(frozen=True, slots=True, eq=False)
class ForPart:
    """`%{ for key, value in of }…%{ endfor }`."""

    key: str | None
    value: str
    of: "Expression"
    body: "tuple[Part, ...]"
    source: SourceRef


Expression = (
    Literal
    | Reference
    | GetAttr
    | Index
    | Splat
    | SplatItem
    | Call
    | Unary
    | Binary
    | Conditional
    | ListOf
    | ObjectOf
    | For
    | Template
)
Part = str | Expression | IfPart | ForPart


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """`name = expression`."""

    name: str
    expression: Expression
    source: SourceRef


@dataclass(slots=True, eq=False)
class Body:
    """What stands between the braces of a block, or in a file."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: "list[Block]" = field(default_factory=list)

    def of_type(self, *types: str) -> "list[Block]":
        """Return the blocks of some types, in order."""
        return [block for block in self.blocks if block.type in types]

    def expression(self, name: str) -> Expression | None:
        """Return an attribute's expression; None where it is absent."""
        attribute = self.attributes.get(name)
        return None if attribute is None else attribute.expression


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """`type "label" "label" { … }`."""

    type: str
    labels: Sequence[str]
    body: Body
    source: SourceRef
