"""Sentences on a screen of so many cells: broken at blanks, and between Japanese characters."""

import re
from typing import Final

from emulator.cli.table import width_of

_CLOSING: Final = (
    "、。，．・：；？！）」』】〕〉》”’ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々'\")]},.:;!?"
)
_OPENING: Final = "（「『【〔〈《“‘'\"([{"
"""No line begins with one of the first, or ends with one of the second (JIS X 4051)."""

_ATOM: Final = re.compile(r"[ -~]+|[^ -~]")


def wrapped(text: str, width: int | None, *, indent: str = "  ") -> list[str]:
    """Return the lines of a text; those behind the first are indented. None: it is one line.

    A word that is longer than a line stays whole: somebody may want to copy it.
    """
    if width is None or width_of(text) <= width:
        return [text]
    lines: list[str] = []
    line = " " * (len(text) - len(text.lstrip(" ")))
    for blank, atom in _atoms(text.lstrip(" ")):
        longer = f"{line} {atom}" if blank and line.strip() else line + atom
        if line.strip() and width_of(longer) > width:
            lines.append(line)
            longer = indent + atom
        line = longer
    return [*lines, line]


def _atoms(text: str) -> list[tuple[bool, str]]:
    """Return what is not broken, each with whether there is a blank before it."""
    found: list[tuple[bool, str]] = []
    for word in text.split(" "):
        parts = _ATOM.findall(word) or [""]
        for number, part in enumerate(parts):
            if number and _belongs(found[-1][1], part):
                found[-1] = (found[-1][0], found[-1][1] + part)
            else:
                found.append((number == 0, part))
    return found


def _belongs(before: str, part: str) -> bool:
    """Return whether a line may not be broken between two parts of a word."""
    return part[0] in _CLOSING or width_of(part) == 0 or before[-1] in _OPENING
