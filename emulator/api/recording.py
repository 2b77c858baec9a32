"""Everything that happens to an emulator, kept in order so that an operation can be told apart."""

import threading

from emulator.api.results import Firing, Result
from emulator.api.tasks import Task
from emulator.events import EventBus, FiringFired, InvocationFailed, TaskStateChanged, Warned
from emulator.logs.directory import LogDirectory
from emulator.model.task import Task as TaskValue


class Recording:
    """Subscribes to firings and tasks. Thread-safe."""

    def __init__(self, bus: EventBus, logs: LogDirectory, rules: tuple[str, ...]) -> None:
        self.warnings: list[str] = []
        self._logs = logs
        self._rules = rules
        self._lock = threading.Lock()
        self._happened: list[Firing | str | InvocationFailed | None] = []
        self._tasks: dict[str, TaskValue] = {}
        self._ended: dict[str, int] = {}
        bus.subscribe(FiringFired, self._on_fired)
        bus.subscribe(TaskStateChanged, self._on_task)
        bus.subscribe(InvocationFailed, self._on_refused)
        bus.subscribe(Warned, lambda event: self.warnings.append(event.message))

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
        ids = running + [each for each in happened if isinstance(each, str)]
        return Result(
            firings=tuple(each for each in happened if isinstance(each, Firing)),
            tasks=tuple(self._task(task_id) for task_id in ids),
            refused=tuple(
                f"{each.rule}: target {each.target_id} was refused: {each.reason}"
                for each in happened
                if isinstance(each, InvocationFailed)
            ),
            rules=self._rules,
        )

    def _task(self, task_id: str) -> Task:
        return Task(lambda: self._tasks[task_id], self._logs)

    def _on_fired(self, event: FiringFired) -> None:
        with self._lock:
            self._happened.append(Firing(event.rule, event.scheduled_at, event.fired_at))

    def _on_task(self, event: TaskStateChanged) -> None:
        task = event.task
        with self._lock:
            if task.id not in self._tasks:
                self._happened.append(task.id)
            self._tasks[task.id] = task
            if task.stopped:
                self._happened.append(None)
                self._ended[task.id] = len(self._happened)

    def _on_refused(self, event: InvocationFailed) -> None:
        with self._lock:
            self._happened.append(event)
