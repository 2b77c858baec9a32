"""The wired machine that runs tasks: engine, cluster, logs and history on one state directory."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emulator.app.event_bridge import EventBridge
from emulator.app.log_retention import SweptRetention
from emulator.app.log_sink import LogSink
from emulator.app.record_keeping import KEPT, Keeping, RecordKeeping
from emulator.app.settings import Settings
from emulator.app.task_endpoints import TaskEndpoints
from emulator.app.workshops import Workshops
from emulator.clock import Clock, system_clock
from emulator.ecs.cluster import START_SLOTS, Cluster
from emulator.ecs.identity import OWNER_LABEL, STATE_DIRECTORY_LABEL
from emulator.ecs.images import ImageStore
from emulator.ecs.outcome import STOPPED_BY_USER
from emulator.ecs.prewarmed import Prewarmed
from emulator.ecs.run_task import RunTaskRequest
from emulator.engines.base import ContainerEngine
from emulator.errors import StateDirectoryError
from emulator.eventbridge.supervision import Supervision
from emulator.events import EventBus, Progressed, TaskStateChanged, Warned
from emulator.logs.directory import LogDirectory
from emulator.model.definitions import Definitions
from emulator.model.task import FAKE_ENGINE, StopCode
from emulator.quantity import counted
from emulator.state.directory import StateDirectory
from emulator.state.owner import Owner
from emulator.state.stop_requests import StopRequests
from emulator.timers import Timers, WallTimers, after

if TYPE_CHECKING:
    from emulator.state.pruning import Pruned

EngineFactory = Callable[[], ContainerEngine]


class Live:
    """Runs tasks while it is entered. Leaving by an error ends the tasks that still run.

    `keeping` says for whom history and events are kept. `pruned` gets what left the history; None:
    it is told each time. `timers` are the engine's as well where it has any; None: wall timers by
    `clock`. `in_order`: one task starts after the other, and so do its containers: where a start
    takes no time all of it comes out the same each time then.

    Raises `EngineUnavailableError` and `StateDirectoryError` on entering, before anything else
    is touched.
    """

    def __init__(
        self,
        settings: Settings,
        definitions: Definitions,
        bus: EventBus,
        clock: Clock,
        engine: EngineFactory,
        *,
        timers: Timers | None = None,
        in_order: bool = False,
        keeping: Keeping = KEPT,
        pruned: "Callable[[Pruned], None] | None" = None,
    ) -> None:
        self._settings = settings
        self._definitions = definitions
        self._bus = bus
        self._clock = clock
        self._engine_factory = engine
        self._given_timers = timers
        self._in_order = in_order
        self._keeping = keeping
        self._pruned = pruned
        self._directory = StateDirectory(settings.state_dir)
        self.log_directory = LogDirectory(self._directory.logs)
        """Where log groups are, for every part of this machine that looks for one."""

    def __enter__(self) -> Self:
        if self._settings.engine != FAKE_ENGINE:
            from emulator.app.open_files import allow_enough

            allow_enough()
        self.engine = self._engine_factory()
        host = self.engine.known()
        directory = self._directory
        directory.prepare(synced=self._keeping.synced)
        self.owner = Owner.current()
        self.timers = self._given_timers or WallTimers(self._clock)
        by_wall_clock = isinstance(self.timers, WallTimers)
        self.logs = LogSink(
            self.log_directory,
            self._bus,
            {group.name: group for group in self._definitions.log_groups},
        )
        self._records = RecordKeeping(
            directory.database,
            str(self.owner),
            self._bus,
            self.timers,
            self._keeping,
            limits=lambda: self._definitions.local.history,
            pruned=self._pruned or self._tell_pruned,
        )
        self.history = self._records.history
        self.recorder = self._records.recorder
        self.pruning = self._records.pruning
        self._known_removals = 0
        self._stop_requests = StopRequests(self.history, str(self.owner))
        seen_clock = self._clock if self._settings.fake_time else system_clock
        self.endpoints = TaskEndpoints(directory.path, self.history, self._clock, seen_clock)
        self._workshops = Workshops(self._settings, self.engine, self._bus)
        self._shop = self._workshops.first(
            self._definitions,
            self.timers,
            host,
            state_directory=directory.path,
            labels={STATE_DIRECTORY_LABEL: directory.true_name, OWNER_LABEL: str(self.owner)},
            endpoints=self.endpoints.open(self._definitions.local, host, str(self.owner)),
            in_order=self._in_order,
        )
        self.prewarmed = Prewarmed()
        self.cluster = Cluster(
            self._shop,
            start_slots=1 if self._in_order else START_SLOTS,
            limit=self._definitions.local.concurrency,
            taken_in=lambda task: self.recorder.wait_until_taken_in(task.id),
            recorded=self._records.wait_until_recorded,
            prewarmed=self.prewarmed,
        )
        self.supervision = Supervision(self._definitions, self.cluster, self._bus, self.timers)
        self.event_bridge = EventBridge(
            self._settings,
            self._definitions,
            self.cluster,
            self._bus,
            self.timers,
            directory,
            self.supervision.counts,
            keeping=self._keeping,
            resumed=by_wall_clock,
            new_tasks=self.prewarmed.new_tasks,
        )
        self.delivery = self.event_bridge.delivery
        self.router = self.event_bridge.router
        if by_wall_clock:
            SweptRetention(self.log_directory, self.timers, self.warn).begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.event_bridge.stop()
            self.supervision.stop("ecs-local failed")
            self.cluster.stop_all("ecs-local failed", StopCode.TERMINATION_NOTICE)
            self.cluster.wait_idle()
        self.prewarmed.close()
        self.event_bridge.close()
        self.pruning.end()
        if isinstance(self.timers, WallTimers):
            self.timers.close()
        self._records.close()
        self.logs.close()
        self.engine.close()

    @property
    def images(self) -> ImageStore:
        """Where the images of tasks are, and come from."""
        return self._shop.images

    @property
    def incomplete(self) -> bool:
        """Whether logs or history could not be written as a whole."""
        self.recorder.flush()
        return self.logs.failure is not None or self.recorder.failure is not None

    @property
    def tasks_wait_for_a_place(self) -> bool:
        """Whether the number of tasks that run at once is limited (`local.concurrency`)."""
        return self._definitions.local.concurrency is not None

    def stop_tasks(self, reason: str = STOPPED_BY_USER, *, kill: bool = False) -> None:
        """Ask all tasks to stop, and start none because of that, nor any that waits for it."""
        self.event_bridge.stop()
        self.supervision.stop(reason)
        self.pruning.end()
        (self.cluster.kill_all if kill else self.cluster.stop_all)(reason)

    def obey_stop_requests(self) -> None:
        """Stop the tasks that another process asked to stop.

        A history that fails must not end the tasks: it is told once, and the run is incomplete.
        """
        try:
            requests = self._stop_requests.take()
        except StateDirectoryError as error:
            self.recorder.fail(error)
            requests = []
        for task_id, reason in requests:
            self.cluster.stop(task_id, reason)
        if self._known_removals != self.history.times_removed:
            self._known_removals = self.history.times_removed
            self._record_anew()

    def _record_anew(self) -> None:
        """Have what runs, and what waits to run again, in a history that begins anew.

        It could not be found or stopped there, nor gone on with after a kill.
        """
        waiting = self.supervision.waiting()
        for task in (*self.cluster.active(), *(scheduled.task for scheduled in waiting)):
            self.recorder.task_changed(TaskStateChanged(task=task, at=self._clock()))
        for scheduled in waiting:
            self.recorder.retry(scheduled)

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on; tasks that run keep what they have."""
        self._definitions = definitions
        self._shop = self._workshops.renewed(self._shop, definitions)
        self.cluster.adopt(self._shop, limit=definitions.local.concurrency)
        self.prewarmed.discard()
        self.logs.adopt({group.name: group for group in definitions.log_groups})
        self.supervision.adopt(definitions)
        self.event_bridge.adopt(definitions)
        self.pruning.begin_anew()

    def prewarm(self, request: RunTaskRequest, definitions: Definitions, generation: int) -> None:
        """Make the namespaces of tasks that are not due yet, by definitions of a generation.

        Raises what `run_task` does.
        """
        self.prewarmed.prepare(
            request, definitions, self._shop, self._clock(), generation=generation
        )

    def _tell_pruned(self, gone: "Pruned") -> None:
        if gone.tasks:
            message = f"local.history: {counted(gone.tasks, 'old task')} left the history"
            self._bus.publish(Progressed(message=message))

    def call_after(self, delay: timedelta, action: Callable[[], None]) -> None:
        """Call a function, which returns soon, when a time has passed."""
        after(self.timers, delay, action)

    def now(self) -> datetime:
        """Return the present instant."""
        return self._clock()

    def warn(self, text: str) -> None:
        """Say what its reader should know."""
        self._bus.publish(Warned(message=text))
