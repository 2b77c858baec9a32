"""When two values are equal, and in which order a set has its elements."""

import json
from collections.abc import Callable, Iterable
from typing import Final

from emulator.definitions.terraform.arithmetic import exact
from emulator.definitions.terraform.budget import DIGITS_AT_A_STEP, Budget
from emulator.definitions.terraform.decimals import number_text
from emulator.definitions.terraform.value_types import Type, spelled
from emulator.definitions.terraform.values import (
    ListOf,
    MapOf,
    SetOf,
    UndeterminedError,
    Unknown,
    Value,
    ordered,
    plain,
)

_FIRST, _LATER, _LAST = range(3)
_BRACKETS: Final = {list: ("<", ">"), ListOf: ("[", "]"), SetOf: ("(", ")")}


def identity(value: Value, budget: Budget) -> str:
    """Return a text that two values share exactly when they are equal. Spends the budget.

    A tuple never equals a list, nor an object a map, and what is null or empty has a type as
    well. Raises `UndeterminedError`.
    """
    return _told_apart(value, budget, _undetermined)


def likeness(value: Value, budget: Budget) -> str:
    """Return what two values share that are equal as far as is known: a gap is like itself only."""
    return _told_apart(value, budget, lambda gap: f"?{gap.text!r}")


def _undetermined(gap: Unknown) -> str:
    raise UndeterminedError(gap)


def _told_apart(value: Value, budget: Budget, of_gap: Callable[[Unknown], str]) -> str:
    budget.spend(1)
    content = plain(value).content
    match content:
        case list():
            opening, closing = _BRACKETS[type(content)]
            inner = ",".join(_told_apart(item, budget, of_gap) for item in content)
            return opening + (inner or _element_type(content)) + closing
        case dict():
            entries = (f"{k!r}:{_told_apart(v, budget, of_gap)}" for k, v in ordered(content))
            inner = ",".join(entries) or _element_type(content)
            return ("{" if isinstance(content, MapOf) else "<") + inner + "}"
        case Unknown():
            return of_gap(content)
        case str():
            budget.text(len(content))
            return repr(content)
        case int() | float() if not isinstance(content, bool):
            text = number_text(content or 0)
            budget.scan(len(text), DIGITS_AT_A_STEP)
            return f"#{text}"
        case None:
            return f"null {spelled(value.null_type)}"
    return str(content)


def _element_type(content: object) -> str:
    return spelled(content.element) if isinstance(content, ListOf | MapOf) else ""


def set_of(values: Iterable[Value], element: Type, budget: Budget) -> SetOf:
    """Return the set of some values, all of one type."""
    found: dict[str, Value] = {}
    for value in values:
        found.setdefault(likeness(value, budget), value)
    return SetOf(sorted(found.values(), key=lambda value: _rank(value, budget)), element)


def _rank(value: Value, budget: Budget) -> tuple[int, object]:
    """Return where an element stands: numbers by size, text by its characters, null last."""
    budget.spend(1)
    match value.content:
        case None:
            return _LAST, 0
        case Unknown(text=text):
            return _LATER, text
        case str(text):
            return _FIRST, text
        case int() | float():
            return _FIRST, exact(value.content)
    return _FIRST, _order(value, budget)


def _order(value: Value, budget: Budget) -> str:
    """Return the text by which Terraform puts lists, maps and objects in order."""
    budget.spend(1)
    content = plain(value).content
    match content:
        case ListOf():
            return "[" + "".join(f"{_order(item, budget)};" for item in content) + "]"
        case MapOf():
            inner = (f"{_quoted(key)}:{_order(item, budget)};" for key, item in ordered(content))
            return "{" + "".join(inner) + "}"
        case list():
            return "<" + "".join(f"{_order(item, budget)};" for item in content) + ">"
        case dict():
            return "<" + "".join(f"{_order(item, budget)};" for _, item in ordered(content)) + ">"
    return _order_of_one(value)


def _order_of_one(value: Value) -> str:
    match value.content:
        case None:
            return "~"
        case bool(truth):
            return "T" if truth else "F"
        case str(text):
            return _quoted(text)
        case int() | float():
            return f"{float(value.content):.10g}"
        case Unknown(text=text):
            return f"?{text}"
    return "?"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
