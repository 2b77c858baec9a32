"""How definition files stand: what is looked at to see whether any of them has changed, or is new.

That is each file that was read or left, the directories that those are in, and where a search went
below a directory all that it may come across there.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.definitions.files import SUFFIXES
from emulator.definitions.levels import files_below
from emulator.errors import EcsLocalError

if TYPE_CHECKING:
    from emulator.app.settings import Settings
    from emulator.app.workspace import Workspace

_ENDS: Final = (*SUFFIXES, ".tf", ".tofu", ".tfvars")
"""How names of files end that may come up as definitions: of Terraform every file of a directory is
read."""

_BELOW: Final = "**"
"""The name, in a directory, that stands for all files below it."""

Signature = Mapping[Path, object]
"""What changes when files do, by path: their size and time, the names in directories."""


def signature(paths: Iterable[Path]) -> Signature:
    """Return how files and directories stand now; None for what is not there."""
    return {path: _mark(path) for path in paths}


def signature_ahead(settings: "Settings") -> Signature:
    """Return how files stand that are about to be read: those given, and those in directories."""
    given = _given(settings)
    found = {path for directory in given for path in _files_in(directory)}
    found |= {Path(file) for directory in given for file in files_below(str(directory), _ENDS)}
    return signature(given | found | {directory / _BELOW for directory in given})


def signature_of(workspace: "Workspace", ahead: Signature) -> Signature:
    """Return how the definition files of a workspace stand, or stood `ahead` of their reading."""
    now = signature(watched_paths(workspace))
    return {path: ahead.get(path, mark) for path, mark in now.items()}


def watched_paths(workspace: "Workspace") -> set[Path]:
    """Return the files that were read or left, and the directories where others may come up."""
    try:
        loaded = workspace.loaded
    except EcsLocalError:
        return set()
    files = {path for fragment in loaded.fragments for path in fragment.files}
    files |= {found.path for found in loaded.found}
    given = {path for path in _given(workspace.settings) if path.is_dir()}
    directories = {path.parent for path in files} | given
    # Below one with rules of its own nothing is looked for, and may come and go unread.
    searched = {top for top in given if any(top in path.parents for path in directories)}
    return files | directories | {top / _BELOW for top in searched}


def _given(settings: "Settings") -> set[Path]:
    return set(settings.files) or {settings.directory}


def _files_in(directory: Path) -> list[Path]:
    try:
        return [path for path in directory.iterdir() if path.is_file()]
    except OSError:
        # A file itself; or what cannot be looked at, which whoever reads it tells.
        return []


def _mark(path: Path) -> object:
    if path.name == _BELOW:
        return tuple(sorted(files_below(str(path.parent), _ENDS)))
    try:
        if path.is_dir():
            names = (entry.name for entry in path.iterdir())
            return tuple(sorted(name for name in names if name.endswith(_ENDS)))
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
