"""Operators: arithmetic, comparison and logic."""

from emulator.definitions.terraform.arithmetic import ArithmeticFailure, Number
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.equality import identity
from emulator.definitions.terraform.operators import OPERATORS, negate
from emulator.definitions.terraform.plain_values import as_bool, as_number
from emulator.definitions.terraform.scope import Evaluate, Scope
from emulator.definitions.terraform.syntax import Binary, Unary
from emulator.definitions.terraform.values import EvaluationError, Value


def unary(expression: Unary, scope: Scope, evaluate: Evaluate) -> Value:
    """Return `!of` or `-of`. Raises `EvaluationError`, `UndeterminedError`."""
    of = evaluate(expression.of, scope)
    if expression.operator == "!":
        return Value(not as_bool(of), expression.source)
    return Value(negate(as_number(of)), expression.source)


def binary(expression: Binary, scope: Scope, evaluate: Evaluate) -> Value:
    """Return `left operator right`. Raises `EvaluationError`, `UndeterminedError`."""
    operator = expression.operator
    left = evaluate(expression.left, scope)
    if operator in ("&&", "||"):
        return _logical(left, expression, scope, evaluate)
    right = evaluate(expression.right, scope)
    if operator in ("==", "!="):
        same = _equal(left, right, scope.budget)
        return Value(same == (operator == "=="), expression.source)
    return Value(compute(operator, as_number(left), as_number(right)), expression.source)


def compute(operator: str, left: Number, right: Number) -> Number:
    """Return the result of an operator on two numbers. Raises `EvaluationError`."""
    try:
        return OPERATORS[operator](left, right)
    except ArithmeticFailure as error:
        raise EvaluationError(str(error)) from error


def _equal(left: Value, right: Value, budget: Budget) -> bool:
    """Compare. What is unknown, or holds what is, is at least not null."""
    if left.content is None or right.content is None:
        return left.content is right.content
    return identity(left, budget) == identity(right, budget)


def _logical(left: Value, expression: Binary, scope: Scope, evaluate: Evaluate) -> Value:
    """Combine; one side may decide although the other is unknown."""
    decides = expression.operator == "||"
    if left.known and as_bool(left) is decides:
        return Value(decides, expression.source)
    right = evaluate(expression.right, scope)
    if right.known and as_bool(right) is decides:
        return Value(decides, expression.source)
    as_bool(left)
    as_bool(right)
    return Value(not decides, expression.source)
