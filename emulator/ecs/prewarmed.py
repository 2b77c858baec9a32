"""Namespaces of tasks that are not due yet: made ahead, given to their tasks, or taken down again.

Most of a task's start is its network namespace, and the due second is known in advance. A task that
is to come is made out by the very request that will be made of RunTask, so that its pause
container has the right id, names, ports and endpoint; RunTask then gives that id. The container has
the labels of its task and of this process: a later process that finds it without a task in the
history removes it, as it does whatever a killed one has left.
"""

import threading
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from emulator.ecs import identity
from emulator.ecs.preparation import TaskResources
from emulator.ecs.run_task import Accepted, RunTaskRequest, new_tasks, run_task
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.errors import EngineError
from emulator.model.definitions import Definitions
from emulator.model.task import Task
from emulator.workers import NoThreadError, begin_thread

MOST: Final = 8
"""Namespaces that stand ahead at once: where more tasks are due, the rest starts cold."""

CLOSE_PATIENCE_SECONDS: Final = 30.0
"""How long the end waits for what is being made or removed: a busy engine takes a few seconds."""

_Key = tuple[str | None, datetime | None, str, str | None]


class _Standing(NamedTuple):
    """What was made for a task that RunTask has not given yet."""

    key: _Key
    resources: TaskResources


class Prewarmed:
    """Keeps what stands ahead of its tasks; thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._standing: dict[str, _Standing] = {}
        self._given: dict[str, TaskResources] = {}
        self._wanted: dict[str, _Key] = {}
        """What is being made and was not given up meanwhile."""
        self._making = 0
        self._generation = 0
        self._closed = False
        self._removals: list[threading.Thread] = []

    @property
    def generation(self) -> int:
        """Which definitions things are made by now; another one after each `discard`."""
        return self._generation

    def prepare(
        self,
        request: RunTaskRequest,
        definitions: Definitions,
        shop: Workshop,
        now: datetime,
        *,
        generation: int,
    ) -> None:
        """Make the namespaces of the tasks that a request will start, as far as there is room.

        Nothing comes of it once `generation`, that of the definitions, is not the present one.
        Blocks until they are made. What cannot be made now is left to the tasks, which say why.
        Raises what `run_task` does.
        """
        for task in run_task(request, definitions, now=now):
            with self._changed:
                room = len(self._standing) + len(self._given) + self._making < MOST
                if self._closed or not room or generation != self._generation:
                    return
                self._making += 1
                self._wanted[task.id] = _key(request)
            self._make(task, shop)

    def new_tasks(
        self, request: RunTaskRequest, accepted: Accepted, *, now: datetime
    ) -> tuple[Task, ...]:
        """Return new tasks as RunTask does; those that were prepared get the ids they have here."""
        ready = iter(self._give(request))
        return new_tasks(
            request, accepted, now=now, new_id=lambda: next(ready, None) or identity.new_id()
        )

    def _give(self, request: RunTaskRequest) -> list[str]:
        """Return the ids of what stands for a request, which its tasks are to claim now."""
        if not self._standing:
            return []
        with self._changed:
            wanted = _key(request)
            ids = [i for i, s in self._standing.items() if s.key == wanted][: request.count]
            for task_id in ids:
                self._given[task_id] = self._standing.pop(task_id).resources
        return ids

    def claim(self, task_id: str) -> TaskResources | None:
        """Return what was made ahead for a task; it is the task's from now on."""
        if not self._given:
            return None
        with self._changed:
            return self._given.pop(task_id, None)

    def give_up(self, rule: str, scheduled_at: datetime) -> None:
        """Take down what no task of a firing has come for, made or not; returns at once."""
        firing = (rule, scheduled_at)
        with self._changed:
            ids = [i for i, s in self._standing.items() if s.key[:2] == firing]
            self._remove([self._standing.pop(i).resources for i in ids])
            self._wanted = {i: key for i, key in self._wanted.items() if key[:2] != firing}

    def discard(self) -> None:
        """Take down what stands and what is being made; returns at once."""
        with self._changed:
            self._generation += 1
            self._remove([standing.resources for standing in self._standing.values()])
            self._standing.clear()
            self._wanted.clear()

    def close(self) -> None:
        """Make nothing any more, and leave nothing behind. No task may be still to come.

        What an engine that does not answer keeps from being made or removed by then is left to
        whoever clears up what a killed process has left: it has the same labels.
        """
        end = time.monotonic() + CLOSE_PATIENCE_SECONDS
        with self._changed:
            self._closed = True
            self._remove(list(self._given.values()))
            self._given.clear()
        self.discard()
        with self._changed:
            # What is being made is not in the engine yet: whoever makes it removes it.
            self._changed.wait_for(lambda: not self._making, CLOSE_PATIENCE_SECONDS)
            removals = list(self._removals)
        for removal in removals:
            removal.join(max(0.0, end - time.monotonic()))

    def _make(self, task: Task, shop: Workshop) -> None:
        resources = TaskResources(workshop=shop)
        made = False
        try:
            made = resources.prewarm(task)
        except (CannotStartError, EngineError):
            # The task meets the same obstacle when it is due, and tells it as its reason.
            pass
        finally:
            with self._changed:
                key = self._wanted.pop(task.id, None)
                if made and key is not None:
                    self._standing[task.id] = _Standing(key, resources)
                else:
                    self._remove([resources])
                self._making -= 1
                self._changed.notify_all()

    def _remove(self, all_of: Iterable[TaskResources]) -> None:
        self._removals = [thread for thread in self._removals if thread.is_alive()]
        for resources in all_of:
            try:
                self._removals.append(begin_thread(resources.remove, "prewarmed"))
            except NoThreadError:
                resources.remove()


def _key(request: RunTaskRequest) -> _Key:
    """Return what tells a firing's request for one target from all others."""
    return request.rule, request.scheduled_at, request.task_definition, request.cluster
