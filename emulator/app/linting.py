"""Lint with the facts that only a machine has: the clock, the run history, comments in files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emulator.definitions.files import Project
from emulator.definitions.origins import Origins
from emulator.ecs.environment_files import EnvironmentFileError, read_environment_files
from emulator.ecs.secret_values import SecretUnavailableError, SecretValues
from emulator.errors import DefinitionError, Problem, Severity, StateDirectoryError
from emulator.lint import Facts, lint
from emulator.lint.selection import chosen, ignored_lines
from emulator.model.definitions import Definitions
from emulator.model.task_definition import ContainerDefinition

if TYPE_CHECKING:
    from datetime import timedelta

    from emulator.app.workspace import Workspace

REMEMBERED: Final = 20
"""How many of a rule's last tasks say how long it takes."""


def findings(
    workspace: "Workspace", *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Problem]:
    """Return what is wrong with the definitions of a workspace, errors of reading among it."""
    loaded = workspace.loaded
    durations, complaints = _durations(workspace)
    origins = Origins(loaded.fragments)
    facts = Facts(
        definitions=loaded.definitions,
        now=workspace.now(),
        durations=durations,
        place=origins.place,
        missing_secrets=missing_secrets(loaded.definitions, workspace.settings.environ),
        missing_files=missing_files(loaded.definitions),
        bare=origins.bare_families(),
    )
    problems = [*complaints, *lint(facts)]
    comments = _comments(problems, workspace.settings.directory)
    return chosen(problems, select=select, ignore=ignore, comments=comments)


def missing_secrets(definitions: Definitions, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what to write for each `valueFrom` that has no value here; no value is kept."""
    values = SecretValues(definitions.local, environ)
    found = {}
    for container in _containers(definitions):
        log = container.log_configuration
        for secret in (*container.secrets, *(() if log is None else log.secret_options)):
            try:
                values.value(secret.value_from)
            except SecretUnavailableError as missing:
                found[secret.value_from] = missing.hint
    return found


def missing_files(definitions: Definitions) -> dict[str, str]:
    """Return what to write for each environment file that is not here."""
    found = {}
    for container in _containers(definitions):
        for file in container.environment_files:
            try:
                read_environment_files([file], definitions.local)
            except EnvironmentFileError as missing:
                found[file.value] = missing.hint
    return found


def _containers(definitions: Definitions) -> Iterator[ContainerDefinition]:
    for definition in definitions.task_definitions.values():
        yield from definition.container_definitions


def _durations(
    workspace: "Workspace",
) -> "tuple[Mapping[str, Sequence[timedelta]], list[Problem]]":
    """Return what the history says; one that cannot be read says nothing, which is told."""
    if not workspace.state.database.exists():
        return {}, []
    from emulator.state.statistics import last_durations

    try:
        return last_durations(workspace.history, REMEMBERED), []
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
            found[path] = ignored_lines(project.read(directory / path), path)
        except DefinitionError:
            # What cannot be read again, such as a part of an archive, has no comments.
            continue
    return found
