"""What a task takes in of its containers' reports, in orders that a whole life seldom has."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from emulator.activity import Activity
from emulator.ecs.lifecycle import Phase, Standing
from emulator.ecs.outcome import Failure
from emulator.ecs.preparation import TaskResources
from emulator.ecs.task_containers import TaskContainers
from emulator.ecs.task_messages import Created, HealthChanged, Lost, NotStarted, Started
from emulator.ecs.task_progress import TaskProgress
from emulator.ecs.task_record import TaskRecord
from emulator.ecs.task_run import TaskRun
from emulator.engines.fake import FakeEngine
from emulator.events import EventBus
from emulator.model.health import HealthStatus
from emulator.model.networking import PortMapping
from emulator.model.pull_policy import PullPolicy
from emulator.model.task import ContainerStatus, StopCode, Task
from emulator.model.task_definition import LaunchType, NetworkMode
from emulator.timers import SimulatedTimers
from emulator.waiting import Signal
from tests.builders import NOON, TickingClock, container, depends_on, task, workshop


def _launched() -> tuple[TaskRecord, TaskProgress]:
    """Return a task of two containers, the first of which the engine was asked to start."""
    record = TaskRecord(task(container(), container("side")), EventBus(), TickingClock())
    shop = workshop(FakeEngine())
    resources = TaskResources(workshop=shop)
    containers = TaskContainers(record, shop, resources, report=lambda _: None)
    progress = TaskProgress(record, shop, resources, containers, deadline_came=lambda _: None)
    progress.standings.launch("app")
    return record, progress


def test_a_start_that_is_told_after_its_container_was_lost_changes_nothing() -> None:
    record, progress = _launched()
    progress.take_in(Lost(name="app", reason="CannotStopContainerError: no"))
    lost, noted = record.task, Signal(Activity())
    progress.take_in(Started(name="app", container_id="1", noted=noted))
    assert noted.is_set()
    assert record.task == lost
    assert record.container("app").last_status is ContainerStatus.STOPPED
    assert progress.standings["app"].phase is Phase.STOPPED


def test_a_finding_that_is_told_again_after_an_outage_is_no_change_of_the_task() -> None:
    record, progress = _launched()
    progress.take_in(Started(name="app", container_id="1", noted=Signal(Activity())))
    versions = []
    for status in (HealthStatus.HEALTHY, HealthStatus.HEALTHY, HealthStatus.UNHEALTHY):
        progress.take_in(HealthChanged(name="app", status=status))
        versions.append(record.task.version)
    assert versions == [versions[0], versions[0], versions[0] + 1]
    assert progress.standings["app"].health is HealthStatus.UNHEALTHY


def test_a_start_timeout_runs_out_by_its_timer_whatever_the_clock_shows_by_then() -> None:
    """It may have been set back meanwhile, and is not asked."""
    slow = container("slow", essential=False, start_timeout=60)
    waits = container(depends_on=depends_on(slow="COMPLETE"))
    record = TaskRecord(task(slow, waits), EventBus(), TickingClock())
    timers = SimulatedTimers(NOON)
    shop = workshop(FakeEngine(), timers=timers)
    resources = TaskResources(workshop=shop)
    containers = TaskContainers(record, shop, resources, report=lambda _: None)
    due: list[datetime] = []
    progress = TaskProgress(record, shop, resources, containers, deadline_came=due.append)
    progress.standings.launch("slow")
    progress.take_in(Started(name="slow", container_id="1", noted=Signal(Activity())))
    assert timers.step(NOON + timedelta(minutes=2))
    progress.expire(due[0])
    assert due == [NOON + timedelta(minutes=1)]
    assert progress.standings["slow"].timed_out


def test_a_container_exists_for_the_others_once_the_engine_has_made_it() -> None:
    _, progress = _launched()
    progress.take_in(Created(name="app"))
    assert progress.standings["app"] == Standing(phase=Phase.LAUNCHING, created=True)


def test_what_keeps_a_task_from_starting_stands_with_the_container_that_it_is_about() -> None:
    missing = container("side", image="missing:latest")
    made = task(container(), missing, requires_compatibilities=(LaunchType.EC2,))
    ended = TaskRun(made, workshop(FakeEngine(), pull=PullPolicy.NEVER)).execute()
    assert (ended.stop_code, ended.stopped_reason) == (
        StopCode.TASK_FAILED_TO_START,
        "Task failed to start",
    )
    app, side = ended.containers
    assert app.reason is None
    assert (side.reason or "").startswith("CannotPullContainerError: ")


PORTS = (PortMapping(container_port=8080, host_port=8080),)


def _ended_in(mode: NetworkMode, **fields: Any) -> Task:
    """Return a task of two containers, one of which has a port, after its life."""
    made = task(container(**fields), container("side"), network_mode=mode)
    return TaskRun(made, workshop(FakeEngine())).execute()


def test_an_awsvpc_task_tells_its_interface_and_the_ports_of_each_container() -> None:
    ended = _ended_in(NetworkMode.AWSVPC, port_mappings=PORTS)
    assert ended.network_interface is not None
    assert ended.network_interface.private_ipv4_address.startswith("172.17.")
    app, side = ended.containers
    ((port, address),) = [(b.container_port, b.bind_ip) for b in app.network_bindings]
    assert (port, address, side.network_bindings) == (8080, "127.0.0.1", ())


@pytest.mark.parametrize(
    ("mode", "bindings"),
    [
        (NetworkMode.BRIDGE, [("127.0.0.1", 8080, 8080)]),
        (NetworkMode.HOST, [("0.0.0.0", 8080, 8080)]),
        (NetworkMode.NONE, []),
    ],
)
def test_a_task_without_an_interface_of_its_own_tells_the_ports_alone(
    mode: NetworkMode, bindings: list[tuple[str, int, int]]
) -> None:
    ports = PORTS if bindings else ()
    ended = _ended_in(mode, port_mappings=ports)
    assert ended.network_interface is None
    app, side = ended.containers
    assert [(b.bind_ip, b.container_port, b.host_port) for b in app.network_bindings] == bindings
    assert side.network_bindings == ()


@pytest.mark.parametrize("failure", [None, Failure(name="CannotStartContainerError", message="no")])
def test_a_container_that_was_lost_and_then_never_starts_keeps_the_reason_of_its_loss(
    failure: Failure | None,
) -> None:
    record, progress = _launched()
    progress.take_in(Lost(name="app", reason="CannotStopContainerError: no"))
    lost = record.task
    progress.take_in(NotStarted(name="app", failure=failure))
    assert record.task == lost
    assert record.container("app").reason == "CannotStopContainerError: no"
