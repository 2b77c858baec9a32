"""Expressions become values.

What only AWS knows becomes `Unknown`, and stays where it is: the text, list or document around it
is known apart from it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Protocol

from emulator.definitions.nodes import did_you_mean
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
    spelling,
)
from emulator.definitions.terraform.values import (
    Budget,
    Cause,
    EvaluationError,
    Lazy,
    SetOf,
    UndeterminedError,
    Unknown,
    Value,
    as_bool,
    as_number,
    as_text,
    identity,
    kind,
    number,
    pairs,
    placeholder,
    plain,
    unknown,
)
from emulator.errors import SourceRef

DEEPEST_EVALUATION: Final = 250
"""Expressions within expressions, through references: `local.a` of `local.b` and so on."""


class Workshop(Protocol):
    """What evaluation needs of the world: functions, and where to report a guess."""

    budget: Budget
    depth: int

    def call(self, call: Call, arguments: list[Value], scope: "Scope") -> Value:
        """Return the value of a function call."""
        ...

    def guessed(self, message: str, source: SourceRef) -> None:
        """Note a decision that depends on what only AWS knows."""
        ...


@dataclass(slots=True)
class Scope:
    """The names an expression may use. `base` is the directory that relative paths begin in."""

    workshop: Workshop
    names: Mapping[str, Callable[[SourceRef], Value]]
    own: dict[str, Value] = field(default_factory=dict)
    item: Value | None = None

    def with_own(self, own: dict[str, Value]) -> "Scope":
        """Return a scope with more names of its own: a for's variables, `each`, `count`."""
        return Scope(self.workshop, self.names, {**self.own, **own}, self.item)

    def with_item(self, item: Value) -> "Scope":
        """Return a scope for one element of a splat."""
        return Scope(self.workshop, self.names, self.own, item)

    def name(self, name: str, source: SourceRef) -> Value:
        """Return what a first word means. Raises `EvaluationError`."""
        if name in self.own:
            return self.own[name]
        if (found := self.names.get(name)) is not None:
            return found(source)
        message = f"there is no {name!r} here"
        known = (*self.own, *self.names)
        raise EvaluationError(message, source, did_you_mean(name, known))


def evaluate(expression: Expression, scope: Scope) -> Value:
    """Return an expression's value. Raises `EvaluationError`, `BudgetExceededError`."""
    workshop = scope.workshop
    workshop.budget.spend(1)
    workshop.depth += 1
    try:
        if workshop.depth > DEEPEST_EVALUATION:
            message = "expressions refer to each other too deeply"
            raise EvaluationError(message, expression.source)
        return _EVALUATE[type(expression)](expression, scope)
    except UndeterminedError as gap:
        return _gap(expression, gap.unknown.causes)
    except EvaluationError as error:
        error.source = error.source or expression.source
        raise
    finally:
        workshop.depth -= 1


def _gap(expression: Expression, causes: tuple[Cause, ...]) -> Value:
    return Value(Unknown(placeholder(spelling(expression)), causes), expression.source)


def _literal(expression: Literal, _: Scope) -> Value:
    return Value(expression.value, expression.source)


def _reference(expression: Reference, scope: Scope) -> Value:
    return scope.name(expression.name, expression.source)


def _splat_item(expression: SplatItem, scope: Scope) -> Value:
    if scope.item is None:
        message = "[*] stands for nothing here"
        raise EvaluationError(message, expression.source)
    return scope.item


def _get_attr(expression: GetAttr, scope: Scope) -> Value:
    return attribute_of(evaluate(expression.of, scope), expression)


def attribute_of(of: Value, expression: GetAttr) -> Value:
    """Return `of.name`. Raises `EvaluationError`."""
    match of.content:
        case Lazy() as lazy:
            return lazy.attribute(expression.name, expression.source)
        case dict(entries) if expression.name in entries:
            return entries[expression.name]
        case Unknown() as gap:
            return _inside(gap, f".{expression.name}", expression.source)
    message = f"{spelling(expression)}: there is no {expression.name!r} in {kind(of)}"
    known = tuple(of.content) if isinstance(of.content, dict) else ()
    hint = did_you_mean(expression.name, known)
    if hint is None and known:
        hint = f"there are: {', '.join(sorted(known)[:20])}"
    raise EvaluationError(message, expression.source, hint)


def _inside(gap: Unknown, step: str, source: SourceRef) -> Value:
    """Return the placeholder of a part of what is unknown."""
    if gap.text.startswith("${") and gap.text.endswith("}") and gap.text.count("${") == 1:
        return Value(Unknown(placeholder(gap.text[2:-1] + step), gap.causes), source)
    return Value(Unknown(placeholder(f"({gap.text[:40]}){step}"), gap.causes), source)


def _index(expression: Index, scope: Scope) -> Value:
    of = evaluate(expression.of, scope)
    key = evaluate(expression.key, scope)
    content = of.content
    if isinstance(content, Lazy) and isinstance(key.content, Unknown):
        # Where a for_each is known on AWS only, there is one instance that stands for all.
        instances = content.elements(key.source)
        if len(instances) != 1:
            raise UndeterminedError(key.content)
        return instances[0]
    if isinstance(content, Lazy):
        wanted = as_text(key) if isinstance(key.content, str) else as_number(key)
        return content.element(wanted if isinstance(wanted, str) else int(wanted), key.source)
    if isinstance(content, Unknown):
        return _inside(content, f"[{spelling(expression.key)}]", expression.source)
    return element(of, key, expression)


def element(of: Value, key: Value, expression: Expression) -> Value:
    """Return `of[key]`. Raises `EvaluationError`, `UndeterminedError`."""
    content = of.content
    if isinstance(content, dict):
        text = as_text(key)
        if text in content:
            return content[text]
        message = f"{spelling(expression)}: there is no {text!r}"
    elif isinstance(content, list) and not isinstance(content, SetOf):
        position = as_number(key)
        if isinstance(position, int) and 0 <= position < len(content):
            return content[position]
        message = f"{spelling(expression)}: there is no element {position} of {len(content)}"
    else:
        message = f"{spelling(expression)}: {kind(of)} has no elements to choose from"
    raise EvaluationError(message, expression.source)


def _splat(expression: Splat, scope: Scope) -> Value:
    of = evaluate(expression.of, scope)
    content = of.content
    if content is None:
        return Value([], expression.source)
    if isinstance(content, Unknown):
        return _inside(content, f"[*]{spelling(expression.each)}", expression.source)
    if isinstance(content, Lazy):
        items = content.elements(expression.source)
    else:
        items = content if isinstance(content, list) else [of]
    return Value(
        [evaluate(expression.each, scope.with_item(item)) for item in items], expression.source
    )


def _unary(expression: Unary, scope: Scope) -> Value:
    of = evaluate(expression.of, scope)
    if expression.operator == "!":
        return Value(not as_bool(of), expression.source)
    return Value(-as_number(of), expression.source)


def _binary(expression: Binary, scope: Scope) -> Value:
    operator = expression.operator
    left = evaluate(expression.left, scope)
    if operator in ("&&", "||"):
        return _logical(operator, left, expression, scope)
    right = evaluate(expression.right, scope)
    if operator in ("==", "!="):
        same = _equal(left, right, scope.workshop.budget)
        return Value(same == (operator == "=="), expression.source)
    return Value(_COMPUTE[operator](as_number(left), as_number(right)), expression.source)


def _equal(left: Value, right: Value, budget: Budget) -> bool:
    """Compare. What is unknown, or holds what is, is at least not null."""
    if left.content is None or right.content is None:
        return left.content is right.content
    return identity(left, budget) == identity(right, budget)


def _logical(operator: str, left: Value, expression: Binary, scope: Scope) -> Value:
    """Combine; one side may decide although the other is unknown."""
    decides = operator == "||"
    if left.known and as_bool(left) is decides:
        return Value(decides, expression.source)
    right = evaluate(expression.right, scope)
    if right.known and as_bool(right) is decides:
        return Value(decides, expression.source)
    as_bool(left)
    as_bool(right)
    return Value(not decides, expression.source)


def _divide(left: float, right: float) -> float:
    if right == 0:
        message = "division by zero"
        raise EvaluationError(message)
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return left // right
    return number(left / right)


def _modulo(left: float, right: float) -> float:
    if right == 0:
        message = "division by zero"
        raise EvaluationError(message)
    quotient = int(Decimal(str(left)) / Decimal(str(right)))
    return _exactly(lambda a, b: a - b * quotient, left, right)


def _exactly(compute: Callable[[Decimal, Decimal], Decimal], left: float, right: float) -> float:
    """Compute in decimals: 0.1 + 0.2 is 0.3 in Terraform."""
    result = compute(Decimal(str(left)), Decimal(str(right)))
    return number(int(result) if result == result.to_integral_value() else float(result))


def _arithmetic(
    whole: Callable[[int, int], int], exact: Callable[[Decimal, Decimal], Decimal]
) -> Callable[[float, float], float]:
    def compute(left: float, right: float) -> float:
        if isinstance(left, int) and isinstance(right, int):
            return number(whole(left, right))
        return _exactly(exact, left, right)

    return compute


_COMPUTE: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": _arithmetic(lambda a, b: a + b, lambda a, b: a + b),
    "-": _arithmetic(lambda a, b: a - b, lambda a, b: a - b),
    "*": _arithmetic(lambda a, b: a * b, lambda a, b: a * b),
    "/": _divide,
    "%": _modulo,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def _conditional(expression: Conditional, scope: Scope) -> Value:
    condition = evaluate(expression.condition, scope)
    if isinstance(condition.content, Unknown):
        return _guess(expression, condition.content, scope)
    chosen, other = expression.yes, expression.no
    if not as_bool(condition):
        chosen, other = other, chosen
    value = evaluate(chosen, scope)
    if isinstance(value.content, bool | int | float) and _is_text(other, scope):
        return Value(as_text(value), value.source)
    return value


def _is_text(expression: Expression, scope: Scope) -> bool:
    """Return whether the branch that is not taken is text, to which both then convert."""
    if isinstance(expression, Literal):
        return isinstance(expression.value, str)
    if isinstance(expression, Template):
        parts = expression.parts
        return len(parts) > 1 or isinstance(parts[0], str) or _is_text_part(parts[0], scope)
    return False


def _is_text_part(part: Part, scope: Scope) -> bool:
    return isinstance(part, IfPart | ForPart) or _is_text(part, scope)  # type: ignore[arg-type]


def _guess(expression: Conditional, gap: Unknown, scope: Scope) -> Value:
    """Take the branch that has a value; where a variable is missing, take none."""
    if gap.missing:
        raise UndeterminedError(gap)
    yes = evaluate(expression.yes, scope)
    no = evaluate(expression.no, scope)
    taken = no if not yes.known or (yes.content is None and no.known) else yes
    word = "true" if taken is yes else "false"
    scope.workshop.guessed(
        f"{spelling(expression.condition)} is known on AWS only; taken as {word}",
        expression.source,
    )
    return taken


def _list(expression: ListOf, scope: Scope) -> Value:
    return Value([evaluate(item, scope) for item in expression.items], expression.source)


def _object(expression: ObjectOf, scope: Scope) -> Value:
    found: dict[str, Value] = {}
    for key_expression, value_expression in expression.items:
        key = evaluate(key_expression, scope)
        found[_key_text(key)] = evaluate(value_expression, scope)
    return Value(found, expression.source)


def _key_text(key: Value) -> str:
    """Return a key; one that is unknown keeps its placeholder."""
    return key.content.text if isinstance(key.content, Unknown) else as_text(key)


def _loop(
    key: str | None, value: str, of: Expression, scope: Scope
) -> Iterator[tuple[Scope, Value]]:
    budget = scope.workshop.budget
    for name, item in pairs(evaluate(of, scope), budget):
        budget.spend(1)
        own = {value: item} if key is None else {key: name, value: item}
        yield scope.with_own(own), item


def _for(expression: For, scope: Scope) -> Value:
    listed: list[Value] = []
    entries: dict[str, Value] = {}
    groups: dict[str, list[Value]] = {}
    for inner, _ in _loop(expression.key, expression.value, expression.of, scope):
        if expression.condition is not None and not as_bool(evaluate(expression.condition, inner)):
            continue
        result = evaluate(expression.result, inner)
        if expression.result_key is None:
            listed.append(result)
            continue
        key = _key_text(evaluate(expression.result_key, inner))
        if expression.grouping:
            groups.setdefault(key, []).append(result)
        elif key in entries:
            message = f"the key {key!r} comes twice in a for expression"
            raise EvaluationError(message, expression.source, "write ... behind it to group")
        else:
            entries[key] = result
    if expression.result_key is None:
        return Value(listed, expression.source)
    if expression.grouping:
        entries = {key: Value(items, expression.source) for key, items in groups.items()}
    return Value(entries, expression.source)


def _template(expression: Template, scope: Scope) -> Value:
    parts = expression.parts
    if len(parts) == 1 and not isinstance(parts[0], str):
        only = parts[0]
        if not isinstance(only, IfPart | ForPart):
            return evaluate(only, scope)
    text = _Text(scope.workshop.budget)
    _write(parts, scope, text)
    return text.value(expression)


class _Text:
    """Text as it is written, and why parts of it are unknown."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._parts: list[str] = []
        self._causes: list[Cause] = []

    def add(self, text: str) -> None:
        self._budget.text(len(text))
        self._parts.append(text)

    def add_value(self, value: Value) -> None:
        content = value.content
        if isinstance(content, Unknown):
            self.add(content.text)
            self._causes += content.causes
        else:
            self.add(as_text(value))

    def value(self, expression: Template) -> Value:
        text = "".join(self._parts)
        if not self._causes:
            return Value(text, expression.source, origin=expression.origin)
        gap = Unknown(text, tuple(dict.fromkeys(self._causes)))
        return Value(gap, expression.source, origin=expression.origin)


def _write(parts: tuple[Part, ...], scope: Scope, text: _Text) -> None:
    for part in parts:
        if isinstance(part, str):
            text.add(part)
        elif isinstance(part, IfPart):
            _write(part.yes if as_bool(evaluate(part.condition, scope)) else part.no, scope, text)
        elif isinstance(part, ForPart):
            for inner, _ in _loop(part.key, part.value, part.of, scope):
                _write(part.body, inner, text)
        else:
            value = evaluate(part, scope)
            if value.content is None or isinstance(value.content, list | dict | Lazy):
                message = f"{spelling(part)} is {kind(value)} and cannot become part of a text"
                raise EvaluationError(message, part.source)
            text.add_value(value)


def _call(expression: Call, scope: Scope) -> Value:
    if expression.name in ("try", "can"):
        return _attempt(expression, scope)
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.spread and arguments:
        last = plain(arguments.pop())
        if isinstance(last.content, Unknown):
            raise UndeterminedError(last.content)
        if not isinstance(last.content, list):
            message = f"a list is needed before ..., not {kind(last)}"
            raise EvaluationError(message, expression.source)
        arguments += last.content
    return scope.workshop.call(expression, arguments, scope)


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


_EVALUATE: Final[Mapping[type, Callable[..., Value]]] = {
    Literal: _literal,
    Reference: _reference,
    SplatItem: _splat_item,
    GetAttr: _get_attr,
    Index: _index,
    Splat: _splat,
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    ListOf: _list,
    ObjectOf: _object,
    For: _for,
    Template: _template,
    Call: _call,
}


@contextmanager
def no_gap() -> Iterator[None]:
    """Turn an unknown value that matters into an error that names it."""
    try:
        yield
    except UndeterminedError as gap:
        message = f"{gap.unknown.text} is known on AWS only"
        raise EvaluationError(message) from gap


__all__ = ["Scope", "Workshop", "attribute_of", "element", "evaluate", "no_gap", "unknown"]
