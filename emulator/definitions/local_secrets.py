"""`local.secrets`: where the values of secrets are on this machine."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.definitions.nodes import Fields, Node, Problems

if TYPE_CHECKING:
    from emulator.model.environment import SecretSource


def read_secret_sources(
    fields: Fields, directory: Path, problems: Problems
) -> "tuple[dict[str, SecretSource], str | None]":
    """Take `secrets`: sources by the secret they stand for, or the path of a file of secrets."""
    node = fields.take("secrets")
    if node is None or node.value is None:
        return {}, None
    if isinstance(node.value, str):
        return {}, absolute(node.value, directory)
    found = {}
    for name, item in fields.entries("secrets"):
        source = _source(name, item, directory, problems)
        if source is not None:
            found[name] = source
    return found, None


def absolute(text: str, directory: Path) -> str:
    """Return the absolute path of a file that is told from a directory; `~` is the user's home."""
    return os.path.normpath(directory.absolute() / Path(text).expanduser())


def _source(name: str, node: Node, directory: Path, problems: Problems) -> "SecretSource | None":
    from emulator.model.environment import SecretSource

    what = f"local.secrets.{name}"
    if isinstance(node.value, list) or node.value is None:
        message = f"{what} is text, or a mapping with env or file; not {node.kind}"
        problems.error(message, node.source, rule="wrong-type")
        return None
    if not isinstance(node.value, dict):
        if "\0" in node.text:
            problems.error(f"{what} holds a NUL character", node.source, rule="invalid-value")
            return None
        return SecretSource(value=node.text)
    entry = Fields(node, what, problems)
    env, file, key = entry.text("env"), entry.text("file"), entry.text("key")
    entry.refuse_rest()
    if (env is None) == (file is None):
        problems.error(f"{what} needs env or file, one of them", node.source)
        return None
    if env is not None and key is not None:
        problems.error(f"{what}: key is for a file", entry.place("key"))
        return None
    return SecretSource(env=env, file=None if file is None else absolute(file, directory), key=key)
