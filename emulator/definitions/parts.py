"""Which files are read as parts of others, and so not for themselves (pure)."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path


def parts_of(includes: Mapping[Path, AbstractSet[Path]]) -> set[Path]:
    """Return the files that others include, by what each file includes.

    Of files that include each other in a circle the first one is none.
    """
    everywhere = set().union(*includes.values())
    first = [path for path in includes if path not in everywhere]
    parts: set[Path] = set()
    seen: set[Path] = set()
    for root in (*first, *includes):
        pending = [] if root in seen else [root]
        seen.add(root)
        while pending:
            new = includes.get(pending.pop(), set()) - seen
            seen |= new
            parts |= new
            pending += new
    return parts
