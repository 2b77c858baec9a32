"""Notifications as runs of a program, which no shell sees."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Final

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks.base import SinkError
from emulator.model.sinks import CommandSink
from emulator.workers import NoThreadError, begin_thread

TIMEOUT_SECONDS: Final = 30.0
LAST_WORDS_SECONDS: Final = 1.0
"""How long a failed program's last words are waited for; they are in the pipe already."""

_SHOWN: Final = 200
_CHUNK: Final = 64 * 1024


class Command:
    """Runs one program with the notification on its stdin and its names in the environment."""

    def __init__(self, configuration: CommandSink) -> None:
        self._configuration = configuration

    @property
    def label(self) -> str:
        """Name it by its program."""
        return f"command {self._configuration.command[0]}"

    def wants(self, told: Notification) -> bool:
        """Return whether a notification is for it."""
        return not self._configuration.targets or told.name in self._configuration.targets

    def deliver(self, told: Notification) -> None:
        """Run the program to its end. Raises `SinkError`."""
        environment = {
            "ECS_LOCAL_KIND": told.kind.value,
            "ECS_LOCAL_NAME": told.name,
            "ECS_LOCAL_RULE": told.rule,
            "ECS_LOCAL_EVENT_ID": str(told.event.get("id", "")),
        }
        run_program(self._configuration.command, told.text, environment)


def run_program(
    command: Sequence[str], text: str, environment: Mapping[str, str] | None = None
) -> None:
    """Run a program with a text on its stdin. Raises `SinkError`, also when it fails."""
    try:
        reading, writing = os.pipe()
        try:
            complaint = _Complaint(reading)
            process = _begun(command, {**os.environ, **(environment or {})}, writing)
        finally:
            os.close(writing)
    except (OSError, NoThreadError) as error:
        message = f"cannot be run: {getattr(error, 'strerror', None) or error}"
        raise SinkError(message) from error
    with process:
        _feed(process, text)
    if process.returncode:
        said = complaint.beginning()
        message = f"exited with {process.returncode}" + (f": {said}" if said else "")
        raise SinkError(message)


def _begun(
    command: Sequence[str], environment: Mapping[str, str], complaint: int
) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - a list of arguments, and no shell
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            env=environment,
            # A group of its own: Ctrl-C is for ecs-local, and a timeout ends all of it.
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        message = f"cannot be started: {getattr(error, 'strerror', None) or error}"
        raise SinkError(message, final=True) from error


def _feed(process: "subprocess.Popen[bytes]", text: str) -> None:
    """Give a program its text, and wait until it ends. Raises `SinkError` where it does not."""
    try:
        process.communicate(text.encode("utf-8", "replace"), timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        message = f"was still running after {TIMEOUT_SECONDS:.0f} s, and was killed"
        raise SinkError(message) from error


class _Complaint:
    """What a program says on its stderr, of which only the beginning is kept.

    The rest is read, and dropped: also of what the program leaves in the background, which may
    outlive it by days, and must neither fill a disk nor be ended by a pipe that nobody reads.
    Takes over the descriptor. Raises `NoThreadError`.
    """

    def __init__(self, descriptor: int) -> None:
        self._said = b""
        self._file = os.fdopen(descriptor, "rb", buffering=0)
        try:
            self._thread = begin_thread(self._read, "complaints of a command")
        except NoThreadError:
            self._file.close()
            raise

    def beginning(self) -> str:
        """Return what an ended program said first."""
        # Until the end of the pipe; one that is still held in the background has none.
        self._thread.join(LAST_WORDS_SECONDS)
        return self._said.decode("utf-8", "replace").strip()[:_SHOWN]

    def _read(self) -> None:
        with self._file as file:
            while data := file.read(_CHUNK):
                self._said += data[: 4 * _SHOWN - len(self._said)]
