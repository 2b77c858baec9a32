"""Where an emulator reads and writes: files or a text, and a state directory, or a temporary one.

What lies in a temporary directory is nobody's once its process is gone. Containers of a process
that was killed are found by their labels, and removed when the next such emulator begins.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emulator.api.temporary_directory import TemporaryDirectory
from emulator.app.settings import Settings, one_name
from emulator.definitions.files import Project
from emulator.errors import Problem
from emulator.values import frozen

if TYPE_CHECKING:
    from emulator.app.live import EngineFactory

_PREFIX: Final = "ecs-local-"
_STATE: Final = "state"


@frozen
class Places:
    """What the caller named; None: what there is without."""

    files: tuple[Path, ...]
    text: str | None
    directory: Path | None
    state_dir: Path | None

    @property
    def temporary(self) -> bool:
        """Whether the state directory goes with the emulator."""
        return self.state_dir is None

    def open(self, stack: ExitStack) -> dict[str, Any]:
        """Return the settings `files`, `directory` and `state_dir`; the stack cleans up."""
        made = Path()
        if self.state_dir is None or self.text is not None:
            made = stack.enter_context(TemporaryDirectory(_PREFIX)).path
        files, directory = self.files, self.directory or Path.cwd()
        if self.text is not None:
            path = made / "ecs-local.yaml"
            path.write_text(self.text, "utf-8")
            files, directory = (path,), self.directory or made
        return {
            "files": files,
            "directory": directory.absolute(),
            "state_dir": one_name(self.state_dir) if self.state_dir else (made / _STATE).absolute(),
        }


def as_called(
    problems: Iterable[Problem], settings: Settings, *, text: bool
) -> tuple[Problem, ...]:
    """Return what is wrong by names that callers know: of a text, the file will be gone.

    The directory itself is `.` where it is the working directory, which it need not be here.
    """
    names = {".": str(settings.directory)}
    if text:
        names |= dict.fromkeys(map(Project(settings.directory).name, settings.files), "text")
    return tuple(_renamed(problem, names) for problem in problems)


def _renamed(problem: Problem, names: Mapping[str, str]) -> Problem:
    if problem.source is None or problem.source.path not in names:
        return problem
    return problem._replace(source=problem.source._replace(path=names[problem.source.path]))


def remove_what_killed_processes_left(factory: "EngineFactory") -> None:
    """Remove containers and temporary directories of emulators whose process is gone.

    Raises `EngineUnavailableError`.
    """
    from emulator.app.forsaken import remove_forsaken

    claimed: list[Path] = []

    def claims(state_dir: Path) -> bool:
        if not _is_temporary(state_dir):
            return False
        claimed.append(state_dir.parent)
        return True

    remove_forsaken(factory, claims)
    for directory in claimed:
        shutil.rmtree(directory, ignore_errors=True)


def _is_temporary(state_dir: Path) -> bool:
    """Whether it is one of ours, and here: of a process in another container we cannot know."""
    made = state_dir.parent
    within = made.parent == Path(os.path.realpath(tempfile.gettempdir()))
    ours = state_dir.name == _STATE and made.name.startswith(_PREFIX) and within
    return ours and state_dir.is_dir()
