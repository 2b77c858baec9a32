"""`run --detach`: the same command in a session of its own, its screen in a file."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from emulator.app.emulator import Emulator
from emulator.cli import screen
from emulator.errors import StateDirectoryError
from emulator.state.scheduler_note import SchedulerNotes

DETACHED: Final = "ECS_LOCAL_DETACHED"
"""Environment variable by which the command knows that it is the detached one."""

PATIENCE_SECONDS: Final = 30.0
_LAST_LINES: Final = 20


def screen_file(emulator: Emulator) -> Path:
    """Return the file that shows what a detached scheduler says."""
    return emulator.state.path / "scheduler.log"


def is_detached() -> bool:
    """Return whether this is the detached command; to be asked once.

    What it starts itself, such as the command of a sink, is not: it shall not inherit that.
    """
    return os.environ.pop(DETACHED, None) is not None


def follow_screen_file(emulator: Emulator) -> None:
    """Go on in a new file, in a detached scheduler whose own was removed. Raises OSError."""
    with screen_file(emulator).open("ab") as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)


def detach(emulator: Emulator) -> int:
    """Start the scheduler and wait until it is at work; returns the exit code."""
    emulator.state.refuse_second()
    emulator.state.prepare()
    path = screen_file(emulator)
    with path.open("ab") as output:
        begin = output.tell()
        process = subprocess.Popen(  # noqa: S603 - this command itself
            [sys.executable, "-m", "emulator", *sys.argv[1:]],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=os.environ | {DETACHED: "1", "PYTHONUNBUFFERED": "1"},
        )
    code = _wait_until_at_work(emulator, process)
    if code is None:
        screen.say(f"scheduler at work: process {process.pid}; it says what it does in {path}")
        return 0
    with path.open("rb") as output:
        output.seek(begin)
        lines = output.read().decode("utf-8", "replace").splitlines()[-_LAST_LINES:]
    screen.aside("\n".join(map(screen.printable, lines)))
    return code


def _wait_until_at_work(emulator: Emulator, process: "subprocess.Popen[bytes]") -> int | None:
    """Return None once it is at work, or the exit code of one that ended before."""
    notes = SchedulerNotes(emulator.state.path)
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        code = process.poll()
        if code is not None:
            return code
        note = notes.read()
        if note is not None and f"/{process.pid}@" in note.owner:
            return None
        time.sleep(0.05)
    message = f"the scheduler (process {process.pid}) has not begun its work yet"
    raise StateDirectoryError(message, hint=f"{screen_file(emulator)} shows what it does")
