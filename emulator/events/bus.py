"""The bus that carries events from those who know to those who want to."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from emulator.events.event import Event
from emulator.together import Together

E = TypeVar("E")

_logger = logging.getLogger(__name__)


class EventBus:
    """Hands each event to its subscribers, in the publisher's thread, in order of subscription.

    A subscriber that raises is reported and does not keep the event from the others: a full disk
    or a failing sink must not end a task.
    """

    def __init__(self) -> None:
        self._subscribers: dict[type[Any], list[Callable[[Any], None]]] = {}
        self._bound: list[Callable[[], AbstractContextManager[None]]] = []
        self._together = Together(self._bound)

    def bind(self, together: Callable[[], AbstractContextManager[None]]) -> None:
        """Enter what `together` returns around everything that belongs together, once."""
        self._bound.append(together)

    def together(self) -> AbstractContextManager[None]:
        """Return a context in which all that this thread publishes belongs together.

        It is to be on record as a whole or not at all: a firing with the tasks of all its targets,
        a task's end with what that leads to. Contexts may be nested; the outermost counts.
        """
        return self._together

    def afterwards(self, action: Callable[[], object]) -> None:
        """Call a function once all is published that belongs together with what was up to now."""
        self._together.afterwards(action)

    def subscribe(self, kind: type[E], receive: Callable[[E], None]) -> None:
        """Call `receive` with every event of a kind from now on."""
        self._subscribers.setdefault(kind, []).append(receive)

    def publish(self, event: Event) -> None:
        """Hand an event to everyone who subscribed to its kind."""
        for receive in self._subscribers.get(type(event), ()):
            try:
                receive(event)
            except Exception:
                _logger.exception("a subscriber failed on %s", type(event).__name__)
