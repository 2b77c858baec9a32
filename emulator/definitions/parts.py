"""Which files are read as parts of others, and therefore not on their own."""

import os
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from emulator.definitions.files import MOST_BYTES, MOST_TEXT, Project, RealPaths
from emulator.definitions.reading import FileFormat
from emulator.errors import DefinitionError

LARGEST: Final = 1_000_000
"""Bytes of a file that may read others as parts of itself; a template on AWS has no more."""


class Texts:
    """The texts of files that are looked at twice: for what they include, and for themselves."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._ahead: dict[Path, str] = {}
        self._room = MOST_TEXT

    def look_ahead(self, path: Path) -> str:
        """Return the text of a file, which is kept until it is taken. Raises `DefinitionError`."""
        text = self.project.read(path)
        if len(text) <= self._room:
            self._room -= len(text)
            self._ahead[path] = text
        return text

    def ahead(self, path: Path) -> str:
        """Return the text of a file that was looked at ahead; "" of any other."""
        return self._ahead.get(path, "")

    def take(self, path: Path) -> str:
        """Return the text of a file whose turn it is. Raises `DefinitionError`."""
        text = self._ahead.pop(path, None)
        if text is None:
            return self.project.read(path)
        self._room += len(text)
        return text


class Parts:
    """The files that others include; they are known before any file is read."""

    def __init__(self, texts: Texts, real: RealPaths, formats: Sequence[FileFormat]) -> None:
        self._texts = texts
        self._real = real
        self._formats = formats
        self._found: set[str] = set()
        self._read: set[str] = set()
        self._bytes = 0

    def __contains__(self, path: Path) -> bool:
        return self._real[path] in self._found

    def look_at(self, files: Iterable[Path]) -> None:
        """Look what files that are read together include."""
        includes = {self._real[path]: self._included(path) for path in files}
        self._found |= parts_of(includes, self._read)

    def _included(self, path: Path) -> set[str]:
        try:
            self._texts.project.check_inside(path)
            size = os.stat(path).st_size  # noqa: PTH116 - of every file
            self._bytes += size
            if size > LARGEST or self._bytes > MOST_BYTES:
                return set()
            text = self._texts.look_ahead(path)
        except (DefinitionError, OSError):
            return set()  # Told when it is its turn.
        parts = {self._real[part] for known in self._formats for part in known.includes(path, text)}
        if parts and any(known.reads(path, text) for known in self._formats):
            self._read.add(self._real[path])
        return parts


def parts_of(includes: Mapping[str, AbstractSet[str]], read: AbstractSet[str]) -> set[str]:
    """Return the files that others include, by what each file includes; by their real paths.

    What nothing reads has no parts: `read` are the files that a format knows. Of files that include
    each other in a circle the first one is none.
    """
    everywhere = set().union(*includes.values())
    first = [path for path in includes if path not in everywhere]
    parts: set[str] = set()
    seen: set[str] = set()
    for root in (*first, *includes):
        pending = [] if root in seen or root not in read else [root]
        seen.add(root)
        while pending:
            new = includes.get(pending.pop(), set()) - seen
            seen |= new
            parts |= new
            pending += new
    return parts
