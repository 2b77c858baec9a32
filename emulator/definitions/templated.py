"""Files that may be templates before they are YAML, JSON or Jsonnet: ecschedule's and ecspresso's.

Most are not: what renders templates, and what reads YAML and Jsonnet, is imported for those that
are.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.definitions.files import JSONNET
from emulator.definitions.nodes import Node
from emulator.definitions.reading import Reading
from emulator.definitions.tree_text import parse_tree, shared_tree

if TYPE_CHECKING:
    from emulator.definitions.go_functions import Function


_COMMENT: Final = re.compile(r"(?://|#)[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)")
_IMPORT: Final = re.compile(r"\bimport\s*([\"'])(.+?)\1")


def imported(path: Path, text: str) -> Iterator[Path]:
    """Yield the files that a Jsonnet file imports: they are parts of it."""
    if path.suffix == JSONNET:
        for match in _IMPORT.finditer(_COMMENT.sub("", text)):
            yield path.parent / match[2]


def read_config(path: Path, text: str, reading: Reading) -> "tuple[Node, Mapping[str, Function]]":
    """Return a configuration file with the template functions that its `plugins` add.

    Raises `DefinitionError`.
    """
    text = _evaluated(path, text, reading)
    if "{{" not in text and "plugins" not in text:
        return shared_tree(path, text, reading), {}
    from emulator.definitions.rendering import render_config

    text, functions = render_config(path, text, reading)
    return parse_tree(path, text, reading), functions


def read_tree(path: Path, reading: Reading, functions: "Mapping[str, Function]") -> Node:
    """Return a file that a configuration refers to. Raises `DefinitionError`."""
    text = _evaluated(path, reading.project.read(path), reading)
    return parse_template(path, text, reading, functions)


def parse_template(
    path: Path, text: str, reading: Reading, functions: "Mapping[str, Function] | None" = None
) -> Node:
    """Return a text as a tree, rendered if it is a template. Raises `DefinitionError`.

    `functions` are those of plugins, besides the ones that every template has.
    """
    if "{{" not in text:
        return shared_tree(path, text, reading)
    from emulator.definitions.placeholders import with_placeholders
    from emulator.definitions.rendering import render_calls

    text = render_calls(path, text, reading, functions or {})
    return with_placeholders(parse_tree(path, text, reading))


def external_variables(path: Path, reading: Reading) -> set[str]:
    """Return the parameters that a file may take: Jsonnet any of them, by `std.extVar`."""
    return set(reading.parameters) if path.suffix == JSONNET else set()


def _evaluated(path: Path, text: str, reading: Reading) -> str:
    if path.suffix != JSONNET:
        return text
    from emulator.definitions.jsonnet_text import jsonnet_to_json

    return jsonnet_to_json(path, reading)
