"""A temporary directory that only the process that made it removes, never a fork of it."""

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self


class TemporaryDirectory:
    """As `tempfile` makes them, whose own are removed by the first fork that ends, too."""

    def __init__(self, prefix: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        self._removal = weakref.finalize(self, _remove, self.path, os.getpid())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._removal()


def _remove(path: Path, process: int) -> None:
    if process != os.getpid():
        return
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        # All of it may be gone, or what was seen in it a moment ago.
        shutil.rmtree(path, ignore_errors=True)
    except PermissionError:
        # As of a directory that a job has made read-only.
        _open_up(path)
        shutil.rmtree(path)


def _open_up(path: Path) -> None:
    for place, directories, _ in os.walk(path):
        for name in directories:
            directory = Path(place, name)
            if not directory.is_symlink():
                directory.chmod(0o700)
