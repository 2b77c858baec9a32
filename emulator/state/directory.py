"""The state directory: logs, history, and who is at work on it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self

from emulator.errors import StateDirectoryError

_PROBE: Final = b"\0" * 65536
_HINT: Final = "choose another with --state-dir, or give this one room and rights"


@dataclass(frozen=True, slots=True)
class Owner:
    """A process on a host; its start tells it from a later one with the same number."""

    host: str
    pid: int
    started: str

    @classmethod
    def current(cls) -> Self:
        """Return this process."""
        return cls(_host(), os.getpid(), _start_of(os.getpid()))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the owner that `str` made the text of, or None for another text."""
        host, _, rest = text.rpartition("/")
        pid, _, started = rest.partition("@")
        return cls(host, int(pid), started) if pid.isdecimal() else None

    def alive(self) -> bool:
        """Return whether the process runs; one on another host counts as running."""
        if self.host != _host():
            return True
        return bool(self.started) and _start_of(self.pid) == self.started

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}@{self.started}"


def _host() -> str:
    """Return this machine's name, without the import of `socket` that others need for it."""
    return os.uname().nodename


def _start_of(pid: int) -> str:
    """Return the start of a process in the kernel's count, "" where it does not run."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return _alive_without_proc(pid)
    state, *fields = stat.rpartition(")")[2].split()
    # Where nobody waits for a dead child, as in a container without init, it stays as a zombie.
    return "" if state in ("Z", "X") else fields[18]


def _alive_without_proc(pid: int) -> str:
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    return "-"


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

    def prepare(self) -> None:
        """Make the directory and prove that it can be written. Raises `StateDirectoryError`."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", "utf-8")
            self._write_probe()
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
                message = f"{self.path}: another scheduler is at work: {file.read().strip()}"
                hint = "stop it, or give this one a --state-dir of its own"
                raise StateDirectoryError(message, hint=hint) from error
            file.truncate(0)
            file.write(f"process {os.getpid()} on {_host()}\n")
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)

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

    def _write_probe(self) -> None:
        probe = self.path / f".probe-{os.getpid()}"
        try:
            with probe.open("wb") as file:
                file.write(_PROBE)
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)


def _cannot_be_written(path: Path, error: OSError) -> StateDirectoryError:
    return StateDirectoryError(f"{path}: cannot be written: {error.strerror}", hint=_HINT)
