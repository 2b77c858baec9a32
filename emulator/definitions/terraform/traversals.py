"""Steps into a value: `.name`, `[key]` and the splats `[*]` and `.*`."""

from typing import Final

from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform.arithmetic import exact
from emulator.definitions.terraform.kinds import kind, type_of
from emulator.definitions.terraform.plain_values import as_number, as_text
from emulator.definitions.terraform.scope import Evaluate, Scope
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import (
    Expression,
    GetAttr,
    Index,
    Reference,
    Splat,
    SplatItem,
)
from emulator.definitions.terraform.unification import unify
from emulator.definitions.terraform.value_types import ANYTHING, Collection, Tuple, friendly
from emulator.definitions.terraform.values import (
    EvaluationError,
    Lazy,
    ListOf,
    SetOf,
    UndeterminedError,
    Unknown,
    Value,
    placeholder,
)
from emulator.errors import SourceRef

_NAMES_AT_A_STEP: Final = 16


def get_attr(expression: GetAttr, scope: Scope, evaluate: Evaluate) -> Value:
    """Return `of.name`. Raises `EvaluationError`."""
    _check_type(expression, scope)
    of = evaluate(expression.of, scope)
    match of.content:
        case Lazy() as lazy:
            return lazy.attribute(expression.name, expression.source)
        case dict(entries) if expression.name in entries:
            return entries[expression.name]
        case Unknown() as gap:
            return _inside(gap, f".{expression.name}", expression.source)
    message = f"{spelling(expression)}: there is no {expression.name!r} in {kind(of)}"
    known = tuple(of.content) if isinstance(of.content, dict) else ()
    # `try` asks for what is absent, and pays for the names that are looked through for a hint.
    scope.budget.scan(len(known), _NAMES_AT_A_STEP)
    hint = did_you_mean(expression.name, known)
    if hint is None and known:
        hint = f"there are: {', '.join(sorted(known)[:20])}"
    raise EvaluationError(message, expression.source, hint)


def _check_type(expression: GetAttr, scope: Scope) -> None:
    """Refuse a resource of a type that the module has none of, by its whole name."""
    word = expression.of.name if isinstance(expression.of, Reference) else ""
    if "_" in word and not scope.has(word):
        message = f"{word}.{expression.name} is not declared"
        raise EvaluationError(message, expression.source)


def _inside(gap: Unknown, step: str, source: SourceRef) -> Value:
    """Return the placeholder of a part of what is unknown."""
    if gap.text.startswith("${") and gap.text.endswith("}") and gap.text.count("${") == 1:
        return Value(Unknown(placeholder(gap.text[2:-1] + step), gap.causes), source)
    return Value(Unknown(placeholder(f"({gap.text[:40]}){step}"), gap.causes), source)


def index(expression: Index, scope: Scope, evaluate: Evaluate) -> Value:
    """Return `of[key]`. Raises `EvaluationError`, `UndeterminedError`."""
    of = evaluate(expression.of, scope)
    key = evaluate(expression.key, scope)
    content = of.content
    if isinstance(content, Lazy):
        return _instance(content, key)
    if isinstance(content, Unknown):
        return _inside(content, f"[{spelling(expression.key)}]", expression.source)
    return _element(of, key, expression)


def _instance(of: Lazy, key: Value) -> Value:
    if isinstance(key.content, Unknown):
        # Where a for_each is known on AWS only, there is one instance that stands for all.
        instances = of.elements(key.source)
        if len(instances) != 1:
            raise UndeterminedError(key.content)
        return instances[0]
    if isinstance(key.content, str):
        return of.element(key.content, key.source)
    return of.element(int(as_number(key)), key.source)


def _element(of: Value, key: Value, expression: Expression) -> Value:
    content = of.content
    if isinstance(content, dict):
        text = as_text(key)
        if text in content:
            return content[text]
        message = f"{spelling(expression)}: there is no {text!r}"
    elif isinstance(content, list) and not isinstance(content, SetOf):
        position = as_number(key)
        if exact(position).denominator == 1 and 0 <= position < len(content):
            return content[int(position)]
        message = f"{spelling(expression)}: there is no element {position} of {len(content)}"
    else:
        message = f"{spelling(expression)}: {kind(of)} has no elements to choose from"
    raise EvaluationError(message, expression.source)


def splat(expression: Splat, scope: Scope, evaluate: Evaluate) -> Value:
    """Return the same part of every element; null has none, and one value is its own element."""
    of = evaluate(expression.of, scope)
    content = of.content
    if content is None:
        return _splat_of_null(of, expression)
    if isinstance(content, Unknown):
        return _inside(content, f"[*]{spelling(expression.each)}", expression.source)
    if isinstance(content, Lazy):
        items = content.elements(expression.source)
    else:
        items = content if isinstance(content, list) else [of]
    found = [evaluate(expression.each, scope.with_item(item)) for item in items]
    if isinstance(content, ListOf):
        element = unify([type_of(item, scope.budget) for item in found])
        return Value(ListOf(found, ANYTHING if element is None else element), expression.source)
    return Value(found, expression.source)


def _splat_of_null(of: Value, expression: Splat) -> Value:
    """Return no elements: null is no value. A list that is null has none to tell of."""
    if isinstance(of.null_type, Tuple) or (
        isinstance(of.null_type, Collection) and of.null_type.name != "map"
    ):
        message = f"{spelling(expression.of)} is a {friendly(of.null_type)} that is null"
        raise EvaluationError(message, expression.source)
    return Value([], expression.source)


def splat_item(expression: SplatItem, scope: Scope, _: Evaluate) -> Value:
    """Return the element that a splat is at."""
    if scope.item is None:
        message = "[*] stands for nothing here"
        raise EvaluationError(message, expression.source)
    return scope.item
