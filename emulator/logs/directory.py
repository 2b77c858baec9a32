"""Where log groups and streams lie on disk, so that no two share a file and none gets out.

`<root>/<group without its leading slash>/<stream>.log`. A group's folder belongs to the group
that its `.log-group.json` names. Where two would meet (`/a` and `a`, or the stream `b/c` of group
`/a` and group `/a/b`) the later one gets a folder with `~` and a digest behind its name, or its
stream one file with `%2F` for its slashes. A part too long for a file name goes on in a folder
below, a `~` at the end of each but the last. A `~` of the name itself is escaped.
"""

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from emulator.clock import iso_instant

GROUP_FILE: Final = ".log-group.json"
SUFFIX: Final = ".log"
LONGEST_SEGMENT: Final = 200
"""Bytes of a file name: most file systems end at 255, and a suffix must still fit."""

_CONTINUED: Final = "~"
_EMPTY: Final = "~"
"""Stands for an empty part, as in `batch//app`; what is continued is never empty."""

_ESCAPED: Final = re.compile(r'[\x00-\x1f\x7f"*:<>?\\|%~]|^\.|\.(?=log$)')


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredGroup:
    """A log group that has a folder."""

    name: str
    retention_in_days: int | None
    created_at: datetime
    path: Path


_Version = tuple[int, int, int] | None
"""Tells whether a group's file is the one that was read: inode, time and size; None: there is none.
"""


class LogDirectory:
    """A directory of log groups, in which other processes may write, too. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._taken: dict[str, tuple[Path, _Version]] = {}

    def group_path(self, log_group: str) -> Path:
        """Return the folder of a log group, whether it exists yet or not."""
        known = self._taken.get(log_group)
        if known is not None and known[1] == _version(known[0]):
            return known[0]
        path = self._found_path(log_group)
        version = _version(path)
        owner = None if version is None else read_group(path)
        if owner is not None and owner.name == log_group:
            self._taken[log_group] = (path, version)
        return path

    def stream_path(self, log_group: str, log_stream: str) -> Path:
        """Return the file of a log stream, whether it exists yet or not."""
        group = self.group_path(log_group)
        *folders, name = _file_names(log_stream.split("/"))
        if _holds_a_group(str(group), folders):
            *folders, name = _chunks("%2F".join(map(_escaped, log_stream.split("/"))))
        return group.joinpath(*folders, f"{name}{SUFFIX}")

    def _found_path(self, log_group: str) -> Path:
        plain = self.root.joinpath(*_file_names(log_group.removeprefix("/").split("/")))
        displaced = plain.with_name(f"{plain.name}~{_digest(log_group)}")
        # What displaced it may be gone by now; the group stays where its events are.
        if read_group(displaced) is not None or not _may_take(plain, log_group):
            return displaced
        return plain

    def ensure_group(
        self, log_group: str, *, retention_in_days: int | None, created_at: datetime
    ) -> None:
        """Make a log group's folder, or renew what it says of retention.

        Raises OSError.
        """
        path = self.group_path(log_group)
        path.mkdir(parents=True, exist_ok=True)
        if not path.resolve().is_relative_to(self.root.resolve()):
            message = f"{path} leads out of the log directory"
            raise OSError(message)
        known = read_group(path)
        if known is not None and known.retention_in_days == retention_in_days:
            return
        created = created_at if known is None else known.created_at
        document = {
            "logGroupName": log_group,
            "retentionInDays": retention_in_days,
            "creationTime": iso_instant(created, timespec="milliseconds"),
        }
        version = _replace(path / GROUP_FILE, json.dumps(document, ensure_ascii=False) + "\n")
        # Its streams come next: they need not look for it.
        self._taken[log_group] = (path, version)

    def has_group(self, log_group: str) -> bool:
        """Return whether a log group has its folder."""
        self.group_path(log_group)
        known = self._taken.get(log_group)
        return known is not None and known[1] == _version(known[0])

    def groups(self) -> list[StoredGroup]:
        """Return all log groups, by name."""
        found = [
            group
            for folder, _, names in os.walk(self.root, followlinks=False)
            if GROUP_FILE in names and (group := read_group(Path(folder))) is not None
        ]
        return sorted(found, key=lambda group: group.name)

    def streams(self, group: StoredGroup) -> Iterator[tuple[str, Path]]:
        """Yield the log streams of a group, each with its file."""
        for path in _own_files(group.path):
            yield _name_of(path.relative_to(group.path).as_posix().removesuffix(SUFFIX)), path


def read_group(path: Path) -> StoredGroup | None:
    """Return the group that a folder belongs to; None where none has taken it."""
    try:
        document = json.loads((path / GROUP_FILE).read_text("utf-8"))
        return StoredGroup(
            name=str(document["logGroupName"]),
            retention_in_days=document["retentionInDays"],
            created_at=datetime.fromisoformat(document["creationTime"]),
            path=path,
        )
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError):
        # Somebody wrote over it; the group is written anew with what is known of it.
        return None


def _version(folder: Path) -> _Version:
    try:
        found = os.stat(f"{folder}/{GROUP_FILE}")  # noqa: PTH116 - asked for every stream
    except OSError:
        return None
    return _version_of(found)


def _version_of(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _holds_a_group(folder: str, names: Iterable[str]) -> bool:
    """Return whether a folder on the way down belongs to a group of its own."""
    for name in names:
        folder = f"{folder}/{name}"
        if os.path.exists(f"{folder}/{GROUP_FILE}"):  # noqa: PTH110 - asked for every stream
            return True
    return False


def _may_take(path: Path, log_group: str) -> bool:
    """Return whether a folder is a group's own, or free of other groups' streams."""
    owner = read_group(path)
    if owner is not None:
        return owner.name == log_group
    return next(_own_files(path), None) is None


def _own_files(path: Path) -> Iterator[Path]:
    """Yield the stream files below a folder, but not those of groups that lie below it."""
    for folder, folders, names in os.walk(path, followlinks=False):
        folders[:] = sorted(name for name in folders if not Path(folder, name, GROUP_FILE).exists())
        for name in sorted(names):
            if name.endswith(SUFFIX):
                yield Path(folder, name)


def _file_names(parts: Iterable[str]) -> list[str]:
    """Return the parts of a name as file names; ordinary parts stay as they are."""
    return [name for part in parts for name in _chunks(_escaped(part) or _EMPTY)]


def _escaped(part: str) -> str:
    """Return one part of a name without what a file name cannot have.

    Escaped are characters that some file system refuses, a leading dot (`..` leads out, others
    hide), and a `.log` at the end, which marks files.
    """
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", part)


def _chunks(part: str) -> list[str]:
    """Return a part that may be too long as file names that hold it together."""
    if len(part.encode("utf-8", "surrogatepass")) <= LONGEST_SEGMENT:
        return [part]
    chunks = [""]
    size = 0
    for character in part:
        size += len(character.encode("utf-8", "surrogatepass"))
        if size > LONGEST_SEGMENT:
            chunks[-1] += _CONTINUED
            chunks.append("")
            size = len(character.encode("utf-8", "surrogatepass"))
        chunks[-1] += character
    return chunks


def _name_of(path: str) -> str:
    """Return the name that `_file_names`, or one file with `%2F`, was made of."""
    parts = []
    rest = ""
    for chunk in path.split("/"):
        if chunk.endswith(_CONTINUED) and chunk != _EMPTY:
            rest += chunk.removesuffix(_CONTINUED)
        else:
            parts.append(rest + chunk)
            rest = ""
    whole = "/".join(parts).replace("%2F", "/").split("/")
    return "/".join("" if part == _EMPTY else unquote(part) for part in whole)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _replace(path: Path, text: str) -> _Version:
    """Write a file so that it is there whole or not at all; return which one it is."""
    # Not by tempfile: whoever may read the log may read what group it is of.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            version = _version_of(os.fstat(file.fileno()))
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return version
