"""Tasks in the shape of DescribeTasks, held against botocore's own."""

from dataclasses import replace
from typing import Any

import pytest

from emulator.eventbridge.service_events import task_state_change
from emulator.model.container_override import ContainerOverride
from emulator.model.describe import describe_overrides, describe_task, is_fake
from emulator.model.environment import EnvironmentFile
from emulator.model.health import HealthStatus
from emulator.model.networking import NetworkBinding, NetworkInterface
from emulator.model.rules import TaskOverride
from emulator.model.task import FAKE_ENGINE, ContainerStatus, StopCode, Task, TaskStatus
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


NOON_TOLD = "2026-11-24T12:00:00.000Z"
TASK = "0" * 31 + "1"


def test_what_is_known_of_a_task_that_is_over_is_told_value_by_value() -> None:
    told = describe_task(TASKS["fargate"])
    app, side = told.pop("containers")
    assert told.pop("overrides") == {
        "containerOverrides": [_override(), {"name": "side"}],
        "inferenceAcceleratorOverrides": [],
        "cpu": "512",
        "memory": "1024",
        "taskRoleArn": "arn:aws:iam::123456789012:role/task",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "ephemeralStorage": {"sizeInGiB": 30},
    }
    (attachment,) = told.pop("attachments")
    assert attachment.pop("details") == [
        {"name": "networkInterfaceId", "value": "eni-" + "0" * 17},
        {"name": "macAddress", "value": "02:42:ac:11:00:02"},
        {"name": "privateDnsName", "value": "ip-10-1-2-3.ec2.internal"},
        {"name": "privateIPv4Address", "value": "172.17.0.2"},
    ]
    assert attachment == {"id": "a", "type": "ElasticNetworkInterface", "status": "DELETED"}
    assert told == {
        **dict.fromkeys(
            [
                *("connectivityAt", "createdAt", "executionStoppedAt", "pullStartedAt"),
                *("pullStoppedAt", "startedAt", "stoppedAt", "stoppingAt"),
            ],
            NOON_TOLD,
        ),
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": "ap-northeast-1a",
        "clusterArn": "arn:aws:ecs:ap-northeast-1:000000000000:cluster/default",
        "connectivity": "CONNECTED",
        "cpu": "256",
        "desiredStatus": "STOPPED",
        "enableExecuteCommand": False,
        "ephemeralStorage": {"sizeInGiB": 20},
        "fargateEphemeralStorage": {"sizeInGiB": 20},
        "group": "family:job",
        "healthStatus": "UNHEALTHY",
        "lastStatus": "STOPPED",
        "launchType": "FARGATE",
        "memory": "512",
        "platformFamily": "Linux",
        "platformVersion": "1.4.0",
        "startedBy": "events-rule/nightly",
        "stopCode": "UserInitiated",
        "stoppedReason": "Essential container in task exited",
        "tags": [{"key": "team", "value": "data"}],
        "taskArn": f"arn:aws:ecs:ap-northeast-1:000000000000:task/default/{TASK}",
        "taskDefinitionArn": "arn:aws:ecs:ap-northeast-1:000000000000:task-definition/job:1",
        "version": 1,
    }
    interface = {"attachmentId": "a", "privateIpv4Address": "172.17.0.2"}
    arn = app.pop("containerArn")
    assert arn.startswith(f"arn:aws:ecs:ap-northeast-1:000000000000:container/default/{TASK}/")
    assert app == {
        "taskArn": told["taskArn"],
        "name": "app",
        "image": "alpine:latest",
        "imageDigest": "sha256:1",
        "runtimeId": "f00",
        "lastStatus": "STOPPED",
        "exitCode": 137,
        "reason": "OutOfMemoryError: Container killed due to memory usage",
        "networkBindings": [
            {"bindIP": "127.0.0.1", "containerPort": 53, "hostPort": 53, "protocol": "udp"}
        ],
        "networkInterfaces": [interface],
        "healthStatus": "UNHEALTHY",
        "managedAgents": [],
        "cpu": "128",
        "memory": "256",
        "memoryReservation": "128",
    }
    assert (side["name"], side["networkInterfaces"]) == ("side", [interface])


def test_what_is_not_known_of_a_new_task_is_absent() -> None:
    told = describe_task(TASKS["new"])
    app, _ = told.pop("containers")
    assert sorted(told) == [
        *("attachments", "attributes", "availabilityZone", "clusterArn", "createdAt"),
        *("desiredStatus", "enableExecuteCommand", "group", "healthStatus", "lastStatus"),
        *("launchType", "overrides", "tags", "taskArn", "taskDefinitionArn", "version"),
    ]
    assert (told["attachments"], told["tags"], told["launchType"]) == ([], [], "EC2")
    assert told["overrides"] == {
        "containerOverrides": [{"name": "app"}, {"name": "side"}],
        "inferenceAcceleratorOverrides": [],
    }
    assert sorted(app) == [
        *("containerArn", "cpu", "healthStatus", "image", "lastStatus", "managedAgents"),
        *("name", "networkBindings", "networkInterfaces", "taskArn"),
    ]
    assert (app["networkBindings"], app["networkInterfaces"], app["cpu"]) == ([], [], "0")


def test_what_a_task_runs_on_is_told_by_attributes_and_its_storage_by_size() -> None:
    made = task(container(), **FARGATE, cpu_architecture="ARM64", ephemeral_storage_gib=50)
    told = describe_task(replace(made, network_interface=INTERFACE, engine=FAKE_ENGINE))
    assert told["attributes"] == [
        {"name": "ecs.cpu-architecture", "value": "arm64"},
        {"name": "ecs-local.engine", "value": "fake"},
    ]
    assert told["ephemeralStorage"] == told["fargateEphemeralStorage"] == {"sizeInGiB": 50}
    assert told["attachments"][0]["status"] == "ATTACHED"
    assert is_fake(told)
    assert not is_fake(describe_task(made))
    assert not is_fake({})


def test_an_override_that_says_nothing_is_a_name() -> None:
    named = TaskOverride(container_overrides=(ContainerOverride(name="app"),))
    assert describe_overrides(named) == {"containerOverrides": [{"name": "app"}]}


def _override() -> dict[str, Any]:
    (override, _) = describe_task(TASKS["fargate"])["overrides"]["containerOverrides"]
    assert isinstance(override, dict)
    return override


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
