"""Values of a template with their intrinsic functions resolved, as far as that can be without AWS.

What only AWS knows becomes a placeholder `${Name}` inside the value, never null for the whole of
it; `Node.guess` names it. A reference to nothing at all is an error.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from emulator.definitions.cloudformation.attributes import (
    ATTRIBUTES,
    NAMES,
    REFS,
    filled,
    made_up_name,
)
from emulator.definitions.cloudformation.conditions import Conditions
from emulator.definitions.cloudformation.foreach import PREFIX
from emulator.definitions.cloudformation.functions import (
    LARGEST_TEXT,
    PURE,
    MisuseError,
    arguments,
    guesses,
    limited,
    text_of,
)
from emulator.definitions.cloudformation.parameters import unknown
from emulator.definitions.cloudformation.template import Template, child
from emulator.definitions.nodes import Node, Problems, did_you_mean, failure

MOST_STEPS: Final = 500_000
"""Values that a template may resolve; 500 large resources need a tenth of it."""

DEEPEST: Final = 90

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_DYNAMIC: Final = re.compile(r"\{\{(resolve:[^}]+)\}\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """Where a template is deployed: what the pseudo parameters say, and what stacks export.

    Stacks that are read together share `exports`, to which each adds its own.
    """

    name: str
    region: str
    account: str
    exports: dict[str, Node] = field(default_factory=dict)


class Values:
    """Resolves values of one template; each place is resolved when it is asked for."""

    def __init__(
        self, template: Template, parameters: Mapping[str, Node], stack: Stack, problems: Problems
    ) -> None:
        self._template = template
        self._parameters = parameters
        self._stack = stack
        self._problems = problems
        self._steps = 0
        self._depth = 0
        self._pending: set[str] = set()
        self._known: dict[str, Node] = {}
        self._conditions = Conditions(self, template)
        self._functions: dict[str, Callable[[Node], Node | None]] = {
            "Ref": self._ref,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": self._availability_zones,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::ImportValue": self._import,
            "Fn::Sub": self._sub,
            "Fn::Transform": self._refuse_transform,
        }

    # -- any value -----------------------------------------------------------------------------

    def value(self, node: Node) -> Node | None:
        """Return a value; None for AWS::NoValue. Raises `DefinitionError` when it is too large."""
        self._step(node)
        self._depth += 1
        try:
            if self._depth > DEEPEST:
                raise failure(f"references and values nest more than {DEEPEST} deep", node.source)
            return self._value(node)
        finally:
            self._depth -= 1

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
        if isinstance(node.value, str) and "{{resolve:" in node.value:
            return self._dynamic(node, node.value)
        return node

    def _mapping(self, node: Node, entries: dict[str, Node]) -> Node:
        made = {}
        for key, part in entries.items():
            if key.startswith(PREFIX):
                message = f"{key} needs Transform: AWS::LanguageExtensions"
                self._problems.rejected(message, part.source)
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
            self._problems.error(f"Template error: {error}", argument.source)
            return Node(f"${{{name}}}", argument.source, guess="")

    def _step(self, node: Node) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise failure(f"the template resolves more than {MOST_STEPS} values", node.source)

    def _dynamic(self, node: Node, text: str) -> Node:
        """Return a text with dynamic references, which only AWS resolves."""
        names = [match[1] for match in _DYNAMIC.finditer(text)]
        return Node(text, node.source, ", ".join(names) or node.guess)

    # -- references ----------------------------------------------------------------------------

    def _ref(self, argument: Node) -> Node | None:
        name = text_of(argument, "Ref")
        return None if name == "AWS::NoValue" else self.reference(name, argument)

    def reference(self, name: str, at: Node) -> Node:
        """Return what Ref gives for a name. Raises `MisuseError` where there is none."""
        pseudo = self._pseudo(name)
        if pseudo is not None:
            return Node(pseudo, at.source)
        if name in self._parameters:
            known = self._parameters[name]
            return Node(known.value, at.source, known.guess)
        if name in self._template.resources:
            return self._of_resource(name, "Ref", at)
        names = (*self._parameters, *self._template.resources)
        hint = did_you_mean(name, names)
        message = f"Unresolved resource dependencies [{name}]" + (f"; {hint}" if hint else "")
        raise MisuseError(message)

    def _pseudo(self, name: str) -> str | None:
        stack = self._stack
        arn = f"arn:aws:cloudformation:{stack.region}:{stack.account}:stack/{stack.name}/local"
        return {
            "AWS::AccountId": stack.account,
            "AWS::Partition": "aws",
            "AWS::Region": stack.region,
            "AWS::StackId": arn,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NotificationARNs": "",
        }.get(name)

    def _get_att(self, argument: Node) -> Node:
        resolved = self.value(argument)
        if resolved is not None and isinstance(resolved.value, list):
            logical_id, attribute = (
                text_of(part, "an argument of Fn::GetAtt")
                for part in arguments(resolved, 2, "Fn::GetAtt")
            )
        else:
            text = text_of(resolved or argument, "Fn::GetAtt")
            logical_id, _, attribute = text.partition(".")
        if logical_id not in self._template.resources:
            hint = did_you_mean(logical_id, tuple(self._template.resources))
            message = f"Fn::GetAtt of the undefined resource {logical_id}"
            raise MisuseError(message + (f"; {hint}" if hint else ""))
        return self._of_resource(logical_id, attribute, argument)

    def _of_resource(self, logical_id: str, attribute: str, at: Node) -> Node:
        """Return Ref or an attribute of a resource: made up where that is true, else unknown."""
        kind = self._template.resource_type(logical_id)
        if (kind, attribute) == ("AWS::SSM::Parameter", "Value"):
            written = self._template.written(logical_id, "Value")
            value = None if written is None else self._once(f"{logical_id}.Value", written)
            return unknown(f"{logical_id}.Value", at) if value is None else value
        form = REFS.get(kind) if attribute == "Ref" else ATTRIBUTES.get((kind, attribute))
        if form is None and (attribute != "Ref" or kind not in NAMES):
            return unknown(logical_id + ("" if attribute == "Ref" else f".{attribute}"), at)
        name = self.name_of(logical_id)
        stack = self._stack
        text = filled(
            form or "{name}", name=str(name.value), region=stack.region, account=stack.account
        )
        return Node(text, at.source, name.guess)

    def name_of(self, logical_id: str) -> Node:
        """Return the name of a resource: as written, else as AWS would begin to make it up."""
        kind = self._template.resource_type(logical_id)
        written = self._template.written(logical_id, NAMES.get(kind, "Name"))
        known = None if written is None else self._once(f"{logical_id}.name", written)
        if known is not None and isinstance(known.value, str | int):
            return Node(str(known.value), known.source, known.guess)
        resource = self._template.resources[logical_id]
        return Node(made_up_name(self._stack.name, logical_id, kind), resource.source)

    def _once(self, what: str, node: Node) -> Node | None:
        """Return a value that many places refer to. Raises `MisuseError` for a circle."""
        if what in self._known:
            return self._known[what]
        if what in self._pending:
            message = f"Circular dependency between resources: {what}"
            raise MisuseError(message)
        self._pending.add(what)
        try:
            value = self.value(node)
        finally:
            self._pending.discard(what)
        if value is not None:
            self._known[what] = value
        return value

    # -- the other functions -------------------------------------------------------------------

    def _sub(self, argument: Node) -> Node:
        variables: dict[str, Node] = {}
        template = argument
        if isinstance(argument.value, list):
            template, mapping = arguments(argument, 2, "Fn::Sub")
            if not isinstance(mapping.value, dict):
                message = "the second argument of Fn::Sub must be a mapping"
                raise MisuseError(message)
            variables = {k: v for k, n in mapping.value.items() if (v := self.value(n)) is not None}
        used: list[Node] = []
        text = text_of(template, "Fn::Sub")
        parts: list[str] = []
        end = size = 0
        for match in _VARIABLE.finditer(text):
            self._step(template)
            parts += [text[end : match.start()], self._variable(match, variables, template, used)]
            end = match.end()
            size += len(parts[-1])
            if size > LARGEST_TEXT:
                break
        made = limited("".join([*parts, text[end:]]))
        result = Node(made, argument.source, guesses(*used))
        return self._dynamic(result, made) if "{{resolve:" in made else result

    def _variable(
        self, match: "re.Match[str]", variables: Mapping[str, Node], at: Node, used: list[Node]
    ) -> str:
        name = match[1].strip()
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in variables:
            found = variables[name]
        elif "." in name:
            found = self._get_att(Node(name, at.source))
        else:
            found = self.reference(name, at)
        used.append(found)
        return text_of(found, f"${{{name}}} in Fn::Sub")

    def _find_in_map(self, argument: Node) -> Node | None:
        parts = argument.value
        if not isinstance(parts, list) or len(parts) not in (3, 4):
            message = "Fn::FindInMap takes a map and two keys"
            raise MisuseError(message)
        keys = [self.value(part) or unknown("AWS::NoValue", part) for part in parts[:3]]
        texts = [text_of(key, "a key of Fn::FindInMap") for key in keys]
        found: Node | None = child(self._template.mappings.get(texts[0]), texts[1])
        found = child(found, texts[2])
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
        raise MisuseError(message)

    def _import(self, argument: Node) -> Node:
        name = self.value(argument)
        export = text_of(name or argument, "Fn::ImportValue")
        found = self._stack.exports.get(export)
        if found is not None:
            return Node(found.value, argument.source, found.guess)
        return unknown(f"ImportValue {export}", argument)

    def _availability_zones(self, argument: Node) -> Node:
        resolved = self.value(argument)
        named = str(resolved.value) if resolved is not None and resolved.value else ""
        region = named or self._stack.region
        return Node([Node(f"{region}{z}", argument.source) for z in "abc"], argument.source)

    def _refuse_transform(self, argument: Node) -> Node:
        message = "Fn::Transform runs a macro on AWS, which is not supported"
        raise MisuseError(message)

    # -- conditions ----------------------------------------------------------------------------

    def _if(self, argument: Node) -> Node | None:
        condition, when_true, when_false = arguments(argument, 3, "Fn::If")
        name = text_of(condition, "the condition of Fn::If")
        holds = self.condition(name, condition)
        if holds is not None:
            return self.value(when_true if holds else when_false)
        value = self.value(when_true)
        chosen = True
        if value is not None and value.guess is not None:
            other = self.value(when_false)
            if other is None or other.guess is None:
                value, chosen = other, False
        message = f"the condition {name} is not known: taken as {str(chosen).lower()}"
        self._problems.warning(message, argument.source, hint=self._how_to_know(name))
        return value

    def condition(self, name: str, at: Node) -> bool | None:
        """Return whether a condition holds; None where only AWS knows.

        Raises `MisuseError` for one that is not there or runs in a circle.
        """
        return self._conditions.named(name, at)

    def _how_to_know(self, condition: str) -> str | None:
        missing = sorted(
            name
            for name, value in self._parameters.items()
            if value.guess == name and _mentions(self._template.conditions.get(condition), name)
        )
        return None if not missing else f"give {' '.join(f'--param {n}=VALUE' for n in missing)}"


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
