"""What HCL text says: bodies of attributes and blocks, and expressions, each with its line.

HashiCorp, "HCL Native Syntax Specification".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

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


LONGEST_SPELLING: Final = 120


def spelling(expression: Expression) -> str:
    """Return an expression as a person would write it: the name of a placeholder."""
    text = _spelled(expression)
    return text if len(text) <= LONGEST_SPELLING else text[: LONGEST_SPELLING - 1] + "…"


def _spelled(expression: Expression) -> str:  # noqa: C901 - one case for each kind
    match expression:
        case Literal(value=str(value)):
            return f'"{value}"'
        case Literal(value=value):
            return "null" if value is None else str(value).lower()
        case Reference(name=name):
            return name
        case GetAttr(of=of, name=name):
            return f"{spelling(of)}.{name}"
        case Index(of=of, key=key):
            return f"{spelling(of)}[{spelling(key)}]"
        case Splat(of=of, each=each):
            return f"{spelling(of)}[*]{spelling(each)}"
        case SplatItem():
            return ""
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(spelling, arguments))})"
        case Unary(operator=operator, of=of):
            return f"{operator}{spelling(of)}"
        case Binary(operator=operator, left=left, right=right):
            return f"{spelling(left)} {operator} {spelling(right)}"
        case Conditional(condition=condition, yes=yes, no=no):
            return f"{spelling(condition)} ? {spelling(yes)} : {spelling(no)}"
        case ListOf(items=items):
            return f"[{', '.join(map(spelling, items))}]"
        case ObjectOf():
            return "(…)"
        case For(value=value, of=of):
            return f"[for {value} in {spelling(of)} : …]"
        case Template(parts=parts):
            return '"' + "".join(_spelled_part(part) for part in parts) + '"'


def _spelled_part(part: Part) -> str:
    if isinstance(part, str):
        return part
    return "…" if isinstance(part, IfPart | ForPart) else f"<{spelling(part)}>"
