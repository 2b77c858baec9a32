"""Annotations as GitHub Actions reads them from a job's output (GitHub: "Workflow commands")."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from emulator.errors import SourceRef

Level = Literal["error", "warning", "notice"]

WORKSPACE: Final = "GITHUB_WORKSPACE"
"""The variable in which GitHub Actions names the directory of the checkout."""


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
