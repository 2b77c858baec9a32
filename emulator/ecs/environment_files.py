"""Environment files: objects of S3 that `local.envFiles` maps to files here.

Read as the ECS agent reads them: no quotes, no trimming, no escapes.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from emulator.model.definitions import Local
from emulator.model.environment import EnvironmentFile
from emulator.model.task_definition import LaunchType

LONGEST_LINE: Final = 64 * 1024
LARGEST: Final = 1024 * 1024
_NOT_FOUND: Final = (
    "operation error S3: HeadObject, https response error StatusCode: 404, api error NotFound: "
    "Not Found"
)


class EnvironmentFileError(Exception):
    """An environment file cannot be had; `hint` says what to write or mend."""

    def __init__(self, complaint: str, hint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.hint = hint

    def reason(self, launch_type: LaunchType) -> str:
        """Return why the task does not start, as ECS words it."""
        if launch_type is LaunchType.FARGATE:
            return (
                "ResourceInitializationError: failed to download env files: service call has been "
                f"retried 1 time(s): {self.complaint}"
            )
        return f"Unable to download env file: {self.complaint}"


def read_environment_files(files: Iterable[EnvironmentFile], local: Local) -> dict[str, str]:
    """Return the variables of environment files; of a name in several the first file's holds.

    Raises `EnvironmentFileError`.
    """
    found: dict[str, str] = {}
    for file in files:
        for name, value in _read(local_path(file, local)).items():
            found.setdefault(name, value)
    return found


def local_path(file: EnvironmentFile, local: Local) -> Path:
    """Return the file that stands for an object of S3. Raises `EnvironmentFileError`.

    Where a directory stands for many objects it is the file with the object's name in it.
    """
    path = local.env_files.get(file.value)
    if path is None:
        globs = (glob for glob in local.env_files if fnmatchcase(file.value, glob))
        matching = next(globs, None)
        path = None if matching is None else local.env_files[matching]
    if path is None:
        raise EnvironmentFileError(
            _NOT_FOUND, f'write under local.envFiles: "{file.value}": PATH of a file here'
        )
    found = Path(path)
    return found / file.value.rpartition("/")[2] if found.is_dir() else found


def _read(path: Path) -> dict[str, str]:
    try:
        if not path.is_file():
            message = f"local.envFiles: {path} is not a file"
            raise EnvironmentFileError(_NOT_FOUND, message)
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        message = f"local.envFiles: {path} cannot be read: {error.strerror}"
        raise EnvironmentFileError(_NOT_FOUND, message) from error
    if len(data) > LARGEST:
        message = f"local.envFiles: {path} is larger than {LARGEST >> 20} MiB"
        raise EnvironmentFileError(message, message)
    try:
        return parse_environment_file(data)
    except ValueError as error:
        raise EnvironmentFileError(str(error), f"local.envFiles: {path}: {error}") from error


def parse_environment_file(data: bytes) -> dict[str, str]:
    """Return the variables of a file as the agent takes them (pure).

    A line that begins with `#` or has no `=` is nothing; name and value are verbatim around the
    first `=`; one that is empty is left out, and of a name that comes twice the last value holds.

    Raises ValueError for a line longer than the agent can read.
    """
    found = {}
    for line in data.split(b"\n"):
        if len(line) >= LONGEST_LINE:
            message = "bufio.Scanner: token too long"
            raise ValueError(message)
        name, equals, value = line.removesuffix(b"\r").partition(b"=")
        if name and equals and value and not name.startswith(b"#") and b"\0" not in line:
            found[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    return found
