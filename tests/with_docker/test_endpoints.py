"""The endpoint at 169.254.170.2 as containers see it."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.with_docker.project import Project, shell

TASK: dict[str, Any] = {
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::000000000000:role/ecs-task-execution",
    "taskRoleArn": "arn:aws:iam::000000000000:role/batch",
}
ASK = """
ask() { wget -q -O - "$1"; echo; }
ask $ECS_CONTAINER_METADATA_URI_V4
ask $ECS_CONTAINER_METADATA_URI_V4/task
ask $ECS_CONTAINER_METADATA_URI_V4/task/stats
ask $ECS_CONTAINER_METADATA_URI/task
ask http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
"""
BOTO3 = """
import boto3, json, os, urllib.request
found = boto3.Session().get_credentials().get_frozen_credentials()
print(found.access_key, os.environ["AWS_REGION"], boto3.client("s3").meta.endpoint_url)
uri = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
print(json.load(urllib.request.urlopen(uri + "/task"))["Family"])
"""


def test_every_path_answers_with_the_tasks_true_data(project: Project) -> None:
    side = shell("exec sleep 60", "side", essential=False, stopTimeout=2)
    project.define({"ask": {**TASK, "containerDefinitions": [shell(ASK), side]}})
    answer = project.run("run-task", "ask")
    assert answer.code == 0, answer.err
    container, task, stats, older, credentials = map(json.loads, project.lines())
    (described,) = project.json("tasks")["tasks"]
    assert (container["Name"], container["KnownStatus"]) == ("app", "RUNNING")
    assert container["Networks"][0]["IPv4Addresses"] == [
        described["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    ]
    assert task["TaskARN"] == older["TaskARN"] == described["taskArn"]
    assert [c["Name"] for c in task["Containers"]] == ["app", "side"]
    assert set(stats) == {c["DockerId"] for c in task["Containers"]}
    assert stats[container["DockerId"]]["memory_stats"]["usage"] > 0
    assert stats[container["DockerId"]]["networks"]
    assert credentials["RoleArn"] == "arn:aws:iam::000000000000:role/batch"
    assert list((project.state_dir / "endpoints").iterdir()) == []


def test_many_tasks_at_once_each_see_themselves_alone(project: Project) -> None:
    project.define({"ask": {**TASK, "containerDefinitions": [shell(ASK)]}})
    answer = project.run("run-task", "ask", "--count", "8")
    assert answer.code == 0, answer.err
    by_stream: dict[str, list[str]] = {}
    for event in project.events():
        by_stream.setdefault(event.log_stream, []).append(event.message)
    assert len(by_stream) == 8
    for stream, lines in by_stream.items():
        arn = json.loads(lines[1])["TaskARN"]
        assert arn.rpartition("/")[2] == stream.rpartition("/")[2]
    assert len({json.loads(lines[0])["DockerId"] for lines in by_stream.values()}) == 8


def test_without_a_role_there_are_no_credentials_and_without_endpoints_nothing(
    project: Project,
) -> None:
    script = "env | grep -E 'ECS|CREDENTIALS' | sed 's/=.*//' | sort"
    plain = {key: value for key, value in TASK.items() if key != "taskRoleArn"}
    jobs = {"ask": {**plain, "containerDefinitions": [shell(script)]}}
    project.define(jobs)
    assert project.run("run-task", "ask").code == 0
    assert project.lines() == [
        "AWS_EXECUTION_ENV",
        "ECS_AGENT_URI",
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
    ]
    project.define(jobs, local={"endpoints": False})
    assert project.run("run-task", "ask").code == 0
    assert project.lines()[4:] == ["AWS_EXECUTION_ENV"]


def test_an_unmodified_boto3_finds_the_credentials(project: Project) -> None:
    """This Python and its packages are lent to the container, so that no image need be built."""
    lent = [p for p in ("/lib", "/lib64", "/usr/lib") if Path(p).is_dir()]
    lent += [p for p in {sys.prefix, sys.base_prefix} if not p.startswith("/usr/lib")]
    volumes = [
        {"name": re.sub(r"\W", "-", f"lent{path}"), "host": {"sourcePath": path}} for path in lent
    ]
    made = {
        **shell(""),
        "memory": 256,
        "command": [sys.executable, "-c", BOTO3],
        "mountPoints": [
            {"sourceVolume": volume["name"], "containerPath": path, "readOnly": True}
            for volume, path in zip(volumes, lent, strict=True)
        ],
    }
    definition = {
        "networkMode": "awsvpc",
        "taskRoleArn": TASK["taskRoleArn"],
        "volumes": volumes,
        "containerDefinitions": [made],
    }
    project.define(
        {"boto": definition},
        local={"allow": ["hostPaths"], "endpointUrl": "http://aws.local:4566"},
    )
    answer = project.run("run-task", "boto")
    assert (answer.code, project.lines()) == (
        0,
        ["ASIAECSLOCALNOTREAL0 ap-northeast-1 http://aws.local:4566", "boto"],
    ), answer.out + answer.err
