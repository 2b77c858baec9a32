"""Text with its characters composed, as all of Terraform's is.

Unicode Standard Annex 15: Normalization Form C, of the Stream-Safe Text Format.
"""

import re
from typing import Final
from unicodedata import combining, normalize

_MOST_MARKS: Final = 30
"""So many marks may follow one another: putting more of them in order takes time by the square."""
_JOINER: Final = "\u034f"
"""The combining grapheme joiner, which parts the marks before it from those behind it."""
_MAYBE_MARKS: Final = re.compile(rf"[^\w\s!-/:-@\[-`{{-~\u3000-\u303f]{{{_MOST_MARKS + 1}}}")


def normal(text: str) -> str:
    """Return a text with its characters composed."""
    if text.isascii():
        return text
    return normalize("NFC", _parted(text) if _MAYBE_MARKS.search(text) else text)


def _parted(text: str) -> str:
    """Return a text whose marks are parted where too many of them follow one another."""
    made = []
    marks = 0
    for character in text:
        marks = marks + 1 if combining(character) else _own_marks(character)
        if marks > _MOST_MARKS:
            made.append(_JOINER)
            marks = 1
        made.append(character)
    return "".join(made)


def _own_marks(character: str) -> int:
    """Return how many marks a letter has in itself: é has one."""
    if character.isascii():
        return 0
    parts = normalize("NFD", character)
    return sum(combining(part) != 0 for part in parts)
