"""How much of what a search comes across may be read and parsed: a directory may hold anything."""

from pathlib import Path

from emulator.definitions.files import MOST_BYTES, MOST_TEXT, MOST_VALUES, Project
from emulator.definitions.found import TOO_MUCH
from emulator.definitions.nodes import Problems, failure
from emulator.errors import SourceRef


class Allowance:
    """How much one search may still read of files that nobody named."""

    def __init__(self, project: Project, problems: Problems) -> None:
        self._project = project
        self._problems = problems
        self._bytes = self._parsed = self._values = 0
        self._told = False

    def check_readable(self, path: Path) -> None:
        """Raise `DefinitionError` for a file elsewhere, or one too many."""
        self._project.check_inside(path)
        if self._bytes > MOST_BYTES:
            place = SourceRef(self._project.name(path))
            raise failure(f"more than {MOST_BYTES >> 20} MB were read before it", place)
        self._bytes += self._project.size(path)

    def affords(self, path: Path, text: str) -> bool:
        """Return whether a definition that was come across may be parsed; told where none may."""
        self._parsed += len(text)
        # About as many as there are in it: one to a line, or between commas.
        self._values += max(text.count("\n"), text.count(","))
        affordable = self._parsed <= MOST_TEXT and self._values <= MOST_VALUES
        if not affordable and not self._told:
            self._told = True
            place = SourceRef(self._project.name(path))
            message = f"{TOO_MUCH}: it is not read, nor are those behind it"
            self._problems.error(message, place, hint="name files with -f")
        return affordable
