"""A sink that sends nothing and says what it would have sent: for simulations."""

from collections.abc import Callable

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.sinks.base import Sink
from emulator.eventbridge.sinks.wording import title


class Withheld:
    """Stands for a sink whose receivers shall not hear of what is only simulated."""

    def __init__(self, sink: Sink, tell: Callable[[str], None]) -> None:
        self._sink = sink
        self._tell = tell

    @property
    def label(self) -> str:
        """Name it as the sink it stands for."""
        return self._sink.label

    def wants(self, told: Notification) -> bool:
        """Return whether the notification would be for it."""
        return self._sink.wants(told)

    def deliver(self, told: Notification) -> None:
        """Say what would have been sent, and to whom."""
        self._tell(f"not sent, as this is a simulation: {self.label}: {title(told)}")
