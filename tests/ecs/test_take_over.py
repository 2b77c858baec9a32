"""A task that another process began goes on, or ends as any task does that cannot."""

import socket
from dataclasses import replace

from emulator.ecs.adoption import Remains
from emulator.ecs.identity import TASK_ID_LABEL
from emulator.ecs.task_run import TaskRun
from emulator.engines.base import ContainerSummary
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, PAUSE_CONTAINER, ContainerSpec
from emulator.events import EventBus, TaskStateChanged, Warned
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


def test_a_container_that_ended_before_counts_by_its_exit_code_and_leaves_nothing() -> None:
    engine = FakeEngine({"prepare": FakeProcess(duration=None)})
    prepare = container("prepare", essential=False)
    made = task(prepare, container("main", depends_on=depends_on(prepare="SUCCESS")))
    found = _started(engine, made, "prepare")
    over = replace(
        made.containers[0], last_status=ContainerStatus.STOPPED, started_at=NOON, exit_code=0
    )
    begun = replace(made, last_status=TaskStatus.PENDING, containers=(over, made.containers[1]))
    ended = TaskRun(begun, workshop(engine), Remains(containers={"prepare": found})).execute()
    assert ended.succeeded
    assert ended.containers[0] == over
    assert engine.calls[2:] == ["create main", "start main", "remove prepare", "remove main"]


def test_a_container_that_never_began_before_it_stopped_is_none_that_ran() -> None:
    prepare = container("prepare", essential=False)
    made = task(prepare, container("main", depends_on=depends_on(prepare="COMPLETE")))
    over = replace(made.containers[0], last_status=ContainerStatus.STOPPED, exit_code=None)
    begun = replace(made, last_status=TaskStatus.PENDING, containers=(over, made.containers[1]))
    ended = TaskRun(begun, workshop(FakeEngine()), Remains()).execute()
    assert ended.stop_code is StopCode.TASK_FAILED_TO_START
    assert "prepare did not start and will not" in (ended.containers[1].reason or "")


def test_a_container_that_ran_and_is_gone_from_the_engine_ends_its_task_with_the_reason() -> None:
    made = task(container("main"), container("side", essential=False))
    engine = FakeEngine({"side": FakeProcess(duration=None)})
    side = _started(engine, made, "side")
    running = tuple(
        replace(c, last_status=ContainerStatus.RUNNING, started_at=NOON) for c in made.containers
    )
    begun = replace(made, last_status=TaskStatus.RUNNING, started_at=NOON, containers=running)
    ended = TaskRun(begun, workshop(engine), Remains(containers={"side": side})).execute()
    assert (ended.stop_code, ended.exit_code) == (StopCode.ESSENTIAL_CONTAINER_EXITED, 125)
    assert (ended.containers[0].exit_code, ended.containers[0].reason) == (
        None,
        "CannotInspectContainerError: the container is gone from the engine",
    )
    assert ended.containers[1].exit_code == 143
    assert engine.calls[2:] == ["stop side", "remove side"]


def test_a_task_all_of_whose_containers_have_begun_runs_from_then_on() -> None:
    engine, bus = FakeEngine(), EventBus()
    made = task(container("main"))
    seen: list[Task] = []
    bus.subscribe(TaskStateChanged, lambda event: seen.append(event.task))
    found = _started(engine, made, "main")
    begun = replace(made, last_status=TaskStatus.PENDING)
    ended = TaskRun(begun, workshop(engine, bus), Remains(containers={"main": found})).execute()
    assert [each.last_status for each in seen] == ["RUNNING", "DEPROVISIONING", "STOPPED"]
    assert seen[0].containers[0].last_status is ContainerStatus.RUNNING
    assert seen[0].containers[0].runtime_id
    assert ended.succeeded


def test_a_task_that_somebody_had_asked_to_stop_is_stopped_when_it_is_taken_over() -> None:
    engine = FakeEngine({"main": FakeProcess(duration=None)})
    made = task(container("main"))
    found = _started(engine, made, "main")
    begun = replace(
        made,
        last_status=TaskStatus.RUNNING,
        started_at=NOON,
        stop_code=StopCode.USER_INITIATED,
        stopped_reason="enough",
    )
    ended = TaskRun(begun, workshop(engine), Remains(containers={"main": found})).execute()
    assert (ended.stop_code, ended.stopped_reason) == (StopCode.USER_INITIATED, "enough")
    assert ended.containers[0].exit_code == 143
    assert engine.calls[2:] == ["stop main", "remove main"]


def test_what_a_task_needed_to_start_is_not_asked_for_again_once_all_of_it_has_begun() -> None:
    engine, bus = FakeEngine(images=frozenset({"alpine:latest"})), EventBus()
    made = task(container("main", secrets=(Secret(name="TOKEN", value_from="nowhere"),)))
    found = _started(engine, made, "main")
    begun = replace(made, last_status=TaskStatus.RUNNING, started_at=NOON)
    ended = TaskRun(begun, workshop(engine, bus), Remains(containers={"main": found})).execute()
    assert ended.succeeded


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
