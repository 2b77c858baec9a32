"""Finding and reading definition files: text, its place as a person knows it, and its limits."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emulator.definitions.json_text import parse_json
from emulator.definitions.nodes import Node, failure
from emulator.errors import SourceRef

LARGEST: Final = 10 * 1024 * 1024
YAML_SUFFIXES: Final = (".yaml", ".yml")
_SPEAKS_OF_ECS: Final = ("scheduleExpression", "containerDefinitions", '"image"', "taskDefinitions")


@dataclass(frozen=True, slots=True)
class Project:
    """Where definitions are looked for.

    `directory` is the working directory, which names of files are told relative to; files that a
    definition refers to must lie below it or below the directory of the referring file.
    """

    directory: Path

    def name(self, path: Path) -> str:
        """Return a path as a person would write it here."""
        try:
            return str(path.absolute().relative_to(self.directory))
        except ValueError:
            return str(path)

    def read(self, path: Path) -> str:
        """Return the text of a file. Raises `DefinitionError`."""
        source = SourceRef(self.name(path))
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            reason = (
                "there is no such file"
                if isinstance(error, FileNotFoundError)
                else (f"cannot be read: {error.strerror}")
            )
            raise failure(reason, source) from error
        if len(data) > LARGEST:
            raise failure(f"larger than {LARGEST // 1024 // 1024} MB", source)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = f"not UTF-8: byte 0x{data[error.start]:02x}"
            raise failure(message, SourceRef(source.path, line), hint="save it as UTF-8") from error

    def read_json(self, path: Path) -> Node:
        """Return the value of a JSON file. Raises `DefinitionError`."""
        return parse_json(self.read(path), self.name(path))

    def referred(self, name: str, source: SourceRef, referring: Path) -> Path:
        """Return the file that a definition refers to. Raises `DefinitionError`.

        It may not lie outside of the project, not through a link either: a definition file of
        somebody else's must not read what it likes.
        """
        path = referring.parent / name
        resolved = Path(os.path.realpath(path))
        roots = (self.directory, referring.parent)
        if not any(resolved.is_relative_to(os.path.realpath(root)) for root in roots):
            raise failure(f"{name} lies outside of the project", source)
        if not path.is_file():
            raise failure(f"{name}: there is no such file", source)
        return path


def candidates(directory: Path) -> list[Path]:
    """Return the files of a directory that may be definitions, ours first. Raises OSError."""
    names = sorted(os.listdir(directory))  # noqa: PTH208 - one call, names only
    ours = [name for name in names if name in ("ecs-local.yaml", "ecs-local.yml")]
    others = [n for n in names if n not in ours and n.endswith((*YAML_SUFFIXES, ".json"))]
    return [directory / name for name in (*ours, *others)]


def speaks_of_ecs(text: str) -> bool:
    """Return whether a text of unknown kind is worth parsing at all."""
    return any(word in text for word in _SPEAKS_OF_ECS)
