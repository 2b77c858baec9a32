"""The intrinsic functions that need nothing but their arguments, which are resolved before.

AWS: "Intrinsic function reference" in the CloudFormation template reference. Each takes the
resolved argument and returns a value, or raises `MisuseError`.
"""

import base64
import ipaddress
import json
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from emulator.definitions.nodes import Node, scalar_text

LARGEST_TEXT: Final = 1_000_000
"""Characters that a function may make: a template itself has fewer on AWS."""

MOST_BLOCKS: Final = 256


class MisuseError(Exception):
    """A function is given what it cannot work on; says so in one sentence, `hint` what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def text_of(node: Node, what: str) -> str:
    """Return a scalar as text. Raises `MisuseError`."""
    if isinstance(node.value, dict | list) or node.value is None:
        message = f"{what} must be text, not {node.kind}"
        raise MisuseError(message)
    return as_text(node)


def as_text(node: Node) -> str:
    """Return a scalar as a template has it: numbers as they are written, true, not True."""
    return scalar_text(node.value) if isinstance(node.value, bool) else node.text


def arguments(node: Node, count: int, function: str) -> list[Node]:
    """Return the arguments of a function that has a certain number. Raises `MisuseError`."""
    if not isinstance(node.value, list) or len(node.value) != count:
        message = f"{function} takes {count} arguments"
        raise MisuseError(message)
    return node.value


def guesses(*nodes: Node) -> str | None:
    """Return the names of the placeholders that values are made of; None where there are none."""
    names = dict.fromkeys(
        name for node in nodes if node.guess is not None for name in node.guess.split(", ")
    )
    return ", ".join(names) or None


def limited(text: str) -> str:
    """Return a text that is not too long. Raises `MisuseError`."""
    check_length(len(text))
    return text


def check_length(characters: int) -> None:
    """Refuse a text that would be too long, before it is made. Raises `MisuseError`."""
    if characters > LARGEST_TEXT:
        message = f"makes a text of more than {LARGEST_TEXT} characters"
        raise MisuseError(message)


def join(node: Node) -> Node:
    """Fn::Join: the items of a list with a delimiter between them."""
    delimiter, items = arguments(node, 2, "Fn::Join")
    if not isinstance(items.value, list):
        if items.guess is not None:
            return items
        message = "the second argument of Fn::Join must be a list"
        raise MisuseError(message)
    between = text_of(delimiter, "the delimiter of Fn::Join")
    texts = [text_of(item, "an item of Fn::Join") for item in items.value]
    check_length(sum(map(len, texts)) + len(between) * len(texts))
    return Node(between.join(texts), node.source, guesses(items, *items.value))


def split(node: Node) -> Node:
    """Fn::Split: a text as a list. The parts of a placeholder stay in one part."""
    delimiter, text = arguments(node, 2, "Fn::Split")
    between = text_of(delimiter, "the delimiter of Fn::Split")
    if not between:
        message = "the delimiter of Fn::Split is empty"
        raise MisuseError(message)
    parts = text_of(text, "the text of Fn::Split").split(between)
    items = [
        Node(part, node.source, text.guess if text.guess and "${" in part else None)
        for part in parts
    ]
    return Node(items, node.source, text.guess)


def select(node: Node) -> Node:
    """Fn::Select: one item of a list."""
    index, items = arguments(node, 2, "Fn::Select")
    number = text_of(index, "the index of Fn::Select")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        if index.guess is not None:
            return index
        message = f"the index of Fn::Select must be a number, not {number!r}"
        raise MisuseError(message)
    found = items.value if isinstance(items.value, list) else []
    if int(number) < len(found):
        return found[int(number)]
    if items.guess is not None:
        name = f"{items.guess}[{number}]"
        return Node(f"${{{name}}}", node.source, name)
    message = f"Fn::Select cannot select nonexistent value at index {number}"
    raise MisuseError(message)


def to_base64(node: Node) -> Node:
    """Fn::Base64."""
    text = text_of(node, "the argument of Fn::Base64")
    encoded = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
    return Node(encoded, node.source, node.guess)


def length(node: Node) -> Node:
    """Fn::Length: how many items a list has."""
    if isinstance(node.value, list):
        return Node(len(node.value), node.source, node.guess)
    if node.guess is not None:
        return Node(f"${{length of {node.guess}}}", node.source, node.guess)
    message = f"Fn::Length takes a list, not {node.kind}"
    raise MisuseError(message)


def to_json_string(node: Node) -> Node:
    """Fn::ToJsonString: a list or mapping as JSON text."""
    if not isinstance(node.value, dict | list):
        message = f"Fn::ToJsonString takes a list or a mapping, not {node.kind}"
        raise MisuseError(message)
    found: list[Node] = []
    text = json.dumps(_plain(node, found), ensure_ascii=False, separators=(",", ":"))
    return Node(limited(text), node.source, guesses(*found))


def _plain(node: Node, found: list[Node]) -> Any:
    found.append(node)
    if isinstance(node.value, dict):
        return {key: _plain(child, found) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child, found) for child in node.value]
    return node.value


def cidr(node: Node) -> Node:
    """Fn::Cidr: address blocks within a block, `cidrBits` (the host part) wide."""
    if not isinstance(node.value, list) or len(node.value) not in (2, 3):
        message = "Fn::Cidr takes a block, a count and the bits of a block"
        raise MisuseError(message)
    if guess := guesses(*node.value):
        return Node([], node.source, guess)
    try:
        block, count, *bits = (text_of(item, "an argument of Fn::Cidr") for item in node.value)
        network = ipaddress.ip_network(block, strict=False)
        host = int(bits[0]) if bits else 8
        subnets = network.subnets(new_prefix=network.max_prefixlen - host)
        found = list(islice(subnets, min(int(count), MOST_BLOCKS)))
    except ValueError as error:
        message = f"Fn::Cidr: {error}"
        raise MisuseError(message) from error
    return Node([Node(str(block), node.source) for block in found], node.source)


PURE: Final[dict[str, Callable[[Node], Node]]] = {
    "Fn::Base64": to_base64,
    "Fn::Cidr": cidr,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::ToJsonString": to_json_string,
}
"""The functions of this module by name."""
