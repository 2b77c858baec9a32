"""An emulator for programs and tests: definitions, an isolated state, and a clock one moves."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from emulator.api.advice import advising_callers
from emulator.api.arguments import ahead, event_of, not_past, read
from emulator.api.results import Result
from emulator.api.session import Session
from emulator.app.simulation import Simulation
from emulator.clock import iso_instant, system_clock
from emulator.errors import EcsLocalError, UsageError
from emulator.model.rules import Rule, TaskOverride
from emulator.model.task import Origin
from emulator.schedules import Schedule

LONGEST: Final = timedelta(hours=24)
"""How long an operation waits for tasks, in the emulator's time."""

_LAST: Final = datetime.max.replace(tzinfo=UTC)
"""The end of time: `timedelta.max` waits for as long as there is any."""


class NotOverError(EcsLocalError):
    """A task still runs though nothing more can happen, or longer than was waited for."""

    exit_code = 1


class Emulator(Session):
    """Rules and tasks of definition files, run on an engine by a clock; use it as a context.

    `files` are definition files or directories as `-f` takes them (default: those of
    `directory`); `text` is the content of an `ecs-local.yaml` instead. The state directory is a
    new temporary one unless given; to one that is `scratch`, as a temporary one is, no events are
    written, and history only where something is really run: nobody reads them. `engine` is
    "docker", "fake" (nothing is really run; `script` is a file, or its content as a mapping, that
    says what its containers do), or a function from timers to an engine, which `flows` when what
    lasts there really lasts.

    `clock` "simulated": time stands still at `start` (default: now) but for what the operations
    let pass. "real": it is this machine's, and an operation waits as long as it takes. Rules
    fire while `advance` and `run_until` let time pass, and only then. `seed`: the same ids of tasks
    and events each time. One operation goes on at a time; several emulators may live at once, and
    one that is entered again begins anew.

    Raises `UsageError` for arguments that are not valid, naming all of them; and on entering
    `DefinitionError`, `StateDirectoryError` and `EngineUnavailableError`.
    """

    def next(self, rule: str) -> datetime | None:
        """Return when a rule fires next, later than now (UTC); None: never, as when disabled.

        Raises `UsageError` for a rule there is none of that has a schedule.
        """
        read(rule=rule)
        (found,) = self._application.rules([rule])
        if not found.enabled:
            return None
        return self._application.schedules([found])[found.name].next_after(self.now())

    def invoke(self, rule: str, *, within: timedelta = LONGEST) -> Result:
        """Fire a rule now, and wait for its tasks, their retries, and what follows upon them.

        Raises `UsageError` for a rule there is none of, and `NotOverError`.
        """
        read(rule=rule, within=within)
        with self._operation() as (machine, begun):
            (found,) = self._application.rules([rule])
            machine.live.delivery.fire(found, self.now(), Origin.INVOKE)
            return self._await(begun, within)

    def run_task(
        self,
        family: str,
        *,
        overrides: TaskOverride | Mapping[str, Any] | None = None,
        count: int = 1,
        within: timedelta = LONGEST,
    ) -> Result:
        """Run a task definition without a rule, with RunTask's `overrides`, and wait for it.

        Raises `RunTaskRefusedError`, `DefinitionError` for overrides that are not valid,
        `UsageError` for text that is not JSON, and `NotOverError`.
        """
        from emulator.ecs.run_task import RunTaskRequest, run_task

        given = read(family=family, overrides=overrides, count=count, within=within)
        request = RunTaskRequest(task_definition=family, count=count, overrides=given["overrides"])
        with self._operation() as (machine, begun):
            for task in run_task(request, self.definitions, now=self.now()):
                machine.live.cluster.submit(task)
            return self._await(begun, within)

    def fire_event(
        self,
        event: Mapping[str, Any],
        *,
        event_bus: str = "default",
        within: timedelta = LONGEST,
    ) -> Result:
        """Put an event on a bus, and wait for the tasks that it starts, and what follows.

        `event` has the shape in which rules get events; what it lacks of `source`, `detail-type`
        and `detail` is taken from a made-up one. An event that matches no rule is warned of.
        Raises `UsageError` for what is no event, and `NotOverError`.
        """
        from emulator.app.errands import put_on

        given = read(event=event, event_bus=event_bus, within=within)
        with self._operation() as (machine, begun):
            known = self.definitions
            whole = event_of(given["event"], self.now(), region=known.region, account=known.account)
            put_on(machine.live, event_bus, whole)
            return self._await(begun, within)

    def advance(
        self,
        duration: timedelta = timedelta(),
        *,
        weeks: float = 0,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        wait: bool = True,
    ) -> Result:
        """Let time pass, as a `timedelta` or its parts (`hours=24`); else as `run_until`."""
        parts = {"weeks": weeks, "days": days, "hours": hours, "minutes": minutes}
        parts |= {"seconds": seconds}
        read(duration=duration, wait=wait, **parts)
        return self._pass(lambda now: ahead(now, duration, parts), wait=wait)

    def run_until(self, until: datetime | str, *, wait: bool = True) -> Result:
        """Let time pass until an instant, and fire what is due after now, up to and including it.

        Real containers that still run then are waited for unless `wait` is false, and no rule
        fires meanwhile; on the fake engine they run on. Raises `UsageError` for an instant that
        is past, and `NotOverError`.
        """
        end: datetime = read(until=until, wait=wait)["until"]
        return self._pass(lambda now: not_past(now, end), wait=wait)

    def _pass(self, end_of: Callable[[datetime], datetime], *, wait: bool) -> Result:
        """Let time pass until an instant that depends on the present one."""
        with self._operation() as (machine, begun):
            end = end_of(machine.timers.now())
            machine.fire_until(*self._schedules(), end)
            if wait and self._flows and not machine.pass_until_idle(end + LONGEST):
                message = f"tasks still run {LONGEST} after {iso_instant(end)}"
                raise NotOverError(message, hint="`wait=False` does not wait for them")
            return self._recording.since(begun)

    @contextmanager
    def _operation(self) -> Iterator[tuple[Simulation, int]]:
        """Begin an operation: yields the machine, and where it begins in what is recorded."""
        machine = self._machine
        if not self._turn.acquire(blocking=False):
            message = "another operation of this emulator still goes on"
            raise UsageError(message, hint="one at a time; threads make emulators of their own")
        try:
            with advising_callers(), self._ids():
                if self._real:
                    machine.catch_up(system_clock())
                yield machine, self._recording.mark()
        finally:
            self._turn.release()

    def _await(self, operation: int, within: timedelta) -> Result:
        machine, recording = self._machine, self._recording
        limit = self.now() + min(within, _LAST - self.now())
        if not machine.pass_until_over(lambda: recording.started_since(operation), limit):
            running = [t for t in recording.started_since(operation) if not t.stopped]
            names = ", ".join(f"{t.rule or t.task_definition.family} {t.id[:8]}" for t in running)
            message = f"still running after {within}: {names or 'a retry is waited for'}"
            raise NotOverError(message, hint="`within` waits longer")
        return recording.since(operation)

    def _schedules(self) -> tuple[dict[str, Rule], dict[str, Schedule]]:
        enabled = {rule.name: rule for rule in self.definitions.rules if rule.enabled}
        return enabled, self._application.schedules(enabled.values())
