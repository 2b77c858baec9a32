"""Annotations as GitHub Actions reads them from a job's output (GitHub: "Workflow commands")."""

from typing import Literal

from emulator.errors import SourceRef

Level = Literal["error", "warning", "notice"]


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
