"""The tasks that are running here: admitted in order, a thread each, stopped on request."""

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from emulator.ecs.admission import Admission
from emulator.ecs.presence import Presence
from emulator.ecs.prewarmed import Prewarmed
from emulator.ecs.task_messages import StopAsked
from emulator.ecs.task_run import TaskRun
from emulator.ecs.thread_shortage import ThreadShortage
from emulator.ecs.workshop import Workshop
from emulator.events import TaskStateChanged, TaskWaits, Warned
from emulator.model.task import Match, StopCode, Task
from emulator.workers import NoThreadError

if TYPE_CHECKING:
    from emulator.ecs.adoption import Remains

START_SLOTS: Final = max(2, 2 * (os.cpu_count() or 1))
"""Tasks that may be in their start at once.

A container engine saturates at about two starts a core; more at once only make each one slower,
and a second in which a thousand rules are due must not make a thousand threads.
"""


class Cluster:
    """Runs tasks. Thread-safe; tasks start in the order in which they were submitted.

    `limit` is how many may run at once (None: all); the others wait, PROVISIONING. `taken_in`
    blocks until the record of a task is complete, before which it does not change; `recorded`
    until it is written: nothing of the task is made before that, or removed. `prewarmed` has what
    was made ahead of tasks.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        start_slots: int = START_SLOTS,
        limit: int | None = None,
        taken_in: Callable[[Task], None] = lambda _task: None,
        recorded: Callable[[Task], None] = lambda _task: None,
        prewarmed: Prewarmed | None = None,
    ) -> None:
        self._shop = workshop
        self._free_slots = start_slots
        self._admission: Admission[TaskRun] = Admission(limit)
        self._taken_in = taken_in
        self._recorded = recorded
        self._prewarmed = prewarmed or Prewarmed()
        self._runs: dict[str, TaskRun] = {}
        self._presence = Presence()
        self._expected = 0
        self._gone: list[Callable[[str], None]] = []
        self._over: list[Callable[[Match], None]] = []
        self._rule_stopped: list[Callable[[str, str], None]] = []
        self._changed = threading.Condition()
        self._activity = workshop.timers.activity
        self._shortage = ThreadShortage(workshop.timers, self._warn, self._admit)

    def when_gone(self, tell: Callable[[str], None]) -> None:
        """Call `tell` with a rule each time a task of it is over, or does not come."""
        self._gone.append(tell)

    def when_over(self, tell: Callable[[Match], None]) -> None:
        """Call `tell` with a rule and the event it matched once no task is left of that."""
        self._over.append(tell)

    def when_stopped_by_rule(self, tell: Callable[[str, str], None]) -> None:
        """Call `tell` with a rule and a reason when `stop_rule` is called."""
        self._rule_stopped.append(tell)

    def adopt(self, workshop: Workshop, *, limit: int | None) -> None:
        """Give other things to tasks, and so many places, from now on; those that run go on."""
        with self._changed:
            self._shop = workshop
            self._admission.limit = limit
        self._admit()

    def submit(self, task: Task) -> None:
        """Take on a PROVISIONING task; returns at once."""
        if task.engine != self._shop.host.engine:
            task = task.changed(engine=self._shop.host.engine)
        resources = self._prewarmed.claim(task.id)
        run = TaskRun(task, self._shop, recorded=self._recorded, resources=resources)
        with self._changed:
            limit = self._admission.limit if self._admission.full else None
        self._add(run)
        with self._shop.bus.together():
            self._shop.bus.publish(TaskStateChanged(task=task, at=task.created_at))
        if limit is not None:
            self._shop.bus.publish(TaskWaits(task=task, running=limit))
        with self._changed:
            self._admission.wait(run)
        # Not before its siblings are known, for whose record its thread would only wait.
        self._shop.bus.afterwards(self._admit)

    def expect(self, rule: str | None = None, match: Match | None = None) -> Callable[[], None]:
        """Count as not idle until the returned function is called: a task is still to come.

        For whoever submits a task later: the function is called after that, or instead of it.
        With a rule it counts as one of its tasks until then, with a match as one of that.
        """
        with self._changed:
            self._expected += 1
            self._presence.enter(rule, match)
        return _once(lambda: self._come(rule, match))

    def take_over(self, task: Task, remains: "Remains") -> None:
        """Go on with a task that another process began; returns at once."""
        run = TaskRun(task, self._shop, remains, recorded=self._recorded)
        self._add(run)
        with self._changed:
            self._admission.place(run)
        self._shop.bus.publish(TaskStateChanged(task=task, at=self._shop.clock()))
        self._begin(run)

    def active(self) -> list[Task]:
        """Return the tasks that are not yet STOPPED, in the order of their submission."""
        with self._changed:
            return [run.task for run in self._runs.values()]

    def running_of(self, rule: str) -> int:
        """Return how many tasks of a rule are not yet STOPPED."""
        return self._presence.of_rule(rule)

    def stop(self, task_id: str, reason: str, code: StopCode = StopCode.USER_INITIATED) -> bool:
        """Ask one task to stop; false when it is not here (any more)."""
        with self._changed:
            run = self._runs.get(task_id)
        if run is not None:
            self._ask([run], StopAsked(code=code, reason=reason))
        return run is not None

    def stop_rule(self, rule: str, reason: str) -> None:
        """Ask all tasks of a rule to stop, and let none follow that waits for its time."""
        # First: with what waits for its time the rule may have none left, and another begins.
        runs = [run for run in self._all() if run.task.rule == rule]
        for tell in self._rule_stopped:
            tell(rule, reason)
        self._ask(runs, StopAsked(code=StopCode.USER_INITIATED, reason=reason))

    def stop_all(self, reason: str, code: StopCode = StopCode.USER_INITIATED) -> None:
        """Ask every task to stop: SIGTERM, and SIGKILL after its stop timeout."""
        self._ask(self._all(), StopAsked(code=code, reason=reason))

    def kill_all(self, reason: str, code: StopCode = StopCode.USER_INITIATED) -> None:
        """End every task at once."""
        self._ask(self._all(), StopAsked(code=code, reason=reason, kill=True))

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Block until no task is left or expected, at most `timeout` seconds; return whether."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._runs and not self._expected, timeout)

    @property
    def expecting(self) -> bool:
        """Whether a task is still to come (`expect`)."""
        with self._changed:
            return self._expected > 0

    @property
    def idle(self) -> bool:
        """Whether no task is left or expected."""
        with self._changed:
            return not self._runs and not self._expected

    def _come(self, rule: str | None, match: Match | None) -> None:
        with self._changed:
            self._expected -= 1
            over = self._presence.leave(rule, match)
            self._changed.notify_all()
        self._tell_gone(rule, over)

    def _tell_gone(self, rule: str | None, over: Match | None) -> None:
        """Tell that a task of a rule is gone, and of what it was the last one."""
        if rule is not None:
            for tell in self._gone:
                tell(rule)
        if over is not None:
            for tell_over in self._over:
                tell_over(over)

    def _all(self) -> list[TaskRun]:
        with self._changed:
            return list(self._runs.values())

    def _add(self, run: TaskRun) -> None:
        with self._changed:
            self._runs[run.task.id] = run
            self._presence.enter(run.task.rule, run.task.match)

    def _ask(self, runs: list[TaskRun], ask: StopAsked) -> None:
        for run in runs:
            run.ask_stop(ask)
        self._admit()

    def _admit(self) -> None:
        """Begin the tasks that may start by now: for any thread that may have made room for one."""
        while (run := self._next()) is not None:
            if not self._begin(run, _once(self._release_slot)):
                with self._changed:
                    self._free_slots += 1
                return

    def _next(self) -> TaskRun | None:
        """Take out a task that may start, with a slot; None: there is none, or no slot."""
        with self._changed:
            run = self._admission.next() if self._free_slots else None
            self._free_slots -= run is not None
            return run

    def _release_slot(self) -> None:
        with self._changed:
            self._free_slots += 1
        self._admit()

    def _begin(self, run: TaskRun, release_slot: Callable[[], None] = lambda: None) -> bool:
        """Give a task its thread; false: there is none now, and the task waits for the next."""
        name = f"task {run.task.id}"
        try:
            self._activity.thread(lambda: self._run(run, release_slot), name)
        except NoThreadError as error:
            with self._changed:
                self._admission.wait_again(run)
            self._shortage.meet(error)
            return False
        return True

    def _warn(self, text: str) -> None:
        self._shop.bus.publish(Warned(message=text))

    def _run(self, run: TaskRun, release_slot: Callable[[], None]) -> None:
        try:
            self._taken_in(run.task)
            run.execute(release_slot)
        finally:
            release_slot()
            # The rule's next firing may wait for this, and must be expected before this is gone.
            come = self.expect()
            with self._changed:
                del self._runs[run.task.id]
                self._admission.leave(run)
                over = self._presence.leave(run.task.rule, run.task.match)
            self._admit()
            try:
                self._tell_gone(run.task.rule, over)
            finally:
                come()


def _once(action: Callable[[], object]) -> Callable[[], None]:
    """Return a thread-safe function of which only the first call does something."""
    first = threading.Lock()

    def call() -> None:
        if first.acquire(blocking=False):
            action()

    return call
