"""Definition files become the model: found, recognised by content, read, linked and checked.

To add a format: one module with `reads(path, text)` and `read(path, text, project, environ,
problems)`, and one line in `READERS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emulator.definitions.files import Project, candidates, speaks_of_ecs
from emulator.definitions.fragment import Fragment
from emulator.definitions.linking import link
from emulator.definitions.nodes import Problems, failure
from emulator.definitions.project_yaml import is_project, read_project
from emulator.definitions.raw_json import is_raw_json, read_raw_json
from emulator.errors import DefinitionError, SourceRef
from emulator.model.definitions import Definitions

__all__ = ["READERS", "load"]


@dataclass(frozen=True, slots=True)
class Reader:
    """An input format."""

    name: str
    reads: Callable[[Path, str], bool]
    read: Callable[[Path, str, Project, Mapping[str, str], Problems], Fragment]


READERS: Final = (
    Reader("ecs-local.yaml or ecschedule", is_project, read_project),
    Reader("task definition JSON", is_raw_json, read_raw_json),
)


def load(
    paths: Sequence[Path],
    *,
    directory: Path,
    environ: Mapping[str, str],
    lenient: bool = False,
) -> Definitions:
    """Return what definition files say together.

    `paths` are files and directories; none means `directory`, the working directory. `environ`
    is what templates may ask for. `lenient` accepts what AWS would reject, as warnings.

    Raises `DefinitionError` with every problem of every file.
    """
    project = Project(directory.absolute())
    problems = Problems(lenient)
    fragments: list[Fragment] = []
    for path in paths or [project.directory]:
        try:
            if path.is_dir():
                _read_directory(path, project, environ, problems, fragments)
            else:
                fragments.append(_read_file(path, project, environ, problems))
        except DefinitionError as error:
            problems.found.extend(error.problems)
    definitions = link(fragments, problems)
    problems.raise_errors()
    files = tuple(project.name(file) for fragment in fragments for file in fragment.files)
    return replace(definitions, problems=tuple(problems.found), files=files)


def _read_file(
    path: Path, project: Project, environ: Mapping[str, str], problems: Problems
) -> Fragment:
    text = project.read(path)
    reader = _reader_of(path, text)
    if reader is None:
        formats = " or ".join(reader.name for reader in READERS)
        message = "not recognised as definitions"
        raise failure(message, SourceRef(project.name(path)), hint=f"expected {formats}")
    return reader.read(path, text, project, environ, problems)


def _reader_of(path: Path, text: str) -> Reader | None:
    return next((reader for reader in READERS if reader.reads(path, text)), None)


def _read_directory(
    path: Path,
    project: Project,
    environ: Mapping[str, str],
    problems: Problems,
    fragments: list[Fragment],
) -> None:
    """Read what a directory holds; files of other purposes are none of our business."""
    place = SourceRef(project.name(path))
    try:
        files = candidates(path)
    except OSError as error:
        raise failure(f"cannot be read: {error.strerror}", place) from error
    before = len(fragments)
    taken: set[Path] = set()
    for file in files:
        ours = file.name in ("ecs-local.yaml", "ecs-local.yml")
        if file.resolve() in taken:
            continue
        text = project.read(file)
        if ours or (speaks_of_ecs(text) and _reader_of(file, text) is not None):
            fragment = (
                read_project(file, text, project, environ, problems)
                if ours
                else _read_file(file, project, environ, problems)
            )
            fragments.append(fragment)
            taken.update(found.resolve() for found in fragment.files)
    if len(fragments) == before:
        message = "no definitions here"
        hint = "write an ecs-local.yaml (`ecs-local init`), or name files with -f"
        raise failure(message, place, hint=hint)
