"""Brings notifications to sinks, none of which holds up a task or another sink."""

from collections import Counter
from collections.abc import Callable, Sequence

from emulator.eventbridge.notification import Notification
from emulator.eventbridge.outlet import Office, Outlet, Parcel, Publish, Undeliverable
from emulator.eventbridge.sinks import Sink, sink_of
from emulator.model.sinks import SinkConfiguration
from emulator.timers import Timers


class Dispatcher:
    """Hands each notification to the sinks that want it. Thread-safe."""

    def __init__(
        self,
        sinks: Sequence[Sink],
        timers: Timers,
        report: Callable[[str], None],
        *,
        make: Callable[[SinkConfiguration], Sink] = sink_of,
        publish: Publish = lambda _event: None,
        undelivered: Undeliverable = lambda *_: None,
        resumed: bool = True,
    ) -> None:
        self._office = Office(
            timers=timers,
            report=report,
            publish=publish,
            undelivered=undelivered,
            resumed=resumed,
        )
        self._make = make
        self._fixed = [Outlet(sink, sink.label, self._office) for sink in sinks]
        self._configured: list[tuple[SinkConfiguration, Outlet]] = []
        self._gone: list[Outlet] = []
        self.outlets = self._fixed
        """Those that get notifications now; for reading."""

    def adopt(self, configurations: Sequence[SinkConfiguration]) -> None:
        """Deliver to these sinks too from now on; those that stay go on with what they have.

        What a sink that is gone still has is tried once more, and what fails is told at the end.
        """
        known = list(self._configured)
        self._configured = [(each, self._outlet(each, known)) for each in configurations]
        self.outlets = [*self._fixed, *(outlet for _, outlet in self._configured)]
        _name(self.outlets)
        for _, outlet in known:
            outlet.finish()
            self._gone.append(outlet)

    def _outlet(
        self, wanted: SinkConfiguration, known: list[tuple[SinkConfiguration, Outlet]]
    ) -> Outlet:
        """Return the outlet that is there for a configuration, taken out of `known`, or make it."""
        for place, (configuration, outlet) in enumerate(known):
            if configuration == wanted:
                del known[place]
                return outlet
        sink = self._make(wanted)
        return Outlet(sink, sink.label, self._office)

    def send(self, told: Notification) -> None:
        """Take a notification; returns at once."""
        for outlet in self.outlets:
            if outlet.sink.wants(told):
                outlet.send(told)

    def resume(self, key: str, parcel: Parcel) -> bool:
        """Take what an earlier process has promised under a key; return whether its sink is there.

        A sink is known by its name, which is the same for another URL of the same server.
        """
        for outlet in self.outlets:
            if outlet.name == parcel.sink:
                outlet.take(key, parcel)
                return True
        return False

    def close(self) -> None:
        """Deliver what is left, without waiting for another time, and say what could not be."""
        for outlet in self.outlets:
            outlet.finish()
        for outlet in (*self.outlets, *self._gone):
            outlet.close()


def _name(outlets: Sequence[Outlet]) -> None:
    """Tell outlets of one label apart by their number."""
    seen: Counter[str] = Counter()
    for outlet in outlets:
        label = outlet.sink.label
        seen[label] += 1
        outlet.name = label if seen[label] == 1 else f"{label} ({seen[label]})"
