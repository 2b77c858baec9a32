"""Walking over HCL text: blanks, comments, words and marks, and the line each stands in."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Final

from emulator.definitions.nodes import failure
from emulator.errors import DefinitionError, SourceRef

DEEPEST: Final = 80
"""Nesting of expressions and blocks in one file; people stay below ten."""

_BLANKS: Final = re.compile(r"(?:[ \t\r\ufeff]+|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_BLANKS_AND_LINES: Final = re.compile(r"(?:\s+|\ufeff|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_WORD: Final = re.compile(r"[^\W\d][\w-]*")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_DIGITS: Final = re.compile(r"\d{1,9}", re.ASCII)
_MARK: Final = re.compile(r"&&|\|\||==|!=|<=|>=|=>|\.\.\.|::|[-+*/%<>!?:=.,(){}\[\]~\"]")
_HEREDOC: Final = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t\r]*\n")


class Scanner:
    """A position in a text. Inside of parentheses and brackets, line ends count as blanks.

    `line` is the one line that the whole text stands in, where it is a string of another file.
    """

    def __init__(self, text: str, path: str, line: int | None = None) -> None:
        self.text = text
        self.path = path
        self.line = line
        self.position = 0
        self.end = len(text)
        self.depth = 0
        self.multi_line = 0
        self._marked = (-1, "")
        self._lines = [match.start() for match in re.finditer("\n", text)]

    def within(self, end: int) -> "Scanner":
        """Return a scanner of the text from here to an end."""
        inner = copy(self)
        inner.end, inner.multi_line = end, 0
        return inner

    def source(self, position: int | None = None) -> SourceRef:
        """Return the place of a position, or of the present one."""
        if self.line is not None:
            return SourceRef(self.path, self.line)
        at = self.position if position is None else position
        return SourceRef(self.path, bisect_right(self._lines, at - 1) + 1)

    def failure(
        self, message: str, position: int | None = None, hint: str | None = None
    ) -> DefinitionError:
        """Return the error for the present position, or another."""
        return failure(message, self.source(position), hint=hint)

    def skip(self, *, lines: bool = False) -> None:
        """Go over blanks and comments, and line ends where they mean nothing."""
        form = _BLANKS_AND_LINES if lines or self.multi_line else _BLANKS
        match = form.match(self.text, self.position, self.end)
        if match is not None:
            self.position = match.end()
        if self.text.startswith("/*", self.position):
            raise self.failure("this comment has no end")

    def mark(self) -> str:
        """Return the mark that comes next, "" before a word, a number or the end."""
        self.skip()
        if self._marked[0] != self.position:
            match = _MARK.match(self.text, self.position, self.end)
            self._marked = (self.position, match[0] if match else "")
        return self._marked[1]

    def take(self, mark: str) -> bool:
        """Go past a mark if it comes next, and return whether it did."""
        if self.mark() != mark:
            return False
        self.position += len(mark)
        return True

    def expect(self, mark: str, what: str) -> None:
        """Go over a mark that must come next."""
        if not self.take(mark):
            raise self.failure(f"{mark} is expected {what}, not {self.next_text()}")

    def word(self) -> str | None:
        """Take a word if one comes next."""
        return self._match(_WORD)

    def peek_word(self) -> str | None:
        """Return the word that comes next."""
        self.skip()
        match = _WORD.match(self.text, self.position, self.end)
        return match[0] if match else None

    def number(self) -> str | None:
        """Take a number if one comes next."""
        return self._match(_NUMBER)

    def digits(self) -> str | None:
        """Take a run of digits if one comes next: the index of `list.0`."""
        return self._match(_DIGITS)

    def heredoc(self) -> tuple[bool, str] | None:
        """Take `<<WORD` or `<<-WORD` and its line end; return whether it is the flush one."""
        self.skip()
        match = _HEREDOC.match(self.text, self.position, self.end)
        if match is None:
            return None
        self.position = match.end()
        return match[1] == "-", match[2]

    def line_end(self) -> bool:
        """Go over a line end, or stand at the end of all; line ends in brackets do not count."""
        self.skip()
        if self.position < self.end and self.text[self.position] == "\n":
            self.position += 1
            return True
        return self.position >= self.end

    def next_text(self) -> str:
        """Return what comes next, for an error."""
        self.skip()
        if self.position >= self.end:
            return "the end of the file"
        if self.text[self.position] == "\n":
            return "the end of the line"
        found = self.peek_word() or self.mark() or self.text[self.position]
        return repr(found)

    def loop_names(self) -> tuple[str | None, str]:
        """Take `name in` or `key, name in`."""
        first = self.word()
        second = self.word() if first and self.take(",") else None
        if first is None or self.word() != "in":
            raise self.failure("for NAME in … or for KEY, NAME in … is expected")
        return (None, first) if second is None else (first, second)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Go one deeper into what is nested, up to a limit."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.failure(f"nested more than {DEEPEST} deep")
        yield
        self.depth -= 1

    @contextmanager
    def bracketed(self) -> Iterator[None]:
        """Go between brackets, where line ends mean nothing."""
        self.multi_line += 1
        yield
        self.multi_line -= 1

    def _match(self, form: re.Pattern[str]) -> str | None:
        self.skip()
        match = form.match(self.text, self.position, self.end)
        if match is None:
            return None
        self.position = match.end()
        return match[0]
