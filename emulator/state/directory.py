"""The state directory: logs, history, and who is at work on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emulator.state.scheduler_lock import SchedulerLock

_PROBE: Final = b"\0" * 65536


class StateDirectory:
    """Paths below a state directory, and the lock that keeps two schedulers apart."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def true_name(self) -> str:
        """What containers are labelled with, and found by: the same through whatever link.

        The working directory has no links in its name, so that one called from it would not find
        what was begun by a name with one.
        """
        return os.path.realpath(self.path)

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
        """Make the directory and prove that it can be used. Raises `StateDirectoryError`.

        `synced`: on the disk itself, with some room and with locks, not only as far as the system
        knows: that a file of a new directory could be written shows as much.
        """
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            if not self._make_ignored() or synced:
                self._write_probe(synced)
        except OSError as error:
            from emulator.state.scheduler_lock import cannot_be_written

            raise cannot_be_written(self.path, error) from error

    @contextmanager
    def lock(self) -> "Iterator[SchedulerLock]":
        """Be the only scheduler here. Raises `StateDirectoryError` naming the other."""
        from emulator.state.scheduler_lock import SchedulerLock

        lock = SchedulerLock(self.path)
        lock.take()
        try:
            yield lock
        finally:
            lock.release()

    def refuse_second(self) -> None:
        """Raise the error of `lock` at once where it would, before anything is said or begun."""
        other = self.scheduler()
        if other is not None:
            from emulator.state.scheduler_lock import at_work

            raise at_work(self.path, other)

    def scheduler(self) -> str | None:
        """Return who holds the lock, or None."""
        from emulator.state.scheduler_lock import holder, lock_path

        try:
            with lock_path(self.path).open("r", encoding="utf-8") as file:
                return holder(file)
        except FileNotFoundError:
            return None

    def _make_ignored(self) -> bool:
        """Let git ignore the directory; false where it was told before what to ignore."""
        ignore = self.path / ".gitignore"
        if ignore.exists():
            return False
        ignore.write_text("*\n", "utf-8")
        return True

    def _write_probe(self, synced: bool) -> None:
        """Write and lock a file: logs and history are locked, and would fail one by one."""
        probe = self.path / f".probe-{os.getpid()}"
        try:
            with probe.open("wb") as file:
                file.write(_PROBE)
                file.flush()
                if synced:
                    os.fsync(file.fileno())
                self._lock_probe(file)
        finally:
            probe.unlink(missing_ok=True)

    def _lock_probe(self, file: IO[bytes]) -> None:
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            from emulator.state.scheduler_lock import cannot_be_locked

            raise cannot_be_locked(self.path, error) from error
