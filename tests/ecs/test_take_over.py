"""A task that another process began goes on, or ends as any task does that cannot."""

from dataclasses import replace

from emulator.ecs.adoption import Remains
from emulator.ecs.identity import TASK_ID_LABEL
from emulator.ecs.task_run import TaskRun
from emulator.engines.fake import FakeEngine, FakeProcess
from emulator.engines.spec import CONTAINER_NAME_LABEL, ContainerSpec
from emulator.events import EventBus, Warned
from emulator.model.environment import Secret
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
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
    labels = {TASK_ID_LABEL: made.id, CONTAINER_NAME_LABEL: "main"}
    container_id = engine.create(
        ContainerSpec(name="ecs-job-1-main", image="alpine:latest", labels=labels)
    )
    engine.start(container_id)
    engine.calls.clear()
    running = replace(made.containers[0], last_status=ContainerStatus.RUNNING, started_at=NOON)
    made = replace(made, last_status=TaskStatus.PENDING, containers=(running, made.containers[1]))
    return made, Remains(containers={"main": engine.find_containers({})[0]})


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
