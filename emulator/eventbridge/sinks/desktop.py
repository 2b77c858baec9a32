"""Notifications on the desktop of whoever works here, by `notify-send`."""

import html
import shutil

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks.base import SinkError
from emulator.eventbridge.sinks.command import run_program
from emulator.eventbridge.sinks.wording import body, title
from emulator.model.sinks import DesktopSink


class Desktop:
    """Shows title and text; the text is escaped, for desktops read markup in it."""

    label = "desktop (notify-send)"

    def __init__(self, configuration: DesktopSink) -> None:
        self._configuration = configuration

    def wants(self, told: Notification) -> bool:
        """Return whether a notification is for it."""
        return not self._configuration.targets or told.name in self._configuration.targets

    def deliver(self, told: Notification) -> None:
        """Show a notification. Raises `SinkError`."""
        program = shutil.which("notify-send")
        if program is None:
            message = "notify-send is not installed"
            raise SinkError(message, final=True)
        run_program((program, "--app-name=ecs-local", "--", title(told), _escaped(body(told))), "")


def _escaped(text: str) -> str:
    r"""Return a text that desktops show as it is.

    They read markup in it, and notify-send itself octal escapes: `\074b\076` would be a tag.
    """
    return html.escape(text, quote=False).replace("\\", "\\\\")
