"""The files that a root may read: those of its own project, never beyond it."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from emulator.definitions.files import Project, repository_of
from emulator.definitions.nodes import did_you_mean
from emulator.definitions.terraform.budget import Budget
from emulator.definitions.terraform.values import EvaluationError
from emulator.errors import DefinitionError

MOST_SEARCHED: Final = 20_000
_STEPS_OF_A_PATH: Final = 16
_OUTSIDE: Final = (
    "a root may read what lies below the working directory or in its git repository: "
    "run this where both lie, and name the root with -f"
)

Content = TypeVar("Content", str, bytes)


@dataclass(slots=True)
class RootFiles:
    """Files by names relative to the root module, as Terraform run there sees them.

    Allowed are the working directory, the root module and the repository it lies in, with links
    resolved. `read` collects the files whose content was taken.
    """

    project: Project
    directory: Path
    budget: Budget
    read: dict[Path, None] = field(default_factory=dict)
    _allowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        roots = {self.project.directory, self.directory, repository_of(self.directory)}
        self._allowed = tuple(os.path.realpath(root) for root in roots if root is not None)

    def path(self, name: str) -> Path:
        """Return the path that a name means. Raises `EvaluationError` for one outside."""
        self.budget.spend(_STEPS_OF_A_PATH)
        path = self.directory / name
        if "\0" not in name:
            try:
                resolved = os.path.realpath(path)
            except (OSError, ValueError):
                resolved = ""
            if any(
                resolved == root or resolved.startswith(root + os.sep) for root in self._allowed
            ):
                return Path(os.path.normpath(path))
        message = f"{name!r} lies outside of the project"
        raise EvaluationError(message, hint=_OUTSIDE)

    def text(self, name: str) -> tuple[str, str]:
        """Return a file's text, and its name as a person knows it. Raises `EvaluationError`."""
        path = self.path(name)
        text = self._read(name, path, self.project.read)
        self.budget.text(len(text))
        self.read.setdefault(path)
        return text, self.project.name(path)

    def data(self, name: str) -> bytes:
        """Return a file's bytes. Raises `EvaluationError`."""
        data = self._read(name, self.path(name), self.project.read_bytes)
        self.budget.text(len(data))
        return data

    def _read(self, name: str, path: Path, read: Callable[[Path], Content]) -> Content:
        try:
            return read(path)
        except DefinitionError as error:
            message = f"{name}: {error.problems[0].message}"
            raise EvaluationError(message, hint=self.near(path)) from error

    def near(self, path: Path, *, directories: bool = False) -> str | None:
        """Return a hint at the name that one which is not there may have meant.

        `directories`: at the name of a directory alone.
        """
        try:
            names = self.project.names(path.parent)
        except OSError:
            return None
        if path.name in names:
            return None
        if directories:
            names = [name for name in names if (path.parent / name).is_dir()]
        return did_you_mean(path.name, tuple(names))

    def exists(self, name: str) -> bool:
        """Return whether a name is that of a file."""
        return self.project.is_file(self.path(name))

    def matching(self, directory: str, pattern: str) -> list[str]:
        """Return the files below a directory that a pattern of `fileset` fits, in order."""
        top = self.path(directory)
        self.project.searches(top)
        form = re.compile(_pattern(pattern))
        found = []
        seen = 0
        for parent, folders, names in os.walk(top):
            folders.sort()
            seen += len(folders) + len(names)
            self.budget.spend(len(folders) + len(names))
            if seen > MOST_SEARCHED:
                message = f"fileset: more than {MOST_SEARCHED} files below {directory}"
                raise EvaluationError(message)
            for name in names:
                relative = os.path.relpath(os.path.join(parent, name), top)  # noqa: PTH118
                if form.fullmatch(relative):
                    found.append(relative)
        return sorted(found)


def _pattern(glob: str) -> str:
    """Return a regular expression of our own making: each `*` and `?` stays within a name."""
    parts = re.split(r"(\*\*/?|\*|\?|\{[^{}]*\})", glob)
    return "".join(_piece(part) for part in parts)


def _piece(part: str) -> str:
    if part.startswith("**"):
        return "(?:[^/]+/)*" if part.endswith("/") else ".*"
    if part in ("*", "?"):
        return "[^/]*" if part == "*" else "[^/]"
    if part.startswith("{") and part.endswith("}"):
        return "(?:" + "|".join(map(re.escape, part[1:-1].split(","))) + ")"
    return re.escape(part)
