"""Templates become YAML or JSON, with the functions of their own `plugins`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from emulator.definitions.files import JSONNET
from emulator.definitions.go_functions import OWN, Function
from emulator.definitions.go_template import calls_functions, render
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.plugins import STATE_FUNCTIONS, aws_functions, plugin_functions
from emulator.definitions.reading import Reading
from emulator.definitions.tree_text import parse_tree
from emulator.errors import DefinitionError, SourceRef

_WORD: Final = re.compile(r"\{\{\s*([A-Za-z_]\w*)", re.ASCII)


def render_config(path: Path, text: str, reading: Reading) -> tuple[str, dict[str, Function]]:
    """Return what the template of a configuration makes, and the functions of its plugins."""
    functions = plugin_functions(_plugins(path, text, reading), path, reading)
    return _rendered(path, text, reading, functions), functions


def render_calls(path: Path, text: str, reading: Reading, functions: Mapping[str, Function]) -> str:
    """Return what a template makes that may be none.

    Text with `{{ }}` that calls no function stays as it is: a command may well have some.
    """
    if not functions and not calls_functions(text):
        return text
    return _rendered(
        path, text, reading, {**aws_functions("", reading), **STATE_FUNCTIONS, **functions}
    )


def _rendered(path: Path, text: str, reading: Reading, functions: Mapping[str, Function]) -> str:
    name = reading.project.name(path)
    lines = path.suffix != JSONNET
    return render(text, name, reading.environ, reading.problems, functions, lines=lines)


def _plugins(path: Path, text: str, reading: Reading) -> Node | None:
    """Return `plugins` of a template, which is not rendered yet: read without what plugins give."""
    if "plugins" not in text:
        return None

    def nothing(_arguments: object, _source: SourceRef) -> str:
        return "x"

    words = {match[1] for match in _WORD.finditer(text)}
    functions: dict[str, Function] = dict.fromkeys(words - OWN, nothing)
    try:
        rough = render(text, path.name, reading.environ, Problems(), functions)
        root = parse_tree(path, rough, reading)
    except DefinitionError:
        return None
    return root.value.get("plugins") if isinstance(root.value, dict) else None
