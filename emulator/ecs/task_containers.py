"""The containers of one task: a run and an output for each; begun, stopped and killed by name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from emulator.ecs.container_run import ContainerRun
from emulator.ecs.output import ContainerOutput
from emulator.ecs.preparation import TaskResources
from emulator.ecs.task_messages import Report
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.workshop import Workshop
from emulator.engines.spec import ContainerSpec
from emulator.model.container_life import DependencyCondition
from emulator.model.log_position import START, LogPosition
from emulator.model.task_definition import ContainerDefinition

STOP_TIMEOUT: Final = 30
"""Seconds between SIGTERM and SIGKILL where the definition says nothing (ECS's default)."""


class TaskContainers:
    """Those of a task's containers that have begun, or that another process has left.

    `report` gets what becomes of them, from threads of their own; the other methods are for the
    task's thread. They are removed with the task's other resources.
    """

    def __init__(
        self,
        record: TaskRecord,
        workshop: Workshop,
        resources: TaskResources,
        report: Callable[[Report], None],
    ) -> None:
        self._record = record
        self._shop = workshop
        self._resources = resources
        self._report = report
        self._outputs: list[ContainerOutput] = []
        self._stop_sent: set[str] = set()
        self._killing = False

    def launch(self, specs: Mapping[str, ContainerSpec]) -> None:
        """Begin to create and start containers, in the namespaces that they are to be in."""
        definition, namespaces = self._record.task.task_definition, self._resources.namespaces
        joined = {n: namespaces.joined(n, spec, definition) for n, spec in specs.items()}
        self._each([self.add(name, spec).begin for name, spec in joined.items()])

    def add(self, name: str, spec: ContainerSpec, position: LogPosition = START) -> ContainerRun:
        """Return the run of a container whose log is written up to a position."""
        shop, namespaces = self._shop, self._resources.namespaces
        output = ContainerOutput(
            self._definition(name), self._record, shop.bus, shop.timers, position=position
        )
        self._outputs.append(output)
        run = ContainerRun(
            name,
            spec,
            engine=shop.engine,
            launch_type=self._record.task.launch_type,
            ready=lambda: namespaces.ready(name),
            report=self._report,
            output=output.pipeline,
            clock=shop.clock,
            engine_clock=shop.engine_clock,
            outage=shop.outage,
            activity=shop.timers.activity,
            awaited=self._is_awaited(name),
        )
        self._resources.containers[name] = run
        return run

    def restart(self, name: str) -> None:
        """Start a container again whose end was reported."""
        self._resources.containers[name].restart()

    def stop(self, names: Iterable[str]) -> None:
        """Send containers their stop signal, once, and SIGKILL after their stop timeout."""
        fresh = [name for name in names if name not in self._stop_sent]
        self._stop_sent.update(fresh)
        runs = self._resources.containers
        self._each([partial(runs[name].stop, self._grace(name)) for name in fresh])

    def forgo(self, name: str) -> None:
        """Do not start a container any more that is on its way to its start."""
        self._resources.containers[name].forgo()

    def was_stopped(self, name: str) -> bool:
        """Return whether a container was sent its stop signal."""
        return name in self._stop_sent

    def kill(self) -> None:
        """Send SIGKILL to all, and leave none time that is stopped later."""
        self._killing = True
        for run in self._resources.containers.values():
            run.kill()

    def close(self) -> None:
        """Note that nothing more will come of their output."""
        for output in self._outputs:
            output.close()

    def _grace(self, name: str) -> timedelta:
        timeout = self._definition(name).stop_timeout
        seconds = STOP_TIMEOUT if timeout is None else timeout
        return timedelta(seconds=0 if self._killing else seconds)

    def _each(self, actions: Sequence[Callable[[], None]]) -> None:
        """Do something with each of several containers: at once, or where it is to come out the
        same each time one after the other, when all is at rest."""
        timers = self._shop.timers
        for action in actions:
            if self._shop.in_order and len(actions) > 1:
                timers.at(timers.now(), action)
            else:
                action()

    def _is_awaited(self, name: str) -> bool:
        """Return whether another container waits until the engine has this one."""
        return any(
            dependency.container_name == name and dependency.condition is DependencyCondition.CREATE
            for container in self._definitions
            for dependency in container.dependencies
        )

    @property
    def _definitions(self) -> tuple[ContainerDefinition, ...]:
        return self._record.task.task_definition.container_definitions

    def _definition(self, name: str) -> ContainerDefinition:
        return next(c for c in self._definitions if c.name == name)
