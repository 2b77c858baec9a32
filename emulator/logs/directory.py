"""Where log groups and streams lie on disk, so that no two share a file and none gets out.

`<root>/<group without its leading slash>/<stream>.log`. A group's folder belongs to the group
that its `.log-group.json` names. Where two would meet (`/a` and `a`, or the stream `b/c` of group
`/a` and group `/a/b`) the later one gets a folder with `~` and a digest behind its name, or its
stream one file with `%2F` for its slashes.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
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

_ESCAPED: Final = re.compile(r'[\x00-\x1f\x7f"*:<>?\\|%]|^\.|^$|\.(?=log$)')


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredGroup:
    """A log group that has a folder."""

    name: str
    retention_in_days: int | None
    created_at: datetime
    path: Path


class LogDirectory:
    """A directory of log groups."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def group_path(self, log_group: str) -> Path:
        """Return the folder of a log group, whether it exists yet or not."""
        plain = self.root.joinpath(*map(_segment, log_group.removeprefix("/").split("/")))
        if _may_take(plain, log_group):
            return plain
        return plain.with_name(f"{plain.name}~{_digest(log_group)}")

    def stream_path(self, log_group: str, log_stream: str) -> Path:
        """Return the file of a log stream, whether it exists yet or not."""
        group = self.group_path(log_group)
        *folders, name = map(_segment, log_stream.split("/"))
        folder = group
        for segment in folders:
            folder = folder / segment
            if (folder / GROUP_FILE).exists():
                return group / f"{_shortened('%2F'.join([*folders, name]), log_stream)}{SUFFIX}"
        return folder / f"{name}{SUFFIX}"

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
        _replace(path / GROUP_FILE, json.dumps(document, ensure_ascii=False) + "\n")

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
            relative = path.relative_to(group.path).as_posix()
            yield unquote(relative.removesuffix(SUFFIX)), path


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


def _segment(text: str) -> str:
    """Return one part of a name as a file name; ordinary parts stay as they are.

    Escaped are characters that some file system refuses, a leading dot (`..` leads out, others
    hide), the empty name, and a `.log` at the end, which marks files.
    """
    return _shortened(_ESCAPED.sub(lambda match: _escape(match[0]), text), text)


def _escape(character: str) -> str:
    return f"%{ord(character or chr(0)):02X}"


def _shortened(name: str, whole: str) -> str:
    if len(name.encode()) <= LONGEST_SEGMENT:
        return name
    kept = name.encode()[: LONGEST_SEGMENT - 17].decode("utf-8", "ignore")
    return f"{kept}~{_digest(whole)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
