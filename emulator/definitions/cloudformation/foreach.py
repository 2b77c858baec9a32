"""`Fn::ForEach`: mappings are written out before anything of them is resolved.

AWS: "Fn::ForEach" in the template reference, a part of the AWS::LanguageExtensions transform.
"""

import re
from collections.abc import Callable
from typing import Final

from emulator.definitions.cloudformation.template import Template
from emulator.definitions.nodes import Node, failure

PREFIX: Final = "Fn::ForEach::"
MOST_NODES: Final = 200_000
"""Values that the loops of a template may make together; AWS stops at 500 resources."""

_NAME: Final = re.compile(r"[A-Za-z0-9]+", re.ASCII)

Collection = Callable[[Node], list[str]]
"""Resolves the collection of a loop. Raises `DefinitionError`."""


def write_out(template: Template, collection: Collection) -> None:
    """Write out the loops of the sections that may have them. Raises `DefinitionError`."""
    loops = Loops(collection)
    for section in (template.conditions, template.resources, template.outputs):
        expanded = loops.expanded(Node(dict(section), template.root.source))
        section.clear()
        section.update(expanded.value if isinstance(expanded.value, dict) else {})


class Loops:
    """Writes out the loops of one template."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._made = 0

    def expanded(self, node: Node) -> Node:
        """Return a value with its loops written out. Raises `DefinitionError`."""
        if isinstance(node.value, list):
            return Node([self.expanded(child) for child in node.value], node.source)
        if not isinstance(node.value, dict):
            return node
        self._count(node)
        made: dict[str, Node] = {}
        for key, value in node.value.items():
            pairs = self._loop(key, value) if key.startswith(PREFIX) else {key: value}
            for name, item in pairs.items():
                if name in made:
                    raise failure(f"{name!r} is there twice", item.source)
                made[name] = self.expanded(item)
        return Node(made, node.source)

    def _loop(self, key: str, node: Node) -> dict[str, Node]:
        """Return the entries of one loop; loops inside are still to be written out."""
        parts = node.value
        if not isinstance(parts, list) or len(parts) != 3:
            message = f"{key} has an identifier, a collection and a mapping"
            raise failure(message, node.source)
        identifier, collection, body = parts
        if not isinstance(identifier.value, str) or not _NAME.fullmatch(identifier.value):
            raise failure(f"{key}: the identifier must be a name", identifier.source)
        if not isinstance(body.value, dict):
            raise failure(f"{key}: the third part must be a mapping", body.source)
        made: dict[str, Node] = {}
        for item in self._collection(collection):
            replaced = self._with(body, identifier.value, item)
            for name, value in replaced.value.items() if isinstance(replaced.value, dict) else ():
                if name in made:
                    raise failure(f"{key} makes {name!r} twice", value.source)
                made[name] = value
        return made

    def _with(self, node: Node, identifier: str, item: str) -> Node:
        """Return a value with the identifier of a loop replaced, in keys too."""
        self._count(node)
        value = node.value
        if isinstance(value, str):
            return Node(_put(value, identifier, item), node.source)
        if isinstance(value, list):
            return Node([self._with(child, identifier, item) for child in value], node.source)
        if not isinstance(value, dict):
            return node
        reference = value.get("Ref")
        if len(value) == 1 and reference is not None and reference.value == identifier:
            return Node(item, node.source)
        made = {
            _put(key, identifier, item): self._with(child, identifier, item)
            for key, child in value.items()
        }
        return Node(made, node.source)

    def _count(self, node: Node) -> None:
        self._made += 1
        if self._made > MOST_NODES:
            message = f"Fn::ForEach makes more than {MOST_NODES} values"
            raise failure(message, node.source)


def _put(text: str, identifier: str, item: str) -> str:
    """Return a text with `${Identifier}` replaced; `&{Identifier}` leaves letters and digits."""
    plain = "".join(c for c in item if c.isascii() and c.isalnum())
    return text.replace(f"${{{identifier}}}", item).replace(f"&{{{identifier}}}", plain)
