"""What a task's containers say, on its way from the engine to whoever subscribes."""

from emulator.ecs.task_record import TaskRecord
from emulator.events import EventBus, LogEventsReceived, Warned
from emulator.logs.assembly import Events
from emulator.logs.pipeline import LogRules, Pipeline
from emulator.model.log_position import START, LogPosition
from emulator.model.task_definition import ContainerDefinition
from emulator.quantity import counted
from emulator.timers import Timers, after


def log_rules(container: ContainerDefinition) -> LogRules:
    """Return how a container's output becomes events; of other drivers each line is one."""
    log = container.log_configuration
    if log is None or log.log_driver != "awslogs":
        return LogRules()
    from emulator.model.awslogs import read_options
    from emulator.model.log_pattern import compile_pattern

    options = read_options(log.options)
    return LogRules(
        matches=None if options.pattern is None else compile_pattern(options.pattern),
        buffer_bytes=None if options.blocks else options.buffer_bytes,
        expiry=options.flush_interval,
    )


class ContainerOutput:
    """The output of one container: its events are published as they are complete."""

    def __init__(
        self,
        container: ContainerDefinition,
        record: TaskRecord,
        bus: EventBus,
        timers: Timers,
        *,
        position: LogPosition = START,
    ) -> None:
        self._name = container.name
        self._record = record
        self._bus = bus
        self._timers = timers
        self._over = False
        self._told = False
        self.pipeline = Pipeline(log_rules(container), self._publish, position=position)
        if self.pipeline.rules.matches is not None:
            self._tick_later()

    def close(self) -> None:
        """Note that nothing more will come, and tell what a full buffer has cost."""
        self._over = True
        dropped = self.pipeline.dropped
        if dropped.lines:
            self._warn(
                f"{counted(dropped.lines, 'log line')} ({counted(dropped.bytes, 'byte')}) "
                "dropped, as its log mode non-blocking wants it when max-buffer-size is full"
            )

    def _publish(self, events: Events) -> None:
        if self.pipeline.dropped.lines and not self._told:
            self._told = True
            self._warn("log lines are being dropped: the log buffer (max-buffer-size) is full")
        self._bus.publish(
            LogEventsReceived(
                task=self._record.task,
                container=self._record.container(self._name),
                at=events.at,
                messages=events.messages,
                position=events.position,
            )
        )

    def _warn(self, text: str) -> None:
        where = f"task {self._record.task.id[:8]}, container {self._name}"
        self._bus.publish(Warned(message=f"{where}: {text}"))

    def _tick_later(self) -> None:
        if not self._over:
            after(self._timers, self.pipeline.rules.expiry, self._tick)

    def _tick(self) -> None:
        """Let a joined event go that waits for nothing; writing it may take its time."""
        # First: one tick that finds no thread must not be the last.
        self._tick_later()
        if self.pipeline.waiting:
            now = self._timers.now()
            self._timers.activity.thread(lambda: self.pipeline.tick(now), "log tick")
