"""Unquoted words, such as `on` and `0123`, that are text here and not in CloudFormation's YAML 1.1.

AWS: "Template formats" in the CloudFormation user guide; YAML: the types bool and int of YAML 1.1.
"""

import re
from collections.abc import Iterator
from typing import Final

from emulator.definitions.nodes import Node, Problems

_TRUE: Final = re.compile(r"yes|Yes|YES|on|On|ON")
_FALSE: Final = re.compile(r"no|No|NO|off|Off|OFF")
_OCTAL: Final = re.compile(r"[-+]?0[0-7_]*[0-7]", re.ASCII)
_DECIMAL: Final = re.compile(r"[-+]?0\d+", re.ASCII)
_LONGEST: Final = 40
_SIXTIES: Final = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+", re.ASCII)


def tell_plain_words(node: Node, problems: Problems) -> None:
    """Warn of what is text here, and something else where it is deployed."""
    for found in _texts(node):
        other = _meaning(found.text)
        if other is not None:
            message = f"{found.text} without quotes is {other} to CloudFormation"
            problems.warning(message, found.source, hint=f"write '{found.text}'")


def _texts(node: Node) -> Iterator[Node]:
    """Yield the texts below a value that were written without quotes."""
    if isinstance(node.value, dict):
        for child in node.value.values():
            yield from _texts(child)
    elif isinstance(node.value, list):
        for child in node.value:
            yield from _texts(child)
    elif isinstance(node.value, str) and node.written is not None:
        yield node


def _meaning(text: str) -> str | None:
    """Return what a word is; a number of very many digits, which takes long to tell, just that."""
    if _TRUE.fullmatch(text):
        return "true"
    if _FALSE.fullmatch(text):
        return "false"
    numeric = _OCTAL.fullmatch(text) or _DECIMAL.fullmatch(text) or _SIXTIES.fullmatch(text)
    if numeric and len(text) > _LONGEST:
        return "another number"
    if _OCTAL.fullmatch(text):
        return str(int(text.replace("_", ""), 8))
    if _DECIMAL.fullmatch(text):
        return "a number without its zeros"
    if not _SIXTIES.fullmatch(text):
        return None
    total = 0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        total = total * 60 + int(part)
    return str(-total if text.startswith("-") else total)
