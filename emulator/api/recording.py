"""Everything that happens to an emulator, in order, so that each operation's share can be told."""

import threading
from datetime import datetime
from typing import NamedTuple

from emulator.api.advice import in_python
from emulator.api.firings import Firing, Notification
from emulator.api.results import Result
from emulator.api.tasks import Task
from emulator.clock import iso_instant
from emulator.events import (
    EventBus,
    FiringFired,
    FiringOverlapped,
    FiringSkipped,
    InvocationFailed,
    TargetTold,
    TaskStateChanged,
    Warned,
)
from emulator.logs.directory import LogDirectory
from emulator.model.definitions import Definitions
from emulator.model.task import Task as TaskValue
from emulator.model.task_policies import Notify
from emulator.quantity import counted


class _Refused(NamedTuple):
    text: str


class _Skipped(NamedTuple):
    text: str


_Happened = Firing | Notification | str | _Refused | _Skipped | None
"""A firing, what somebody was told, the id of a task that began, what started none, and None for a
task's end."""


class Recording:
    """Subscribes to firings and tasks. Thread-safe."""

    def __init__(self, bus: EventBus, logs: LogDirectory, definitions: Definitions) -> None:
        self.warnings: list[str] = []
        self._logs = logs
        self._rules = definitions.rule_names
        self._zones = {rule.name: rule.timezone for rule in definitions.rules}
        self._patient = _patient(definitions)
        self._lock = threading.Lock()
        self._happened: list[_Happened] = []
        self._tasks: dict[str, TaskValue] = {}
        self._attempts: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._hints: dict[str, list[str]] = {}
        bus.subscribe(FiringFired, self._on_fired)
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(TargetTold, self._on_told)
        bus.subscribe(InvocationFailed, self._on_refused)
        bus.subscribe(FiringOverlapped, self._on_overlap)
        bus.subscribe(FiringSkipped, self._on_skipped)
        bus.subscribe(Warned, self._on_warned)

    def mark(self) -> int:
        """Return where an operation begins."""
        with self._lock:
            return len(self._happened)

    def started_since(self, mark: int) -> list[TaskValue]:
        """Return the tasks that were started since a mark, as they are now."""
        with self._lock:
            ids = [each for each in self._happened[mark:] if isinstance(each, str)]
            return [self._tasks[task_id] for task_id in ids]

    def since(self, mark: int) -> Result:
        """Return what happened since a mark, with the tasks that were running at it."""
        with self._lock:
            before = [each for each in self._happened[:mark] if isinstance(each, str)]
            running = [i for i in before if self._ended.get(i, mark + 1) > mark]
            happened = self._happened[mark:]
        started = tuple(self._task(each) for each in happened if isinstance(each, str))
        return Result(
            firings=tuple(each for each in happened if isinstance(each, Firing)),
            tasks=tuple(map(self._task, running)) + started,
            started=started,
            refused=tuple(each.text for each in happened if isinstance(each, _Refused)),
            skipped=tuple(each.text for each in happened if isinstance(each, _Skipped)),
            notifications=tuple(each for each in happened if isinstance(each, Notification)),
            rules=self._rules,
        )

    def _task(self, task_id: str) -> Task:
        hints = tuple(self._hints.get(task_id, ()))
        return Task(lambda: self._tasks[task_id], self._logs, self._counts, hints)

    def _counts(self, task: TaskValue) -> bool:
        """Whether what became of a task counts where another attempt may have followed."""
        followed = self._attempts[task.retry_of or task.id] > task.attempt
        return not (followed and task.rule in self._patient)

    def _on_warned(self, event: Warned) -> None:
        text = in_python(event.message)
        self.warnings.append(text)
        if event.task_id is not None:
            self._hints.setdefault(event.task_id, []).append(text)

    def _on_fired(self, event: FiringFired) -> None:
        zone = self._zones.get(event.rule, "UTC")
        with self._lock:
            self._happened.append(Firing(event.rule, event.scheduled_at, event.fired_at, zone))

    def _on_told(self, event: TargetTold) -> None:
        with self._lock:
            told = Notification(event.rule, event.target, event.text, event.at)
            self._happened.append(told)

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        with self._lock:
            if task.id not in self._tasks:
                self._happened.append(task.id)
                self._attempts[task.retry_of or task.id] = task.attempt
            self._tasks[task.id] = task
            if task.stopped:
                self._happened.append(None)
                self._ended[task.id] = len(self._happened)

    def _on_refused(self, event: InvocationFailed) -> None:
        text = f"{event.rule}: target {event.target_id} was refused: {event.reason}"
        with self._lock:
            self._happened.append(_Refused(text))

    def _on_overlap(self, event: FiringOverlapped) -> None:
        if event.skipped:
            why = f"{counted(event.running, 'task')} of it still ran (`overlap: skip`)"
            self._skip(event.rule, event.scheduled_at, why)

    def _on_skipped(self, event: FiringSkipped) -> None:
        self._skip(event.rule, event.scheduled_at, event.reason)

    def _skip(self, rule: str, due: datetime, why: str) -> None:
        text = f"{rule}: due {iso_instant(due, timespec='seconds')}, skipped: {why}"
        with self._lock:
            self._happened.append(_Skipped(text))


def _patient(known: Definitions) -> frozenset[str]:
    """Return the rules of which only the last attempt at a task counts."""
    policies = known.local.rules.items()
    return frozenset(n for n, p in policies if p.retry is None or p.retry.notify is Notify.LAST)
