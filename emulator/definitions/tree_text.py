"""Text of YAML or JSON as a tree, whichever the file's name says."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from emulator.definitions.files import JSONNET, YAML_SUFFIXES
from emulator.definitions.nodes import Node
from emulator.definitions.reading import Reading

LARGEST_KEPT: Final = 64 * 1024
MOST_KEPT: Final = 16
"""Characters of a text, and texts, whose trees are kept: each test of a session reads the same. A
scheduler that reads changed files again keeps as many trees of old ones, 3 MB each at the most."""


def parse_tree(path: Path, text: str, reading: Reading) -> Node:
    """Return YAML or JSON, as the file's name says, as a tree. Raises `DefinitionError`."""
    return _parsed(reading.project.name(path), path.suffix, text)


def shared_tree(path: Path, text: str, reading: Reading) -> Node:
    """As `parse_tree`, of a tree that readers of the same text share: none may change it."""
    parse = _parsed if len(text) > LARGEST_KEPT else _kept
    return parse(reading.project.name(path), path.suffix, text)


def _parsed(name: str, suffix: str, text: str) -> Node:
    if suffix not in YAML_SUFFIXES:
        from emulator.definitions.json_text import parse_json

        # What Jsonnet makes is in no file: its lines would lead astray.
        return parse_json(text, name, lines=suffix != JSONNET)
    from emulator.definitions.yaml_text import parse_yaml

    return parse_yaml(text, name)


_kept = lru_cache(MOST_KEPT)(_parsed)
