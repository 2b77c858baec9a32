"""The conditions of a template, in a logic of three values: what depends on AWS is not known.

AWS: "Condition functions" in the CloudFormation template reference.
"""

from collections.abc import Callable, Mapping
from typing import Final

from emulator.definitions.cloudformation.functions import MisuseError, arguments, as_text, text_of
from emulator.definitions.cloudformation.resolver import Resolver
from emulator.definitions.cloudformation.template import Template
from emulator.definitions.nodes import Node, Problems, did_you_mean

DEEPEST: Final = 50


class Conditions:
    """Decides the conditions of one template."""

    def __init__(
        self,
        resolver: Resolver,
        template: Template,
        parameters: Mapping[str, Node],
        problems: Problems,
    ) -> None:
        self._resolver = resolver
        self._template = template
        self._parameters = parameters
        self._problems = problems
        self._decided: dict[str, bool | None] = {}
        self._pending: list[str] = []
        self._functions: dict[str, Callable[[Node], bool | None]] = {
            "Condition": self._condition,
            "Fn::And": self._and,
            "Fn::Equals": self._equals,
            "Fn::Not": self._not,
            "Fn::Or": self._or,
        }

    def named(self, name: str, at: Node) -> bool | None:
        """Return whether a condition holds. Raises `MisuseError`."""
        if name in self._decided:
            return self._decided[name]
        if name not in self._template.conditions:
            hint = did_you_mean(name, tuple(self._template.conditions))
            message = f"unresolved condition {name}" + (f"; {hint}" if hint else "")
            raise MisuseError(message)
        if name in self._pending or len(self._pending) >= DEEPEST:
            message = f"the condition {name} runs in a circle"
            raise MisuseError(message)
        self._pending.append(name)
        try:
            holds = self._holds(self._template.conditions[name])
        finally:
            self._pending.pop()
        self._decided[name] = holds
        return holds

    def choice(self, argument: Node) -> Node | None:
        """Fn::If: one of two values; where only AWS knows which, the one that is known here."""
        condition, when_true, when_false = arguments(argument, 3, "Fn::If")
        name = text_of(condition, "the condition of Fn::If")
        holds = self.named(name, condition)
        if holds is not None:
            return self._resolver.value(when_true if holds else when_false)
        value = self._resolver.value(when_true)
        chosen = True
        if value is not None and value.guess is not None:
            other = self._resolver.value(when_false)
            if other is None or other.guess is None:
                value, chosen = other, False
        message = f"the condition {name} is not known: taken as {str(chosen).lower()}"
        self._problems.warning(message, argument.source, hint=self._how_to_know(name))
        return value

    def _how_to_know(self, condition: str) -> str | None:
        missing = sorted(
            name
            for name, value in self._parameters.items()
            if value.guess == name and _mentions(self._template.conditions.get(condition), name)
        )
        return None if not missing else f"give {' '.join(f'--param {n}=VALUE' for n in missing)}"

    def _holds(self, node: Node) -> bool | None:
        if isinstance(node.value, dict) and len(node.value) == 1:
            name, argument = next(iter(node.value.items()))
            function = self._functions.get(name)
            if function is not None:
                return function(argument)
        message = f"a condition is one of {', '.join(self._functions)}"
        raise MisuseError(message)

    def _condition(self, argument: Node) -> bool | None:
        return self.named(text_of(argument, "Condition"), argument)

    def _and(self, argument: Node) -> bool | None:
        found = [self._holds(part) for part in _parts(argument, "Fn::And")]
        return False if False in found else None if None in found else True

    def _or(self, argument: Node) -> bool | None:
        found = [self._holds(part) for part in _parts(argument, "Fn::Or")]
        return True if True in found else None if None in found else False

    def _not(self, argument: Node) -> bool | None:
        holds = self._holds(arguments(argument, 1, "Fn::Not")[0])
        return None if holds is None else not holds

    def _equals(self, argument: Node) -> bool | None:
        left, right = (self._resolver.value(part) for part in arguments(argument, 2, "Fn::Equals"))
        if left is None or right is None:
            return left is right
        if left.guess is not None or right.guess is not None:
            return None
        return bool(_comparable(left) == _comparable(right))


def _parts(node: Node, function: str) -> list[Node]:
    if not isinstance(node.value, list) or not 2 <= len(node.value) <= 10:
        message = f"{function} takes 2 to 10 conditions"
        raise MisuseError(message)
    return node.value


def _comparable(node: Node) -> object:
    if isinstance(node.value, list):
        return [_comparable(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: _comparable(item) for key, item in node.value.items()}
    return "" if node.value is None else as_text(node)


def _mentions(node: Node | None, name: str) -> bool:
    """Return whether a condition refers to a name, not through others."""
    pending = [] if node is None else [node]
    seen = 0
    while pending and seen < 1000:
        seen += 1
        value = pending.pop().value
        if isinstance(value, dict):
            reference = value.get("Ref")
            if reference is not None and reference.value == name:
                return True
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    return False
