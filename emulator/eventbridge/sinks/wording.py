"""A notification in words for people: one line and a body, with nothing that commands (pure).

What containers say reaches these texts. Control characters would end a header or move a cursor;
direction marks would show another text than the one that is there.
"""

import json
import unicodedata
from typing import Final

from emulator.eventbridge.notification import Notification

LONGEST_TITLE: Final = 150
LONGEST_BODY: Final = 3000


def title(told: Notification) -> str:
    """Return one line that says what happened."""
    return plain_line(f"[ecs-local] {told.rule}: {told.kind} {told.name}")[:LONGEST_TITLE]


def body(told: Notification) -> str:
    """Return the text in lines, cut where it is too long to read.

    A template of text makes a JSON string; people get what it says.
    """
    text = "\n".join(plain_line(line) for line in _said(told.text).splitlines())
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}…"


def _said(text: str) -> str:
    if not text.startswith('"'):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def plain_line(text: str) -> str:
    """Return a text without line breaks, control characters and marks of direction."""
    return "".join(" " if _commands(character) else character for character in text)


def _commands(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
