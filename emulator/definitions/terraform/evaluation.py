"""Expressions become values.

What only AWS knows becomes `Unknown`, and stays where it is: the text, list or document around it
is known apart from it. Each kind of expression has its rule in a module of its kind.
"""

from collections.abc import Callable, Mapping
from typing import Final

from emulator.definitions.terraform.conditionals import conditional
from emulator.definitions.terraform.kinds import kind
from emulator.definitions.terraform.loops import for_expression, key_text
from emulator.definitions.terraform.normalization import normal
from emulator.definitions.terraform.operations import binary, unary
from emulator.definitions.terraform.rendering import template
from emulator.definitions.terraform.scope import Evaluate, Scope, Workshop
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    ListOf,
    Literal,
    ObjectOf,
    Reference,
    Splat,
    SplatItem,
    Template,
    Unary,
)
from emulator.definitions.terraform.traversals import get_attr, index, splat, splat_item
from emulator.definitions.terraform.values import (
    Cause,
    EvaluationError,
    UndeterminedError,
    Unknown,
    Value,
    placeholder,
    plain,
)

DEEPEST_EVALUATION: Final = 250
"""Expressions within expressions, through references: `local.a` of `local.b` and so on."""


def evaluate(expression: Expression, scope: Scope) -> Value:
    """Return an expression's value. Raises `EvaluationError`, `BudgetExceededError`."""
    workshop = scope.workshop
    workshop.budget.spend(1)
    workshop.depth += 1
    try:
        if workshop.depth > DEEPEST_EVALUATION:
            message = "expressions refer to each other too deeply"
            raise EvaluationError(message, expression.source)
        return _RULES[type(expression)](expression, scope, evaluate)
    except UndeterminedError as gap:
        return _gap(expression, gap.unknown.causes)
    except EvaluationError as error:
        error.source = error.source or expression.source
        raise
    finally:
        workshop.depth -= 1


def _gap(expression: Expression, causes: tuple[Cause, ...]) -> Value:
    return Value(Unknown(placeholder(spelling(expression)), causes), expression.source)


def _literal(expression: Literal, _scope: Scope, _evaluate: Evaluate) -> Value:
    content = expression.value
    return Value(normal(content) if isinstance(content, str) else content, expression.source)


def _reference(expression: Reference, scope: Scope, _: Evaluate) -> Value:
    return scope.name(expression.name, expression.source)


def _tuple(expression: ListOf, scope: Scope, _: Evaluate) -> Value:
    return Value([evaluate(item, scope) for item in expression.items], expression.source)


def _object(expression: ObjectOf, scope: Scope, _: Evaluate) -> Value:
    found: dict[str, Value] = {}
    for key_expression, value_expression in expression.items:
        key = evaluate(key_expression, scope)
        found[key_text(key)] = evaluate(value_expression, scope)
    return Value(found, expression.source)


def _call(expression: Call, scope: Scope, _: Evaluate) -> Value:
    if expression.name in ("try", "can"):
        return _attempt(expression, scope)
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.spread and arguments:
        arguments += _spread(arguments.pop(), expression)
    return scope.workshop.call(expression, arguments, scope)


def _spread(last: Value, expression: Call) -> list[Value]:
    last = plain(last)
    if isinstance(last.content, Unknown):
        raise UndeterminedError(last.content)
    if not isinstance(last.content, list):
        message = f"a list is needed before ..., not {kind(last)}"
        raise EvaluationError(message, expression.source)
    return last.content


def _attempt(expression: Call, scope: Scope) -> Value:
    failure: EvaluationError | None = None
    for argument in expression.arguments:
        try:
            value = evaluate(argument, scope)
        except EvaluationError as error:
            failure = error
            continue
        return Value(True, expression.source) if expression.name == "can" else value
    if expression.name == "can":
        return Value(False, expression.source)
    reason = f": {failure.message}" if failure else ""
    message = f"no argument of try has a value{reason}"
    raise EvaluationError(message, expression.source)


_RULES: Final[Mapping[type, Callable[..., Value]]] = {
    Literal: _literal,
    Reference: _reference,
    SplatItem: splat_item,
    GetAttr: get_attr,
    Index: index,
    Splat: splat,
    Unary: unary,
    Binary: binary,
    Conditional: conditional,
    ListOf: _tuple,
    ObjectOf: _object,
    For: for_expression,
    Template: template,
    Call: _call,
}

__all__ = ["Evaluate", "Scope", "Workshop", "evaluate"]
