"""Shell variables of a manifest: `${NAME}` in its texts, before anything of it is read.

AWS: "Manifest" in the documentation of Copilot, where it speaks of environment variables. A text
that is then a JSON list of texts is that list.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from emulator.definitions.nodes import Node, Problems
from emulator.errors import SourceRef

_VARIABLE: Final = re.compile(r"(\\?)\$\{([_a-zA-Z][_a-zA-Z0-9]*)\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Substitution:
    """Puts variables into texts: `own` are Copilot's, `environ` those of the shell."""

    own: Mapping[str, str]
    environ: Mapping[str, str]
    problems: Problems

    def value(self, node: Node) -> Node:
        """Return a value with the variables of all its texts put in; keys have none."""
        if isinstance(node.value, dict):
            made = {key: self.value(child) for key, child in node.value.items()}
            return Node(made, node.source)
        if isinstance(node.value, list):
            return Node([self.value(item) for item in node.value], node.source)
        if not isinstance(node.value, str):
            return node
        text = _VARIABLE.sub(lambda match: self._put(match, node.source), node.value)
        items = _listed(text)
        if items is not None:
            return Node([Node(item, node.source) for item in items], node.source)
        return node if text == node.value else Node(text, node.source)

    def _put(self, match: re.Match[str], source: SourceRef) -> str:
        escaped, name = match.groups()
        if escaped:
            return match[0][1:]
        own, given = self.own.get(name), self.environ.get(name)
        if own is not None and given is not None and own != given:
            message = (
                f'predefined environment variable "{name}" cannot be overridden by OS environment '
                "variable with the same name"
            )
            self.problems.rejected(message, source, hint=f"unset {name}; here it is {own}")
        if own is None and given is None:
            message = f'environment variable "{name}" is not defined'
            hint = f"set {name}, then try again; \\${{{name}}} stays as it is"
            self.problems.error(message, source, hint=hint)
        return own if own is not None else given or ""


def _listed(text: str) -> list[str] | None:
    """Return the texts that a text in brackets lists; of a block of lines none."""
    if not text.startswith("[") or text.endswith("\n"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if found and all(isinstance(item, str) for item in found) else None
