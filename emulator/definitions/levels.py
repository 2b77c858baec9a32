"""Directories in which definitions may lie: what is in one, and which there are below it."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from emulator.definitions.files import (
    MOST_FILES,
    MOST_NAMES,
    OURS,
    SUFFIXES,
    YAML_SUFFIXES,
    Project,
)
from emulator.definitions.nodes import Problems, failure
from emulator.errors import DefinitionError, SourceRef

DEEPEST: Final = 5
MOST_DIRECTORIES: Final = 2000
"""How far a search below a directory goes; that there is more is told."""

_SETTLED_NS: Final = 3 * 10**9
"""Age of a directory's last change from which on a further one is seen by its time: some file
systems count by two seconds."""

_NOT_OURS: Final = (
    *("node_modules", "bower_components", "vendor", "venv", "site-packages", "__pycache__"),
    *("dist", "build", "target"),
)
_HIDDEN: Final = (".aws", ".ecs", ".github")
"""Where workflows of GitHub Actions keep the task definitions that they render."""

_OF_THE_CLI: Final = frozenset({"cli", "config", "credentials", "sso"})
"""What is in the `.aws` of a home directory, which is none of a project's."""

_ONLY_AS_A_WHOLE: Final = ("cdk.out",)


class Level(NamedTuple):
    """A directory: the files in it that may be definitions, ours first, and its directories.

    `names` are all names in it.
    """

    path: Path
    names: tuple[str, ...]
    files: tuple[Path, ...]
    directories: tuple[Path, ...]

    @property
    def only_as_a_whole(self) -> bool:
        """Whether its files are nobody's definitions unless a format claims it."""
        return self.path.name in _ONLY_AS_A_WHOLE


def list_level(directory: Path, project: Project) -> Level:
    """Return what lies in a directory. Raises `DefinitionError`.

    Links to directories are not followed, and directories of other people's files left out.
    """
    place = SourceRef(project.name(directory))
    files: list[str] = []
    directories: list[str] = []
    names: list[str] = []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) > MOST_NAMES or len(files) > MOST_FILES:
                    raise _too_many(place)
                if entry.is_dir(follow_symlinks=False):
                    directories.append(entry.name)
                elif entry.name.endswith(SUFFIXES):
                    files.append(entry.name)
    except OSError as error:
        raise failure(f"cannot be read: {error.strerror}", place) from error
    if directory.name == ".aws" and not _OF_THE_CLI.isdisjoint(names):
        return Level(directory, tuple(sorted(names)), (), ())
    ours = sorted(name for name in files if name in OURS)
    # YAML refers to JSON, which must not be read before and by itself.
    others = sorted(
        (name for name in files if name not in OURS),
        key=lambda name: (not name.endswith(YAML_SUFFIXES), name),
    )
    searched = sorted(d for d in directories if _is_searched(d))
    return Level(
        directory,
        tuple(sorted(names)),
        tuple(directory / name for name in (*ours, *others)),
        tuple(directory / name for name in searched),
    )


def _is_searched(name: str) -> bool:
    return name not in _NOT_OURS and (name in _HIDDEN or not name.startswith("."))


def levels_below(
    top: Level,
    project: Project,
    problems: Problems,
    *,
    claimed: Callable[[Level], bool],
    unread: Callable[[Path, DefinitionError], None],
) -> Iterator[Level]:
    """Yield the directories below one, level by level, none below one that is claimed.

    `unread` gets those that cannot be read; that there are too many is noted in `problems`.
    """
    pending = [(directory, 1) for directory in top.directories]
    seen = 0
    while pending:
        path, depth = pending.pop(0)
        seen += 1
        if seen > MOST_DIRECTORIES:
            place = SourceRef(project.name(top.path))
            message = f"more than {MOST_DIRECTORIES} directories below: the rest is not read"
            problems.warning(message, place, hint="name files with -f")
            return
        try:
            level = list_level(path, project)
        except DefinitionError as error:
            unread(path, error)
            continue
        whole = claimed(level)
        if whole or not level.only_as_a_whole:
            yield level
        if not whole and not level.only_as_a_whole and depth < DEEPEST:
            pending += [(directory, depth + 1) for directory in level.directories]


def files_below(directory: str, ends: tuple[str, ...]) -> Iterator[str]:
    """Yield the files with such endings that a search may come across in and below a directory.

    Only names are looked at, and no limit told: who reads them does. In no order.
    """
    pending = deque([(directory, 0)])
    for _ in range(MOST_DIRECTORIES):
        if not pending:
            return
        place, depth = pending.popleft()
        # What cannot be looked at is told by whoever reads it.
        with suppress(OSError):
            files, directories = _names_in(place, ends)
            yield from files
            if depth < DEEPEST:
                pending += [(each, depth + 1) for each in directories]


def _names_in(place: str, ends: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the paths of such files in a directory, and of the directories. Raises `OSError`.

    Who watches asks for thousands of directories each second, of which hardly one changes.
    """
    status = os.stat(place)  # noqa: PTH116 - a text, for thousands of them
    if abs(time.time_ns() - status.st_mtime_ns) < _SETTLED_NS:
        return _listed(place, ends)
    return _listed_as(place, ends, (status.st_ino, status.st_mtime_ns))


@lru_cache(2 * MOST_DIRECTORIES)
def _listed_as(
    place: str, ends: tuple[str, ...], _version: tuple[int, int]
) -> tuple[list[str], list[str]]:
    return _listed(place, ends)


def _listed(place: str, ends: tuple[str, ...]) -> tuple[list[str], list[str]]:
    files: list[str] = []
    directories: list[str] = []
    with os.scandir(place) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                if entry.name.endswith(ends):
                    files.append(entry.path)
            elif _is_searched(entry.name):
                directories.append(entry.path)
    return files, directories


def _too_many(place: SourceRef) -> DefinitionError:
    message = f"more than {MOST_FILES} YAML and JSON files, or {MOST_NAMES} names"
    return failure(message, place, hint="name the definition files with -f")
