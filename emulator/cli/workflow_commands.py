"""GitHub Actions' workflow commands: our annotations, and none that a container's output brings in.

GitHub: "Workflow commands". What a container prints might hide annotations, or add some.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from emulator.errors import SourceRef

Level = Literal["error", "warning", "notice"]

WORKSPACE: Final = "GITHUB_WORKSPACE"
"""The variable in which GitHub Actions names the directory of the checkout."""

_AT_THE_BEGINNING: Final = re.compile(r"((?:\A|[\r\n])[^\S\r\n]*):(?=:)")
"""Of a line, which ends at a carriage return, too; blanks before a command do not matter."""

_ANYWHERE: Final = "##["
"""The older form of commands, which is looked for in the whole of a line."""


def without_commands(text: str) -> str:
    """Return lines in which the runner finds no command.

    One character of each is written as strings of JSON and YAML know it: there it stays the same.
    """
    text = _AT_THE_BEGINNING.sub(r"\1\\u003a", text)
    return text.replace(_ANYWHERE, rf"\u0023{_ANYWHERE[1:]}")


def in_repository(source: SourceRef, environ: Mapping[str, str], here: Path) -> SourceRef:
    """Return a place whose path counts from `here` as GitHub reads it: from the repository's root.

    A step may have a `working-directory`, of which GitHub knows nothing when it shows a place. Nor
    does it follow links: it knows a file by the path under which it is checked out.
    """
    if not environ.get(WORKSPACE):
        return source
    root, path = Path(environ[WORKSPACE]).resolve(), here / source.path
    # A link that leads out of the checkout is at least in it itself.
    for known in (path.resolve(), Path(os.path.normpath(path))):
        if root in known.parents:
            return source._replace(path=str(known.relative_to(root)))
    return source


def annotation(level: Level, title: str, message: str, source: SourceRef | None = None) -> str:
    """Return an annotation in one line, whatever its texts contain; at a place if there is one."""
    properties = {"title": title}
    if source is not None:
        properties = {"file": source.path, **properties}
        if source.line is not None:
            properties["line"] = str(source.line)
    listed = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    return f"::{level} {listed}::{_escaped(message)}"


def _escaped(text: str, extra: str = "") -> str:
    for character in ("%", "\r", "\n", *extra):
        text = text.replace(character, f"%{ord(character):02X}")
    return text
