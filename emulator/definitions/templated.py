"""Files that are templates before they are YAML, JSON or Jsonnet: ecschedule's and ecspresso's."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from emulator.definitions.go_template import Function, calls_functions, render
from emulator.definitions.json_text import parse_json
from emulator.definitions.jsonnet_text import jsonnet_to_json
from emulator.definitions.nodes import Node, Problems
from emulator.definitions.plugins import aws_functions, plugin_functions
from emulator.definitions.reading import Reading
from emulator.definitions.yaml_text import parse_yaml
from emulator.errors import DefinitionError, SourceRef

_WORD: Final = re.compile(r"\{\{\s*([A-Za-z_]\w*)", re.ASCII)


def read_config(path: Path, text: str, reading: Reading) -> tuple[Node, dict[str, Function]]:
    """Return a configuration file with the template functions that its `plugins` add.

    Raises `DefinitionError`.
    """
    if path.suffix == ".jsonnet":
        text = jsonnet_to_json(path, reading)
    functions: dict[str, Function] = {}
    if "{{" in text:
        functions = plugin_functions(_plugins(path, text, reading), path, reading)
    return _parsed(path, _rendered(path, text, reading, functions), reading), functions


def read_tree(path: Path, reading: Reading, functions: Mapping[str, Function]) -> Node:
    """Return a file that a configuration refers to. Raises `DefinitionError`.

    Text with `{{ }}` that calls no function is not a template: a command may well have some.
    """
    text = reading.project.read(path)
    if path.suffix == ".jsonnet":
        text = jsonnet_to_json(path, reading)
    if functions or calls_functions(text):
        known = {**aws_functions("", reading), **functions}
        text = _rendered(path, text, reading, known)
    return _parsed(path, text, reading)


def _rendered(path: Path, text: str, reading: Reading, functions: Mapping[str, Function]) -> str:
    name = reading.project.name(path)
    return render(text, name, reading.environ, reading.problems, functions)


def _parsed(path: Path, text: str, reading: Reading) -> Node:
    name = reading.project.name(path)
    as_yaml = path.suffix in (".yaml", ".yml")
    return parse_yaml(text, name) if as_yaml else parse_json(text, name)


def _plugins(path: Path, text: str, reading: Reading) -> Node | None:
    """Return `plugins` of a template, which is not rendered yet: read with its values left out."""
    if "plugins" not in text:
        return None

    def nothing(_arguments: object, _source: SourceRef) -> str:
        return "x"

    functions: dict[str, Function] = {match[1]: nothing for match in _WORD.finditer(text)}
    try:
        rough = render(text, path.name, reading.environ, Problems(), functions)
        root = _parsed(path, rough, reading)
    except DefinitionError:
        return None
    return root.value.get("plugins") if isinstance(root.value, dict) else None
