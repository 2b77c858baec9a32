"""The tasks that are running here: admitted in order, a thread each, stopped on request."""

import os
import queue
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

from emulator.ecs.adoption import Remains
from emulator.ecs.preparation import Workshop
from emulator.ecs.task_run import StopAsked, TaskRun
from emulator.events import TaskStateChanged
from emulator.model.task import StopCode, Task

START_SLOTS: Final = max(2, 2 * (os.cpu_count() or 1))
"""Tasks that may be in their start at once.

A container engine saturates at about two starts a core; more at once only make each one slower,
and a second in which a thousand rules are due must not make a thousand threads.
"""


class Cluster:
    """Runs tasks. Thread-safe; tasks start in the order in which they were submitted."""

    def __init__(self, workshop: Workshop, *, start_slots: int = START_SLOTS) -> None:
        self._shop = workshop
        self._slots = threading.Semaphore(start_slots)
        self._waiting: queue.SimpleQueue[TaskRun | None] = queue.SimpleQueue()
        self._runs: dict[str, TaskRun] = {}
        self._by_rule: Counter[str] = Counter()
        self._expected = 0
        self._changed = threading.Condition()
        self._admission = threading.Thread(target=self._admit, name="admission", daemon=True)
        self._admission.start()

    def submit(self, task: Task) -> None:
        """Take on a PROVISIONING task; returns at once."""
        run = TaskRun(task, self._shop)
        self._add(run)
        self._shop.bus.publish(TaskStateChanged(task=task, at=task.created_at))
        self._waiting.put(run)

    def expect(self) -> Callable[[], None]:
        """Count as not idle until the returned function is called: a task is still to come.

        For whoever submits a task later: the function is called after that, or instead of it.
        """
        with self._changed:
            self._expected += 1
        return _once(self._come)

    def take_over(self, task: Task, remains: Remains) -> None:
        """Go on with a task that another process began; returns at once."""
        run = TaskRun(task, self._shop, remains)
        self._add(run)
        self._shop.bus.publish(TaskStateChanged(task=task, at=self._shop.clock()))
        self._begin(run, lambda: None)

    def active(self) -> list[Task]:
        """Return the tasks that are not yet STOPPED, in the order of their submission."""
        with self._changed:
            return [run.task for run in self._runs.values()]

    def running_of(self, rule: str) -> int:
        """Return how many tasks of a rule are not yet STOPPED."""
        return self._by_rule[rule]

    def stop(self, task_id: str, reason: str, code: StopCode = StopCode.USER_INITIATED) -> bool:
        """Ask one task to stop; false when it is not here (any more)."""
        with self._changed:
            run = self._runs.get(task_id)
        if run is not None:
            run.ask_stop(StopAsked(code=code, reason=reason))
        return run is not None

    def stop_all(self, reason: str, code: StopCode = StopCode.USER_INITIATED) -> None:
        """Ask every task to stop: SIGTERM, and SIGKILL after its stop timeout."""
        for run in self._all():
            run.ask_stop(StopAsked(code=code, reason=reason))

    def kill_all(self, reason: str, code: StopCode = StopCode.USER_INITIATED) -> None:
        """End every task at once."""
        for run in self._all():
            run.ask_stop(StopAsked(code=code, reason=reason, kill=True))

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Block until no task is left or expected, at most `timeout` seconds; return whether."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._runs and not self._expected, timeout)

    def close(self) -> None:
        """End the admission thread. No task may be running."""
        self._waiting.put(None)
        self._admission.join()

    def _come(self) -> None:
        with self._changed:
            self._expected -= 1
            self._changed.notify_all()

    def _all(self) -> list[TaskRun]:
        with self._changed:
            return list(self._runs.values())

    def _add(self, run: TaskRun) -> None:
        with self._changed:
            self._runs[run.task.id] = run
            if run.task.rule is not None:
                self._by_rule[run.task.rule] += 1

    def _admit(self) -> None:
        while (run := self._waiting.get()) is not None:
            self._slots.acquire()
            self._begin(run, _once(self._slots.release))

    def _begin(self, run: TaskRun, release_slot: Callable[[], None]) -> None:
        name = f"task {run.task.id}"
        threading.Thread(target=self._run, args=(run, release_slot), name=name, daemon=True).start()

    def _run(self, run: TaskRun, release_slot: Callable[[], None]) -> None:
        try:
            run.execute(release_slot)
        finally:
            release_slot()
            with self._changed:
                del self._runs[run.task.id]
                if run.task.rule is not None:
                    self._by_rule[run.task.rule] -= 1
                self._changed.notify_all()


def _once(action: Callable[[], object]) -> Callable[[], None]:
    """Return a thread-safe function of which only the first call does something."""
    first = threading.Lock()

    def call() -> None:
        if first.acquire(blocking=False):
            action()

    return call
