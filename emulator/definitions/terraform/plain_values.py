"""Values as Python has them: text, numbers, truths, lists and maps, converted as Terraform does."""

from collections.abc import Iterator

from emulator.definitions.terraform.arithmetic import ArithmeticFailure, Number, Short, parse
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.decimals import number_text
from emulator.definitions.terraform.kinds import kind
from emulator.definitions.terraform.values import (
    EvaluationError,
    SetOf,
    UndeterminedError,
    Unknown,
    Value,
    ordered,
    plain,
)


def as_text(value: Value) -> str:
    """Return a primitive as text. Raises `EvaluationError`, `UndeterminedError`."""
    match value.content:
        case str(text):
            return text
        case bool(truth):
            return "true" if truth else "false"
        case int() | float():
            return number_text(value.content)
        case Unknown() as gap:
            raise UndeterminedError(gap)
    message = f"a string is needed, not {kind(value)}"
    raise EvaluationError(message)


def as_number(value: Value) -> Number:
    """Return a number, also of text that spells one. Raises as `as_text`."""
    match value.content:
        case bool():
            pass
        case int() | float():
            return value.content
        case str(text):
            return parse_number(text)
        case Unknown() as gap:
            raise UndeterminedError(gap)
    message = f"a number is needed, not {kind(value)}"
    raise EvaluationError(message)


def parse_number(text: str) -> Number:
    """Return the number that a text spells. Raises `EvaluationError`."""
    try:
        return parse(text)
    except ArithmeticFailure as error:
        message = str(error) or f"a number is needed, not {text[:40]!r}"
        raise EvaluationError(message) from error


def as_whole(value: Value) -> int:
    """Return a whole number. Raises as `as_text`."""
    found = as_number(value)
    if isinstance(found, int) or found == 0:
        return int(found)
    message = f"a whole number is needed, not {number_text(found)}"
    raise EvaluationError(message)


def as_bool(value: Value) -> bool:
    """Return true or false, also of text that spells it. Raises as `as_text`."""
    match value.content:
        case bool(truth):
            return truth
        case "true" | "1":
            return True
        case "false" | "0":
            return False
        case Unknown() as gap:
            raise UndeterminedError(gap)
    shown = repr(value.content[:40]) if isinstance(value.content, str) else kind(value)
    message = f"true or false is needed, not {shown}"
    raise EvaluationError(message)


def as_list(value: Value) -> list[Value]:
    """Return the elements of a list or set. Raises as `as_text`."""
    content = plain(value).content
    if isinstance(content, list):
        return content
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    message = f"a list is needed, not {kind(value)}"
    raise EvaluationError(message)


def as_map(value: Value) -> dict[str, Value]:
    """Return the entries of a map or object, in Terraform's order. Raises as `as_text`."""
    content = plain(value).content
    if isinstance(content, dict):
        return dict(ordered(content))
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    message = f"a map is needed, not {kind(value)}"
    raise EvaluationError(message)


def pairs(value: Value, budget: Budget) -> Iterator[tuple[Value, Value]]:
    """Yield key and value of what a for expression goes through. Raises as `as_text`."""
    content = plain(value).content
    if isinstance(content, Unknown):
        raise UndeterminedError(content)
    if isinstance(content, SetOf):
        yield from ((item, item) for item in content)
    elif isinstance(content, list):
        for index, item in enumerate(content):
            yield Value(Short(index), item.source), item
    elif isinstance(content, dict):
        for key, item in ordered(content):
            yield Value(key, item.source), item
    else:
        message = f"a list or map is needed to go through, not {kind(value)}"
        raise EvaluationError(message, value.source)
    budget.spend(1)
