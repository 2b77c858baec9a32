"""`condition ? yes : no`: both results have one type, whichever is taken."""

from operator import itemgetter

from emulator.definitions.terraform.conversion import convert
from emulator.definitions.terraform.kinds import type_of
from emulator.definitions.terraform.loops import kept, key_text
from emulator.definitions.terraform.plain_values import as_bool
from emulator.definitions.terraform.scope import Evaluate, Scope
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import (
    Binary,
    Conditional,
    Expression,
    For,
    ListOf,
    ObjectOf,
    Splat,
    Template,
    Unary,
)
from emulator.definitions.terraform.unification import unify
from emulator.definitions.terraform.value_types import (
    ANYTHING,
    BOOL,
    NOTHING,
    NUMBER,
    STRING,
    Collection,
    Object,
    Tuple,
    Type,
    friendly,
)
from emulator.definitions.terraform.values import EvaluationError, UndeterminedError, Unknown, Value


def conditional(expression: Conditional, scope: Scope, evaluate: Evaluate) -> Value:
    """Return the result that the condition chooses. Raises `EvaluationError`."""
    condition = evaluate(expression.condition, scope)
    if isinstance(condition.content, Unknown):
        return _guess(expression, condition.content, scope, evaluate)
    if as_bool(condition):
        value = evaluate(expression.yes, scope)
        types = type_of(value, scope.budget), _type_of_other(expression.no, scope, evaluate)
    else:
        value = evaluate(expression.no, scope)
        types = _type_of_other(expression.yes, scope, evaluate), type_of(value, scope.budget)
    return _as_both(value, types, expression, scope)


def _type_of_other(expression: Expression, scope: Scope, evaluate: Evaluate) -> Type:
    """Return the type of the result that is not taken, whether it has a value or not."""
    try:
        with scope.workshop.guesses.collected():  # They decide nothing: it is dropped.
            return type_of(evaluate(expression, scope), scope.budget)
    except (EvaluationError, UndeterminedError):
        # Terraform drops what is wrong there, too: people guard expressions by conditions.
        return _type_by_form(expression, scope, evaluate)


def _type_by_form(expression: Expression, scope: Scope, evaluate: Evaluate) -> Type:
    """Return the type that an expression has by the look of it; a call's may be any."""
    match expression:
        case ListOf(items=items):
            return Tuple(tuple(_type_of_other(item, scope, evaluate) for item in items))
        case ObjectOf():
            return _type_of_object(expression, scope, evaluate)
        case Unary(operator=operator) | Binary(operator=operator):
            return NUMBER if operator in "+-*/%" else BOOL
        case Template(parts=parts) if len(parts) > 1:
            return STRING
        case For():
            return _type_of_loop(expression, scope, evaluate)
        case Splat(of=of) if _type_of_other(of, scope, evaluate) != ANYTHING:
            return Collection("list", ANYTHING)
    return ANYTHING


def _type_of_object(expression: ObjectOf, scope: Scope, evaluate: Evaluate) -> Type:
    """Return the type of an object some of whose values fail; of any where a name does."""
    try:
        names = [key_text(evaluate(key, scope)) for key, _ in expression.items]
    except (EvaluationError, UndeterminedError):
        return ANYTHING
    types = [_type_of_other(value, scope, evaluate) for _, value in expression.items]
    return Object(tuple(sorted(dict(zip(names, types, strict=True)).items(), key=itemgetter(0))))


def _type_of_loop(expression: For, scope: Scope, evaluate: Evaluate) -> Type:
    """Return the type of a loop some of whose results fail; of any where it comes to none."""
    key = expression.result_key
    try:
        scopes = list(kept(expression, scope, evaluate))
        names = [] if key is None else [key_text(evaluate(key, inner)) for inner in scopes]
    except (EvaluationError, UndeterminedError):
        return ANYTHING
    types = [_type_of_other(expression.result, inner, evaluate) for inner in scopes]
    if key is None:
        return Tuple(tuple(types))
    groups: dict[str, list[Type]] = {}
    for name, one in zip(names, types, strict=True):
        groups.setdefault(name, []).append(one)
    return Object(
        tuple(
            (name, Tuple(tuple(of)) if expression.grouping else of[0])
            for name, of in sorted(groups.items())
        )
    )


def _as_both(
    value: Value, types: tuple[Type, Type], expression: Conditional, scope: Scope
) -> Value:
    if ANYTHING in types:
        return value
    wanted = unify(types)
    if wanted is None:
        yes, no = map(friendly, types)
        message = f"the results of a conditional have one type, but yes is {yes} and no is {no}"
        if yes == no:
            message = f"the results of a conditional have one type, but the {yes}s differ inside"
        raise EvaluationError(message, expression.source)
    return value if wanted == NOTHING else convert(value, wanted, scope.budget)


def _guess(expression: Conditional, gap: Unknown, scope: Scope, evaluate: Evaluate) -> Value:
    """Take the branch that has a value; where a variable is missing, take none."""
    if gap.missing:
        raise UndeterminedError(gap)
    yes = _tried(expression.yes, scope, evaluate)
    no = _tried(expression.no, scope, evaluate)
    taken = _likelier(yes, no)
    word = "true" if taken is yes else "false"
    scope.workshop.guessed(
        f"{spelling(expression.condition)} is known {gap.where}; taken as {word}",
        expression.source,
    )
    return _as_both(
        taken, (_type_of_tried(yes, scope), _type_of_tried(no, scope)), expression, scope
    )


def _tried(expression: Expression, scope: Scope, evaluate: Evaluate) -> Value | EvaluationError:
    """Return a value, or why there is none: the condition may be what guards the expression."""
    try:
        return evaluate(expression, scope)
    except EvaluationError as error:
        return error


def _likelier(yes: Value | EvaluationError, no: Value | EvaluationError) -> Value:
    """Return the result to go on with. Raises `EvaluationError` where both have failed."""
    if isinstance(yes, EvaluationError):
        if isinstance(no, EvaluationError):
            raise yes
        return no
    if isinstance(no, EvaluationError):
        return yes
    return no if not yes.known or (yes.content is None and no.known) else yes


def _type_of_tried(result: Value | EvaluationError, scope: Scope) -> Type:
    return type_of(result, scope.budget) if isinstance(result, Value) else ANYTHING
