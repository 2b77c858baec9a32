"""The `.tfvars` files that lie about and were not given: which of them set a variable."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from emulator.definitions.files import Project
from emulator.errors import DefinitionError

_SUFFIXES: Final = (".tfvars", ".tfvars.json")
_DEPTH: Final = 2
_MOST_FOLDERS: Final = 50
_MOST_FILES: Final = 50
_LARGEST: Final = 256 * 1024
"""`environments/prod/terraform.tfvars` is as deep as people keep them; a hint must cost little."""


def files_that_set(names: Sequence[str], directory: Path, project: Project) -> list[str]:
    """Return the files in or below a root module that set all of some variables.

    Names are those a person would write after `--var-file`. Files that Terraform reads by itself
    may be among them where they lie in other directories: `prod/terraform.tfvars`.
    """
    forms = [re.compile(rf'(?:^|[{{,])\s*"?{re.escape(n)}"?\s*[=:]', re.MULTILINE) for n in names]
    return [
        project.name(path)
        for path in islice(_files(directory, project), _MOST_FILES)
        if (text := _text(path, project)) and all(form.search(text) for form in forms)
    ]


def _files(directory: Path, project: Project) -> Iterator[Path]:
    for folder in islice(_folders(directory, project, _DEPTH), _MOST_FOLDERS):
        for name in _names(folder, project):
            path = folder / name
            if name.endswith(_SUFFIXES) and not path.is_symlink():
                yield path


def _folders(directory: Path, project: Project, depth: int) -> Iterator[Path]:
    yield directory
    if depth == 0:
        return
    for name in _names(directory, project):
        path = directory / name
        if not name.startswith(".") and path.is_dir() and not path.is_symlink():
            yield from _folders(path, project, depth - 1)


def _names(directory: Path, project: Project) -> list[str]:
    try:
        return project.names(directory)
    except OSError:
        return []  # What cannot be looked into has nothing to hint at.


def _text(path: Path, project: Project) -> str:
    try:
        return project.read(path) if path.stat().st_size <= _LARGEST else ""
    except (DefinitionError, OSError):
        return ""  # What cannot be read is no help; who gives it is told why.
