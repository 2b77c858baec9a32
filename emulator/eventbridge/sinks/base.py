"""What a sink is, and how it fails."""

from typing import Protocol

from emulator.errors import EcsLocalError
from emulator.eventbridge.notification import Notification


class SinkError(EcsLocalError):
    """A notification could not be handed over. `final`: nor would it be the next time."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Sink(Protocol):
    """Takes notifications, one at a time, in a thread that may wait for it."""

    @property
    def label(self) -> str:
        """What people call it in a message."""
        ...

    def wants(self, told: Notification) -> bool:
        """Return whether a notification is for it."""
        ...

    def deliver(self, told: Notification) -> None:
        """Hand a notification over, within some seconds. Raises `SinkError`."""
        ...
