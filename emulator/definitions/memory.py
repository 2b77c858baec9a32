"""A cache of what directories said, each entry valid until a file that it was read from changes.

An entry lies in the user's own cache directory, never in a project: what is read back is pickled,
and a cloned repository must not bring an entry along. It holds the content (as digests) of every
file and directory that was looked at; all else that a reading depends on, this program's own code
too, is in its name. An entry that is broken, or not the user's alone, is as good as none.
"""

import json
import os
import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from emulator.definitions.files import Project
from emulator.definitions.fragment import Fragment
from emulator.definitions.reading import Reading
from emulator.errors import DefinitionError, Problem, Severity
from emulator.whole_files import put_in_place

MOST_ENTRIES: Final = 50
LARGEST_ENTRY: Final = 8 * 1024 * 1024
_MAGIC: Final = b"ecs-local 1\n"
_ENVIRONMENT: Final = ("HOME", "TF_WORKSPACE")
_ENVIRONMENT_PREFIX: Final = "TF_VAR_"
_CLASSES: Final = {
    "builtins": ("frozenset", "set"),
    "datetime": ("date", "datetime", "time", "timedelta", "timezone"),
    "pathlib": ("PosixPath", "PurePosixPath", "PureWindowsPath", "WindowsPath"),
}
_OWN_CLASSES: Final = ("emulator.definitions.", "emulator.errors", "emulator.model.")

Read = Callable[[Path, Reading], Fragment]
Answer = str | bool | None


def remembered(directory: Path, reading: Reading, read: Read) -> Fragment:
    """Return what `read` says of a directory, from the last time where nothing has changed.

    Raises what `read` raises. A reading with an error is not kept, nor one that took the values of
    secrets, nor one that looked for files of any name.
    """
    if reading.cache is None:
        return read(directory, reading)
    entry = reading.cache / _key(directory, reading)
    known = _recalled(entry, reading.project)
    if known is not None:
        fragment, problems = known
        reading.problems.found += problems
        return fragment
    project = WatchedProject(reading.project.directory)
    before = len(reading.problems.found)
    fragment = read(directory, reading._replace(project=project))
    problems = reading.problems.found[before:]
    if not project.searched_all and _may_be_kept(fragment, problems):
        # A cache that cannot be written is no reason to fail.
        with suppress(OSError):
            _keep(entry, project.seen, pickle.dumps((fragment, problems), 5))
    return fragment


class WatchedProject(Project):
    """A project that notes what was looked at, and what was there."""

    def __init__(self, _directory: Path) -> None:
        self.seen: dict[str, Answer] = {}
        self.searched_all = False

    def read_bytes(self, path: Path) -> bytes:
        try:
            data = super().read_bytes(path)
        except DefinitionError:
            self.seen[f"bytes {path}"] = None
            raise
        self.seen[f"bytes {path}"] = sha256(data).hexdigest()
        return data

    def names(self, directory: Path) -> list[str]:
        names = super().names(directory)
        self.seen[f"names {directory}"] = _digest(names)
        return names

    def is_file(self, path: Path) -> bool:
        found = super().is_file(path)
        self.seen[f"file {path}"] = found
        return found

    def searches(self, directory: Path) -> None:
        self.searched_all = True


def _answer(project: Project, question: str) -> Answer:
    """Return what is there now, as `WatchedProject` notes it."""
    kind, _, name = question.partition(" ")
    path = Path(name)
    if kind == "file":
        return project.is_file(path)
    try:
        if kind == "names":
            return _digest(project.names(path))
        return sha256(project.read_bytes(path)).hexdigest()
    except (DefinitionError, OSError):
        return None


def _may_be_kept(fragment: Fragment, problems: list[Problem]) -> bool:
    failed = any(problem.severity is Severity.ERROR for problem in problems)
    return not failed and all(secret.value is None for secret in fragment.declared_secrets)


def _key(directory: Path, reading: Reading) -> str:
    """Return the name of an entry: everything a reading depends on but the files it looks at."""
    environ = {
        name: text
        for name, text in reading.environ.items()
        if name in _ENVIRONMENT or name.startswith(_ENVIRONMENT_PREFIX)
    }
    parts = (
        *(str(directory), str(reading.project.directory)),
        *(reading.region, reading.account),
        *(sorted(environ.items()), sorted(reading.variables.items())),
        *([str(path) for path in reading.variable_files], reading.problems.lenient),
        *_code(),
    )
    return _digest(parts)


def _code() -> Iterator[str]:
    """Yield what changes whenever the code of this program does."""
    top = Path(__file__).parents[1]
    for package in ("definitions", "model", "schedules"):
        for parent, folders, names in os.walk(top / package):
            folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
            for name in sorted(names):
                if name.endswith(".py"):
                    kept = os.stat(f"{parent}/{name}")  # noqa: PTH116 - 200 of them
                    yield f"{name} {kept.st_mtime_ns} {kept.st_size}"


def _digest(value: object) -> str:
    return sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()


# -- an entry ------------------------------------------------------------------------------------


class _Unpickler(pickle.Unpickler):
    """Makes values of the model, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        own = module.startswith(_OWN_CLASSES)
        if own or name in _CLASSES.get(module, ()):
            found = super().find_class(module, name)
            if isinstance(found, type) and "." not in name:
                return found
        message = f"{module}.{name} is not part of an entry"
        raise pickle.UnpicklingError(message)


def _recalled(entry: Path, project: Project) -> tuple[Fragment, list[Problem]] | None:
    """Return what an entry holds; None where there is none that still holds."""
    try:
        if not _is_ours(entry.parent):
            return None
        with entry.open("rb") as file:
            header = _header(file)
            payload = file.read(LARGEST_ENTRY + 1)
        if sha256(payload).hexdigest() != header["digest"]:
            return None
        if any(_answer(project, q) != a for q, a in header["seen"].items()):
            return None
        fragment, problems = _loaded(payload)
        os.utime(entry)
    except Exception:  # noqa: BLE001 - a broken entry may fail in any way, and is as good as none
        return None
    return fragment, problems


def _header(file: IO[bytes]) -> dict[str, Any]:
    if file.readline(len(_MAGIC)) != _MAGIC:
        message = "no entry"
        raise ValueError(message)
    header: dict[str, Any] = json.loads(file.readline(LARGEST_ENTRY))
    return header


def _loaded(payload: bytes) -> tuple[Fragment, list[Problem]]:
    import io

    fragment, problems = _Unpickler(io.BytesIO(payload)).load()
    if not isinstance(fragment, Fragment) or not isinstance(problems, list):
        raise TypeError
    return fragment, problems


def _is_ours(directory: Path) -> bool:
    """Return whether nobody else may write into a directory."""
    kept = os.stat(directory)  # noqa: PTH116 - follows links, as what follows does
    return kept.st_uid == os.getuid() and not kept.st_mode & 0o022


def _keep(entry: Path, seen: Mapping[str, Answer], payload: bytes) -> None:
    header = json.dumps({"digest": sha256(payload).hexdigest(), "seen": seen})
    data = b"".join((_MAGIC, header.encode(), b"\n", payload))
    if len(data) > LARGEST_ENTRY:
        return
    entry.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(entry.parent):
        return
    put_in_place(entry, data, mode=0o600)
    _forget_old(entry.parent)


def _forget_old(directory: Path) -> None:
    """Remove the entries that were not used for the longest time, beyond the limit."""
    kept = sorted(directory.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[MOST_ENTRIES:]:
        path.unlink(missing_ok=True)
