"""What the endpoint answers, as text."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from emulator.ecs.endpoint_answers import BURST, RATE, RateLimit, TaskView
from emulator.ecs.task_credentials import TaskCredentials
from emulator.model.environment import CredentialsSource
from emulator.model.networking import NetworkInterface
from emulator.model.task import ContainerStatus, Task
from emulator.model.task_definition import LaunchType, NetworkMode
from tests.builders import NOON, awslogs, container, task

FARGATE: dict[str, Any] = {
    "network_mode": NetworkMode.AWSVPC,
    "requires_compatibilities": (LaunchType.FARGATE,),
    "cpu": 256,
    "memory": 512,
    "task_role_arn": "arn:aws:iam::123456789012:role/batch",
}
INTERFACE = NetworkInterface(
    attachment_id="a",
    private_dns_name="ip-10-1-2-3.ec2.internal",
    private_ipv4_address="172.17.0.2",
    mac_address="02:42:ac:11:00:02",
)


def _stats(names: Collection[str]) -> Mapping[str, Mapping[str, Any] | None]:
    return {name: {"name": name} for name in names}


def _view(made: Task | None = None, source: CredentialsSource | None = None) -> TaskView:
    made = made or task(container(log_configuration=awslogs()), container("side"), **FARGATE)
    return TaskView(
        task=lambda: made,
        ids={c.name: f"id-{c.name}" for c in made.containers},
        credentials_id="credentials-id",
        credentials=TaskCredentials(source, lambda: NOON),
        stats=_stats,
        now=lambda: NOON,
    )


def _get(path: str, view: TaskView | None = None) -> Any:
    answer = (view or _view()).answer(path)
    assert answer.status == 200, answer
    return json.loads(answer.body)


def test_a_container_is_told_as_fargate_tells_it() -> None:
    made = task(
        container(log_configuration=awslogs(), docker_labels={"team": "data"}, memory=128),
        **FARGATE,
    )
    running = replace(
        made,
        network_interface=INTERFACE,
        pull_stopped_at=NOON,
        containers=(
            replace(
                made.containers[0],
                last_status=ContainerStatus.RUNNING,
                started_at=NOON + timedelta(seconds=1),
                image_digest="sha256:1",
            ),
        ),
    )
    found = _get("/v4/id-app", _view(running))
    assert found == {
        "DockerId": f"{made.id}-7689984948",
        "Name": "app",
        "DockerName": "app",
        "Image": "alpine:latest",
        "ImageID": "sha256:1",
        "Labels": {
            "team": "data",
            "com.amazonaws.ecs.cluster": made.cluster_arn,
            "com.amazonaws.ecs.container-name": "app",
            "com.amazonaws.ecs.task-arn": made.arn,
            "com.amazonaws.ecs.task-definition-family": "job",
            "com.amazonaws.ecs.task-definition-version": "1",
        },
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": {"CPU": 2, "Memory": 128},
        "CreatedAt": "2026-11-24T12:00:00.000000Z",
        "StartedAt": "2026-11-24T12:00:01.000000Z",
        "Type": "NORMAL",
        "Networks": [
            {
                "NetworkMode": "awsvpc",
                "IPv4Addresses": ["172.17.0.2"],
                "AttachmentIndex": 0,
                "MACAddress": "02:42:ac:11:00:02",
                "PrivateDNSName": "ip-10-1-2-3.ec2.internal",
            }
        ],
        "LogDriver": "awslogs",
        "LogOptions": {
            "awslogs-group": "/jobs/nightly",
            "awslogs-region": "ap-northeast-1",
            "awslogs-stream": f"batch/app/{made.id}",
        },
        "ContainerARN": made.containers[0].arn,
        "Snapshotter": "overlayfs",
    }


def test_version_3_says_less() -> None:
    newer = {"LogDriver", "LogOptions", "ContainerARN", "Snapshotter"}
    assert _get("/v4/id-app").keys() - _get("/v3/id-app").keys() == newer


def test_a_task_is_told_with_all_its_containers() -> None:
    made = task(container(), container("side"), **FARGATE)
    found = _get("/v4/id-side/task", _view(made))
    assert [c["Name"] for c in found.pop("Containers")] == ["app", "side"]
    assert found == {
        "Cluster": made.cluster_arn,
        "TaskARN": made.arn,
        "Family": "job",
        "Revision": "1",
        "DesiredStatus": "RUNNING",
        "KnownStatus": "PROVISIONING",
        "Limits": {"CPU": 0.25, "Memory": 512},
        "AvailabilityZone": "ap-northeast-1a",
        "LaunchType": "FARGATE",
        "ClockDrift": {
            "ReferenceTimestamp": "2026-11-24T12:00:00.000000Z",
            "ClockSynchronizationStatus": "NOT_SYNCHRONIZED",
        },
        "EphemeralStorageMetrics": {"Reserved": 20496},
        "FaultInjectionEnabled": False,
    }


def test_statistics_are_told_by_the_ids_of_containers() -> None:
    assert _get("/v4/id-app/stats") == {"name": "app"}
    one = "00000000000000000000000000000001"
    assert _get("/v3/id-app/task/stats") == {
        f"{one}-7689984948": {"name": "app"},
        f"{one}-1081209662": {"name": "side"},
    }


def test_a_container_of_network_mode_bridge_is_told_with_its_own_address() -> None:
    made = task(container(), network_mode=NetworkMode.BRIDGE)
    running = replace(made, containers=(replace(made.containers[0], runtime_id="f00"),))
    found = _get("/v4/id-app", replace(_view(running), address=lambda _name: "172.17.0.9"))
    assert found["Networks"] == [{"NetworkMode": "bridge", "IPv4Addresses": ["172.17.0.9"]}]
    assert found["DockerId"] == "f00"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "/v4/other",
            (
                "V4 container metadata handler: unable to get container ID from request: "
                "unable to get docker ID from v3 endpoint ID: other"
            ),
        ),
        (
            "/v3/other/task",
            (
                "V3 task metadata handler: unable to get task arn from request: "
                "unable to get task Arn from v3 endpoint ID: other"
            ),
        ),
    ],
)
def test_another_tasks_id_is_not_known(path: str, text: str) -> None:
    answer = _view().answer(path)
    assert (answer.status, json.loads(answer.body)) == (404, text)


@pytest.mark.parametrize("path", ["/", "/v4/", "/latest/meta-data/", "/v4/id-app/x", "/v2/other"])
def test_other_paths_are_nothing(path: str) -> None:
    assert _view().answer(path).status == 404


@pytest.mark.parametrize(
    "path", ["/v2/credentials/credentials-id", "/v1/credentials?id=credentials-id"]
)
def test_credentials_are_made_up_unless_somebody_gives_some(path: str) -> None:
    found = _get(path)
    assert found["RoleArn"] == "arn:aws:iam::123456789012:role/batch"
    assert found["Expiration"] == "2026-11-24T18:00:00Z"
    assert found.keys() == {
        "RoleArn",
        "AccessKeyId",
        "SecretAccessKey",
        "Token",
        "Expiration",
    }
    own = CredentialsSource(access_key_id="AKIA1", secret_access_key="s", session_token="t")
    found = _get(path, _view(source=own))
    assert (found["AccessKeyId"], found["SecretAccessKey"], found["Token"]) == ("AKIA1", "s", "t")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v2/credentials", "NoIdInRequest"),
        ("/v2/credentials/", "NoIdInRequest"),
        ("/v2/credentials/other", "InvalidIdInRequest"),
        ("/v1/credentials?id=other", "InvalidIdInRequest"),
    ],
)
def test_credentials_need_their_id(path: str, code: str) -> None:
    answer = _view().answer(path)
    document = json.loads(answer.body)
    assert (answer.status, document["code"], document["HTTPErrorCode"]) == (400, code, 400)


def test_more_requests_than_ecs_answers_are_refused() -> None:
    seconds = 0.0
    limit = RateLimit(lambda: seconds)
    assert [limit.admits() for _ in range(BURST + 1)] == [True] * BURST + [False]
    seconds = 1.0
    assert [limit.admits() for _ in range(RATE + 1)] == [True] * RATE + [False]
