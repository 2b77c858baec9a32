"""Lint with the facts that only a machine has: the clock, the run history, comments in files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.definitions.files import Project
from emulator.definitions.origins import Origins
from emulator.errors import DefinitionError, Problem, Severity, StateDirectoryError
from emulator.lint import Facts, lint
from emulator.lint.selection import chosen, ignored_lines

if TYPE_CHECKING:
    from datetime import timedelta

    from emulator.app.emulator import Emulator

REMEMBERED: Final = 20
"""How many of a rule's last tasks say how long it takes."""


def findings(
    emulator: "Emulator", *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Problem]:
    """Return what is wrong with an emulator's definitions, errors of reading among it."""
    loaded = emulator.loaded
    durations, complaints = _durations(emulator)
    facts = Facts(
        definitions=loaded.definitions,
        now=emulator.now(),
        durations=durations,
        place=Origins(loaded.fragments).place,
    )
    problems = [*complaints, *lint(facts)]
    comments = _comments(problems, emulator.settings.directory)
    return chosen(problems, select=select, ignore=ignore, comments=comments)


def _durations(
    emulator: "Emulator",
) -> "tuple[Mapping[str, Sequence[timedelta]], list[Problem]]":
    """Return what the history says; one that cannot be read says nothing, which is told."""
    if not emulator.state.database.exists():
        return {}, []
    try:
        return emulator.history.durations(REMEMBERED), []
    except StateDirectoryError as error:
        message = f"how long tasks take is not known: {error.message}"
        return {}, [Problem(message, None, error.hint, Severity.NOTE, "unreadable")]


def _comments(
    problems: Sequence[Problem], directory: Path
) -> dict[str, dict[int, tuple[str, ...]]]:
    """Return the comments that ignore, of every file in which something was found."""
    project = Project(directory.absolute())
    paths = {p.source.path for p in problems if p.source is not None and p.source.line is not None}
    found = {}
    for path in paths:
        try:
            found[path] = ignored_lines(project.read(directory / path))
        except DefinitionError:
            # What cannot be read again, such as a part of an archive, has no comments.
            continue
    return found
