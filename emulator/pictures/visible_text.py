"""Text of strangers made harmless to look at: it commands no terminal and turns nothing round."""

import re
from typing import Final

_SEQUENCE: Final = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_HIDDEN: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls, marks of direction, and what takes no room: a reader must not be shown another text."""


def without_colours(text: str) -> str:
    """Return a text without terminal sequences."""
    return _SEQUENCE.sub("", text)


def visible(text: str, *, longest: int | None = None) -> str:
    """Return a text without terminal sequences, hidden characters as their escapes, maybe cut."""
    if longest is not None and len(text) > 4 * longest:
        text = text[: 4 * longest]
    shown = _HIDDEN.sub(_escape, without_colours(text.replace("\r\n", "\n")))
    if longest is not None and len(shown) > longest:
        return f"{shown[:longest]}…"
    return shown


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code == 0x0D:
        return ""
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
