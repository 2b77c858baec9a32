"""Expressions as a person would write them: what placeholders and messages call them."""

from typing import Final

from emulator.definitions.terraform.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    ForPart,
    GetAttr,
    IfPart,
    Index,
    ListOf,
    Literal,
    ObjectOf,
    Part,
    Reference,
    Splat,
    SplatItem,
    Template,
    Unary,
)

LONGEST: Final = 120
"""Characters of a spelling; what is longer ends in an ellipsis."""


def spelling(expression: Expression) -> str:
    """Return an expression in one line, of at most `LONGEST` characters."""
    text = _spelled(expression)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


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
