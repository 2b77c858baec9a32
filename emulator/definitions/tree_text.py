"""Text of YAML or JSON as a tree, whichever the file's name says."""

from pathlib import Path

from emulator.definitions.files import JSONNET, YAML_SUFFIXES
from emulator.definitions.nodes import Node
from emulator.definitions.reading import Reading


def parse_tree(path: Path, text: str, reading: Reading) -> Node:
    """Return YAML or JSON, as the file's name says, as a tree. Raises `DefinitionError`."""
    name = reading.project.name(path)
    if path.suffix not in YAML_SUFFIXES:
        from emulator.definitions.json_text import parse_json

        # What Jsonnet makes is in no file: its lines would lead astray.
        return parse_json(text, name, lines=path.suffix != JSONNET)
    from emulator.definitions.yaml_text import parse_yaml

    return parse_yaml(text, name)
