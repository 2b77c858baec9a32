"""Templates become text; what is unknown in them stays as a placeholder in the text."""

from emulator.definitions.terraform.budget import DIGITS_AT_A_STEP, Budget
from emulator.definitions.terraform.kinds import kind
from emulator.definitions.terraform.loops import rounds
from emulator.definitions.terraform.normalization import normal
from emulator.definitions.terraform.plain_values import as_bool, as_text
from emulator.definitions.terraform.scope import Evaluate, Scope
from emulator.definitions.terraform.spelling import spelling
from emulator.definitions.terraform.syntax import Expression, ForPart, IfPart, Part, Template
from emulator.definitions.terraform.values import Cause, EvaluationError, Lazy, Unknown, Value


def template(expression: Template, scope: Scope, evaluate: Evaluate) -> Value:
    """Return the text; a lone `${value}` is that value, whatever it is."""
    parts = expression.parts
    if len(parts) == 1 and not isinstance(parts[0], str | IfPart | ForPart):
        return evaluate(parts[0], scope)
    text = _Text(scope.budget)
    _write(parts, scope, evaluate, text)
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
            text = as_text(value)
            if not isinstance(content, str):
                self._budget.scan(len(text), DIGITS_AT_A_STEP)
            self.add(text)

    def value(self, expression: Template) -> Value:
        text = normal("".join(self._parts))
        if not self._causes:
            return Value(text, expression.source, origin=expression.origin)
        gap = Unknown(text, tuple(dict.fromkeys(self._causes)))
        return Value(gap, expression.source, origin=expression.origin)


def _write(parts: tuple[Part, ...], scope: Scope, evaluate: Evaluate, text: _Text) -> None:
    for part in parts:
        if isinstance(part, str):
            text.add(part)
        elif isinstance(part, IfPart):
            chosen = part.yes if as_bool(evaluate(part.condition, scope)) else part.no
            _write(chosen, scope, evaluate, text)
        elif isinstance(part, ForPart):
            for inner in rounds(part, scope, evaluate):
                _write(part.body, inner, evaluate, text)
        else:
            text.add_value(_primitive(part, evaluate(part, scope)))


def _primitive(part: Expression, value: Value) -> Value:
    if value.content is None or isinstance(value.content, list | dict | Lazy):
        message = f"{spelling(part)} is {kind(value)} and cannot become part of a text"
        raise EvaluationError(message, part.source)
    return value
