"""The lock that keeps two schedulers of one state directory apart, and names its holder."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from emulator.errors import SchedulerAtWorkError, StateDirectoryError

_HINT: Final = "choose another with --state-dir, or give this one room and rights"

_SOMEBODY: Final = "a process"
_LOOKS: Final = 500
_PAUSE_SECONDS: Final = 0.01
"""How often and when again who takes the lock looks whether those that only ask have gone."""


class SchedulerLock:
    """The lock of one state directory. For one thread."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = lock_path(directory)
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Be the only scheduler here, from now on. Raises `StateDirectoryError`.

        One whose file was removed is taken again so: `SchedulerAtWorkError` says that another
        scheduler came first.
        """
        file = _opened(self._path)
        if self._holds(file):
            # It was away for a moment only, and this very lock would pass for another's.
            file.close()
            return
        try:
            self._lock(file)
        except StateDirectoryError:
            with suppress(OSError):
                # It closes, but says again that what is left to be written cannot be.
                file.close()
            raise
        before, self._file = self._file, file
        if before is not None:
            before.close()

    @property
    def held(self) -> bool:
        """Whether it was taken, and not released since."""
        return self._file is not None

    def is_removed(self) -> bool:
        """Return whether somebody took the file away, so that nobody else knows of this lock."""
        if self._file is None:
            return False
        try:
            there = self._path.stat()
        except OSError:
            return True
        return not os.path.samestat(there, os.fstat(self._file.fileno()))

    def _holds(self, file: IO[str]) -> bool:
        held = self._file
        return held is not None and os.path.sameopenfile(held.fileno(), file.fileno())

    def release(self) -> None:
        """Let others be schedulers here."""
        file, self._file = self._file, None
        if file is not None:
            with file, suppress(OSError):
                # Whose it was nobody asks of a lock that is free, nor of a disk gone read-only.
                file.truncate(0)

    def _lock(self, file: IO[str]) -> None:
        try:
            _lock_alone(file)
        except BlockingIOError as error:
            file.seek(0)
            raise at_work(self._directory, file.read().strip() or _SOMEBODY) from error
        except OSError as error:
            raise cannot_be_locked(self._path, error) from error
        try:
            file.truncate(0)
            file.write(f"process {os.getpid()} on {os.uname().nodename}\n")
            file.flush()
        except OSError as error:
            raise cannot_be_written(self._path, error) from error


def _lock_alone(file: IO[str]) -> None:
    """Lock a file; raises BlockingIOError where a scheduler has done so.

    Who asks whose the lock is shares it with others for a moment, as we try here, and keeps nobody
    from it.
    """
    for _ in range(_LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def lock_path(directory: Path) -> Path:
    """Return where the lock of a state directory is."""
    return directory / "scheduler.lock"


def holder(file: IO[str]) -> str | None:
    """Return who holds a lock file that is open, or None. Raises `StateDirectoryError`."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return file.read().strip() or _SOMEBODY
    except OSError as error:
        raise cannot_be_locked(Path(file.name), error) from error
    return None


def at_work(directory: Path, other: str) -> SchedulerAtWorkError:
    """Return the error for a state directory that has a scheduler."""
    message = f"{directory}: another scheduler is at work: {other}"
    hint = "stop it (`ecs-local down` ends a detached one), or give this one its own --state-dir"
    return SchedulerAtWorkError(message, hint=hint)


def cannot_be_written(path: Path, error: OSError) -> StateDirectoryError:
    """Return the error for a path of a state directory that the disk does not take."""
    return StateDirectoryError(f"{path}: cannot be written: {error.strerror}", hint=_HINT)


def cannot_be_locked(path: Path, error: OSError) -> StateDirectoryError:
    """Return the error for a lock file on a disk that locks no files."""
    hint = "choose a --state-dir on a local disk: some network file systems lock no files"
    return StateDirectoryError(f"{path}: cannot be locked: {error.strerror}", hint=hint)


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise cannot_be_written(path, error) from error
