"""The wired machine that runs tasks: engine, cluster, logs and history on one state directory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from emulator.app.event_bridge import EventBridge
from emulator.app.history_pruning import HistoryPruning
from emulator.app.log_retention import SweptRetention
from emulator.app.log_sink import LogSink
from emulator.app.recorded_task import Archive
from emulator.app.recording import record_on
from emulator.app.settings import Settings
from emulator.app.task_endpoints import TaskEndpoints
from emulator.clock import Clock
from emulator.ecs.cluster import START_SLOTS, Cluster
from emulator.ecs.host_ports import HostPorts
from emulator.ecs.identity import OWNER_LABEL, STATE_DIRECTORY_LABEL
from emulator.ecs.images import ImageStore
from emulator.ecs.log_groups import MissingGroup, missing_groups
from emulator.ecs.notices import Notices
from emulator.ecs.outage import Outage
from emulator.ecs.outcome import STOPPED_BY_USER
from emulator.ecs.plan import Host
from emulator.ecs.prewarmed import Prewarmed
from emulator.ecs.run_task import RunTaskRequest
from emulator.ecs.workshop import Workshop
from emulator.engines.base import ContainerEngine, EngineInfo
from emulator.errors import StateDirectoryError
from emulator.eventbridge.outlet import MOST_WAITING
from emulator.eventbridge.supervision import Supervision
from emulator.events import (
    EventBus,
    Progressed,
    PromiseKind,
    Warned,
)
from emulator.logs.directory import LogDirectory
from emulator.model.definitions import Definitions
from emulator.model.task import StopCode, Task
from emulator.quantity import counted
from emulator.state.directory import StateDirectory
from emulator.state.history import History
from emulator.state.owner import Owner
from emulator.state.promises import forget_oldest
from emulator.state.pruning import Pruned
from emulator.state.recorder import Recorder
from emulator.state.stop_requests import StopRequests
from emulator.timers import Timers, WallTimers, after

LINGER: Final = 0.1
"""Seconds that records of what was never really run may wait for more: a kill loses nothing that
the same simulation would not bring about again."""

EngineFactory = Callable[[], ContainerEngine]


class Live:
    """Runs tasks while it is entered. Leaving by an error ends the tasks that still run.

    `durable`: nothing of a task begins before it is on record, so that a kill leaves nothing behind
    that nobody knows of. It may be false where nothing is really run. `synced`: the history
    survives that the machine loses power; it may be false where nobody looks for it afterwards.
    `lasting`: somebody reads history and events once it is left; where nobody does, what waits to
    be written is given up then, and `durable` alone says what was written before.
    `pruned` gets what left the history; None: it is told each time. `in_order`: one task starts
    after the other, and so do its containers: where a start takes no time all of it comes out the
    same each time then.

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
        durable: bool = True,
        synced: bool = True,
        lasting: bool = True,
        pruned: Callable[[Pruned], None] | None = None,
    ) -> None:
        self._settings = settings
        self._definitions = definitions
        self._bus = bus
        self._clock = clock
        self._engine_factory = engine
        self._given_timers = timers
        self._in_order = in_order
        self._durable = durable
        self._synced = synced
        self._lasting = lasting
        self._pruned = pruned
        self._linger = 0.0 if durable else LINGER
        self._directory = StateDirectory(settings.state_dir)
        self.log_directory = LogDirectory(self._directory.logs)
        """Where log groups are, for all of this machine that look for them."""

    def __enter__(self) -> Self:
        self.engine = self._engine_factory()
        host = self.engine.info()
        directory = self._directory
        directory.prepare(synced=self._synced)
        self.owner = Owner.current()
        self.history = History(
            directory.database, owner=str(self.owner), archive=Archive(), synced=self._synced
        )
        self._stop_requests = StopRequests(self.history, str(self.owner))
        self.logs = LogSink(
            self.log_directory,
            self._bus,
            {group.name: group for group in self._definitions.log_groups},
        )
        self.recorder = Recorder(self.history, self.warn, linger=self._linger)
        record_on(self._bus, self.recorder)
        self.timers = self._given_timers or WallTimers(self._clock)
        self.pruning = HistoryPruning(
            self.history,
            self.recorder,
            self.timers,
            limits=lambda: self._definitions.local.history,
            told=self._pruned or self._tell_pruned,
        )
        self.pruning.begin()
        self.images = self._image_store()
        self.endpoints = TaskEndpoints(directory.path, self.history, self._clock)
        self._shop = self._workshop(host, directory.path)
        self.prewarmed = Prewarmed()
        self.cluster = Cluster(
            self._shop,
            start_slots=1 if self._in_order else START_SLOTS,
            limit=self._definitions.local.concurrency,
            taken_in=lambda task: self.recorder.wait_until_taken_in(task.id),
            recorded=self._wait_until_recorded,
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
            linger=self._linger,
            resumed=self._given_timers is None,
            new_tasks=self.prewarmed.new_tasks,
        )
        self.delivery = self.event_bridge.delivery
        self.router = self.event_bridge.router
        if self._given_timers is None:
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
        self.event_bridge.close(abandon_record=not self._lasting)
        self.pruning.end()
        if isinstance(self.timers, WallTimers):
            self.timers.close()
        self.recorder.close(abandon=not self._lasting)
        if self._lasting:
            self._bound_promises()
        self.logs.close()
        self.history.close()
        self.engine.close()

    def _bound_promises(self) -> None:
        """Leave no more notifications to later runs than one could take: none may ever come."""
        try:
            gone = forget_oldest(self.history, PromiseKind.NOTIFICATION, most=MOST_WAITING)
        except StateDirectoryError as error:
            self.recorder.fail(error)
            return
        if gone:
            what = counted(gone, "notification")
            self.warn(f"{what} given up: more than {MOST_WAITING:,} wait for a later run")

    def _wait_until_recorded(self, task: Task) -> None:
        """Let nothing begin that no record tells of: a kill would leave it behind unknown."""
        if self._durable:
            self.recorder.wait_until_recorded(task.id)

    @property
    def incomplete(self) -> bool:
        """Whether logs or history could not be written as a whole."""
        self.recorder.flush()
        return self.logs.failure is not None or self.recorder.failure is not None

    @property
    def tasks_wait_for_a_place(self) -> bool:
        """Whether no more than so many tasks run at once (`local.concurrency`)."""
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
            return
        for task_id, reason in requests:
            self.cluster.stop(task_id, reason)

    def adopt(self, definitions: Definitions) -> None:
        """Go by other definitions from now on; tasks that run keep what they have."""
        self._definitions = definitions
        local = definitions.local
        self.images = self._image_store()
        self._shop = replace(self._shop, local=local, images=self.images)
        self.cluster.adopt(self._shop, limit=local.concurrency)
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

    def _image_store(self) -> ImageStore:
        policy = self._settings.pull or self._definitions.local.pull
        return ImageStore(self.engine, policy, self._bus)

    def _tell_pruned(self, gone: Pruned) -> None:
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

    def _workshop(self, engine: EngineInfo, state_dir: Path) -> Workshop:
        local = self._definitions.local
        labels = {STATE_DIRECTORY_LABEL: str(state_dir), OWNER_LABEL: str(self.owner)}
        return Workshop(
            engine=self.engine,
            images=self.images,
            bus=self._bus,
            clock=self._clock,
            timers=self.timers,
            outage=Outage(self.engine, self.timers, self.warn),
            local=local,
            host=Host(
                cpus=engine.cpus,
                labels=labels,
                no_groups=engine.no_groups,
                most_open_files=engine.most_open_files,
                architecture=engine.architecture,
                state_directory=state_dir,
                engine=engine.name,
            ),
            ports=HostPorts(local.bind_address, self.warn),
            notices=Notices(self.warn),
            missing_log_groups=self._missing_log_groups,
            environ=self._settings.environ,
            endpoints=self.endpoints.open(local, engine, str(self.owner)),
            in_order=self._in_order,
        )

    def _missing_log_groups(self, task: Task) -> list[MissingGroup]:
        """Return the groups that no file declares; with `strict` only, else they are made."""
        if not self._settings.strict:
            return []
        return list(missing_groups(task, {group.name for group in self._definitions.log_groups}))
