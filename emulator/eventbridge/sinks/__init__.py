"""Where notifications go on this machine: always a file, and what `local.sinks` says.

To add a kind: its configuration in `model/sinks.py`, a module here with a `Sink`, and a line in
`_KINDS`, which is imported when the definitions ask for it.
"""

import importlib
from typing import Final

from emulator.eventbridge.sinks.base import Sink, SinkError
from emulator.model.sinks import (
    CommandSink,
    DesktopSink,
    MailSink,
    SinkConfiguration,
    WebhookSink,
)

__all__ = ["Sink", "SinkError", "sink_of"]

_KINDS: Final = {
    WebhookSink: ("webhook", "Webhook"),
    CommandSink: ("command", "Command"),
    DesktopSink: ("desktop", "Desktop"),
    MailSink: ("mail", "Mail"),
}


def sink_of(configuration: SinkConfiguration) -> Sink:
    """Return the sink that a part of `local.sinks` means."""
    module, name = _KINDS[type(configuration)]
    made: Sink = getattr(importlib.import_module(f"{__name__}.{module}"), name)(configuration)
    return made
