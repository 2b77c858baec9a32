"""A project of tasks, and the wired emulator that runs them, in a directory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from emulator.app.live import EngineFactory, Live
from emulator.app.settings import Settings
from emulator.clock import system_clock
from emulator.ecs.run_task import RunTaskRequest, run_task
from emulator.engines.docker import DockerEngine
from emulator.events import EventBus, TaskStateChanged
from emulator.model.container_override import ContainerOverride
from emulator.model.definitions import Definitions
from emulator.model.rules import TaskOverride
from emulator.model.task import Task
from emulator.model.task_definition import (
    ContainerDefinition,
    LogConfiguration,
    NetworkMode,
    TaskDefinition,
)

IMAGE: Final = "alpine:latest"
MEMORY_MIB: Final = 256
LIMITS: Final = ("--memory", f"{MEMORY_MIB}m", "--cpu-shares", "2")
"""What `docker run` is given to run the same: ECS wants a memory limit and sets CPU shares."""

LOG_GROUP: Final = "/benchmark"
LARGEST_COUNT: Final = 10


def one_container(family: str, command: Sequence[str], mode: NetworkMode) -> TaskDefinition:
    """Return a task definition of one container with the limits in `LIMITS`."""
    return several_containers(family, command, mode, names=("job",))


def several_containers(
    family: str, command: Sequence[str], mode: NetworkMode, *, names: Sequence[str]
) -> TaskDefinition:
    """Return a task definition of containers that run the same, each with the limits."""
    options = {
        "awslogs-group": LOG_GROUP,
        "awslogs-region": "us-east-1",
        "awslogs-stream-prefix": "benchmark",
    }
    containers = tuple(
        ContainerDefinition(
            name=name,
            image=IMAGE,
            command=tuple(command),
            memory=MEMORY_MIB,
            log_configuration=LogConfiguration(log_driver="awslogs", options=options),
        )
        for name in names
    )
    return TaskDefinition(family=family, container_definitions=containers, network_mode=mode)


class Runner:
    """Runs tasks as `run-task` does: with logs, history and everything else."""

    def __init__(self, live: Live, definitions: Definitions, bus: EventBus, state: Path) -> None:
        self.bus = bus
        self._live = live
        self._definitions = definitions
        self._state = state
        self._failed: list[Task] = []
        bus.subscribe(TaskStateChanged, self._on_task)

    def submit(self, family: str, *, count: int = 1, command: Sequence[str] = ()) -> list[Task]:
        """Request tasks; returns them PROVISIONING."""
        override = TaskOverride(
            container_overrides=(ContainerOverride(name="job", command=tuple(command)),)
            if command
            else ()
        )
        tasks: list[Task] = []
        while len(tasks) < count:
            # RunTask starts no more at once.
            more = min(count - len(tasks), LARGEST_COUNT)
            request = RunTaskRequest(task_definition=family, count=more, overrides=override)
            tasks += run_task(request, self._definitions, now=system_clock())
        for task in tasks:
            self._live.cluster.submit(task)
        return tasks

    def finish(self) -> None:
        """Wait until all tasks are over and removed. Raises when one failed."""
        self._live.cluster.wait_idle()
        if self._failed:
            message = f"a task of the benchmark failed: {self._failed[0].stopped_reason}"
            raise RuntimeError(message)

    def log_file(self, task: Task) -> Path:
        """Return the file that a task's output is written to."""
        return self._state / "logs" / LOG_GROUP.lstrip("/") / f"benchmark/job/{task.id}.log"

    def _on_task(self, event: TaskStateChanged) -> None:
        if event.task.stopped and not event.task.succeeded:
            self._failed.append(event.task)


@contextmanager
def running(
    task_definitions: Sequence[TaskDefinition],
    directory: Path,
    *,
    engine: EngineFactory = DockerEngine,
) -> Iterator[Runner]:
    """Run tasks of these definitions with the state in a directory."""
    definitions = Definitions(task_definitions={d.family: d for d in task_definitions})
    bus = EventBus()
    state = directory / "state"
    settings = Settings(directory=directory, state_dir=state)
    with Live(settings, definitions, bus, system_clock, engine) as live:
        yield Runner(live, definitions, bus, state)
