"""`run` as a whole: a server on a state directory, what an earlier one left, and what changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from emulator.app.anchoring import anchored
from emulator.app.inheritance import Inheritance
from emulator.app.leftovers import go_on, promised_firings
from emulator.app.live import Live
from emulator.app.prewarming import Prewarming, is_wanted
from emulator.app.program_watch import ProgramWatch
from emulator.app.readiness import Readiness, needed_images
from emulator.app.reloading import Reloader
from emulator.app.serving import ServeOptions, Server
from emulator.app.sign_of_life import SignOfLife
from emulator.app.tally import Tally
from emulator.app.upkeep import Upkeep
from emulator.clock import Clock
from emulator.errors import SchedulerAtWorkError, StateDirectoryError
from emulator.eventbridge.rule_changes import schedule_key
from emulator.events import EventBus, SchedulerBegan
from emulator.model.event_rules import EventRule
from emulator.model.rules import Rule
from emulator.schedules import Schedule
from emulator.state.scheduler_lock import SchedulerLock
from emulator.state.scheduler_note import SchedulerNote, SchedulerNotes

if TYPE_CHECKING:
    from emulator.app.workspace import Workspace


class Service:
    """Serves once, under the lock of the state directory. `server` is for whoever ends it."""

    def __init__(
        self,
        workspace: "Workspace",
        live: Live,
        lock: SchedulerLock,
        rules: Sequence[Rule],
        names: Sequence[str],
        options: ServeOptions,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._workspace = workspace
        self._live = live
        self._lock = lock
        self._names = names
        self._options = options
        self._clock = clock
        self._notes = SchedulerNotes(workspace.state.path)
        now = clock()
        schedules, after = anchored(rules, live.history, now)
        coming = {
            n: schedule.next_after(after.get(n, now)) for n, (_, schedule) in schedules.items()
        }
        heir = Inheritance.of(self._notes.read(), self._notes.last_beat(), schedules)
        self._heir = heir
        # What is said to come comes, however late the clockwork looks first.
        after = {**dict.fromkeys(schedules, now), **({} if heir is None else heir.rules), **after}
        self._begun_at = now
        self._joined: dict[str, datetime] = {}
        self._schedules = schedules
        self._alive = SignOfLife(
            self._notes,
            caught_up=lambda: self.server.caught_up,
            flush=live.recorder.flush,
            # Told like every failure of the state directory: once, and the run is incomplete.
            failed=live.recorder.fail,
        )
        if heir is None:
            # Before the note: of one without a sign of life nobody is the heir.
            self._alive.give(self._begun_at)
        self._write_note()
        # Last, for from now on it is promised, whoever is killed.
        bus.publish(SchedulerBegan(next_due=coming))
        self.server = Server(
            live,
            schedules,
            options,
            after=after,
            bus=bus,
            clock=clock,
            policy=workspace.settings.missed,
            promised=promised_firings(live),
            downtime="" if heir is None else heir.downtime,
            look=self._look,
        )
        self._reloader = Reloader(workspace, names, live, self._adopt, bus, watch=options.watch)
        self._program = ProgramWatch(live.warn)
        owners = () if heir is None else heir.owners
        Upkeep(live, workspace.state).adopt(owners, None if heir is None else heir.last)
        self._readiness = self._ready(rules)
        self._prewarming = self._prewarm(schedules)
        go_on(live, bus, owners)

    def serve(self) -> Tally:
        """Fire rules until the end; the note of a scheduler at work goes with it."""
        try:
            tally = self.server.serve()
        finally:
            self._readiness.end()
            self._prewarming.end()
        if self._lock.held:
            # Else they are those of the scheduler that came first where this one had its lock.
            self._notes.remove()
        return tally

    def reload(self) -> None:
        """Read the definitions again soon."""
        self._reloader.ask()

    def _adopt(self, rules: Sequence[Rule], keep: frozenset[str]) -> None:
        """Fire these rules from now on; the schedules of those in `keep` go on."""
        now = self._clock()
        schedules, after = anchored(rules, self._live.history, now)
        # From the instant on that the note tells an heir.
        self.server.adopt(schedules, {**dict.fromkeys(schedules, now), **after}, keep=keep)
        self._readiness.end()
        self._readiness = self._ready(rules)
        self._prewarming.end()
        self._prewarming = self._prewarm(schedules)
        self._joined = {
            name: self._joined.get(name, self._begun_at) if name in keep else now
            for name in schedules
        }
        self._schedules = schedules
        self._write_note()

    def _ready(self, rules: Sequence[Rule]) -> Readiness:
        """Keep the images of rules ready from now on."""
        definitions, environ = self._workspace.definitions, self._workspace.settings.environ
        known: list[Rule | EventRule] = [*rules, *definitions.event_rules]
        images = needed_images((rule for rule in known if rule.enabled), definitions)
        readiness = Readiness(self._live, images, definitions.local, environ)
        readiness.begin()
        return readiness

    def _prewarm(self, schedules: Mapping[str, tuple[Rule, Schedule]]) -> Prewarming:
        """Make the namespaces of coming tasks ahead of them from now on, where that is wanted."""
        definitions = self._workspace.definitions
        wanted = is_wanted(self._workspace.settings.prewarm, definitions.local)
        return Prewarming(
            self._live,
            schedules.values() if wanted else (),
            definitions,
            self._clock(),
            until=self._options.until,
        )

    def _look(self) -> None:
        now = self._clock()
        self._program.look(now)
        if self._lock.is_removed():
            self._begin_anew()
        if not self.server.exhausted:
            self._reloader.look(now)
            self._prewarming.look(now)
        if self._lock.held and self._has_taken_over():
            self._alive.look(now)

    def _begin_anew(self) -> None:
        """Go on as the scheduler of a state directory that somebody took away.

        Where another scheduler came first nothing fires here any more: it would fire twice.
        """
        state, recorder = self._workspace.state, self._live.recorder
        try:
            state.prepare()
            self._lock.take()
            self._options.begun_anew()
        except SchedulerAtWorkError as error:
            self._live.warn(f"{error.message}, since somebody removed its lock: this one ends")
            recorder.fail(error)
            self._lock.release()
            self.server.end()
        except (StateDirectoryError, OSError) as error:
            # Told once; without the lock the next look tries again.
            recorder.fail(error)
        else:
            self._live.warn(f"{state.path}: it was removed during the run, and is begun anew")
            self._alive.look(self._clock())
            self._write_note()

    def _has_taken_over(self) -> bool:
        """Return whether what killed schedulers left is seen to: else the next one must know."""
        if self._heir is None:
            return True
        if not self.server.caught_up:
            return False
        self._live.recorder.flush()
        self._heir = None
        self._alive.give(self._clock())
        self._write_note()
        return True

    def _write_note(self) -> None:
        heir = self._heir
        note = SchedulerNote(
            owner=str(self._live.owner),
            since=self._begun_at,
            detached=self._options.detached,
            rules={name: schedule_key(rule) for name, (rule, _) in self._schedules.items()},
            joined={n: at for n, at in self._joined.items() if at > self._begun_at},
            heir_of=() if heir is None else heir.owners,
            heir_since=None if heir is None else heir.since,
        )
        try:
            self._notes.write(note)
        except OSError as error:
            self._live.recorder.fail(error)
