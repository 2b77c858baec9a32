"""Notifications as runs of a program, which no shell sees."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Final

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks.base import SinkError
from emulator.model.sinks import CommandSink

TIMEOUT_SECONDS: Final = 30.0
_SHOWN: Final = 200


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
        # A file, no pipe: what the program leaves in the background may keep that open for ever.
        with tempfile.TemporaryFile() as complaint:
            _run(command, text, {**os.environ, **(environment or {})}, complaint)
    except OSError as error:
        message = f"cannot be run: {error.strerror or error}"
        raise SinkError(message) from error


def _run(
    command: Sequence[str], text: str, environment: Mapping[str, str], complaint: IO[bytes]
) -> None:
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, and no shell
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
    with process:
        try:
            process.communicate(text.encode("utf-8", "replace"), timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            message = f"was still running after {TIMEOUT_SECONDS:.0f} s, and was killed"
            raise SinkError(message) from error
    if process.returncode:
        complaint.seek(0)
        said = complaint.read(4 * _SHOWN).decode("utf-8", "replace").strip()[:_SHOWN]
        message = f"exited with {process.returncode}" + (f": {said}" if said else "")
        raise SinkError(message)
