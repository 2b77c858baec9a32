"""`validation` of variables: a value that a module refuses, in the module's own words.

HashiCorp, Terraform language: "Custom Conditions", input variable validation.
"""

from collections.abc import Callable

from emulator.definitions.terraform.evaluation import Scope, evaluate
from emulator.definitions.terraform.plain_values import as_bool, as_text
from emulator.definitions.terraform.syntax import Block
from emulator.definitions.terraform.values import EvaluationError, Lazy, Value
from emulator.errors import SourceRef

Find = Callable[[str, SourceRef], Value]


class _Variables(Lazy):
    """`var` where one of them is checked: it may not be asked for by way of itself."""

    def __init__(self, name: str, value: Value, others: Find) -> None:
        self._name = name
        self._value = value
        self._others = others

    def attribute(self, name: str, source: SourceRef) -> Value:
        return self._value if name == self._name else self._others(name, source)

    def element(self, key: str | int, source: SourceRef) -> Value:
        return self.attribute(str(key), source)

    def whole(self, source: SourceRef) -> Value:
        message = "var is not a value by itself: name one of them"
        raise EvaluationError(message, source)


def check(name: str, value: Value, block: Block, scope: Scope, others: Find) -> None:
    """Check a variable by its own rules; what is not known is not judged.

    Raises `EvaluationError` with the message of the rule.
    """
    if not value.known:
        return
    inner = scope.with_own({"var": Value(_Variables(name, value, others), block.source)})
    for rule in block.body.of_type("validation"):
        _check_rule(rule, value, inner)


def _check_rule(rule: Block, value: Value, scope: Scope) -> None:
    condition = rule.body.expression("condition")
    message = rule.body.expression("error_message")
    if condition is None or message is None:
        missing = "a validation has a condition and an error_message"
        raise EvaluationError(missing, rule.source)
    verdict = evaluate(condition, scope)
    if verdict.known and not as_bool(verdict):
        text = evaluate(message, scope)
        shown = as_text(text) if text.known else "the value is not allowed"
        hint = f"the rule is in {rule.source}"
        raise EvaluationError(" ".join(shown.split()), value.source, hint)
