"""For expressions: `[for x in of : result]` and `{for k, v in of : key => result}`."""

from collections.abc import Iterator

from emulator.definitions.terraform.plain_values import as_bool, as_text, pairs
from emulator.definitions.terraform.scope import Evaluate, Scope
from emulator.definitions.terraform.syntax import For, ForPart
from emulator.definitions.terraform.values import EvaluationError, Unknown, Value


def for_expression(expression: For, scope: Scope, evaluate: Evaluate) -> Value:
    """Return a tuple or an object. Raises `EvaluationError`, `UndeterminedError`."""
    scopes = kept(expression, scope, evaluate)
    if expression.result_key is None:
        found = [evaluate(expression.result, inner) for inner in scopes]
        return Value(found, expression.source)
    key = expression.result_key
    made = (
        (key_text(evaluate(key, inner)), evaluate(expression.result, inner)) for inner in scopes
    )
    entries = _grouped(made, expression) if expression.grouping else _once_each(made, expression)
    return Value(entries, expression.source)


def rounds(of: For | ForPart, scope: Scope, evaluate: Evaluate) -> Iterator[Scope]:
    """Yield a scope for each element, with the loop's variables in it."""
    for name, item in pairs(evaluate(of.of, scope), scope.budget):
        scope.budget.spend(1)
        yield scope.with_own({of.value: item} if of.key is None else {of.key: name, of.value: item})


def kept(expression: For, scope: Scope, evaluate: Evaluate) -> Iterator[Scope]:
    """Yield the scopes of the elements that a for expression keeps."""
    for inner in rounds(expression, scope, evaluate):
        if expression.condition is None or as_bool(evaluate(expression.condition, inner)):
            yield inner


def key_text(key: Value) -> str:
    """Return the key of an object; one that is unknown keeps its placeholder."""
    return key.content.text if isinstance(key.content, Unknown) else as_text(key)


def _grouped(made: Iterator[tuple[str, Value]], expression: For) -> dict[str, Value]:
    groups: dict[str, list[Value]] = {}
    for key, value in made:
        groups.setdefault(key, []).append(value)
    return {key: Value(items, expression.source) for key, items in groups.items()}


def _once_each(made: Iterator[tuple[str, Value]], expression: For) -> dict[str, Value]:
    entries: dict[str, Value] = {}
    for key, value in made:
        if key in entries:
            message = f"the key {key!r} comes twice in a for expression"
            raise EvaluationError(message, expression.source, "write ... behind it to group")
        entries[key] = value
    return entries
