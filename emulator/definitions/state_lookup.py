"""Values of a Terraform state by their address, as ecschedule's and ecspresso's `tfstate` has them.

The state is the JSON of format version 4; `data.` resources, modules, `output.` values and paths
into attributes (`aws_subnet.private[0].id`, `module.vpc.aws_vpc.this["a"].tags.Name`) are known.
"""

import re
from collections.abc import Iterator
from typing import Final

from emulator.definitions.nodes import Node, did_you_mean

_PART: Final = re.compile(r"""\[(?:"([^"\]]*)"|'([^'\]]*)'|(\d{1,9}))\]|\.?([^.\[\]"']+)""")


class StateValues:
    """The resources and outputs of one state."""

    def __init__(self, root: Node) -> None:
        """Raises ValueError for anything but a state of version 4."""
        if _entry(root, "version") is None or _scalar(_entry(root, "version")) != 4:
            message = "not a Terraform state of version 4"
            raise ValueError(message)
        self._known: dict[tuple[str, ...], Node] = dict(_addresses(root))

    def find(self, address: str) -> Node | None:
        """Return the value at an address; None where there is none."""
        parts = _parts(address)
        for length in range(len(parts), 0, -1):
            known = self._known.get(parts[:length])
            if known is not None:
                return _below(known, parts[length:])
        return None

    def hint(self, address: str) -> str | None:
        """Return what an address may have meant."""
        return did_you_mean(address, tuple(".".join(known) for known in self._known))


def _addresses(root: Node) -> Iterator[tuple[tuple[str, ...], Node]]:
    outputs = _entry(root, "outputs")
    if outputs is not None and isinstance(outputs.value, dict):
        for name, output in outputs.value.items():
            value = _entry(output, "value")
            if value is not None:
                yield ("output", name), value
    for resource in _items(_entry(root, "resources")):
        base = _parts(_text(resource, "module"))
        if _text(resource, "mode") == "data":
            base = (*base, "data")
        base = (*base, _text(resource, "type"), _text(resource, "name"))
        for instance in _items(_entry(resource, "instances")):
            attributes, index = _entry(instance, "attributes"), _entry(instance, "index_key")
            if attributes is not None:
                yield (base if index is None else (*base, str(index.value))), attributes


def _parts(address: str) -> tuple[str, ...]:
    """Return an address as names and indices; () for text that is none."""
    parts, position = [], 0
    while position < len(address):
        match = _PART.match(address, position)
        if match is None:
            return ()
        position = match.end()
        parts.append(next(group for group in match.groups() if group is not None))
    return tuple(parts)


def _below(node: Node, path: tuple[str, ...]) -> Node | None:
    found: Node | None = node
    for part in path:
        if found is None:
            return None
        if isinstance(found.value, list):
            inside = part.isdigit() and len(part) < 10 and int(part) < len(found.value)
            found = found.value[int(part)] if inside else None
        else:
            found = _entry(found, part)
    return found


def _entry(node: Node, name: str) -> Node | None:
    return node.value.get(name) if isinstance(node.value, dict) else None


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _text(node: Node, name: str) -> str:
    found = _entry(node, name)
    return found.value if found is not None and isinstance(found.value, str) else ""


def _scalar(node: Node | None) -> object:
    return None if node is None else node.value
