"""Parsed files, kept for the time of one reading."""

from dataclasses import dataclass

from emulator.definitions.terraform.grammar import parse_file
from emulator.definitions.terraform.syntax import Body


@dataclass(slots=True)
class Cache:
    """Parses files."""

    def parse(self, text: str, path: str) -> Body:
        """Return the body of a text. Raises `DefinitionError`."""
        return parse_file(text, path)
