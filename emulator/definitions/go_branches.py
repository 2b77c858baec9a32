"""The `if`, `else` and `end` of Go templates: which parts of a text are there.

https://pkg.go.dev/text/template
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from emulator.errors import SourceRef

_WORD: Final = re.compile(r"(if|else\s+if|else|end|range|with|define|block)(?!\w)\s*", re.ASCII)


def keyword(action: str) -> tuple[str, str]:
    """Return the keyword that an action begins with, and what follows; "" where there is none."""
    match = _WORD.match(action)
    return ("", action) if match is None else (" ".join(match[1].split()), action[match.end() :])


@dataclass(slots=True)
class _Branch:
    source: SourceRef
    now: bool
    over: bool
    """Whether no further part of it can be there: one was, or all of it is not."""


@dataclass(slots=True)
class Branches:
    """The `if` actions that are open where a template has got to; `tell` gets what is wrong."""

    tell: Callable[[str, SourceRef], None]
    _open: list[_Branch] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        """Whether what stands here is there."""
        return not self._open or self._open[-1].now

    def begin(self, holds: bool, source: SourceRef) -> None:
        """Open an `if`, whose condition means something only where it is there itself."""
        now = self.taken and holds
        self._open.append(_Branch(source, now, over=now or not self.taken))

    def undecided(self) -> bool:
        """Return whether the condition of an `else if` matters."""
        return bool(self._open) and not self._open[-1].over

    def otherwise(self, holds: bool, source: SourceRef) -> None:
        """Go on with an `else`, or with an `else if` whose condition holds or not."""
        if not self._open:
            self.tell("{{ else }} stands behind no {{ if }}", source)
            return
        branch = self._open[-1]
        branch.now = holds and not branch.over
        branch.over = branch.over or branch.now

    def end(self, source: SourceRef) -> None:
        """Close the last one that is open."""
        if not self._open:
            self.tell("{{ end }} stands behind no {{ if }}", source)
            return
        self._open.pop()

    def close(self) -> None:
        """Tell of those that are open at the end of the text."""
        for branch in self._open:
            self.tell("there is no {{ end }} to what begins here", branch.source)
