"""The state directory: logs, history, and who is at work on it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from emulator.errors import StateDirectoryError

_PROBE: Final = b"\0" * 65536
_HINT: Final = "choose another with --state-dir, or give this one room and rights"


class StateDirectory:
    """Paths below a state directory, and the lock that keeps two schedulers apart."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def logs(self) -> Path:
        """Where log groups lie."""
        return self.path / "logs"

    @property
    def database(self) -> Path:
        """Where the history is."""
        return self.path / "history.sqlite3"

    @property
    def events(self) -> Path:
        """Where the events of the bus are kept."""
        return self.path / "events.jsonl"

    @property
    def notifications(self) -> Path:
        """Where notifications are kept: a folder a kind, a file a topic, queue or function."""
        return self.path / "notifications"

    @property
    def dead_letters(self) -> Path:
        """Where dead-letter queues lie, a folder each."""
        return self.path / "dead-letters"

    def prepare(self, *, synced: bool = True) -> None:
        """Make the directory and prove that it can be written. Raises `StateDirectoryError`.

        `synced`: on the disk itself, and with some room, not only as far as the system knows: that
        a file of a new directory could be written shows as much.
        """
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            if not self._make_ignored() or synced:
                self._write_probe(synced)
        except OSError as error:
            raise _cannot_be_written(self.path, error) from error

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only scheduler here. Raises `StateDirectoryError` naming the other."""
        path = self.path / "scheduler.lock"
        with self._opened(path) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                raise _at_work(self.path, file.read().strip()) from error
            file.truncate(0)
            file.write(f"process {os.getpid()} on {os.uname().nodename}\n")
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)

    def refuse_second(self) -> None:
        """Raise the error of `lock` at once where it would, before anything is said or begun."""
        other = self.scheduler()
        if other is not None:
            raise _at_work(self.path, other)

    def scheduler(self) -> str | None:
        """Return who holds the lock, or None."""
        path = self.path / "scheduler.lock"
        try:
            with path.open("r", encoding="utf-8") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return file.read().strip() or "a process"
        except FileNotFoundError:
            pass
        return None

    def _opened(self, path: Path) -> IO[str]:
        try:
            return path.open("a+", encoding="utf-8")
        except OSError as error:
            raise _cannot_be_written(path, error) from error

    def _make_ignored(self) -> bool:
        """Let git ignore the directory; false where it was told before what to ignore."""
        ignore = self.path / ".gitignore"
        if ignore.exists():
            return False
        ignore.write_text("*\n", "utf-8")
        return True

    def _write_probe(self, synced: bool) -> None:
        probe = self.path / f".probe-{os.getpid()}"
        try:
            with probe.open("wb") as file:
                file.write(_PROBE)
                file.flush()
                if synced:
                    os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)


def _at_work(path: Path, other: str) -> StateDirectoryError:
    message = f"{path}: another scheduler is at work: {other}"
    hint = "stop it (`ecs-local down` ends a detached one), or give this one its own --state-dir"
    return StateDirectoryError(message, hint=hint)


def _cannot_be_written(path: Path, error: OSError) -> StateDirectoryError:
    return StateDirectoryError(f"{path}: cannot be written: {error.strerror}", hint=_HINT)
