"""`run` as a whole: a server on a state directory, what an earlier one left, and what changes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from emulator.app.leftovers import missed_turns, unfinished_attempts
from emulator.app.live import Live
from emulator.app.readiness import Readiness, needed_images
from emulator.app.reloading import Reloader
from emulator.app.serving import ServeOptions, Server
from emulator.app.tally import Tally
from emulator.app.upkeep import Upkeep
from emulator.clock import Clock, iso_instant
from emulator.eventbridge.rule_changes import schedule_key
from emulator.events import EventBus
from emulator.model.rules import Rule
from emulator.schedules import Schedule
from emulator.state.scheduler_note import SchedulerNote, SchedulerNotes

if TYPE_CHECKING:
    from emulator.app.emulator import Emulator

PRUNE_INTERVAL: Final = timedelta(hours=6)
_MOMENT: Final = timedelta.resolution


class Service:
    """Serves once, under the lock of the state directory. `server` is for signal handlers."""

    def __init__(
        self,
        emulator: "Emulator",
        live: Live,
        rules: Sequence[Rule],
        names: Sequence[str],
        options: ServeOptions,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._emulator = emulator
        self._live = live
        self._names = names
        self._options = options
        self._clock = clock
        self._notes = SchedulerNotes(emulator.state.path)
        last, note = self._notes.last_beat(), self._notes.read()
        schedules, after = emulator.anchored(rules, live.history)
        if last is not None and note is not None:
            after = {**_unseen_since(last, note, schedules), **after}
        self._begun_at = clock()
        self._pruned_at = self._begun_at
        self._write_note(schedules)
        self.server = Server(
            live,
            schedules,
            options,
            after=after,
            bus=bus,
            clock=clock,
            policy=emulator.settings.missed,
            downtime=_downtime(last),
            look=self._look,
        )
        self._reloader = Reloader(emulator, names, live, self, bus, watch=options.watch)
        Upkeep(live, emulator.state).adopt()
        self._readiness = self._ready(rules)
        if last is not None and note is not None:
            missed_turns(live, bus, note.since, clock())
            unfinished_attempts(live, note)

    def serve(self) -> Tally:
        """Fire rules until the end; the note of a scheduler at work goes with it."""
        try:
            tally = self.server.serve()
        finally:
            self._readiness.end()
        self._notes.remove()
        return tally

    def reload(self) -> None:
        """Read the definitions again soon."""
        self._reloader.ask()

    def adopt(self, rules: Sequence[Rule], *, keep: frozenset[str]) -> None:
        """Fire these rules from now on; the schedules of those in `keep` go on."""
        schedules, after = self._emulator.anchored(rules, self._live.history)
        self.server.adopt(schedules, after, keep=keep)
        self._readiness.end()
        self._readiness = self._ready(rules)
        self._write_note(schedules)

    def _ready(self, rules: Sequence[Rule]) -> Readiness:
        """Keep the images of rules ready from now on."""
        enabled = [rule for rule in rules if rule.enabled]
        definitions, environ = self._emulator.definitions, self._emulator.settings.environ
        images = needed_images(enabled, definitions)
        readiness = Readiness(self._live, images, definitions.local, environ)
        readiness.begin()
        return readiness

    def _look(self) -> None:
        now = self._clock()
        self._reloader.look(now)
        try:
            self._notes.beat(now)
        except OSError as error:
            # Told like every failure of the state directory: once, and the run is incomplete.
            self._live.recorder.fail(error)
        if now - self._pruned_at >= PRUNE_INTERVAL:
            self._pruned_at = now
            self._live.prune()

    def _write_note(self, schedules: dict[str, tuple[Rule, Schedule]]) -> None:
        note = SchedulerNote(
            owner=str(self._live.owner),
            since=self._begun_at,
            detached=self._options.detached,
            rules={name: schedule_key(rule) for name, (rule, _) in schedules.items()},
        )
        try:
            self._notes.write(note)
            self._notes.beat(self._clock())
        except OSError as error:
            self._live.recorder.fail(error)


def _unseen_since(
    last: datetime, note: SchedulerNote, schedules: dict[str, tuple[Rule, Schedule]]
) -> dict[str, datetime]:
    """Return from when on rules are due that a killed scheduler fired by the same schedule."""
    return {
        name: last - _MOMENT
        for name, (rule, _) in schedules.items()
        if note.rules.get(name) == schedule_key(rule)
    }


def _downtime(last: datetime | None) -> str:
    if last is None:
        return ""
    return f"no scheduler was at work: the last one was killed at {iso_instant(last)}"
