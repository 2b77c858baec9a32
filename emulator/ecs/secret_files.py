"""Files that hold values of secrets: JSON, YAML, or NAME=VALUE lines."""

import json
from pathlib import Path
from typing import Any, Final

from emulator.errors import DefinitionError

LARGEST: Final = 1024 * 1024
"""Bytes of a file; one secret has at most 64 KiB on AWS."""


class SecretSourceError(Exception):
    """What `local.secrets` names cannot be had; the text says what, and no content of it."""


def read_text(path: Path) -> str:
    """Return the text of a file of secrets. Raises `SecretSourceError`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1) if path.is_file() else b""
    except OSError as error:
        message = f"local.secrets: {path} cannot be read: {error.strerror}"
        raise SecretSourceError(message) from error
    if not path.is_file() or len(data) > LARGEST:
        message = f"local.secrets: {path} is not a file of at most {LARGEST >> 20} MiB"
        raise SecretSourceError(message)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"local.secrets: {path} is not UTF-8"
        raise SecretSourceError(message) from error
    if "\0" in text:
        message = f"local.secrets: {path} holds a NUL character"
        raise SecretSourceError(message)
    return text


def read_entries(path: Path) -> dict[str, str]:
    """Return what a JSON or YAML mapping, or a file of NAME=VALUE lines, says.

    A value that is a mapping or a list is its JSON text. Raises `SecretSourceError`.
    """
    text = read_text(path)
    if path.suffix not in (".json", ".yaml", ".yml"):
        return parse_lines(text)
    from emulator.definitions.json_text import parse_json
    from emulator.definitions.yaml_text import parse_yaml

    try:
        node = (parse_json if path.suffix == ".json" else parse_yaml)(text, str(path))
    except DefinitionError as error:
        # The parser's own words may quote what it stumbled over.
        line = error.problems[0].source.line if error.problems[0].source else None
        message = f"local.secrets: {path}:{line} is not {path.suffix[1:].upper()}"
        raise SecretSourceError(message) from error
    if not isinstance(node.value, dict):
        message = f"local.secrets: {path} must be a mapping of names to values"
        raise SecretSourceError(message)
    return {name: _entry(child) for name, child in node.value.items()}


def _entry(node: Any) -> str:
    return node.text if not isinstance(node.value, dict | list) else json.dumps(_plain(node))


def _plain(node: Any) -> Any:
    if isinstance(node.value, dict):
        return {name: _plain(child) for name, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child) for child in node.value]
    return node.value


def parse_lines(text: str) -> dict[str, str]:
    """Return NAME=VALUE lines, with `export`, comments and quotes around a value as in shells.

    Nothing is replaced in values.
    """
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        name, value = name.removeprefix("export ").strip(), value.strip()
        if not equals or not name or name.startswith("#"):
            continue
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found[name] = value
    return found
