"""Where in a line of YAML or JSON a template's action stands, and whether it is the whole value."""

import re
from typing import Final

_MARK: Final = re.compile(r"\\.|[\"'\[\]{}#]")
_BRACKET: Final = re.compile(r"[\[\]{}]")
_NEXT: Final = re.compile(r"\s*(\S?)")
_TOP: Final = re.compile(r"[A-Za-z_-]")
"""What a line begins with that is no part of a collection in brackets: those go on indented."""
_BEGIN: Final = "[{:,"
_BEFORE: Final = 200
"""Characters before an action that are looked at; more of them are no indentation."""


class LinePlace:
    """Goes along a line once, and knows whether it is inside of quotes or brackets.

    `depth` is that of the brackets which are open where the line begins, then where it has got to.
    """

    def __init__(self, line: str, depth: int = 0) -> None:
        self._line = line
        self._quote = ""
        self._commented = False
        self.depth = 0 if _TOP.match(line) else depth

    def go(self, start: int, end: int) -> None:
        """Pass a part of the line that is no action."""
        for match in _MARK.finditer(self._line, start, end):
            mark = match[0]
            if self._commented:
                return
            if self._quote:
                self._quote = "" if mark == self._quote else self._quote
            elif mark in "\"'":
                self._quote = mark
            else:
                self._pass(mark, match.start())

    def _pass(self, mark: str, at: int) -> None:
        """Pass a mark that is outside of quotes."""
        if mark == "#":
            self._commented = at == 0 or self._line[at - 1].isspace()
        elif mark in "[{":
            self.depth += self._opens(at)
        elif mark in "]}":
            self.depth = max(0, self.depth - 1)

    def _opens(self, at: int) -> bool:
        """Return whether a bracket begins a collection: one in the midst of text is text."""
        if at == 0 or self._line[at - 1] in _BEGIN:
            return True
        before = self._before(at)
        word = before.rstrip()
        if not word.strip(" -"):
            return True
        # An anchor or a tag may stand between.
        return len(word) < len(before) and (
            word[-1] in _BEGIN or word.rpartition(" ")[2][0] in "&!"
        )

    def _before(self, at: int) -> str:
        return self._line[max(0, at - _BEFORE) : at]

    def holds_whole_value(self, start: int, end: int) -> bool:
        """Return whether the action from `start` to `end` is all of a value that has no quotes."""
        return not self._quote and self._begins_value(start) and self._ends_value(start, end)

    def _begins_value(self, start: int) -> bool:
        before = self._before(start)
        word = before.rstrip()
        blank = len(word) < len(before)
        if not word.strip(" -"):
            return blank or not word
        if word.endswith(":"):
            return blank or word.endswith('":')
        return self.depth > 0 and word[-1] in "[,"

    def _ends_value(self, start: int, end: int) -> bool:
        found = _NEXT.match(self._line, end)
        mark = found[1] if found else ""
        if mark == "#":
            return self._line[end] != "#"
        if mark == "," and self.depth <= 0:
            # Text that goes on.
            return found is not None and not self._line[found.end() :].strip()
        return mark in ("", ",", "]", "}")


def depth_after(line: str, depth: int) -> int:
    """Return how many brackets are open after a line without actions, given those before it."""
    place = LinePlace(line, depth)
    if _BRACKET.search(line) is not None:
        place.go(0, len(line))
    return place.depth
