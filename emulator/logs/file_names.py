"""Parts of a log group's or stream's name as names of files and folders, and back (pure).

A part too long for a file name goes on in a folder below, a `~` at the end of each but the last. A
`~` of the name itself is escaped.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

LONGEST_SEGMENT: Final = 200
"""Bytes of a file name: most file systems end at 255, and a suffix must still fit."""

_CONTINUED: Final = "~"
_EMPTY: Final = "~"
"""Stands for an empty part, as in `batch//app`; what is continued is never empty."""

_ESCAPED: Final = re.compile(r'[\x00-\x1f\x7f"*:<>?\\|%~]|^\.|\.(?=log$)')


def file_names(parts: Iterable[str]) -> list[str]:
    """Return the parts of a name as file names; ordinary parts stay as they are."""
    return [name for part in parts for name in chunks(escaped(part) or _EMPTY)]


def escaped(part: str) -> str:
    """Return one part of a name without what a file name cannot have.

    Escaped are characters that some file system refuses, a leading dot (`..` leads out, others
    hide), and a `.log` at the end, which marks files.
    """
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", part)


def chunks(part: str) -> list[str]:
    """Return a part that may be too long as file names that hold it together."""
    if len(part.encode("utf-8", "surrogatepass")) <= LONGEST_SEGMENT:
        return [part]
    made = [""]
    size = 0
    for character in part:
        size += len(character.encode("utf-8", "surrogatepass"))
        if size > LONGEST_SEGMENT:
            made[-1] += _CONTINUED
            made.append("")
            size = len(character.encode("utf-8", "surrogatepass"))
        made[-1] += character
    return made


def name_of(path: str) -> str:
    """Return the name that `file_names`, or one file with `%2F`, was made of."""
    parts = []
    rest = ""
    for chunk in path.split("/"):
        if chunk.endswith(_CONTINUED) and chunk != _EMPTY:
            rest += chunk.removesuffix(_CONTINUED)
        else:
            parts.append(rest + chunk)
            rest = ""
    whole = "/".join(parts).replace("%2F", "/").split("/")
    return "/".join("" if part == _EMPTY else unquote(part) for part in whole)
