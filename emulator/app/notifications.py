"""Notifications on their way to the sinks of a state directory, which are made once there are any.

Most definitions tell nobody: their tasks need not wait until sinks are imported.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from emulator.events import EventBus, Progressed
from emulator.model.definitions import Definitions
from emulator.state.directory import StateDirectory
from emulator.timers import Timers

if TYPE_CHECKING:
    from emulator.eventbridge.dispatch import Dispatcher
    from emulator.eventbridge.notification import Notification
    from emulator.eventbridge.outlet import Parcel, Undeliverable
    from emulator.eventbridge.sinks import Sink
    from emulator.model.sinks import SinkConfiguration


class Notifications:
    """Hands notifications to a file each, and to what `local.sinks` says. Thread-safe.

    Without `send` only the files get them, and what another sink would have had is told. `resumed`
    and `undelivered` as in `Office`; `warn` says what a sink has to complain of.
    """

    def __init__(
        self,
        definitions: Definitions,
        directory: StateDirectory,
        bus: EventBus,
        timers: Timers,
        *,
        send: bool,
        resumed: bool,
        warn: Callable[[str], None],
        undelivered: "Undeliverable",
    ) -> None:
        self._definitions = definitions
        self._directory = directory
        self._bus = bus
        self._timers = timers
        self._send = send
        self._resumed = resumed
        self._warn = warn
        self._undelivered = undelivered
        self._made: Dispatcher | None = None
        self._lock = threading.Lock()
        self.adopt(definitions)

    def adopt(self, definitions: Definitions) -> None:
        """Deliver to the sinks of other definitions from now on."""
        with self._lock:
            self._definitions = definitions
            if self._made is not None:
                self._made.adopt(definitions.local.sinks)
        if definitions.local.sinks:
            # Now, and not when the first rule fires that tells them something.
            self._dispatcher()

    def send(self, told: "Notification") -> None:
        """Take a notification; returns soon."""
        self._dispatcher().send(told)

    def resume(self, key: str, parcel: "Parcel") -> bool:
        """Take what an earlier process has promised; return whether the sink for it is there."""
        return self._dispatcher().resume(key, parcel)

    def close(self) -> None:
        """Deliver what is left, and say what could not be."""
        if self._made is not None:
            self._made.close()

    def _dispatcher(self) -> "Dispatcher":
        from emulator.eventbridge.dispatch import Dispatcher
        from emulator.eventbridge.sinks import sink_of
        from emulator.eventbridge.sinks.files import Files

        with self._lock:
            if self._made is None:
                self._made = Dispatcher(
                    [Files(self._directory.notifications)],
                    self._timers,
                    self._warn,
                    make=sink_of if self._send else self._withheld,
                    publish=self._bus.publish,
                    undelivered=self._undelivered,
                    resumed=self._resumed,
                )
                self._made.adopt(self._definitions.local.sinks)
            return self._made

    def _withheld(self, configuration: "SinkConfiguration") -> "Sink":
        from emulator.eventbridge.sinks import sink_of
        from emulator.eventbridge.sinks.withheld import Withheld

        return Withheld(sink_of(configuration), self._note)

    def _note(self, text: str) -> None:
        self._bus.publish(Progressed(message=text))
