"""Fn::Sub: a text with variables in it.

AWS: "Fn::Sub" in the template reference.
"""

import re
from collections.abc import Mapping
from typing import Final

from emulator.definitions.cloudformation.functions import (
    LARGEST_TEXT,
    MisuseError,
    arguments,
    guesses,
    limited,
    text_of,
)
from emulator.definitions.cloudformation.references import References
from emulator.definitions.cloudformation.resolver import Resolver
from emulator.definitions.nodes import Node

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


class Substitution:
    """Puts values into the texts of one template."""

    def __init__(self, resolver: Resolver, references: References) -> None:
        self._resolver = resolver
        self._references = references

    def substituted(self, argument: Node) -> Node:
        """Return the text of Fn::Sub. Raises `MisuseError`."""
        template, variables = self._parts(argument)
        used: list[Node] = []
        text = text_of(template, "Fn::Sub")
        parts: list[str] = []
        end = size = 0
        for match in _VARIABLE.finditer(text):
            self._resolver.step(template)
            parts += [text[end : match.start()], self._put(match[1], variables, template, used)]
            end = match.end()
            size += len(parts[-1])
            if size > LARGEST_TEXT:
                break
        made = limited("".join([*parts, text[end:]]))
        return Node(made, argument.source, guesses(*used))

    def _parts(self, argument: Node) -> tuple[Node, Mapping[str, Node]]:
        """Return the text of Fn::Sub, and the variables that it brings along."""
        if not isinstance(argument.value, list):
            return argument, {}
        template, mapping = arguments(argument, 2, "Fn::Sub")
        if not isinstance(mapping.value, dict):
            message = "the second argument of Fn::Sub must be a mapping"
            raise MisuseError(message)
        resolved = {name: self._resolver.value(node) for name, node in mapping.value.items()}
        return template, {name: node for name, node in resolved.items() if node is not None}

    def _put(self, written: str, variables: Mapping[str, Node], at: Node, used: list[Node]) -> str:
        name = written.strip()
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in variables:
            found = variables[name]
        elif "." in name:
            found = self._references.get_att(Node(name, at.source))
        else:
            found = self._references.named(name, at)
        used.append(found)
        return text_of(found, f"${{{name}}} in Fn::Sub")
