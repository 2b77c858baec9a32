"""Who runs a task or a scheduler: a process of which others can tell whether it still lives."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Self

_LONGEST_PID: Final = 10
"""Digits of a number that a process may have on any system."""


class Owner(NamedTuple):
    """A process on a host; its start tells it from a later one with the same number."""

    host: str
    pid: int
    started: str

    @classmethod
    def current(cls) -> Self:
        """Return this process."""
        pid = os.getpid()
        return cls(_host(), pid, _own_start(pid))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the owner that `str` made the text of, or None for another text.

        It may be of a label, which whoever makes containers writes as he likes.
        """
        host, _, rest = text.rpartition("/")
        pid, _, started = rest.partition("@")
        is_number = pid.isascii() and pid.isdecimal() and len(pid) <= _LONGEST_PID
        return cls(host, int(pid), started) if is_number else None

    def alive(self) -> bool:
        """Return whether the process runs; one on another host counts as running."""
        if self.host != _host():
            return True
        return bool(self.started) and _start_of(self.pid) == self.started

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}@{self.started}"


def owner_lives(owner: str | None) -> bool:
    """Return whether the process that a record, a file or a label names still runs."""
    parsed = None if owner is None else Owner.parse(owner)
    return parsed is not None and parsed.alive()


def _host() -> str:
    """Return this machine's name, without the import of `socket` that others need for it."""
    return os.uname().nodename


@lru_cache(maxsize=1)
def _own_start(pid: int) -> str:
    """Return the start of this process: looked for once, and again in one forked from it."""
    return _start_of(pid)


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
