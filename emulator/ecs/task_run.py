"""One task from PROVISIONING to STOPPED: carries out what `plan` and `lifecycle` decide.

::

    PROVISIONING -> PENDING -> RUNNING -> DEPROVISIONING -> STOPPED
         |             |           |
     waits for     images,     until an essential container ends or StopTask is
     a start slot  namespace,  called; then the others are stopped
                   containers

A task that fails ends as a value: `execute` raises only on defects of this program.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from emulator.clock import Clock
from emulator.ecs.images import Pull
from emulator.ecs.lifecycle import Phase, next_step
from emulator.ecs.plan import TaskPlan
from emulator.ecs.preparation import TaskResources
from emulator.ecs.task_containers import TaskContainers
from emulator.ecs.task_messages import DeadlineCame, Message, Pulled, StopAsked
from emulator.ecs.task_progress import TaskProgress
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.workshop import CannotStartError, Workshop
from emulator.engines.base import ImageInfo
from emulator.engines.spec import ContainerSpec
from emulator.errors import EngineError
from emulator.model.task import StopCode, Task, TaskStatus
from emulator.waiting import Mailbox

if TYPE_CHECKING:
    from emulator.ecs.adoption import Remains

PROGRAM_FAILED: Final = "ecs-local failed: its program log says how"


class _StoppedWhilePullingError(Exception):
    """The task was asked to stop, and nobody waits for its image any more."""


class TaskRun:
    """The life of one task. `execute` runs in one thread; `ask_stop` comes from any.

    With `remains` the task is one that another process began, and goes on from there. `recorded`
    blocks until the task as it is now is on record; `resources` are what was made ahead of it.
    """

    def __init__(
        self,
        task: Task,
        workshop: Workshop,
        remains: "Remains | None" = None,
        *,
        recorded: Callable[[Task], None] = lambda _task: None,
        resources: TaskResources | None = None,
    ) -> None:
        self._remains = remains
        self._recorded = recorded
        self._record = TaskRecord(task, workshop.bus, _clock(task, workshop.clock, remains))
        self._shop = workshop
        self._made_ahead = resources
        self._activity = workshop.timers.activity
        self._inbox: Mailbox[Message] = Mailbox(self._activity)
        self.stop_asked = False
        self._stopping = False
        self._pulled: Pulled | None = None

    # What follows is made by the task's own thread: a thousand tasks are submitted in one second,
    # which must not wait for it, and most of them wait for a start slot then.

    @cached_property
    def _resources(self) -> TaskResources:
        return self._made_ahead or TaskResources(workshop=self._shop)

    @cached_property
    def _containers(self) -> TaskContainers:
        return TaskContainers(self._record, self._shop, self._resources, report=self._inbox.put)

    @cached_property
    def _progress(self) -> TaskProgress:
        return TaskProgress(
            self._record,
            self._shop,
            self._resources,
            self._containers,
            deadline_came=lambda due: self._inbox.put(DeadlineCame(due)),
        )

    @property
    def task(self) -> Task:
        """The task's present value."""
        return self._record.task

    def ask_stop(self, ask: StopAsked) -> None:
        """Ask the task to stop; returns at once."""
        self._inbox.put(ask)
        # Last: who sees this may ask what was said.
        self.stop_asked = True

    def execute(self, release_slot: Callable[[], None] = lambda: None) -> Task:
        """Run the task to its end, clean up after it, and return it STOPPED.

        `release_slot` is called, perhaps repeatedly, once the task is past its start.
        """
        record = self._record
        try:
            if self._remains is not None:
                self._live(self._take_over(self._remains), release_slot)
            else:
                self._begin(release_slot)
        except _StoppedWhilePullingError:
            self._never_start()
        except CannotStartError as failure:
            self._progress.fail_to_start(failure)
        except Exception:
            # A defect of this program: also then the task has an end that says why.
            record.decide(StopCode.TERMINATION_NOTICE, PROGRAM_FAILED)
            raise
        finally:
            release_slot()
            record.advance(TaskStatus.DEPROVISIONING)
            # A kill after this must not leave a record of containers that have yet to start.
            self._recorded(self.task)
            self._resources.remove()
            self._containers.close()
            record.advance(TaskStatus.STOPPED, stopped_at=record.now())
        return record.task

    def _begin(self, release_slot: Callable[[], None]) -> None:
        record = self._record
        record.advance(TaskStatus.PENDING, connectivity_at=record.now())
        self._receive_waiting()
        if self._stopping:
            self._never_start()
        else:
            self._live(self._specs(self._prepare(release_slot)), release_slot)

    def _take_over(self, remains: "Remains") -> dict[str, ContainerSpec]:
        """Go on with what there is; return how to create what there is not yet."""
        from emulator.ecs.adoption import was_stopping
        from emulator.ecs.take_over import TakeOver

        self._resources.take_over(self._record, remains)
        self._stopping = was_stopping(self.task)
        TakeOver(self._record, remains, self._progress, self._containers).carry_out()
        standings = self._progress.standings
        if all(standing.phase is not Phase.WAITING for standing in standings.values()):
            return {}
        try:
            return self._specs(self._resources.plan_rest(self.task, remains))
        except CannotStartError as failure:
            # What runs is stopped as any task is: by its stop signal first.
            self._progress.fail_to_start(failure)
            self._stopping = True
            return {}

    def _specs(self, plan: TaskPlan) -> dict[str, ContainerSpec]:
        return dict(zip(self._progress.definitions, plan.containers, strict=True))

    def _prepare(self, release_slot: Callable[[], None]) -> TaskPlan:
        def pulling(pull: Pull) -> ImageInfo:
            release_slot()
            return self._pull(pull)

        try:
            # A kill must leave nothing behind that no record tells of.
            return self._resources.prepare(
                self._record,
                pulling,
                on_record=lambda: self._recorded(self.task),
                given_up=lambda: self.stop_asked,
            )
        except CannotStartError:
            # It may be for a stop that an engine is not waited for: then that is why it ends.
            self._receive_waiting()
            raise

    def _pull(self, pull: Pull) -> ImageInfo:
        from emulator.ecs.pulling import begin_pull

        self._pulled = None
        begin_pull(pull, self._inbox.put, self._activity)
        while self._pulled is None:
            self._receive()
            if self._stopping:
                raise _StoppedWhilePullingError
        if isinstance(self._pulled.result, EngineError):
            raise self._pulled.result
        return self._pulled.result

    def _never_start(self) -> None:
        for name in self._progress.definitions:
            self._progress.abandon(name)

    def _live(self, specs: dict[str, ContainerSpec], release_slot: Callable[[], None]) -> None:
        progress, containers = self._progress, self._containers
        definitions = tuple(progress.definitions.values())
        self._receive_waiting()
        while True:
            step = next_step(definitions, progress.standings, stopping=self._stopping)
            if step.over:
                return
            for name in step.forgo:
                containers.forgo(name)
            for name, reason in step.abandon:
                progress.abandon(name, reason)
            for name in step.start:
                progress.standings.launch(name)
            containers.launch({name: specs[name] for name in step.start})
            containers.stop(step.stop)
            if not progress.standings.launching:
                release_slot()
            if not step.abandon:
                self._receive()

    def _receive_waiting(self) -> None:
        """Take in what was asked before there was a container to stop."""
        while not self._inbox.empty():
            self._receive()

    def _receive(self) -> None:
        """Wait for the next thing to happen, and take it in."""
        message = self._inbox.get()
        match message:
            case StopAsked():
                self._on_stop_asked(message)
            case Pulled():
                self._pulled = message
            case DeadlineCame():
                self._progress.expire(message.due)
            case _:
                self._progress.take_in(message)

    def _on_stop_asked(self, message: StopAsked) -> None:
        self._stopping = True
        self._record.decide(message.code, message.reason)
        if message.kill:
            self._containers.kill()


def _clock(task: Task, clock: Clock, remains: "Remains | None") -> Clock:
    if remains is None:
        return clock
    from emulator.ecs.adoption import clock_of

    return clock_of(task, clock)
