"""Where in a line of YAML or JSON an action of a template stands, and if it is a whole value."""

import re
from typing import Final

_MARK: Final = re.compile(r"\\.|[\"'\[\]{}]")
_NEXT: Final = re.compile(r"\s*(\S?)")
_BEFORE: Final = 200
"""Characters before an action that are looked at; more of them are no indentation."""


class LinePlace:
    """Goes along a line once, and knows whether it is inside of quotes or brackets."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._quote = ""
        self._depth = 0

    def go(self, start: int, end: int) -> None:
        """Pass a part of the line that is no action."""
        for match in _MARK.finditer(self._line, start, end):
            mark = match[0]
            if self._quote:
                self._quote = "" if mark == self._quote else self._quote
            elif mark in "\"'":
                self._quote = mark
            elif mark in "[{":
                self._depth += 1
            elif mark in "]}":
                self._depth -= 1

    def holds_whole_value(self, start: int, end: int) -> bool:
        """Return whether the action from `start` to `end` is all of a value that has no quotes."""
        return not self._quote and self._begins_value(start) and self._ends_value(start, end)

    def _begins_value(self, start: int) -> bool:
        before = self._line[max(0, start - _BEFORE) : start]
        word = before.rstrip()
        blank = len(word) < len(before)
        if not word.strip(" -"):
            return blank or not word
        if word.endswith(":"):
            return blank or word.endswith('":')
        return self._depth > 0 and word[-1] in "[,"

    def _ends_value(self, start: int, end: int) -> bool:
        found = _NEXT.match(self._line, end)
        mark = found[1] if found else ""
        if mark == "#":
            return self._line[end] != "#"
        if mark == "," and self._depth <= 0:
            # Between items of a list that has begun in another line, or text that goes on.
            return found is not None and not self._line[found.end() :].strip()
        return mark in ("", ",", "]", "}")
