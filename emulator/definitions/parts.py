"""Which files are read as parts of others, and so not for themselves."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from emulator.definitions.files import MOST_BYTES, Project, real_path
from emulator.definitions.reading import FileFormat
from emulator.errors import DefinitionError

LARGEST: Final = 1_000_000
"""Bytes of a file that may read others as parts of itself; a template on AWS has no more."""


class Parts:
    """The files that others include; they are known before any file is read."""

    def __init__(self, project: Project, formats: Sequence[FileFormat]) -> None:
        self._project = project
        self._formats = formats
        self._found: set[Path] = set()
        self._bytes = 0

    def __contains__(self, path: Path) -> bool:
        return real_path(path) in self._found

    def look_at(self, files: Iterable[Path]) -> None:
        """Look what files that are read together include."""
        self._found |= parts_of({real_path(path): self._included(path) for path in files})

    def _included(self, path: Path) -> set[Path]:
        try:
            self._project.check_inside(path)
            size = path.stat().st_size
            self._bytes += size
            if size > LARGEST or self._bytes > MOST_BYTES:
                return set()
            text = self._project.read(path)
        except (DefinitionError, OSError):
            return set()  # Told when it is its turn.
        return {real_path(part) for known in self._formats for part in known.includes(path, text)}


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
