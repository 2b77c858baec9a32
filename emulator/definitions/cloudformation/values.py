"""Values of a template with their intrinsic functions resolved, as far as that can be without AWS.

What only AWS knows becomes a placeholder `${Name}` inside the value, never null for the whole of
it; `Node.guess` names it. A reference to nothing at all is an error.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from emulator.definitions.cloudformation.conditions import Conditions
from emulator.definitions.cloudformation.foreach import PREFIX
from emulator.definitions.cloudformation.functions import PURE, MisuseError, guesses, text_of
from emulator.definitions.cloudformation.parameters import unknown
from emulator.definitions.cloudformation.references import References, Surroundings
from emulator.definitions.cloudformation.stack import Stack
from emulator.definitions.cloudformation.substitution import Substitution
from emulator.definitions.cloudformation.template import Template
from emulator.definitions.nodes import Node, Problems, child, failure, some_of

MOST_STEPS: Final = 500_000
"""Values that a template may resolve; 500 large resources need a tenth of it."""

DEEPEST: Final = 90
TRANSFORM: Final = "Fn::Transform"

_DYNAMIC: Final = re.compile(r"\{\{(resolve:[^}]+)\}\}")


@dataclass(slots=True)
class Depth:
    """How deep a value is in others at the moment, those of other stacks included."""

    now: int = 0


@dataclass(slots=True)
class Budget:
    """What a template and those nested in it may still do: the values they resolve."""

    depth: Depth
    steps: int = MOST_STEPS

    def step(self, node: Node) -> None:
        """Count one value. Raises `DefinitionError` for one too many."""
        self.steps -= 1
        if self.steps < 0:
            raise failure(f"the template resolves more than {MOST_STEPS} values", node.source)


class Values:
    """Resolves values of one template; each place is resolved when it is asked for."""

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, Node],
        stack: Stack,
        surroundings: Surroundings,
        problems: Problems,
        budget: Budget,
    ) -> None:
        self._template = template
        self._stack = stack
        self._problems = problems
        self._budget = budget
        self._conditions = Conditions(self, template, parameters, problems)
        self._references = References(self, template, parameters, stack, surroundings)
        self._substitution = Substitution(self, self._references)
        self._functions: dict[str, Callable[[Node], Node | None]] = {
            "Ref": self._references.ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": self._availability_zones,
            "Fn::GetAtt": self._references.get_att,
            "Fn::If": self._conditions.choice,
            "Fn::ImportValue": self._references.import_value,
            "Fn::Sub": self._sub,
            TRANSFORM: self._refuse_transform,
        }

    def value(self, node: Node) -> Node | None:
        """Return a value; None for AWS::NoValue. Raises `DefinitionError` when it is too large."""
        self.step(node)
        depth = self._budget.depth
        depth.now += 1
        try:
            if depth.now > DEEPEST:
                raise failure(f"references and values nest more than {DEEPEST} deep", node.source)
            return self._value(node)
        finally:
            depth.now -= 1

    def step(self, node: Node) -> None:
        """Count a value that is resolved. Raises `DefinitionError` for one too many."""
        self._budget.step(node)

    def condition(self, name: str, at: Node) -> bool | None:
        """Return whether a condition holds; None where only AWS knows.

        Raises `MisuseError` for one that is not there or runs in a circle.
        """
        return self._conditions.named(name, at)

    def name_of(self, logical_id: str) -> Node:
        """Return the name of a resource: as written, else as AWS would begin to make it up."""
        return self._references.name_of(logical_id)

    def once(self, what: str, node: Node) -> Node | None:
        """Return a value that many places refer to. Raises `MisuseError` for a circle."""
        return self._references.once(what, node)

    def _value(self, node: Node) -> Node | None:
        if isinstance(node.value, dict):
            if len(node.value) == 1:
                (name, argument) = next(iter(node.value.items()))
                if name in PURE or name in self._functions:
                    return self._call(name, argument)
            return self._mapping(node, node.value)
        if isinstance(node.value, list):
            items = [item for part in node.value if (item := self.value(part)) is not None]
            return Node(items, node.source, node.guess)
        return _with_dynamic(node)

    def _mapping(self, node: Node, entries: dict[str, Node]) -> Node:
        made = {}
        for key, part in entries.items():
            if key.startswith(PREFIX):
                message = f"{key} needs Transform: AWS::LanguageExtensions"
                self._problems.rejected(message, part.source)
            elif key == TRANSFORM:
                tell_macro(part, self._problems)
            elif (item := self.value(part)) is not None:
                made[key] = item
        return Node(made, node.source)

    def _call(self, name: str, argument: Node) -> Node | None:
        try:
            if name in self._functions:
                return self._functions[name](argument)
            resolved = self.value(argument)
            if resolved is None:
                message = f"{name} of AWS::NoValue"
                raise MisuseError(message)
            return PURE[name](resolved)
        except MisuseError as error:
            message = f"Template error: {error}"
            self._problems.error(message, argument.source, hint=error.hint)
            return Node(f"${{{name}}}", argument.source, guess="")

    # -- functions of few lines ----------------------------------------------------------------

    def _sub(self, argument: Node) -> Node:
        return _with_dynamic(self._substitution.substituted(argument))

    def _find_in_map(self, argument: Node) -> Node | None:
        parts = argument.value
        if not isinstance(parts, list) or len(parts) not in (3, 4):
            message = "Fn::FindInMap takes a map and two keys"
            raise MisuseError(message)
        keys = [self.value(part) or unknown("AWS::NoValue", part) for part in parts[:3]]
        texts = [text_of(key, "a key of Fn::FindInMap") for key in keys]
        mapping = self._template.mappings.get(texts[0])
        found = child(child(mapping, texts[1]), texts[2])
        if found is not None:
            # Functions are not allowed in mappings: nothing to resolve there.
            return Node(found.value, argument.source)
        default = child(parts[3], "DefaultValue") if len(parts) == 4 else None
        if default is not None:
            return self.value(default)
        name = ".".join(texts)
        if guesses(*keys):
            return unknown(f"FindInMap {name}", argument)
        message = f"Unable to get mapping for {name}"
        raise MisuseError(message, self._hint_at_place(mapping, texts[1]))

    def _hint_at_place(self, mapping: Node | None, key: str) -> str | None:
        """Return what to do where a mapping has no entry for where the stack is deployed."""
        places = {self._stack.account: "account", self._stack.region: "region"}
        entries = mapping.value if mapping is not None and isinstance(mapping.value, dict) else {}
        if not entries or key not in places or key in entries:
            return None
        what = places[key]
        known = some_of(tuple(entries))
        say = f"say another `{what}` under local: in ecs-local.yaml"
        return f"the {what} is {key} here: {say}; the mapping has {known}"

    def _availability_zones(self, argument: Node) -> Node:
        resolved = self.value(argument)
        named = str(resolved.value) if resolved is not None and resolved.value else ""
        region = named or self._stack.region
        return Node([Node(f"{region}{z}", argument.source) for z in "abc"], argument.source)

    def _refuse_transform(self, argument: Node) -> Node:
        message = "Fn::Transform runs a macro on AWS, which is not supported"
        raise MisuseError(message)


def tell_macro(node: Node, problems: Problems) -> None:
    """Warn of a macro that would add something to what stands around it."""
    name = child(node, "Name")
    named = "a macro" if name is None else f"the macro {name.value}"
    problems.warning(f"{named} runs on AWS only: left out", node.source)


def _with_dynamic(node: Node) -> Node:
    """Return a scalar; dynamic references in its text, which only AWS resolves, make it a guess."""
    if not isinstance(node.value, str) or "{{resolve:" not in node.value:
        return node
    names = [match[1] for match in _DYNAMIC.finditer(node.value)]
    return Node(node.value, node.source, ", ".join(names) or node.guess)
