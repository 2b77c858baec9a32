"""Finding and reading definition files: text, its place as a person knows it, and its limits."""

import contextlib
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from emulator.definitions.nodes import Node, failure
from emulator.errors import DefinitionError, SourceRef

LARGEST: Final = 10 * 1024 * 1024
MOST_BYTES: Final = 256 * 1024 * 1024
MOST_NAMES: Final = 100_000
MOST_TEXT: Final = 8 * 1024 * 1024
MOST_VALUES: Final = 400_000
MOST_FILES: Final = 1000
"""Limits: of a file, of all files that are looked at, of the names in a directory, of all that is
come across and parsed, which takes seconds a megabyte or two, and as long for fifty thousand values
however short, and of a directory's candidates."""

OURS: Final = ("ecs-local.yaml", "ecs-local.yml", "ecs-local.json")
YAML_SUFFIXES: Final = (".yaml", ".yml")
JSONNET: Final = ".jsonnet"
SUFFIXES: Final = (*YAML_SUFFIXES, ".json", JSONNET, ".template", ".tfstate")
OUTSIDE: Final = "run this where both lie, and name the file with -f"
_SPEAKS_OF_ECS: Final = (
    *("EcsParameters", "containerDefinitions", '"image"', "scheduleExpression", "taskDefinitions"),
)
_KINDS: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a directory",
}


class Project(NamedTuple):
    """Where definitions are looked for.

    `directory` is the working directory, which names of files are told relative to; files that a
    definition refers to must lie below it, in the git repository that it lies in, or below the
    directory of the referring file.
    """

    directory: Path

    def name(self, path: Path) -> str:
        """Return a path as a person would write it here; what is no UTF-8 in it is escaped."""
        directory, absolute = str(self.directory), str(path)
        if not absolute.startswith("/"):
            absolute = f"{os.getcwd()}/{absolute}"  # noqa: PTH109 - text, of every file
        if absolute.startswith(f"{directory}/"):
            text = absolute[len(directory) + 1 :]
        else:
            text = self._from_afar(path)
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def _from_afar(self, path: Path) -> str:
        """Return the name of the directory itself, or of what does not lie in it."""
        try:
            return str(path.absolute().relative_to(self.directory))
        except ValueError:
            # The files of a module beside the root: `../../modules/job/main.tf`.
            return min(str(path), os.path.relpath(path, self.directory), key=len)

    def read(self, path: Path) -> str:
        """Return the text of a file. Raises `DefinitionError`."""
        data = self.read_bytes(path)
        with contextlib.suppress(UnicodeDecodeError):
            if b"\0" not in data[:8]:
                return data.decode("utf-8-sig")
        # Which encoding it may be is only asked where it must be told.
        from emulator.definitions.encodings import decoded

        return decoded(data, self.name(path))

    def size(self, path: Path) -> int:
        """Return how much of a file would be read; 0 for one that cannot be."""
        try:
            return min(path.stat().st_size, LARGEST)
        except OSError:
            return 0  # Told when it is read.

    def read_roughly(self, path: Path) -> str:
        """Return about what a file says, whatever its encoding; "" for one that cannot be read."""
        from emulator.definitions.encodings import roughly

        try:
            return roughly(self.read_bytes(path))
        except DefinitionError:
            return ""

    def read_bytes(self, path: Path) -> bytes:
        """Return the bytes of a file. Raises `DefinitionError`."""
        source = SourceRef(self.name(path))
        try:
            data = _read_regular(path, source)
        except OSError as error:
            raise failure(_reason(path, error), source) from error
        if len(data) > LARGEST:
            raise failure(f"larger than {LARGEST >> 20} MB", source)
        return data

    def names(self, directory: Path) -> list[str]:
        """Return the names in a directory, in order. Raises OSError."""
        return sorted(os.listdir(directory))  # noqa: PTH208 - names only

    def is_file(self, path: Path) -> bool:
        """Return whether there is such a file."""
        return path.is_file()

    def searches(self, directory: Path) -> None:
        """Be told that somebody looks at everything below a directory."""

    def read_json(self, path: Path) -> Node:
        """Return the value of a JSON file. Raises `DefinitionError`."""
        from emulator.definitions.json_text import parse_json

        return parse_json(self.read(path), self.name(path))

    def referred(
        self, name: str, source: SourceRef, referring: Path, *, directory: bool = False
    ) -> Path:
        """Return the file, or directory, that a definition refers to. Raises `DefinitionError`.

        It may not lie outside of the project, not through a link either: a definition file of
        somebody else's must not read what it likes.
        """
        path = referring.parent / name
        if "\0" in name or not self.holds(path, referring.parent):
            raise failure(f"{name!r} lies outside of the project", source, hint=OUTSIDE)
        try:
            there, folder = path.exists(), path.is_dir()
        except OSError as error:
            # Too long: no file can have such a name.
            raise failure(f"{name[:40]!r} cannot be the name of a file", source) from error
        if not there:
            raise failure(f"{name}: there is no such file", source)
        if folder is not directory:
            wanted = "a directory, not a file" if folder else "a file, not a directory"
            raise failure(f"{name} is {wanted}", source)
        return path

    def holds(self, path: Path, *further: Path) -> bool:
        """Return whether a path lies in the project or in a further directory, links followed."""
        return lies_in(path, *self.roots, *further)

    @property
    def roots(self) -> tuple[Path, ...]:
        """The directories of the project: the working directory, and its git repository."""
        repository = repository_of(self.directory)
        return (self.directory,) if repository is None else (self.directory, repository)

    def check_inside(self, path: Path) -> None:
        """Raise `DefinitionError` for a file that is a link which leads out of the project.

        For files that were come across; one that the user names may lie anywhere.
        """
        if path.is_symlink() and not self.holds(path, path.parent):
            raise failure("is a link that leads out of the project", SourceRef(self.name(path)))


@lru_cache(64)
def repository_of(directory: Path) -> Path | None:
    """Return the repository around a directory; a home directory under version control is none.

    Nor is what neither we nor who owns the directory made: in `/tmp` anybody may make a `.git`.
    """
    home = Path(os.path.realpath(os.path.expanduser("~")))  # noqa: PTH111 - never raises
    real = Path(os.path.realpath(directory))
    for parent in (real, *real.parents):
        if parent == home or parent == parent.parent:
            return None
        if (owner := _owner(parent / ".git")) is not None:
            return parent if owner in (os.geteuid(), _owner(real)) else None
    return None


def _owner(path: Path) -> int | None:
    """Return the user id of who owns a path; None where nothing is there."""
    try:
        return path.stat().st_uid
    except OSError:
        return None


def real_path(path: Path) -> Path:
    """Return what tells whether two paths are one file: links followed, as far as they lead.

    Links that lead in a circle are told when they are read; `Path.resolve` raises for them.
    """
    return Path(os.path.realpath(path))


class RealPaths(dict[Path, str]):
    """Where paths lead, as text, looked up once for each: for one search."""

    def __missing__(self, path: Path) -> str:
        """Look where a path leads; what no file can be called leads to itself."""
        try:
            real = os.path.realpath(path)
        except ValueError:  # It holds a NUL character.
            real = str(path)
        self[path] = real
        return real


def speaks_of_ecs(text: str) -> bool:
    """Return whether a text of unknown kind says anything of tasks or rules."""
    return any(word in text for word in _SPEAKS_OF_ECS)


def lies_in(path: Path, *roots: Path) -> bool:
    """Return whether a path lies in one of several directories, links followed."""
    try:
        resolved = real_path(path)
    except (OSError, ValueError):
        return False
    return any(resolved.is_relative_to(os.path.realpath(root)) for root in roots)


def _reason(path: Path, error: OSError) -> str:
    if not isinstance(error, FileNotFoundError):
        return f"cannot be read: {error.strerror}"
    return "is a link to nowhere" if path.is_symlink() else "there is no such file"


def _read_regular(path: Path, source: SourceRef) -> bytes:
    """Return the beginning of a file; opening a pipe or device must not wait for anybody."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(file)
        kind = stat.S_IFMT(status.st_mode)
        if kind != stat.S_IFREG:
            raise failure(f"{_KINDS.get(kind, 'something else')}, not a file", source)
        # No more room than it needs; it may grow, and files of /proc do not say how large they are.
        parts = [os.read(file, min(status.st_size, LARGEST) + 1)]
        while parts[-1] and (room := LARGEST + 1 - sum(map(len, parts))) > 0:
            parts.append(os.read(file, room))
        return b"".join(parts)
    finally:
        os.close(file)
