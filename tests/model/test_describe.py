"""Tasks in the shape of DescribeTasks, held against botocore's own."""

from dataclasses import replace
from typing import Any

import pytest

from emulator.eventbridge.service_events import task_state_change
from emulator.model.container_override import ContainerOverride
from emulator.model.describe import describe_task
from emulator.model.environment import EnvironmentFile
from emulator.model.health import HealthStatus
from emulator.model.networking import NetworkBinding, NetworkInterface
from emulator.model.rules import TaskOverride
from emulator.model.task import ContainerStatus, StopCode, Task, TaskStatus
from emulator.model.task_definition import LaunchType, NetworkMode
from tests.aws_shapes import member, misfits, output_shape
from tests.builders import NOON, container, task

FARGATE: dict[str, Any] = {
    "network_mode": NetworkMode.AWSVPC,
    "requires_compatibilities": (LaunchType.FARGATE,),
    "cpu": 256,
    "memory": 512,
}
INTERFACE = NetworkInterface(
    attachment_id="a",
    private_dns_name="ip-10-1-2-3.ec2.internal",
    private_ipv4_address="172.17.0.2",
    mac_address="02:42:ac:11:00:02",
)
INSTANTS: dict[str, Any] = dict.fromkeys(
    (
        "connectivity_at",
        "pull_started_at",
        "pull_stopped_at",
        "started_at",
        "execution_stopped_at",
        "stopping_at",
        "stopped_at",
    ),
    NOON,
)
OVERRIDES = TaskOverride(
    container_overrides=(
        ContainerOverride(
            name="app",
            command=("a", "b"),
            environment={"A": "b"},
            environment_files=(EnvironmentFile(value="arn:aws:s3:::b/a.env", type="s3"),),
            cpu=1,
            memory=2,
            memory_reservation=1,
            gpus=1,
        ),
    ),
    cpu=512,
    memory=1024,
    task_role_arn="arn:aws:iam::123456789012:role/task",
    execution_role_arn="arn:aws:iam::123456789012:role/execution",
    ephemeral_storage_gib=30,
)


def _over(made: Task, code: StopCode) -> Task:
    """Return a task of which everything is known that can be."""
    app = replace(
        made.containers[0],
        last_status=ContainerStatus.STOPPED,
        image_digest="sha256:1",
        runtime_id="f00",
        exit_code=137,
        reason="OutOfMemoryError: Container killed due to memory usage",
        started_at=NOON,
        stopped_at=NOON,
        cpu=128,
        memory=256,
        memory_reservation=128,
        health_status=HealthStatus.UNHEALTHY,
        network_bindings=(
            NetworkBinding(bind_ip="127.0.0.1", container_port=53, host_port=53, protocol="udp"),
        ),
        restart_count=2,
    )
    return replace(
        made,
        containers=(app, *made.containers[1:]),
        overrides=OVERRIDES,
        started_by="events-rule/nightly",
        last_status=TaskStatus.STOPPED,
        desired_status=TaskStatus.STOPPED,
        stop_code=code,
        stopped_reason="Essential container in task exited",
        tags=(("team", "data"),),
        network_interface=INTERFACE,
        **INSTANTS,
    )


TASKS = {
    "new": task(container(), container("side")),
    "fargate": _over(task(container(), container("side"), **FARGATE), StopCode.USER_INITIATED),
    **{
        f"over, {code}": _over(task(container(), network_mode=NetworkMode.BRIDGE), code)
        for code in StopCode
    },
}


@pytest.mark.parametrize("name", TASKS)
def test_a_task_fits_botocores_shape_of_it(name: str) -> None:
    answer = {"tasks": [describe_task(TASKS[name])], "failures": []}
    assert list(misfits(answer, output_shape("ecs", "DescribeTasks"))) == []


@pytest.mark.parametrize("name", TASKS)
def test_the_detail_of_its_event_fits_it_too(name: str) -> None:
    detail = task_state_change(TASKS[name], NOON)["detail"]
    # Which the event alone has.
    assert isinstance(detail.pop("updatedAt"), str)
    assert list(misfits(detail, member(output_shape("ecs", "DescribeTasks"), "tasks"))) == []


def test_an_override_is_told_as_it_was_asked_for() -> None:
    (override, other) = describe_task(TASKS["fargate"])["overrides"]["containerOverrides"]
    assert override == {
        "name": "app",
        "command": ["a", "b"],
        "environment": [{"name": "A", "value": "b"}],
        "environmentFiles": [{"value": "arn:aws:s3:::b/a.env", "type": "s3"}],
        "cpu": 1,
        "memory": 2,
        "memoryReservation": 1,
        "resourceRequirements": [{"type": "GPU", "value": "1"}],
    }
    assert other == {"name": "side"}


def test_what_does_not_fit_is_found() -> None:
    wrong = {
        "taskArn": 1,
        "nothing": "",
        "createdAt": 1.5,
        "stopCode": "Tired",
        "containers": [{"exitCode": "1"}, 7],
        "tags": {},
    }
    found = list(misfits({"tasks": [wrong]}, output_shape("ecs", "DescribeTasks")))
    assert [each.partition(":")[0] for each in found] == [
        ".tasks[0].taskArn",
        ".tasks[0].nothing",
        ".tasks[0].createdAt",
        ".tasks[0].stopCode",
        ".tasks[0].containers[0].exitCode",
        ".tasks[0].containers[1]",
        ".tasks[0].tags",
    ]
