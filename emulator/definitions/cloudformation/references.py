"""Ref, Fn::GetAtt and Fn::ImportValue: what one part of a template calls another by.

AWS: "Ref" and "Fn::GetAtt" in the template reference. A resource that this machine has not got is
made up where that is true, else a placeholder.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from emulator.definitions.cloudformation.attributes import (
    ATTRIBUTES,
    NAMES,
    REFS,
    STAND_FOR,
    filled,
    made_up_name,
)
from emulator.definitions.cloudformation.functions import MisuseError, arguments, text_of
from emulator.definitions.cloudformation.nested import OUTPUTS, is_nested
from emulator.definitions.cloudformation.parameters import unknown
from emulator.definitions.cloudformation.resolver import Resolver
from emulator.definitions.cloudformation.stack import Stack
from emulator.definitions.cloudformation.template import Template
from emulator.definitions.nodes import Node, did_you_mean

NO_VALUE: Final = "AWS::NoValue"
IMPORTED: Final = "ImportValue "
"""What the name of a placeholder begins with that stands for an export."""


class Surroundings(Protocol):
    """What a template refers to outside of itself. Both raise `MisuseError`."""

    def output(self, logical_id: str, name: str) -> Node | None:
        """Return an output of a nested stack; None where its template is not here."""

    def exported(self, name: str) -> Node | None:
        """Return what another stack exports; None where no template here does."""


class References:
    """Resolves the references of one template."""

    def __init__(
        self,
        resolver: Resolver,
        template: Template,
        parameters: Mapping[str, Node],
        stack: Stack,
        surroundings: Surroundings,
    ) -> None:
        self._resolver = resolver
        self._template = template
        self._parameters = parameters
        self._stack = stack
        self._surroundings = surroundings
        self._pending: set[str] = set()
        self._known: dict[str, Node] = {}

    def ref(self, argument: Node) -> Node | None:
        """Ref."""
        name = text_of(argument, "Ref")
        return None if name == NO_VALUE else self.named(name, argument)

    def named(self, name: str, at: Node) -> Node:
        """Return what Ref gives for a name. Raises `MisuseError` where there is none."""
        pseudo = self._stack.pseudo_parameters.get(name)
        if pseudo is not None:
            return Node(pseudo, at.source)
        if name in self._parameters:
            known = self._parameters[name]
            # Whoever gets a list goes through it: a long one in many places is many values.
            for item in known.value if isinstance(known.value, list) else ():
                self._resolver.step(item)
            return Node(known.value, at.source, known.guess)
        if name in self._template.resources:
            return self._of_resource(name, "Ref", at)
        names = (*self._parameters, *self._template.resources)
        hint = did_you_mean(name, names)
        message = f"Unresolved resource dependencies [{name}]" + (f"; {hint}" if hint else "")
        raise MisuseError(message)

    def get_att(self, argument: Node) -> Node:
        """Fn::GetAtt, of a list or of text with a dot."""
        resolved = self._resolver.value(argument)
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

    def import_value(self, argument: Node) -> Node:
        """Fn::ImportValue."""
        name = self._resolver.value(argument)
        export = text_of(name or argument, "Fn::ImportValue")
        found = self._surroundings.exported(export)
        if found is not None:
            return Node(found.value, argument.source, found.guess)
        return unknown(IMPORTED + export, argument)

    def name_of(self, logical_id: str) -> Node:
        """Return the name of a resource: as written, else as AWS would begin to make it up."""
        kind = self._template.resource_type(logical_id)
        written = self._template.written(logical_id, NAMES.get(kind, "Name"))
        known = None if written is None else self.once(f"{logical_id}.name", written)
        if known is not None and isinstance(known.value, str | int):
            return Node(str(known.value), known.source, known.guess)
        resource = self._template.resources[logical_id]
        return Node(made_up_name(self._stack.name, logical_id, kind), resource.source)

    def once(self, what: str, node: Node) -> Node | None:
        """Return a value that many places refer to. Raises `MisuseError` for a circle."""
        if what in self._known:
            return self._known[what]
        if what in self._pending:
            message = f"Circular dependency between resources: {what}"
            raise MisuseError(message)
        self._pending.add(what)
        try:
            value = self._resolver.value(node)
        finally:
            self._pending.discard(what)
        if value is not None:
            self._known[what] = value
        return value

    def _of_resource(self, logical_id: str, attribute: str, at: Node) -> Node:
        """Return Ref or an attribute of a resource: made up where that is true, else unknown."""
        kind = self._template.resource_type(logical_id)
        if (kind, attribute) in STAND_FOR:
            return self._of_property(logical_id, STAND_FOR[kind, attribute], attribute, at)
        if is_nested(kind) and attribute.startswith(OUTPUTS):
            return self._of_nested(logical_id, attribute, at)
        form = REFS.get(kind) if attribute == "Ref" else ATTRIBUTES.get((kind, attribute))
        if form is None and (attribute != "Ref" or kind not in NAMES):
            return _unknown(logical_id, attribute, at)
        name = self.name_of(logical_id)
        stack = self._stack
        text = filled(
            form or "{name}", name=str(name.value), region=stack.region, account=stack.account
        )
        return Node(text, at.source, name.guess)

    def _of_property(self, logical_id: str, name: str, attribute: str, at: Node) -> Node:
        """Return what the template itself says where an attribute is one of the properties."""
        written = self._template.written(logical_id, name)
        value = None if written is None else self.once(f"{logical_id}.{name}", written)
        return _unknown(logical_id, attribute, at) if value is None else value

    def _of_nested(self, logical_id: str, attribute: str, at: Node) -> Node:
        found = self._surroundings.output(logical_id, attribute.removeprefix(OUTPUTS))
        if found is None:
            return unknown(f"{logical_id}.{attribute}", at)
        return Node(found.value, at.source, found.guess)


def _unknown(logical_id: str, attribute: str, at: Node) -> Node:
    return unknown(logical_id if attribute == "Ref" else f"{logical_id}.{attribute}", at)
