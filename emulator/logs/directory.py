"""Where log groups and streams lie on disk, so that no two share a file and none gets out.

`<root>/<group without its leading slash>/<stream>.log`. A group's folder belongs to the group
that its `.log-group.json` names. Where two would meet (`/a` and `a`, or the stream `b/c` of group
`/a` and group `/a/b`) the later one gets a folder with `~` and a digest behind its name, or its
stream one file with `%2F` for its slashes. `file_names` says what of a name no file can have.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from emulator.clock import iso_instant
from emulator.logs.file_names import chunks, escaped, file_names, name_of
from emulator.whole_files import put_in_place

GROUP_FILE: Final = ".log-group.json"
SUFFIX: Final = ".log"


class StoredGroup(NamedTuple):
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
        self._known: dict[str, tuple[StoredGroup, _Version]] = {}

    def group(self, log_group: str) -> StoredGroup | None:
        """Return a log group as its folder tells of it; None where it has none."""
        return self._look_up(log_group)[1]

    def stream_path(self, log_group: str, log_stream: str) -> Path:
        """Return the file of a log stream, whether it exists yet or not."""
        group, _ = self._look_up(log_group)
        *folders, name = file_names(log_stream.split("/"))
        if _holds_a_group(str(group), folders):
            *folders, name = chunks("%2F".join(map(escaped, log_stream.split("/"))))
        return group.joinpath(*folders, f"{name}{SUFFIX}")

    def ensure_group(
        self,
        log_group: str,
        *,
        retention_in_days: int | None,
        created_at: datetime,
        renew: bool = True,
    ) -> None:
        """Make a log group's folder; `renew` what one that is there says of retention.

        Raises OSError.
        """
        path, known = self._look_up(log_group)
        if known is None:
            path.mkdir(parents=True, exist_ok=True)
        self._check_inside(path)
        if known is not None and (not renew or known.retention_in_days == retention_in_days):
            return
        created = created_at if known is None else known.created_at
        document = {
            "logGroupName": log_group,
            "retentionInDays": retention_in_days,
            "creationTime": iso_instant(created, timespec="milliseconds"),
        }
        text = json.dumps(document, ensure_ascii=False) + "\n"
        version = _version_of(put_in_place(path / GROUP_FILE, text.encode()))
        # Its streams come next: they need not look for it.
        self._known[log_group] = (_stored(document, path), version)

    def groups(self) -> list[StoredGroup]:
        """Return all log groups, by name. Raises OSError for a directory that may not be read."""
        found = [
            group
            for folder, _, names in os.walk(self.root, followlinks=False, onerror=_unless_gone)
            if GROUP_FILE in names and (group := _read_group(Path(folder))) is not None
        ]
        return sorted(found, key=lambda group: group.name)

    def streams(self, group: StoredGroup) -> Iterator[tuple[str, Path]]:
        """Yield the log streams of a group, each with its file."""
        for path in _own_files(group.path):
            yield name_of(path.relative_to(group.path).as_posix().removesuffix(SUFFIX)), path

    def _look_up(self, log_group: str) -> tuple[Path, StoredGroup | None]:
        """Return the folder of a log group, whether it exists yet or not, and what it says."""
        known = self._known.get(log_group)
        if known is not None and known[1] == _version(known[0].path):
            return known[0].path, known[0]
        path = self._found_path(log_group)
        version = _version(path)
        group = None if version is None else _read_group(path)
        if group is None or group.name != log_group:
            return path, None
        self._known[log_group] = (group, version)
        return path, group

    def _found_path(self, log_group: str) -> Path:
        plain = self.root.joinpath(*file_names(log_group.removeprefix("/").split("/")))
        displaced = plain.with_name(f"{plain.name}~{_digest(log_group)}")
        # What displaced it may be gone by now; the group stays where its events are.
        if _read_group(displaced) is not None or not _may_take(plain, log_group):
            return displaced
        return plain

    def _check_inside(self, path: Path) -> None:
        """Raise OSError for a folder that lies elsewhere by a link on the way down to it."""
        below = [path, *path.parents][: len(path.parts) - len(self.root.parts)]
        linked = any(os.path.islink(folder) for folder in below)  # noqa: PTH114 - for each group
        if linked and not path.resolve().is_relative_to(self.root.resolve()):
            message = f"{path} leads out of the log directory"
            raise OSError(message)


def _unless_gone(error: OSError) -> None:
    """Raise what kept a directory from being listed, but that there is none (any more)."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _read_group(path: Path) -> StoredGroup | None:
    """Return the group that a folder belongs to; None where none has taken it."""
    try:
        return _stored(json.loads((path / GROUP_FILE).read_text("utf-8")), path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError):
        # Somebody wrote over it; the group is written anew with what is known of it.
        return None


def _stored(document: dict[str, Any], path: Path) -> StoredGroup:
    """Return a group as its file tells of it. Raises what a file of another kind leads to."""
    return StoredGroup(
        name=str(document["logGroupName"]),
        retention_in_days=document["retentionInDays"],
        created_at=datetime.fromisoformat(document["creationTime"]),
        path=path,
    )


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
    owner = _read_group(path)
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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
