"""AWS's own clients, unmodified, as containers of a task use them.

`scripts/setup-clients` makes their image of Debian's packages.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.with_docker.project import Project, shell

ROLE: Final = "arn:aws:iam::000000000000:role/batch"
KEY: Final = "ASIAECSLOCALNOTREAL0"

PATIENCE: Final = 240.0
"""Seconds: four Pythons start two clients each, and the machine may have other work."""

LOOK: Final = r"""
import json, os, subprocess, threading, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
from botocore.config import Config

signed, found = [], {}

class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        signed.append(self.headers["Authorization"].split(",")[0])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<GetCallerIdentityResponse><GetCallerIdentityResult/>"
                         b"</GetCallerIdentityResponse>")

    def log_message(self, *words):
        pass

service = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=service.serve_forever, daemon=True).start()
there = f"http://127.0.0.1:{service.server_port}"

session = boto3.Session()
credentials = session.get_credentials()
found["boto3"] = [credentials.method, credentials.get_frozen_credentials().access_key]
session.client("sts", endpoint_url=there).get_caller_identity()
cli = ["aws", "sts", "get-caller-identity", "--endpoint-url", there]
found["aws"] = subprocess.run(cli, stdout=subprocess.DEVNULL).returncode
found["signed"] = signed

def get(url):
    return json.load(urllib.request.urlopen(url, timeout=10))

uri = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
found["metadata"] = {path: get(uri + path) for path in ("", "/task", "/stats", "/task/stats")}
found["env"] = {name: os.environ.get(name) for name in (
    "AWS_EXECUTION_ENV", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL")}

if os.environ["MACHINE"] == "shut":
    try:
        urllib.request.urlopen("http://169.254.169.254/latest/meta-data/", timeout=5)
    except OSError as error:
        found["machine"] = str(error)
    # Without the task's credentials there are none: not the machine's either.
    del os.environ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
    found["rest"] = boto3.Session().get_credentials() is None
print(json.dumps(found))
"""
"""Prints on one line what the clients of a container find."""

DOCUMENTED: Final = {
    "": {
        "DockerId", "Name", "DockerName", "Image", "ImageID", "Ports", "Labels", "DesiredStatus",
        "KnownStatus", "ExitCode", "Limits", "CreatedAt", "StartedAt", "FinishedAt", "Type",
        "Health", "Volumes", "LogDriver", "LogOptions", "ContainerARN", "Networks", "Snapshotter",
        "RestartCount",
    },
    "/task": {
        "Cluster", "TaskARN", "Family", "Revision", "ServiceName", "DesiredStatus", "KnownStatus",
        "Limits", "PullStartedAt", "PullStoppedAt", "ExecutionStoppedAt", "AvailabilityZone",
        "LaunchType", "Containers", "ClockDrift", "EphemeralStorageMetrics",
        "FaultInjectionEnabled", "VPCID", "TaskTags", "ContainerInstanceTags", "Errors",
    },
}  # fmt: skip
"""Keys of the task metadata endpoint, version 4, that AWS documents."""

NEEDED: Final = {
    "": {"DockerId", "Name", "Image", "Labels", "KnownStatus", "ContainerARN", "Networks"},
    "/task": {"Cluster", "TaskARN", "Family", "Revision", "KnownStatus", "Containers"},
}
"""Those of them that detectors of tracing and metrics libraries look for."""


def _job(mode: str, machine: str, **fields: Any) -> dict[str, Any]:
    container = {
        **shell(""),
        "image": "ecs-local/clients:1",
        "memory": 256,
        "command": ["/usr/bin/python3", "-c", LOOK],
        "environment": [{"name": "MACHINE", "value": machine}],
    }
    return {
        "networkMode": mode,
        "taskRoleArn": ROLE,
        "containerDefinitions": [container],
        **fields,
    }


FARGATE: Final[Mapping[str, Any]] = {
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "1024",
    "memory": "2048",
    "executionRoleArn": "arn:aws:iam::000000000000:role/ecs-task-execution",
}
JOBS: Final = {
    "awsvpc": _job("awsvpc", "shut", **FARGATE),
    "bridge": _job("bridge", "shut"),
    "host": _job("host", "open"),
}


@pytest.fixture(name="found")
def _found(project: Project) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return what the containers of four tasks found, each with its task."""
    rules = [
        {
            "name": family,
            "scheduleExpression": "rate(1 day)",
            "taskDefinition": family,
            "taskCount": 2 if family == "awsvpc" else 1,
        }
        for family in JOBS
    ]
    project.define(JOBS, rules, local={"endpointUrl": "http://aws.local:4566"})
    with project.running("invoke", "--all") as run:
        code = run.process.wait(PATIENCE)
    assert code == 0, f"{run.err}\nscripts/setup-clients makes ecs-local/clients:1"
    tasks = {task["taskArn"][-32:]: task for task in project.json("tasks")["tasks"]}
    return [
        (json.loads(event.message), tasks[event.log_stream[-32:]]) for event in project.events()
    ]


def test_unmodified_clients_find_credentials_and_their_own_task(
    found: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    assert len(found) == 4
    assert len({document["metadata"]["/task"]["TaskARN"] for document, _ in found}) == 4
    for document, task in found:
        fargate = task["launchType"] == "FARGATE"
        assert document["boto3"] == ["container-role", KEY]
        assert document["aws"] == 0
        assert len(document["signed"]) == 2
        for authorization in document["signed"]:
            assert authorization.startswith(f"AWS4-HMAC-SHA256 Credential={KEY}/")
            assert authorization.endswith("/ap-northeast-1/sts/aws4_request")
        assert document["env"] == {
            "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE" if fargate else "AWS_ECS_EC2",
            "AWS_REGION": "ap-northeast-1",
            "AWS_DEFAULT_REGION": "ap-northeast-1",
            "AWS_ENDPOINT_URL": "http://aws.local:4566",
        }
        _check_metadata(document["metadata"], task)
        if "host" not in task["taskDefinitionArn"]:
            assert "No route to host" in document["machine"]
            assert document["rest"]


def _check_metadata(metadata: dict[str, Any], task: dict[str, Any]) -> None:
    for path, documented in DOCUMENTED.items():
        assert NEEDED[path] <= metadata[path].keys() <= documented
    assert metadata["/task"]["TaskARN"] == task["taskArn"]
    assert metadata["/task"]["Containers"] == [metadata[""]]
    assert metadata[""]["DockerId"] == task["containers"][0]["runtimeId"]
    assert metadata[""]["ContainerARN"] == task["containers"][0]["containerArn"]
    assert metadata["/stats"]["memory_stats"]["usage"] > 0
    assert list(metadata["/task/stats"]) == [metadata[""]["DockerId"]]
