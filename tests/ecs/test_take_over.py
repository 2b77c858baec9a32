"""A task that another process began goes on, or ends as any task does that cannot."""

import socket
from dataclasses import replace

from emulator.ecs.adoption import Remains
from emulator.ecs.identity import TASK_ID_LABEL
from emulator.ecs.task_run import TaskRun
from emulator.engines.base import ContainerSummary
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER, ContainerSpec
from emulator.events import EventBus, Warned
from emulator.model.environment import Secret
from emulator.model.networking import PortMapping
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.model.task_definition import NetworkMode
from tests.builders import NOON, container, depends_on, task, workshop

MAIN = container("main", stop_timeout=5)
LATER = container(
    "later",
    essential=False,
    depends_on=depends_on(main="HEALTHY"),
    secrets=(Secret(name="TOKEN", value_from="nowhere"),),
)


def _begun(engine: FakeEngine) -> tuple[Task, Remains]:
    """Return a task of which one container runs, and another has yet to start."""
    made = task(MAIN, LATER)
    found = _started(engine, made, "main")
    engine.calls.clear()
    running = replace(made.containers[0], last_status=ContainerStatus.RUNNING, started_at=NOON)
    made = replace(made, last_status=TaskStatus.PENDING, containers=(running, made.containers[1]))
    return made, Remains(containers={"main": found})


def _started(engine: FakeEngine, made: Task, name: str) -> ContainerSummary:
    """Start a container of a task as another process would have."""
    labels = {TASK_ID_LABEL: made.id, CONTAINER_NAME_LABEL: name}
    spec = ContainerSpec(name=f"ecs-job-1-{name}", image="alpine:latest", labels=labels)
    engine.start(engine.create(spec))
    (found,) = engine.find_containers(labels)
    return found


def test_what_runs_of_a_task_whose_rest_cannot_be_prepared_is_stopped_by_its_signal() -> None:
    engine, bus = FakeEngine({"main": FakeProcess(duration=None)}), EventBus()
    hints: list[str] = []
    bus.subscribe(Warned, lambda event: hints.append(event.message))
    made, remains = _begun(engine)
    ended = TaskRun(made, workshop(engine, bus), remains).execute()
    assert engine.calls == ["stop main", "remove main"]
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START
    assert "nowhere" in (ended.stopped_reason or "")
    assert ended.started_at is None
    assert [(c.last_status, c.exit_code) for c in ended.containers] == [
        (ContainerStatus.STOPPED, 143),
        (ContainerStatus.STOPPED, None),
    ]
    assert "cannot start" in hints[0]


def test_the_ports_that_a_task_has_are_not_told_to_be_taken_from_it() -> None:
    engine, bus = FakeEngine({"first": FakeProcess(duration=None)}), EventBus()
    warnings: list[str] = []
    bus.subscribe(Warned, lambda event: warnings.append(event.message))
    with socket.create_server(("127.0.0.1", 0)) as its_own:
        ports = (PortMapping(container_port=its_own.getsockname()[1]),)
        first = container("first", essential=False)
        made = task(
            first,
            container("app", depends_on=depends_on(first="START"), port_mappings=ports),
            network_mode=NetworkMode.AWSVPC,
        )
        found = {name: _started(engine, made, name) for name in (PAUSE_CONTAINER, "first")}
        remains = Remains(containers={"first": found["first"]}, pause=found[PAUSE_CONTAINER].id)
        begun = replace(made, last_status=TaskStatus.PENDING)
        ended = TaskRun(begun, workshop(engine, bus), remains).execute()
    assert ended.succeeded
    assert warnings == []
